/** Pools, and the operators that move whole channels or pixels: slices, pads, joins, broadcasts. */
import type { Node, Value } from '../../../ir/graph';
import { sizeOf } from '../../../ir/tensorType';
import { operatorOf } from '../../../ops';
import { int64s } from '../../../ops/spelling';
import type { BlockedKernel, Lowering } from '../lowering';
import { cropBlocked } from './convInputGradient';
import { nchwc, padBlocked, reshape } from './nchwc';

type Numbers = readonly number[];

const isBlocked = (l: Lowering, v: Value) => l.canBlock(v) && l.isBlocked(v);

export const globalAveragePool: BlockedKernel = (l, { inputs: [x], outputs: [y] }) => {
  if (!isBlocked(l, x)) return false;
  l.define(y, { blocked: nchwc(l.w, 'GlobalAveragePool', [l.blocked(x)]) });
  return true;
};

export const maxPool: BlockedKernel = (l, { inputs: [x], outputs: [y], attributes }) => {
  if (!isBlocked(l, x)) return false;
  const { kernel, strides, pads } = attributes as unknown as Record<'kernel' | 'strides' | 'pads', Numbers>;
  const blocked = nchwc(l.w, 'MaxPool', [l.blocked(x)], { kernel_shape: kernel, strides, pads });
  l.define(y, { blocked });
  return true;
};

/** [N, C, 1, 1] to whole images. */
export const expand: BlockedKernel = (l, { inputs: [x], outputs: [y] }) => {
  const { shape } = x.type;
  if (!l.canBlock(x) || !l.canBlock(y) || sizeOf(shape) !== shape[0] * shape[1]) return false;
  const [n, c, h, w] = y.type.shape;
  if (n !== shape[0] || c !== shape[1]) return false;
  const blocks = (n * c) / l.block;
  const rows = reshape(l.w, l.blocked(x), blocks, 1, l.block);
  const [wide] = l.w.node('Expand', [rows, int64s(l.w, blocks, h * w, l.block)]);
  l.define(y, { blocked: reshape(l.w, wide, n, c, h, w) });
  return true;
};

/** Every s-th pixel of whole channels, or whole blocks of channels. */
export const slice: BlockedKernel = (l, node) => {
  const [[x], [y]] = [node.inputs, node.outputs];
  if (!isBlocked(l, x) || !l.canBlock(y)) return false;
  const { starts, ends, steps } = node.attributes as unknown as Record<'starts' | 'ends' | 'steps', Numbers>;
  const { shape } = x.type;
  const isWhole = (i: number) => starts[i] === 0 && ends[i] === shape[i] && steps[i] === 1;
  if (isWhole(0) && isWhole(1) && starts[2] === 0 && starts[3] === 0) {
    if (ends[2] !== shape[2] || ends[3] !== shape[3]) return false;
    l.define(y, {
      blocked: padBlocked(l.w, l.blocked(x), shape[1], [0, 0, 0, 0], [steps[2], steps[3]]),
    });
    return true;
  }
  // Blocks of channels lie one after the other as channels would.
  if (!isWhole(2) || !isWhole(3) || steps[0] !== 1 || steps[1] !== 1) return false;
  if (starts[1] % l.block !== 0) return false;
  l.define(y, { blocked: asDeclared(l, node.op, [x], y, node.attributes) });
  return true;
};

/** Pixels put back where Slice took them, zeros between; or whole blocks of channels put back. */
export const sliceGradient: BlockedKernel = (l, node) => {
  const [[dy], [dx]] = [node.inputs, node.outputs];
  if (!isBlocked(l, dy) || !l.canBlock(dx)) return false;
  const { starts, steps } = node.attributes as unknown as Record<'starts' | 'steps', Numbers>;
  const [n, c, h, w] = dy.type.shape;
  const [height, width] = dx.type.shape.slice(2);
  if (dx.type.shape[0] !== n || dx.type.shape[1] !== c || starts.some((s) => s !== 0)) return false;
  if (h * steps[2] < height || w * steps[3] < width) return false;
  const apart = reshape(l.w, l.blocked(dy), (n * c) / l.block, h, 1, w, l.block);
  const behind = int64s(l.w, 0, 0, 0, 0, 0, 0, 0, steps[2] - 1, 0, (steps[3] - 1) * l.block);
  const [spread] = l.w.node('Pad', [apart, behind]);
  l.define(dx, {
    blocked: cropBlocked(l.w, spread, [n, c], [h * steps[2], w * steps[3]], [height, width], l.block),
  });
  return true;
};

/** Blocks of zero channels before or behind. */
export const pad: BlockedKernel = (l, node) => {
  const [[x], [y]] = [node.inputs, node.outputs];
  const pads = node.attributes.pads as Numbers;
  if (!isBlocked(l, x) || !l.canBlock(y) || pads[1] % l.block !== 0) return false;
  if ([2, 3, 6, 7].some((i) => pads[i] !== 0)) return false;
  l.define(y, { blocked: asDeclared(l, node.op, [x], y, node.attributes) });
  return true;
};

/** Joined channels (DenseNet) or samples. */
export const concat: BlockedKernel = (l, node) => {
  const [y] = node.outputs;
  if (Number(node.attributes.axis) > 1 || !node.inputs.every((v) => l.canBlock(v))) return false;
  if (!node.inputs.some((v) => l.isBlocked(v))) return false;
  l.define(y, { blocked: asDeclared(l, node.op, node.inputs, y, node.attributes) });
  return true;
};

export const split: BlockedKernel = (l, node) => {
  const [x] = node.inputs;
  if (node.attributes.axis === 0 && l.isWeights(x)) return splitWeights(l, node);
  if (Number(node.attributes.axis) > 1 || !isBlocked(l, x) || !node.outputs.every((v) => l.canBlock(v)))
    return false;
  const { onnx } = operatorOf(node.op);
  const site = { inputs: node.inputs, outputs: node.outputs, in: () => l.blocked(x) };
  const pieces = (onnx.cpu ?? onnx.any)(l.w, site, node.attributes);
  node.outputs.forEach((v, i) => {
    l.define(v, { blocked: pieces[i] });
  });
  return true;
};

/** Weights of one shape, cut out of one tensor along the first axis; what is made of one is made of all. */
function splitWeights(l: Lowering, node: Node): boolean {
  const sizes = node.attributes.sizes as Numbers;
  if (sizes.some((size) => size !== sizes[0] || size % l.block !== 0)) return false;
  const whole = l.weights(node.inputs[0]);
  const outputs = node.outputs.length;
  const pieces = l.w.node('Split', [whole, int64s(l.w, ...sizes)], { axis: 0 }, { outputs });
  const family = { whole, members: node.outputs };
  node.outputs.forEach((v, i) => {
    l.define(v, { weights: pieces[i], family });
  });
  return true;
}

/** The operator's ordinary spelling on blocked bytes: right wherever whole blocks of channels move. */
function asDeclared(
  l: Lowering,
  op: string,
  inputs: readonly Value[],
  y: Value,
  attributes: Parameters<ReturnType<typeof operatorOf>['complete']>[0],
) {
  const { onnx } = operatorOf(op);
  const site = { inputs, outputs: [y], in: (i: number) => l.blocked(inputs[i]) };
  return (onnx.cpu ?? onnx.any)(l.w, site, attributes)[0];
}
