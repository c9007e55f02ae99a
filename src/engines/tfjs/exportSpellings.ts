/**
 * How the operators of inference graphs are written as TensorFlow nodes. Images are N, H, W, C here; attributes and
 * axes are turned accordingly. Grouped convolutions, which TensorFlow.js lacks, are split and joined again.
 */
import type { Node } from '../../ir/graph';
import type { Shape } from '../../ir/tensorType';
import { bool, type GraphModel, type NodeName, real, whole, wholes, word } from './graphModel';

/** Answers with the node, or with one a output. */
export type Spelling = (
  m: GraphModel,
  inputs: readonly NodeName[],
  node: Node,
) => NodeName | readonly NodeName[];

const numbers = (node: Node, name: string) => node.attributes[name] as readonly number[];
const shapeOf = (node: Node, input = 0): Shape => node.inputs[input].type.shape;
const base = (node: Node) => node.outputs[0].name;

const same =
  (op: string): Spelling =>
  (m, inputs, node) =>
    m.node(base(node), op, inputs);

/** top, left, bottom, right as TensorFlow's explicit paddings. */
const explicit = ([top, left, bottom, right]: readonly number[]) => [0, 0, top, bottom, left, right, 0, 0];

const conv: Spelling = (m, [x, weights, bias], node) => {
  const [vertical, horizontal] = numbers(node, 'strides');
  const [down, across] = numbers(node, 'dilations');
  const attributes = {
    strides: wholes(1, vertical, horizontal, 1),
    dilations: wholes(1, down, across, 1),
    padding: word('EXPLICIT'),
    explicit_paddings: wholes(...explicit(numbers(node, 'pads'))),
    data_format: word('NHWC'),
  };
  const group = Number(node.attributes.group);
  const [out, perGroup, height, width] = shapeOf(node, 1);
  let y: NodeName;
  if (perGroup === 1 && out === group) {
    const columns = m.node(base(node), 'Reshape', [weights, m.ints(height, width, out, 1)]);
    y = m.node(base(node), 'DepthwiseConv2dNative', [x, columns], attributes);
  } else if (group === 1) y = m.node(base(node), 'Conv2D', [x, weights], attributes);
  else {
    const part = (name: NodeName, size: number, i: number) =>
      m.node(`${base(node)}/part`, 'Slice', [name, m.ints(0, 0, 0, i * size), m.ints(-1, -1, -1, size)]);
    const [inner, outer] = [perGroup, out / group];
    const parts = Array.from({ length: group }, (_, i) =>
      m.node(`${base(node)}/group`, 'Conv2D', [part(x, inner, i), part(weights, outer, i)], attributes),
    );
    y = m.node(base(node), 'ConcatV2', [...parts, m.ints(3)], { N: whole(group) });
  }
  return bias ? m.node(`${base(node)}/bias`, 'BiasAdd', [y, bias], { data_format: word('NHWC') }) : y;
};

const batchNormalization: Spelling = (m, inputs, node) => {
  if (shapeOf(node).length === 4)
    return m.node(base(node), 'FusedBatchNormV3', inputs, {
      epsilon: real(Number(node.attributes.epsilon)),
      is_training: bool(false),
      data_format: word('NHWC'),
    });
  const [x, scale, shift, mean, variance] = inputs;
  const name = base(node);
  const shifted = m.node(name, 'AddV2', [variance, m.scalar(Number(node.attributes.epsilon))]);
  const gain = m.node(name, 'Mul', [scale, m.node(name, 'Rsqrt', [shifted])]);
  const centred = m.node(name, 'Sub', [x, mean]);
  return m.node(name, 'AddV2', [m.node(name, 'Mul', [centred, gain]), shift]);
};

const groupNormalization: Spelling = (m, [x, scale, shift], node) => {
  const [, channels, ...image] = shapeOf(node);
  const groups = Number(node.attributes.num_groups);
  const area = image.reduce((a, b) => a * b, 1);
  const name = base(node);
  const apart = m.node(name, 'Reshape', [x, m.ints(-1, area, groups, channels / groups)]);
  const mean = (of: NodeName) => m.node(name, 'Mean', [of, m.ints(1, 3)], { keep_dims: bool(true) });
  const centred = m.node(name, 'Sub', [apart, mean(apart)]);
  const variance = mean(m.node(name, 'Mul', [centred, centred]));
  const shifted = m.node(name, 'AddV2', [variance, m.scalar(Number(node.attributes.epsilon))]);
  const normal = m.node(name, 'Mul', [centred, m.node(name, 'Rsqrt', [shifted])]);
  const back = m.node(name, 'Reshape', [normal, m.ints(-1, ...image, channels)]);
  return m.node(name, 'AddV2', [m.node(name, 'Mul', [back, scale]), shift]);
};

