/** Matrix products between activations, and attention, which is two of them and a softmax (Vaswani et al. 2017). */
import { t } from '../../base/localize';
import type { Initializer, Value } from '../../ir/graph';
import { float32 } from '../../ir/tensorType';
import { dropout } from '../../layers/dropout';
import { argumentOf, fromSource, product, row, type Spelling, scalar, toSource } from './spelling';
import { startOf } from './starts';
import { onRows } from './weighted';

/** NumPy's matrix product: leading axes broadcast, vectors are matrices of one row or column. */
export function matmul(s: Spelling): Value {
  const { b } = s;
  const isMap = s.node.callee.includes('linear');
  return row(s, 'MatMul', () => {
    const [x, y] = s.inputs.map((v) => toSource(s, v));
    if (x.type.shape.length < 2 || y.type.shape.length < 2 || isMap)
      return s.refuse(t('a product with a vector has no counterpart here.'));
    if (y.type.shape.length === 2)
      return fromSource(
        s,
        onRows(s, x, (rows) => b.op('Gemm', [rows, y])),
      );
    const rank = Math.max(x.type.shape.length, y.type.shape.length);
    const lead = Array.from({ length: rank - 2 }, (_, i) => Math.max(along(x, i, rank), along(y, i, rank)));
    return fromSource(s, b.op('MatMul', [spread(s, x, lead), spread(s, y, lead)]));
  });
}

const along = ({ type }: Value, i: number, rank: number) => type.shape[i - (rank - type.shape.length)] ?? 1;

function spread(s: Spelling, x: Value, lead: readonly number[]): Value {
  const shape = [...lead, ...x.type.shape.slice(-2)];
  const isSame = x.type.shape.length === shape.length && shape.every((d, i) => d === x.type.shape[i]);
  return isSame ? x : s.b.op('Expand', [x], { shape });
}

interface Heads {
  readonly count: number;
  /** Share of the attention that training drops. */
  readonly drop: number;
}

/** softmax(q k' / sqrt d) v for q, k, v [N, heads, T, d]. */
function attend(s: Spelling, [q, k, v]: readonly Value[], drop: number, scale?: number): Value {
  const { b } = s;
  const size = q.type.shape[3];
  const turned = b.op('Transpose', [k], { perm: [0, 1, 3, 2] });
  const scaled = b.op('Mul', [q, scalar(s, scale ?? 1 / Math.sqrt(size))]);
  const shares = b.op('Softmax', [b.op('MatMul', [scaled, turned])], { axis: 3 });
  return b.op('MatMul', [dropout(b, 'dropout', shares, drop), v]);
}

/** [N, T, heads d] to [N, heads, T, d], and back. */
function apart(s: Spelling, x: Value, heads: number): Value {
  const [n, length, size] = x.type.shape;
  const cut = s.b.op('Reshape', [x], { shape: [n, length, heads, size / heads] });
  return s.b.op('Transpose', [cut], { perm: [0, 2, 1, 3] });
}

function together(s: Spelling, x: Value): Value {
  const [n, heads, length, size] = x.type.shape;
  const turned = s.b.op('Transpose', [x], { perm: [0, 2, 1, 3] });
  return s.b.op('Reshape', [turned], { shape: [n, length, heads * size] });
}

/** F.scaled_dot_product_attention, without a mask. */
export function scaledAttention(s: Spelling): Value {
  const [q, k, v] = [0, 1, 2].map((i) => s.input(i));
  const { attributes } = s.node;
  if (attributes.masked === true || q.type.shape.length !== 4)
    return s.refuse(t('attention with a mask has no counterpart here.'));
  const drop = typeof attributes.rate === 'number' ? attributes.rate : 0;
  const scale = typeof attributes.scale === 'number' ? attributes.scale : undefined;
  return row(s, 'Attention', () => attend(s, [q, k, v], drop, scale));
}

function heads(s: Spelling): Heads {
  const number = (name: string) => {
    const value = argumentOf(s, name);
    return value?.kind === 'int' || value?.kind === 'float' ? Number(value.value) : Number.NaN;
  };
  const [count, drop] = [number('num_heads'), number('dropout')];
  if (Number.isNaN(count) || Number.isNaN(drop)) return s.refuse(t('its heads are not known.'));
  return { count, drop };
}

export function attention(s: Spelling): readonly Value[] {
  const tensors = s.node.inputs.filter((tensor) => tensor.shape?.length !== 0);
  if (tensors.some((tensor) => tensor.id !== tensors[0].id) || tensors.length > 3)
    return s.refuse(t('only attention of a sequence to itself, without a mask, is built here.'));
  if (s.input(0).type.shape.length !== 3) return s.refuse(t('only attention along one axis is built here.'));
  return [s.node.framework === 'pytorch' ? torchAttention(s) : kerasAttention(s)];
}

const REFUSED = ['kdim', 'vdim', 'add_bias_kv', 'add_zero_attn'];

