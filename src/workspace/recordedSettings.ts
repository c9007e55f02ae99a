/** The settings in a run's description, as this version of the program means them. */
import type { RunSettings } from '../protocol/settings';
import type { RunDescription } from '../runs/run';

/**
 * All that the run was made of. A record that names `sgd` and no momentum is from before there was `momentum` beside
 * it, when `sgd` had 0.9 by default and records left defaults out: it is read as today's `momentum`.
 */
export function recordedSettings({ settings }: Pick<RunDescription, 'settings'>): RunSettings {
  const recorded = settings as unknown as RunSettings;
  const isOldMomentum = recorded.optimizer === 'sgd' && recorded.optimizerOptions?.momentum === undefined;
  return isOldMomentum ? { ...recorded, optimizer: 'momentum' } : recorded;
}