const maxPool: Spelling = (m, [x], node) => {
  const [height, width] = numbers(node, 'kernel');
  const [vertical, horizontal] = numbers(node, 'strides');
  const pads = numbers(node, 'pads');
  // Padding must never be a maximum: the lowest float32 stands for minus infinity.
  const padded = pads.some((p) => p > 0)
    ? m.node(`${base(node)}/pad`, 'PadV2', [x, paddings(m, explicit(pads)), m.scalar(-3.4028234663852886e38)])
    : x;
  return m.node(base(node), 'MaxPool', [padded], {
    ksize: wholes(1, height, width, 1),
    strides: wholes(1, vertical, horizontal, 1),
    padding: word('VALID'),
    data_format: word('NHWC'),
  });
};

/** A [rank, 2] constant, by way of a reshape of a shared flat one. */
function paddings(m: GraphModel, pairs: readonly number[]): NodeName {
  return m.node('paddings', 'Reshape', [m.ints(...pairs), m.ints(-1, 2)], { T: { type: 'DT_INT32' } });
}

/** From N, C, H, W to N, H, W, C. */
const channelsBehind = (list: readonly number[]) =>
  list.length === 4 ? [list[0], list[2], list[3], list[1]] : [...list];

const pad: Spelling = (m, [x], node) => {
  const pads = numbers(node, 'pads');
  const rank = pads.length / 2;
  const [before, behind] = [pads.slice(0, rank), pads.slice(rank)].map(channelsBehind);
  return m.node(base(node), 'Pad', [
    x,
    paddings(
      m,
      before.flatMap((p, i) => [p, behind[i]]),
    ),
  ]);
};

const slice: Spelling = (m, [x], node) => {
  const [starts, ends, steps] = ['starts', 'ends', 'steps'].map((a) => channelsBehind(numbers(node, a)));
  // The batch is never cut: its whole range is masked, so that any number of images passes.
  return m.node(base(node), 'StridedSlice', [x, m.ints(...starts), m.ints(...ends), m.ints(...steps)], {
    begin_mask: whole(1),
    end_mask: whole(1),
    ellipsis_mask: whole(0),
    new_axis_mask: whole(0),
    shrink_axis_mask: whole(0),
  });
};

const flatten: Spelling = (m, [x], node) => {
  const [, ...rest] = shapeOf(node);
  const size = rest.reduce((a, b) => a * b, 1);
  // Rows are in the order C, H, W, which the dense weights behind expect.
  const isSpread = rest.length === 3 && rest[1] * rest[2] > 1;
  const rows = isSpread ? turned(m, x, base(node), ahead) : x;
  return m.node(base(node), 'Reshape', [rows, m.ints(-1, size)]);
};

const gemm: Spelling = (m, [x, weights, bias], node) => {
  const y = m.node(base(node), 'MatMul', [x, weights], {
    transpose_a: bool(Boolean(node.attributes.transA)),
    transpose_b: bool(Boolean(node.attributes.transB)),
  });
  return bias ? m.node(`${base(node)}/bias`, 'BiasAdd', [y, bias], { data_format: word('NHWC') }) : y;
};

const behind = [0, 2, 3, 1];
const ahead = [0, 3, 1, 2];
const turned = (m: GraphModel, x: NodeName, name: string, order: readonly number[]) =>
  m.node(`${name}/turned`, 'Transpose', [x, m.ints(...order)], { Tperm: { type: 'DT_INT32' } });

/** An operator that counts axes in the order N, C, H, W: images are turned before and behind it. */
const inOrder =
  (spell: (m: GraphModel, x: NodeName, node: Node) => NodeName): Spelling =>
  (m, [x], node) => {
    const isImage = (shape: Shape) => shape.length === 4;
    const y = spell(m, isImage(shapeOf(node)) ? turned(m, x, base(node), ahead) : x, node);
    return isImage(node.outputs[0].type.shape) ? turned(m, y, base(node), behind) : y;
  };

const reduction = (op: 'Mean' | 'Sum'): Spelling =>
  inOrder((m, x, node) => {
    const given = numbers(node, 'axes');
    const axes = given.length > 0 ? given : shapeOf(node).map((_, i) => i);
    return m.node(base(node), op, [x, m.ints(...axes)], {
      keep_dims: bool(Boolean(node.attributes.keepdims)),
    });
  });

/** Where an axis of N, C, H, W lies in TensorFlow's order. */
const axisOf = (axis: number, rank: number) => (rank === 4 ? behind.indexOf(axis) : axis);

