/** What rows, operators, shortcuts and metrics are called; whole words through the localisation table. */
import { t } from '../../src/base/localize';
import type { ShortcutKind } from '../../src/ir/graph';
import type { LayerDescription } from '../../src/protocol/description';
import { formatShape } from '../figure/numbers';
import { blocksOf, type PerNetwork, type TreeNode } from '../layout/tree';
import type { ActivationMetric, GradientMetric, Reading } from '../store/readings';
import type { State } from '../store/state';

export const firstOf = <T>(items: PerNetwork<T>): T => items.find((item) => item !== null)!;

const lastSegment = (scope: string) => scope.slice(scope.lastIndexOf('/') + 1);
/** `block12` reads `block 12`. */
const spaced = (name: string) => name.replace(/([a-z])(\d+)$/i, '$1 $2');

/** `conv 3×3` where the kernel can be read off the parameter count, `norm`, `relu`. */
export function operatorWord(layer: LayerDescription): string {
  switch (layer.op) {
    case 'Conv': {
      const side = kernelSide(layer);
      return side ? t('conv {0}×{0}', side) : t('conv');
    }
    case 'Gemm':
    case 'MatMul':
      return t('dense');
    case 'BatchNormalization':
    case 'LayerNormalization':
    case 'GroupNormalization':
    case 'InstanceNormalization':
      return t('norm');
    case 'GlobalAveragePool':
      return t('global average pool');
    case 'AveragePool':
      return t('average pool');
    case 'MaxPool':
      return t('max pool');
    case 'Add':
      return t('addition');
    case 'Flatten':
    case 'Reshape':
      return t('flatten');
    case 'Pad':
      return t('zero-padding');
    default:
      return layer.op.toLowerCase();
  }
}

/** Weights of a plain convolution are out x in x k x k, with or without out biases. */
export function kernelSide({ parameters, inputShapes, outputShape }: LayerDescription): number | null {
  const [channels] = inputShapes[0] ?? [];
  const [out] = outputShape;
  for (const weights of [parameters, parameters - out]) {
    const side = Math.sqrt(weights / (channels * out));
    if (side >= 1 && Number.isInteger(side)) return side;
  }
  return null;
}

export function shortcutWord(kind: ShortcutKind): string {
  switch (kind) {
    case 'identity':
      return t('identity');
    case 'projection':
      return t('projection');
    case 'pad':
      return t('zero-padding');
    case 'pool':
      return t('pooling');
    case 'gate':
      return t('gate');
    case 'other':
      return t('other shortcut');
  }
}

/** The same, short enough for a row. */
const shortcutNote = (kind: ShortcutKind) => (kind === 'pad' ? t('zero-pad') : shortcutWord(kind));

/** `basicBlock ×9`, after the first network that has it. */
function blockCount(node: TreeNode): string {
  const blocks = blocksOf(node);
  const kinds = new Set(blocks.map((b) => firstOf(b.blocks).kind));
  return kinds.size === 1
    ? t('{0} ×{1}', [...kinds][0], blocks.length)
    : t('{0} blocks of {1} kinds', blocks.length, kinds.size);
}

/** The name of a row and, in lighter ink, what it is. */
export function rowWords(node: TreeNode): { name: string; note: string } {
  switch (node.kind) {
    case 'input':
      return { name: t('input'), note: '' };
    case 'layer': {
      const layer = firstOf(node.layers);
      const word = operatorWord(layer);
      const name = lastSegment(node.scope);
      return { name, note: word === name ? '' : word };
    }
    case 'chain': {
      const words = node.children.map((child) => operatorWord(firstOf(child.layers)));
      return { name: words.join(' · '), note: '' };
    }
    case 'block': {
      const shortcut = node.blocks.find((b) => b?.shortcut && b.shortcut !== 'identity')?.shortcut;
      return { name: spaced(lastSegment(node.scope)), note: shortcut ? shortcutNote(shortcut) : '' };
    }
    case 'run': {
      const [first, last] = [node.children[0], node.children[node.children.length - 1]];
      const from = /\d+$/.exec(first.scope)?.[0];
      const to = /\d+$/.exec(last.scope)?.[0];
      return from && to
        ? { name: blockCount(node), note: `${from}–${to}` }
        : { name: blockCount(node), note: '' };
    }
    case 'stage':
      return {
        name: spaced(lastSegment(node.scope)),
        note: blocksOf(node).length > 0 ? blockCount(node) : '',
      };
  }
}

/** C, H, W behind a node: its last layer's or block's. */
export function shapeOf(node: TreeNode): readonly number[] {
  switch (node.kind) {
    case 'input':
      return node.shape;
    case 'layer':
      return firstOf(node.layers).outputShape;
    case 'block':
      return firstOf(node.blocks).outputShape;
    default:
      return shapeOf(node.children[node.children.length - 1]);
  }
}

/** The order that shapes are printed in: the first network's, so that one picture has one. */
export const orderOf = ({ networks }: Pick<State, 'networks'>) => networks[0]?.order ?? 'channelsFirst';

/** The shape behind a node as its framework prints it. */
export function shapeWords(state: Pick<State, 'networks'>, node: TreeNode): string {
  return formatShape(shapeOf(node), orderOf(state));
}

/** Layers behind a node in one network. */
export function layersOf(node: TreeNode, network: number): LayerDescription[] {
  if (node.kind === 'layer') return node.layers[network] ? [node.layers[network]!] : [];
  if (!('children' in node)) return [];
  return node.children.flatMap((child) => layersOf(child, network));
}

export function costOf(node: TreeNode, network: number): { parameters: number; macs: number } {
  const layers = layersOf(node, network);
  return {
    parameters: layers.reduce((sum, l) => sum + l.parameters, 0),
    macs: layers.reduce((sum, l) => sum + l.macs, 0),
  };
}

export function metricWord(metric: GradientMetric | ActivationMetric): string {
  switch (metric) {
    case 'activationGradientNorm':
      return t('activation gradient');
    case 'weightGradientNorm':
      return t('weight gradient');
    case 'updateRatio':
      return t('update ratio');
    case 'activationStd':
      return t('standard deviation');
    case 'activationMean':
      return t('mean');
  }
}

/** A number with what it spreads over: the seeds, the blocks of a folded row, or both. */
export function readingWords(
  { middle, low, high, seeds }: Reading,
  format: (value: number) => string,
): string {
  const value = format(middle);
  if (!seeds) return low < high ? t('{0} ({1} to {2})', value, format(low), format(high)) : value;
  const spread = [value, format(seeds.low), format(seeds.high), seeds.count] as const;
  return low < high
    ? t('{0} ({1} to {2} over {3} seeds; blocks {4} to {5})', ...spread, format(low), format(high))
    : t('{0} ({1} to {2} over {3} seeds)', ...spread);
}

/** What a metric is, as a formula. */
export function metricFormula(metric: GradientMetric): string {
  switch (metric) {
    case 'activationGradientNorm':
      return '‖∂L/∂x‖';
    case 'weightGradientNorm':
      return '‖∂L/∂w‖';
    case 'updateRatio':
      return '‖Δw‖ / ‖w‖';
  }
}
