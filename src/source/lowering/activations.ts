/**
 * Functions of one tensor, element by element: activations, and the arithmetic that hand-written ones are made of.
 * Most are composed of a few operators; each says where its constants come from. Softmax is among them because
 * layers carry it as an activation.
 */
import { t } from '../../base/localize';
import type { Value } from '../../ir/graph';
import { type ActivationName, activations } from '../../layers/activation';
import { argumentOf, axisOf, numberOf, row, type Speller, type Spelling, scalar } from './spelling';

type Bend = (s: Spelling, x: Value) => Value;

const op =
  (name: string): Bend =>
  ({ b }, x) =>
    b.op(name, [x]);
const ready =
  (name: ActivationName): Bend =>
  ({ b }, x) =>
    activations[name].build(b, x);
const plus = (s: Spelling, x: Value, value: number): Value =>
  value === 0 ? x : s.b.op('Add', [x, scalar(s, value)]);
const times = (s: Spelling, x: Value, value: number): Value =>
  value === 1 ? x : s.b.op('Mul', [x, scalar(s, value)]);

/** low + relu(x - low) - relu(x - high): no minimum is needed, and outside of the range no gradient flows. */
export function between(s: Spelling, x: Value, low: number | undefined, high: number | undefined): Value {
  const { b } = s;
  const up = low === undefined ? x : plus(s, b.op('Relu', [plus(s, x, -low)]), low);
  return high === undefined ? up : b.op('Sub', [up, b.op('Relu', [plus(s, x, -high)])]);
}

/** relu6(x + 3) / 6 (Howard et al. 2019). */
const hardSigmoid: Bend = (s, x) => times(s, between(s, plus(s, x, 3), 0, 6), 1 / 6);

/** The tanh form: 0.5 x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) (Hendrycks and Gimpel 2016, section 2). */
const tanhGelu: Bend = (s, x) => {
  const { b } = s;
  const cube = b.op('Mul', [b.op('Mul', [x, x]), x]);
  const inner = times(s, b.op('Add', [x, times(s, cube, 0.044715)]), Math.sqrt(2 / Math.PI));
  return b.op('Mul', [x, times(s, plus(s, b.op('Tanh', [inner]), 1), 0.5)]);
};

/** Klambauer et al. 2017, to the digits that frameworks use. */
const selu: Bend = ({ b }, x) =>
  b.op('Mul', [b.op('Elu', [x], { alpha: 1.6732632423543772 }), scalar({ b }, 1.0507009873554805)]);

/** x tanh(log(1 + exp(x))) (Misra 2019). */
const mish: Bend = ({ b }, x) => b.op('Mul', [x, b.op('Tanh', [b.op('Softplus', [x])])]);

/** relu(x) + relu(-x) */
export function absolute(s: Spelling, x: Value): Value {
  const { b } = s;
  return b.op('Add', [b.op('Relu', [x]), b.op('Relu', [times(s, x, -1)])]);
}

const softsign: Bend = (s, x) => s.b.op('Div', [x, plus(s, absolute(s, x), 1)]);

const softmaxLast: Bend = (s, x) => s.b.op('Softmax', [x], { axis: axisOf(s, -1, x.type.shape.length) });

/** Activations that a Keras or TensorFlow.js layer carries as a word. */
const WORDS: Readonly<Record<string, Bend>> = {
  relu: op('Relu'),
  relu6: (s, x) => between(s, x, 0, 6),
  elu: op('Elu'),
  selu,
  gelu: ready('gelu'),
  gelu_tanh: tanhGelu,
  silu: ready('silu'),
  swish: ready('silu'),
  mish,
  sigmoid: op('Sigmoid'),
  tanh: op('Tanh'),
  softplus: op('Softplus'),
  softsign,
  exponential: op('Exp'),
  hard_silu: (s, x) => s.b.op('Mul', [x, hardSigmoid(s, x)]),
  hard_swish: (s, x) => s.b.op('Mul', [x, hardSigmoid(s, x)]),
  // clip(0.2 x + 0.5, 0, 1); Keras has changed its mind between versions and is refused.
  hardSigmoid: (s, x) => between(s, plus(s, times(s, x, 0.2), 0.5), 0, 1),
  softmax: softmaxLast,
};

/** The operator that a word's row is named by in a layer table. */
function rowName(word: string): string {
  const known = Object.hasOwn(activations, word) ? activations[word as ActivationName].op : undefined;
  return known ?? word.replace(/(^|_)([a-z])/g, (_, __, letter: string) => letter.toUpperCase());
}

