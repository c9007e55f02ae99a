/**
 * Operators that do not care where an element lies: they run on whatever layout their operands have. Addition
 * and ReLU behind a batch norm become part of the kernel that applies it, where nobody else reads what lies
 * between.
 */
import type { Node, Value } from '../../../ir/graph';
import { sameShape, sizeOf } from '../../../ir/tensorType';
import { operatorOf } from '../../../ops';
import { int64s } from '../../../ops/spelling';
import type { BlockedKernel, Lowering } from '../lowering';
import { imageDots, reshape } from './nchwc';

/** Operands of the output's shape, or single numbers; at least one of them blocked already. */
function fits(l: Lowering, { inputs, outputs }: Node): boolean {
  const [out] = outputs;
  if (!l.canBlock(out)) return false;
  const isWhole = (v: Value) => sameShape(v.type.shape, out.type.shape) && v.type.dtype === 'float32';
  // A number of rank 1 or less broadcasts; one of rank 4 would be reinterpreted along with its partner.
  const isSingle = (v: Value) => sizeOf(v.type.shape) === 1 && v.type.shape.length < 2;
  return inputs.every((v) => isWhole(v) || isSingle(v)) && inputs.some((v) => isWhole(v) && l.isBlocked(v));
}

export const elementwise: BlockedKernel = (l, node) => {
  if (!fits(l, node)) return false;
  const { onnx } = operatorOf(node.op);
  const [out] = node.outputs;
  const site = {
    inputs: node.inputs,
    outputs: node.outputs,
    in: (i: number) => {
      const v = node.inputs[i];
      return sameShape(v.type.shape, out.type.shape) ? l.blocked(v) : l.plain(v);
    },
  };
  const [blocked] = (onnx.cpu ?? onnx.any)(l.w, site, node.attributes);
  l.define(out, { blocked });
  return true;
};

export const add: BlockedKernel = (l, node) => {
  if (!fits(l, node)) return false;
  const [a, b] = node.inputs;
  const fuse = (first: Value, second: Value): boolean => {
    const pending = l.pendingFor(first);
    if (!pending || pending.sum !== undefined || !sameShape(first.type.shape, second.type.shape))
      return false;
    l.define(node.outputs[0], { pending: { ...pending, sum: l.blocked(second) } });
    return true;
  };
  return fuse(a, b) || fuse(b, a) || elementwise(l, node);
};

export const relu: BlockedKernel = (l, node) => {
  const [x] = node.inputs;
  const pending = l.canBlock(x) ? l.pendingFor(x) : undefined;
  if (!pending) return elementwise(l, node);
  l.define(node.outputs[0], { blocked: l.write(pending, x, true) });
  return true;
};

/** Below this many elements one slower node is worth more than several fast ones. */
const worthwhile = 1 << 17;

/** Sums over a whole tensor or over each of its images, whatever the order within. */
export const totals: BlockedKernel = (l, node) => {
  const [[x], [out]] = [node.inputs, node.outputs];
  const axes = node.attributes.axes as readonly number[];
  const { shape } = x.type;
  const isWhole = axes.length === 0 || axes.length === shape.length;
  const isImages = axes.length === shape.length - 1 && !axes.includes(0);
  if (!l.canBlock(x) || !l.isBlocked(x) || !(isWhole || isImages)) return false;
  if (isImages && node.op === 'ReduceSumSquare' && sizeOf(shape) >= worthwhile) {
    const dots = imageDots(l.w, l.blocked(x), l.blocked(x), shape);
    const rows = reshape(l.w, dots, shape[0], -1);
    const [sums] = l.w.node('ReduceSum', [rows, int64s(l.w, 1)], { keepdims: 0 });
    l.define(out, { plain: node.attributes.keepdims ? reshape(l.w, sums, ...out.type.shape) : sums });
    return true;
  }
  const { onnx } = operatorOf(node.op);
  const site = { inputs: node.inputs, outputs: node.outputs, in: () => l.blocked(x) };
  l.define(out, { plain: (onnx.cpu ?? onnx.any)(l.w, site, node.attributes)[0] });
  return true;
};
