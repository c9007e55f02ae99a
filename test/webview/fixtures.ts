/** What the panel's tests are fed with: a recorded run of 60 real steps, or the bare structure of a network. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { findNetwork } from '../../src/networks';
import { describeNetwork } from '../../src/networks/describe';
import type { NetworkDescription } from '../../src/protocol/description';
import type { PanelSnapshot } from '../../src/protocol/panel';
import { fromText } from '../../src/protocol/plainText';
import { emptySeries } from '../../src/protocol/series';
import { type FoldLevel, layoutRows, type Row } from '../../webview/layout/rows';
import { buildTree } from '../../webview/layout/tree';
import { type Action, blank, reduce, type State } from '../../webview/store/state';

/** ResNet-20 with projections and its twin, four filters wide, 60 steps on the drawn images. */
export function recordedRun(): PanelSnapshot {
  const file = path.resolve(import.meta.dirname, '../fixtures/recorded/resnet20.json');
  return fromText(readFileSync(file, 'utf8')) as PanelSnapshot;
}

/** ResNet-14 with projections and its twin, four filters wide, ten steps from three seeds. */
export function recordedSeeds(): PanelSnapshot {
  const file = path.resolve(import.meta.dirname, '../fixtures/recorded/resnet14-seeds.json');
  return fromText(readFileSync(file, 'utf8')) as PanelSnapshot;
}

export function stateOf(snapshot: PanelSnapshot, ...actions: Action[]): State {
  return [{ type: 'snapshot', snapshot } as Action, ...actions].reduce(reduce, blank);
}

export function describeNetworks(...names: string[]): NetworkDescription[] {
  return names.map((name) => describeNetwork(findNetwork(name)));
}

/** A network that nobody has measured. */
export function structureOf(name: string): PanelSnapshot {
  const networks = describeNetworks(name);
  return { ...recordedRun(), networks, series: [emptySeries], evaluations: [], run: null };
}

export function rowsAt(level: FoldLevel, networks: readonly NetworkDescription[]): Row[] {
  return layoutRows(buildTree(networks), { level, own: new Map() });
}