/** An activation that a Keras layer carries with it. A softmax at the very end belongs to the loss. */
export function carried(s: Spelling, x: Value): Value {
  const { activation } = s.node.attributes;
  if (typeof activation !== 'string' || activation === 'linear') return x;
  return s.b.layer(`${s.scope}_${activation}`, rowName(activation), [x], () => word(s, x, activation), '');
}

function word(s: Spelling, x: Value, activation: string): Value {
  if (activation === '?') return s.refuse(t('its activation is not known.'));
  if (s.isEnd && (activation === 'softmax' || activation === 'log_softmax')) return x;
  const bend = Object.hasOwn(WORDS, activation) ? WORDS[activation] : undefined;
  return bend ? bend(s, x) : s.refuse(t('the activation {0} has no counterpart here.', activation));
}

const single =
  (name: string, bend: Bend): Speller =>
  (s) =>
    s.node.attributes.extra === true
      ? s.refuse(t('its further arguments have no counterpart here.'))
      : [s.b.layer(s.scope, name, [s.input(0)], () => bend(s, s.input(0)), '')];

/** Keras' ReLU layer has a slope, a threshold and a maximum; PyTorch's has none of them. */
const relu: Bend = (s, x) => {
  const slope = s.node.framework === 'pytorch' ? 0 : (numberOf(s, 'alpha') ?? 0);
  const most = numberOf(s, 'maximum');
  if ((numberOf(s, 'threshold') ?? 0) !== 0 || (slope !== 0 && most !== undefined))
    return s.refuse(t('its threshold has no counterpart here.'));
  if (slope !== 0) return s.b.op('LeakyRelu', [x], { alpha: slope });
  return most === undefined ? s.b.op('Relu', [x]) : between(s, x, 0, most);
};

const leakyRelu: Bend = (s, x) => {
  if (s.node.attributes.lower !== undefined)
    return s.refuse(t('a slope that is drawn has no counterpart here.'));
  const alpha = numberOf(s, 'negative_slope', 'alpha');
  return alpha === undefined ? s.refuse(t('its slope is not known.')) : s.b.op('LeakyRelu', [x], { alpha });
};

const gelu: Bend = (s, x) => {
  const { approximate } = s.node.attributes;
  return approximate === 'tanh' || approximate === true ? tanhGelu(s, x) : ready('gelu')(s, x);
};

/** softplus(beta x) / beta; PyTorch's linear part beyond its threshold differs by less than 3e-9. */
const softplus: Bend = (s, x) => {
  const beta = numberOf(s, 'beta') ?? 1;
  if ((numberOf(s, 'threshold') ?? 20) < 15) return s.refuse(t('its threshold has no counterpart here.'));
  return times(s, s.b.op('Softplus', [times(s, x, beta)]), 1 / beta);
};

/** alpha elu(x / alpha) where x is negative (Barron 2017). */
const celu: Bend = (s, x) => {
  const alpha = numberOf(s, 'alpha') ?? 1;
  return times(s, s.b.op('Elu', [times(s, x, 1 / alpha)]), alpha);
};

const clip: Bend = (s, x) => between(s, x, numberOf(s, 'min_val', 'min'), numberOf(s, 'max_val', 'max'));

const hardSigmoidOf: Bend = (s, x) =>
  s.node.framework === 'pytorch'
    ? hardSigmoid(s, x)
    : s.refuse(t('the versions of Keras do not agree on this activation; write it out.'));

/** Whole powers up to 4, roots, and their inverses. */
export function power(s: Spelling, x: Value, exponent: number): Value {
  const { b } = s;
  if (exponent < 0) return b.op('Div', [scalar(s, 1), power(s, x, -exponent)]);
  if (exponent === 0.5) return b.op('Sqrt', [x]);
  if (exponent === 0.75) {
    const root = b.op('Sqrt', [x]);
    return b.op('Mul', [root, b.op('Sqrt', [root])]);
  }
  if (exponent === 1) return x;
  if (exponent === 2) return b.op('Mul', [x, x]);
  if (exponent === 3 || exponent === 4) return b.op('Mul', [power(s, x, 2), power(s, x, exponent - 2)]);
  return s.refuse(t('the power {0} has no counterpart here.', exponent));
}

/** Along the axis that is named; at the very end it is part of the loss. */
function softmax(s: Spelling): readonly Value[] {
  const x = s.input(0);
  const rank = x.type.shape.length;
  const given = numberOf(s, 'dim', 'axis');
  const isTorch = s.node.framework === 'pytorch';
  const is2d = s.node.instance?.layer?.recipe.name === 'Softmax2d';
  if (given === undefined && isTorch && !is2d && rank !== 2) return s.refuse(t('its axis is not known.'));
  const axis = axisOf(s, given ?? (is2d ? -3 : -1), rank);
  if (s.isEnd && axis === rank - 1) return [x];
  if (s.node.op === 'logSoftmax')
    return s.refuse(t('a logarithm of shares inside a network has no counterpart here.'));
  return [row(s, 'Softmax', () => s.b.op('Softmax', [x], { axis }))];
}

