/** The pictures of the gallery by name: recorded runs and bare structures, each in a state worth looking at. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { PanelSnapshot } from '../../src/protocol/panel';
import { fromText } from '../../src/protocol/plainText';
import { type Action, blank, reduce, type State } from '../../webview/store/state';
import { structureOf } from './recordRun';

const root = process.cwd();

export function readRecorded(file: string): PanelSnapshot {
  return fromText(readFileSync(path.resolve(root, file), 'utf8')) as PanelSnapshot;
}

export function stateOf(snapshot: PanelSnapshot, ...actions: Action[]): State {
  return [{ type: 'snapshot', snapshot } as Action, ...actions].reduce(reduce, blank);
}

export const recorded = {
  resnet20: 'test/fixtures/recorded/resnet20.json',
  seeds: 'test/fixtures/recorded/resnet14-seeds.json',
  resnet56: '.cache/gallery/resnet56.json',
} as const;

/** A larger run is recorded on demand and not kept in the repository: without it, the smaller one serves. */
export function largestRecording(): PanelSnapshot {
  return readRecorded(
    existsSync(path.resolve(root, recorded.resnet56)) ? recorded.resnet56 : recorded.resnet20,
  );
}

export function pictures(): Record<string, State> {
  const small = readRecorded(recorded.resnet20);
  const large = largestRecording();
  return {
    'run at its newest step': stateOf(large),
    'run in the middle, weight gradient': stateOf(
      large,
      { type: 'step', step: 40 },
      { type: 'metric', metric: 'weightGradientNorm' },
    ),
    'update ratio, runs folded': stateOf(
      large,
      { type: 'metric', metric: 'updateRatio' },
      { type: 'level', level: 'runs' },
    ),
    'stages folded': stateOf(large, { type: 'level', level: 'stages' }),
    'projections, one block unfolded': stateOf(small, { type: 'fold', id: 'stage2/block1/', folded: false }),
    'three seeds': stateOf(readRecorded(recorded.seeds)),
    'three seeds, stages folded, weight gradient': stateOf(
      readRecorded(recorded.seeds),
      { type: 'level', level: 'stages' },
      { type: 'metric', metric: 'weightGradientNorm' },
    ),
    'every layer, means': stateOf(
      small,
      { type: 'level', level: 'layers' },
      { type: 'activation', metric: 'activationMean' },
    ),
    'structure, ResNet-110': stateOf(structureOf('resnet110', { twin: true })),
    'structure, ResNet-1202 folded': stateOf(structureOf('resnet1202')),
  };
}