/** nn.MultiheadAttention, under the names of its state_dict. */
function torchAttention(s: Spelling): Value {
  const { b } = s;
  const x = s.input(0);
  const { count, drop } = heads(s);
  for (const name of REFUSED) {
    const value = argumentOf(s, name);
    if (value && value.kind !== 'none' && !(value.kind === 'boolean' && !value.value))
      return s.refuse(t('its {0} has no counterpart here.', name));
  }
  const first = argumentOf(s, 'batch_first');
  if (first?.kind !== 'boolean') return s.refuse(t('the order of its axes is not known.'));
  const swap = (v: Value) => (first.value ? v : b.op('Transpose', [v], { perm: [1, 0, 2] }));
  const size = x.type.shape[2];
  const has = (name: string) => s.node.weights.some((weight) => weight.name === name);
  const matrix = (name: string, rows: number, usual: Initializer) =>
    b.parameter(name, float32(rows, size), 'weight', startOf(s, name, [rows, size], { usual })).value;
  const bias = (name: string, rows: number) =>
    has(name)
      ? [
          b.parameter(name, float32(rows), 'bias', startOf(s, name, [rows], { usual: { kind: 'zeros' } }))
            .value,
        ]
      : [];
  return b.layer(
    s.scope,
    'Attention',
    [x],
    () => {
      const known = s.node.instance && s.shared.get(s.node.instance);
      const inside = known ?? [
        // Glorot's uniform for all three maps as one matrix; PyTorch's own start for the map behind.
        matrix('in_proj_weight', 3 * size, spreadOver((size + 3 * size) / 2, 1)),
        ...bias('in_proj_bias', 3 * size),
        matrix('out_proj.weight', size, spreadOver(size, Math.sqrt(1 / 3))),
        ...bias('out_proj.bias', size),
      ];
      if (s.node.instance) s.shared.set(s.node.instance, inside);
      const half = inside.length / 2;
      const [before, behind] = [inside.slice(0, half), inside.slice(half)];
      const all = onRows(s, swap(x), (rows) => b.op('Gemm', [rows, ...before], { transB: true }));
      const parts = b.apply('Split', [all], { axis: 2, sizes: [size, size, size] });
      const y = together(
        s,
        attend(
          s,
          parts.map((part) => apart(s, part, count)),
          drop,
        ),
      );
      return swap(onRows(s, y, (rows) => b.op('Gemm', [rows, ...behind], { transB: true })));
    },
    s.name,
  );
}

const spreadOver = (fan: number, gain: number): Initializer => ({
  kind: 'scaled',
  distribution: 'uniform',
  gain,
  fan,
});

/** keras.layers.MultiHeadAttention: a map each for query, key and value, and one behind. */
function kerasAttention(s: Spelling): Value {
  const { b, node } = s;
  const x = s.input(0);
  const { count, drop } = heads(s);
  const features = x.type.shape[2];
  for (const name of ['output_shape', 'attention_axes']) {
    const value = argumentOf(s, name);
    if (value && value.kind !== 'none') return s.refuse(t('its {0} has no counterpart here.', name));
  }
  const use = argumentOf(s, 'use_bias');
  const hasBias = !(use?.kind === 'boolean' && !use.value);
  const sizeOf = (name: string): number => {
    const weight = node.weights.find((each) => each.name === `${name}/kernel`);
    const sizes = weight?.shape.map((d) => (typeof d === 'number' ? d : Number.NaN)) ?? [];
    const size = name === 'attention_output' ? product(sizes.slice(0, 2)) : product(sizes.slice(1));
    return Number.isNaN(size) || sizes.length !== 3 ? s.refuse(t('its heads are not known.')) : size;
  };
  const map = (name: string, out: number, from: number): Value[] => {
    // Keras counts fans by the last two axes of [features, heads, size], times what stands in front of them.
    const isLast = name === 'attention_output';
    const [a, c, d] = isLast ? [count, from / count, features] : [features, count, out / count];
    const usual = spreadOver((a * c + a * d) / 2, 1);
    const weight = startOf(s, `${name}/kernel`, [d, c, a], { argument: 'kernel_initializer', usual });
    return [
      b.parameter(`${name}.weight`, float32(out, from), 'weight', weight).value,
      ...(hasBias ? [b.parameter(`${name}.bias`, float32(out), 'bias', { kind: 'zeros' }).value] : []),
    ];
  };
  return b.layer(
    s.scope,
    'Attention',
    [x],
    () => {
      const widths = ['query', 'key', 'value'].map(sizeOf);
      const known = node.instance && s.shared.get(node.instance);
      const all = known ?? [
        ...['query', 'key', 'value'].flatMap((name, i) => map(name, widths[i], features)),
        ...map('attention_output', features, widths[2]),
      ];
      if (node.instance) s.shared.set(node.instance, all);
      const per = all.length / 4;
      const through = (v: Value, i: number) =>
        onRows(s, v, (rows) => b.op('Gemm', [rows, ...all.slice(i * per, (i + 1) * per)], { transB: true }));
      const parts = [0, 1, 2].map((i) => apart(s, through(x, i), count));
      return through(together(s, attend(s, parts, drop)), 3);
    },
    s.name,
  );
}