/** A slope for what is negative that is learned, one a channel or one for all (He 2015b). */
function prelu(s: Spelling): Value {
  const { b, node } = s;
  const x = s.input(0);
  return b.layer(
    s.scope,
    'PRelu',
    [x],
    () => {
      const slope = node.weights.length > 0 ? ownSlope(s, x) : s.input(1);
      const size = slope.type.shape.length === 1 ? slope.type.shape[0] : undefined;
      const wide = size === undefined ? slope : turnedSlope(s, slope, x, size);
      const negative = b.op('Mul', [b.op('Relu', [times(s, x, -1)]), wide]);
      return b.op('Sub', [b.op('Relu', [x]), negative]);
    },
    s.name,
  );
}

function turnedSlope(s: Spelling, slope: Value, x: Value, size: number): Value {
  const shape = x.type.shape.map((_, i) => (i === 1 ? size : 1));
  return s.b.op('Reshape', [slope], { shape });
}

function ownSlope(s: Spelling, x: Value): Value {
  const { b, node, shared } = s;
  const known = node.instance && shared.get(node.instance);
  if (known) return known[0];
  const sizes = node.weights[0].shape.map((size) =>
    typeof size === 'number' ? size : s.refuse(t('its shape is not known.')),
  );
  const [h, w, c] = sizes;
  const shape = s.isChannelsLast && sizes.length === 3 ? [c, h, w] : sizes;
  const start = argumentOf(s, node.framework === 'pytorch' ? 'init' : 'alpha_initializer');
  const value =
    start?.kind === 'float' || (start?.kind === 'int' && typeof start.value === 'number')
      ? Number(start.value)
      : start?.kind === 'string' && start.value === 'zeros'
        ? 0
        : s.refuse(t('it is not known how its weights start.'));
  const type = { dtype: x.type.dtype, shape };
  const slope = b.parameter('weight', type, 'weight', { kind: 'constant', value }).value;
  if (node.instance) shared.set(node.instance, [slope]);
  return slope;
}

/** A function that was given more than its tensor is refused where what was given is not read. */
const strict =
  (speller: Speller): Speller =>
  (s) =>
    s.node.attributes.extra === true
      ? s.refuse(t('its further arguments have no counterpart here.'))
      : speller(s);

export const activationSpellings = {
  relu: single('Relu', relu),
  relu6: single('Clip', (s, x) => between(s, x, 0, 6)),
  leakyRelu: single('LeakyRelu', leakyRelu),
  elu: single('Elu', (s, x) => s.b.op('Elu', [x], { alpha: numberOf(s, 'alpha') ?? 1 })),
  selu: single('Selu', selu),
  celu: single('Celu', celu),
  gelu: single('Gelu', gelu),
  silu: single('Swish', ready('silu')),
  mish: single('Mish', mish),
  sigmoid: single('Sigmoid', op('Sigmoid')),
  tanh: single('Tanh', op('Tanh')),
  softplus: single('Softplus', softplus),
  softsign: single('Softsign', softsign),
  logSigmoid: single('LogSigmoid', (s, x) => times(s, s.b.op('Softplus', [times(s, x, -1)]), -1)),
  tanhshrink: single('Tanhshrink', (s, x) => s.b.op('Sub', [x, s.b.op('Tanh', [x])])),
  hardSigmoid: single('HardSigmoid', hardSigmoidOf),
  hardSwish: single('HardSwish', (s, x) => s.b.op('Mul', [x, hardSigmoid(s, x)])),
  clip: single('Clip', clip),
  prelu: (s) => [prelu(s)],
  activation: (s) => {
    const { activation } = s.node.attributes;
    if (activation === 'linear') return [s.input(0)];
    if (typeof activation !== 'string') return s.refuse(t('its activation is not known.'));
    return [s.b.layer(s.scope, rowName(activation), [s.input(0)], () => word(s, s.input(0), activation), '')];
  },
  softmax: strict(softmax),
  logSoftmax: strict(softmax),
  abs: single('Abs', absolute),
  neg: single('Neg', (s, x) => times(s, x, -1)),
  exp: single('Exp', op('Exp')),
  sqrt: single('Sqrt', op('Sqrt')),
  square: single('Mul', (s, x) => power(s, x, 2)),
  reciprocal: single('Div', (s, x) => power(s, x, -1)),
  rsqrt: single('Div', (s, x) => power(s, x, -0.5)),
} satisfies Record<string, Speller>;