const split: Spelling = (m, [x], node) => {
  const shape = channelsBehind(shapeOf(node));
  const axis = axisOf(Number(node.attributes.axis), shape.length);
  let from = 0;
  return numbers(node, 'sizes').map((size) => {
    const begin = shape.map((_, i) => (i === axis ? from : 0));
    from += size;
    return m.node(base(node), 'Slice', [
      x,
      m.ints(...begin),
      m.ints(...shape.map((_, i) => (i === axis ? size : -1))),
    ]);
  });
};

/** Shares along the last axis are an operator; another axis is put there and back. */
const softmax: Spelling = (m, [x], node) => {
  const rank = shapeOf(node).length;
  const at = axisOf(Number(node.attributes.axis), rank);
  const order = Array.from({ length: rank }, (_, i) => (i === at ? rank - 1 : i === rank - 1 ? at : i));
  if (at === rank - 1) return m.node(base(node), 'Softmax', [x]);
  const shares = m.node(base(node), 'Softmax', [turned(m, x, base(node), order)]);
  return turned(m, shares, base(node), order);
};

/** Matrices of rank 4 lie turned like images: they are put in order before the product, which is turned behind. */
const matMul: Spelling = (m, inputs, node) => {
  const isImage = shapeOf(node).length === 4;
  const parts = inputs.map((x) => (isImage ? turned(m, x, base(node), ahead) : x));
  const y = m.node(base(node), 'BatchMatMulV2', parts, { adj_x: bool(false), adj_y: bool(false) });
  return isImage ? turned(m, y, base(node), behind) : y;
};

/** A product with ones repeats what is 1 long, and leaves the batch open. */
const expand: Spelling = (m, [x], node) => {
  const [, ...rest] = channelsBehind(node.outputs[0].type.shape);
  return m.node(base(node), 'Mul', [x, m.ones([1, ...rest])]);
};

export const spellings = {
  Add: same('AddV2'),
  BatchNormalization: batchNormalization,
  Clip: (m, [x], node) => {
    const low = m.node(base(node), 'Maximum', [x, m.scalar(Number(node.attributes.min))]);
    return m.node(base(node), 'Minimum', [low, m.scalar(Number(node.attributes.max))]);
  },
  Concat: (m, inputs, node) => {
    const axis = axisOf(Number(node.attributes.axis), shapeOf(node).length);
    return m.node(base(node), 'ConcatV2', [...inputs, m.ints(axis)], { N: whole(inputs.length) });
  },
  Conv: conv,
  Div: same('RealDiv'),
  Elu: (m, [x], node) => {
    const alpha = Number(node.attributes.alpha);
    if (alpha === 1) return m.node(base(node), 'Elu', [x]);
    // max(x, 0) + alpha (exp(min(x, 0)) - 1)
    const name = base(node);
    const low = m.node(name, 'Minimum', [x, m.scalar(0)]);
    const bent = m.node(name, 'Mul', [m.node(name, 'Expm1', [low]), m.scalar(alpha)]);
    return m.node(name, 'AddV2', [m.node(name, 'Relu', [x]), bent]);
  },
  Erf: same('Erf'),
  Exp: same('Exp'),
  Expand: expand,
  Flatten: flatten,
  Gemm: gemm,
  GlobalAveragePool: (m, [x], node) =>
    m.node(base(node), 'Mean', [x, m.ints(1, 2)], { keep_dims: bool(true) }),
  GroupNormalization: groupNormalization,
  Identity: same('Identity'),
  LeakyRelu: (m, [x], node) =>
    m.node(base(node), 'LeakyRelu', [x], { alpha: real(Number(node.attributes.alpha)) }),
  MatMul: matMul,
  MaxPool: maxPool,
  Mul: same('Mul'),
  Pad: pad,
  ReduceMean: reduction('Mean'),
  ReduceSum: reduction('Sum'),
  Relu: same('Relu'),
  // The batch is left open where it stays the batch.
  Reshape: inOrder((m, x, node) => {
    const [first, ...rest] = numbers(node, 'shape');
    return m.node(base(node), 'Reshape', [x, m.ints(first === shapeOf(node)[0] ? -1 : first, ...rest)]);
  }),
  Sigmoid: same('Sigmoid'),
  Slice: slice,
  Softmax: softmax,
  Softplus: same('Softplus'),
  Split: split,
  Sqrt: same('Sqrt'),
  Sub: same('Sub'),
  Tanh: same('Tanh'),
  Transpose: inOrder((m, x, node) =>
    m.node(base(node), 'Transpose', [x, m.ints(...numbers(node, 'perm'))], { Tperm: { type: 'DT_INT32' } }),
  ),
} satisfies Record<string, Spelling>;
