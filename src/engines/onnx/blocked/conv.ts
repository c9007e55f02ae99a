/** Convolution on blocked activations; a stem's plain image of a few channels comes in plain and goes out blocked. */
import type { Node } from '../../../ir/graph';
import type { BlockedKernel } from '../lowering';
import { blockedConv, type WindowAttributes } from './nchwc';

export function coversConv({ inputs, attributes }: Node, block: number): boolean {
  const channels = inputs[0].type.shape[1];
  const [out, perGroup] = inputs[1].type.shape;
  const group = Number(attributes.group);
  if (out % block !== 0) return false;
  if (group === 1) return channels % block === 0 || channels < block;
  if (channels % block !== 0) return false;
  const depthwise = perGroup === 1 && out === channels;
  return depthwise || (perGroup % block === 0 && (out / group) % block === 0);
}

export const conv: BlockedKernel = (l, node) => {
  if (!coversConv(node, l.block)) return false;
  const [x, weights, bias] = node.inputs;
  const { strides, pads, dilations } = node.attributes as unknown as WindowAttributes;
  const blocked = blockedConv(l.w, {
    x: l.canBlock(x) ? l.blocked(x) : l.plain(x),
    weights: l.weights(weights),
    bias: bias && l.plain(bias),
    kernel: weights.type.shape.slice(2),
    strides,
    pads,
    dilations,
    group: Number(node.attributes.group),
  });
  l.define(node.outputs[0], { blocked });
  return true;
};
