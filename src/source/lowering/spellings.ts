/**
 * Every traced operation that the IR can say, and how. Images come in N, C, H, W whatever the framework; where an
 * operation counts axes, they are turned. What is missing here refuses a model.
 */
import { t } from '../../base/localize';
import type { Value } from '../../ir/graph';
import { float32 } from '../../ir/tensorType';
import { dropout } from '../../layers/dropout';
import { activationSpellings, carried } from './activations';
import { arithmeticSpellings } from './arithmetic';
import { attention, matmul, scaledAttention } from './attention';
import { batchNorm, groupNorm, layerNorm, localResponseNorm, normalize } from './norms';
import { adaptiveMaxPool, averagePool, globalPool, maxPool } from './pooling';
import { channelShuffle, pixelShuffle, resize } from './resizing';
import {
  concat,
  expand,
  flip,
  glu,
  padAll,
  padImage,
  padLast,
  permute,
  repeat,
  reshape,
  roll,
  slice,
  split,
  stack,
} from './shapes';
import { numberOf, type Speller, type Spelling } from './spelling';
import { conv, convTranspose, dense, linear, separableConv } from './weighted';

const through: Speller = (s) => [s.input(0)];

/** Layers that drop whole channels, and those whose noise has no counterpart. */
const CHANNELS = /dropout[123]d$/i;
const STRANGE = /^(alpha|gaussian|feature)/i;

/** At inference, and at a rate of 0, nothing is dropped. */
function drop(s: Spelling): Value {
  const { b } = s;
  const x = s.input(0);
  const rate = numberOf(s, 'rate', 'p');
  const name = s.node.instance?.layer?.recipe.name ?? s.node.callee.split('.').at(-1) ?? '';
  if (s.node.attributes.training === false || s.node.training === false) return x;
  if (rate === undefined) return s.refuse(t('its rate is not known.'));
  if (rate === 0) return x;
  if (rate >= 1) return s.refuse(t('it drops everything.'));
  if (STRANGE.test(name)) return s.refuse(t('noise of this kind has no counterpart here.'));
  if (!CHANNELS.test(name)) return b.within('', () => dropout(b, s.scope, x, rate));
  if (b.mode === 'inference') return x;
  const { shape } = x.type;
  const isRows = s.isChannelsLast && shape.length === 3;
  const kept = shape.map((d, i) => (i === 0 || i === (isRows ? 2 : 1) ? d : 1));
  return b.layer(s.scope, 'Dropout', [x], () =>
    b.op('Mul', [x, b.noise(float32(...kept), 1 - rate, 1 / (1 - rate))]),
  );
}

/** Stochastic depth (Huang et al. 2016): the branch of single images, or of the whole batch. */
function dropPath(s: Spelling): Value {
  const { b } = s;
  const x = s.input(0);
  const rate = numberOf(s, 'rate', 'p', 'drop_prob');
  const { mode, scale_by_keep: scales } = s.node.attributes;
  if (rate === undefined || s.node.attributes.extra === true) return s.refuse(t('its rate is not known.'));
  if (rate === 0 || b.mode === 'inference' || s.node.attributes.training === false) return x;
  if (rate >= 1) return s.refuse(t('it drops everything.'));
  const shape = mode === 'batch' ? [] : x.type.shape.map((d, i) => (i === 0 ? d : 1));
  const value = scales === false ? 1 : 1 / (1 - rate);
  return b.layer(s.scope, 'Dropout', [x], () =>
    b.op('Mul', [x, b.noise(float32(...shape), 1 - rate, value)]),
  );
}

export const spellings = {
  ...activationSpellings,
  ...arithmeticSpellings,
  conv: (s) => [carried(s, conv(s))],
  convTranspose: (s) => [carried(s, convTranspose(s))],
  separableConv: (s) => [carried(s, separableConv(s))],
  dense: (s) => [carried(s, dense(s))],
  linear: (s) => [linear(s)],
  matmul: (s) => [matmul(s)],
  attention,
  scaledAttention: (s) => [scaledAttention(s)],
  batchNorm: (s) => [batchNorm(s)],
  groupNorm: (s) => [groupNorm(s)],
  instanceNorm: (s) => [groupNorm(s)],
  layerNorm: (s) => [layerNorm(s)],
  localResponseNorm: (s) => [localResponseNorm(s)],
  normalize: (s) => [normalize(s)],
  maxPool: (s) => [maxPool(s)],
  averagePool: (s) => [averagePool(s)],
  adaptiveAveragePool: (s) => [averagePool(s)],
  adaptiveMaxPool: (s) => [adaptiveMaxPool(s)],
  globalAveragePool: (s) => [globalPool(s)],
  globalMaxPool: (s) => [globalPool(s)],
  resize: (s) => [resize(s)],
  pixelShuffle: (s) => [pixelShuffle(s)],
  pixelUnshuffle: (s) => [pixelShuffle(s)],
  channelShuffle: (s) => [channelShuffle(s)],
  flatten: (s) => {
    const x = s.input(0);
    if (x.type.shape.length === 2 && s.shape.length === 2) return [x];
    // Rows of Keras are N, H, W, C put one after the other.
    return s.node.attributes.axis === 1 &&
      s.shape.length === 2 &&
      !(s.isChannelsLast && x.type.shape.length === 4)
      ? [s.b.layer(s.scope, 'Flatten', [x], () => s.b.op('Flatten', [x]), '')]
      : [reshape(s)];
  },
  reshape: (s) => [reshape(s)],
  permute: (s) => [permute(s)],
  slice: (s) => [slice(s)],
  pad: (s) => [padLast(s)],
  zeroPad: (s) => [padImage(s)],
  crop: (s) => [padImage(s)],
  padAll: (s) => [padAll(s)],
  concat: (s) => [concat(s)],
  split,
  unbind: split,
  stack: (s) => [stack(s)],
  expand: (s) => [expand(s)],
  repeat: (s) => [repeat(s)],
  flip: (s) => [flip(s)],
  roll: (s) => [roll(s)],
  glu: (s) => [glu(s)],
  dropout: (s) => [drop(s)],
  dropPath: (s) => [dropPath(s)],
  identity: through,
} satisfies Record<string, Speller>;
