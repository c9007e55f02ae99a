/** What every command shares: where runs lie, how the trainer is started, and how failures become exit codes. */
import path from 'node:path';
import { SkiplensError } from '../base/errors';
import { t } from '../base/localize';
import { TrainerClient } from '../protocol/client';
import { chooseNode } from '../protocol/nodeChoice';
import { markEnded } from '../runs/listRuns';

/** `.skiplens/runs` of the working folder: the place that the editor uses for a workspace. */
export function runsRoot(given: string | undefined): string {
  return path.resolve(given ?? process.env.SKIPLENS_RUNS ?? path.join('.skiplens', 'runs'));
}

export async function startTrainer(): Promise<TrainerClient> {
  const script = path.join(__dirname, 'trainer.js');
  const node = await chooseNode(process.env.SKIPLENS_NODE);
  const markStopped = (folder: string, reason: string, code: string) =>
    markEnded(folder, 'stopped', reason, code);
  return new TrainerClient({ script, node, markStopped });
}

/** Reads `name=value` texts, as `--option` repeats them. */
export function readPairs(flag: string, pairs: readonly string[] | undefined): Record<string, string> {
  const result: Record<string, string> = {};
  for (const pair of pairs ?? []) {
    const at = pair.indexOf('=');
    if (at < 1) throw new SkiplensError('cli/pair', t('{0} takes name=value, not "{1}".', flag, pair));
    result[pair.slice(0, at)] = pair.slice(at + 1);
  }
  return result;
}

/** `3x64x64` to [3, 64, 64]. */
export function readInputShape(text: string | undefined): [number, number, number] | undefined {
  if (text === undefined) return undefined;
  const found = /^(\d+)x(\d+)x(\d+)$/i.exec(text);
  const shape = found?.slice(1).map(Number) as [number, number, number] | undefined;
  if (!shape || shape.some((d) => d < 1))
    throw new SkiplensError(
      'cli/input',
      t('--input takes channels x height x width, for instance 3x64x64, not "{0}".', text),
    );
  return shape;
}

export function collect(value: string, all: string[] = []): string[] {
  return [...all, value];
}
