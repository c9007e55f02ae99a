/**
 * The residual networks of keras.applications, version 1 (He 2015: the stride in the first 1x1, convolutions with
 * biases) and version 2 (He 2016: pre-activation, the stride in the last block of every stack but the last, where
 * a strided max-pool shortens the skip), and KerasTuner's HyperResNet over them, whose third version is ResNeXt.
 */
import { choice, integer } from '../base/options';
import type { Builder } from '../ir/builder';
import type { Value } from '../ir/graph';
import { classifier } from '../layers/classifier';
import { activate, convNorm, type WeightSpec, weightLayer } from '../layers/convNormAct';
import { normalize } from '../layers/norm';
import { maxPool } from '../layers/pooling';
import { bottleneckLayers, residualBlock } from '../layers/residualBlock';
import type { Carrier, ProjectionSpelling } from '../layers/shortcut';
import { buildStages } from '../layers/stages';
import { defineFamily } from './network';
import {
  epsilonOption,
  headOptions,
  momentumOption,
  plainTwin,
  residualOf,
  residualOptions,
  styleOf,
  styleOptions,
} from './options';

const options = {
  version: choice('v1', ['v1', 'v2', 'next'], 'Layout of the blocks; next is ResNeXt with 32 groups.'),
  conv3Depth: choice('4', ['4', '8'], 'Blocks of the second stage.'),
  conv4Depth: choice('6', ['6', '23', '36'], 'Blocks of the third stage.'),
  width: integer(64, 1, 512, 'Filters of the stem; every other width follows from it.'),
  pooling: choice('avg', ['avg', 'max'], 'Global pooling before the classifier.'),
  ...headOptions,
  classes: integer(1000, 2, 100_000, headOptions.classes.summary),
  ...styleOptions,
  init: choice('glorot-uniform', styleOptions.init.values, styleOptions.init.summary),
  bnMomentum: momentumOption(0.99),
  bnEpsilon: epsilonOption(1.001e-5),
  ...residualOptions,
};

/** Blocks of the second and third stage by depth. */
const depths: Readonly<Record<string, readonly ['4' | '8', '6' | '23' | '36']>> = {
  '50': ['4', '6'],
  '101': ['4', '23'],
  '152': ['8', '36'],
};

/** The last addend of 16 + 3 (conv3 + conv4) ... that names a network: 50, 101, 152 or any other sum. */
const depthOf = (conv3: string, conv4: string) => 2 + 3 * (6 + Number(conv3) + Number(conv4));

export const kerasResNet = defineFamily({
  id: 'keras-resnet',
  names: [
    'keras-resnet50, 101, 152',
    'resnet50v2, 101v2, 152v2',
    'keras-resnext50, 101, 152',
    'hyper-resnet',
  ],
  examples: [
    'keras-resnet50',
    'keras-resnet101',
    'keras-resnet152',
    'resnet50v2',
    'resnet101v2',
    'resnet152v2',
    'keras-resnext50',
    'hyper-resnet',
  ],
  citation:
    'keras.applications ResNet and ResNetV2 (after He et al. 2015 and 2016); keras_tuner.applications.HyperResNet',
  options,
  inputShape: [3, 224, 224],
  order: 'channelsLast',

  match(name) {
    if (name === 'hyper-resnet' || name === 'hyper-plain')
      return { version: 'v2', ...(name === 'hyper-plain' && { shortcut: 'none' }) };
    const found =
      /^keras-(resnet|resnext|plain|plainnext)(50|101|152)$/.exec(name) ??
      /^(?:keras-)?(resnet|plain)(50|101|152)v2$/.exec(name);
    if (!found) return null;
    const [conv3Depth, conv4Depth] = depths[found[2]];
    return {
      version: name.endsWith('v2')
        ? 'v2'
        : found[1].endsWith('next') || found[1] === 'resnext'
          ? 'next'
          : 'v1',
      conv3Depth,
      conv4Depth,
      ...(found[1].startsWith('plain') && { shortcut: 'none' }),
    };
  },

  title({ version, conv3Depth, conv4Depth, shortcut }) {
    const depth = depthOf(conv3Depth, conv4Depth);
    const name = { v1: `ResNet${depth}`, v2: `ResNet${depth}V2`, next: `ResNeXt${depth}` }[version];
    return shortcut === 'none' ? `Keras Plain${depth} (${version})` : `Keras ${name}`;
  },

  build(b, x, settled) {
    const { version, conv3Depth, conv4Depth, width, pooling } = settled;
    const counts = [3, Number(conv3Depth), Number(conv4Depth), 3];
    const unit = version === 'v2' ? 'full-preactivation' : 'original';
    const blocks = counts.reduce((a, n) => a + n, 0);
    const residual = residualOf({ ...settled, unit }, blocks);
    // Version 1 has biases everywhere; the others where a convolution has no norm behind it.
    const own = styleOf(settled);
    const style = { ...own, bias: version === 'v1' ? ('always' as const) : own.bias };
    let y = stem(b, x, version, width, style);
    y = buildStages(b, y, counts, kerasStages, (input, place) => {
      const filters = width * 2 ** (place.stage - 1);
      const isFirst = place.block === 1;
      const isLast = place.block === counts[place.stage - 1];
      const isStrided = version === 'v2' ? isLast && place.stage < 4 : isFirst && place.stage > 1;
      const stride = isStrided ? 2 : 1;
      const { shortcut } = settled;
      const strided: Carrier = shortcut === 'pad' ? 'pad' : 'pool';
      const isProjecting = isFirst && shortcut === 'projection';
      const carrier = isProjecting ? 'projection' : version === 'v2' && isStrided ? strided : undefined;
      return residualBlock(
        b,
        place,
        input,
        {
          kind: 'bottleneck',
          layers: layersOf(version, filters, stride),
          stride,
          carrier: shortcut === 'projection-everywhere' ? 'projection' : carrier,
          projection: projections[version],
        },
        style,
        residual,
      );
    });
    if (version === 'v2') y = activate(b, 'post', normalize(b, 'post', y, style, { name: 'post_bn' }), style);
    return classifier(b, y, { ...settled, pooling, init: settled.init, name: 'predictions' }, style);
  },

  twin: plainTwin,
});

type Version = 'v1' | 'v2' | 'next';

const kerasStages = {
  stage: () => '',
  block: (stage: number, block: number) => `conv${stage + 1}_block${block}`,
};

const projections: Record<Version, ProjectionSpelling> = {
  v1: { bias: true, norm: true, names: ['', '0_conv', '0_bn'] },
  v2: { bias: true, norm: false, names: ['', '0_conv', ''] },
  next: { norm: true, names: ['', '0_conv', '0_bn'] },
};

function stem(
  b: Builder,
  x: Value,
  version: Version,
  width: number,
  style: Parameters<typeof activate>[3],
): Value {
  const spec: WeightSpec = {
    out: width,
    kernel: 7,
    stride: 2,
    name: 'conv1_conv',
    normName: 'conv1_bn',
    bias: version !== 'next' || undefined,
  };
  if (version !== 'v2') {
    const y = activate(b, '', convNorm(b, 1, x, spec, style), style);
    return maxPool(b, 'maxpool', y, { kernel: 3, stride: 2, padding: 1 });
  }
  // Nothing rectifies here, so Keras' zeros around the image take part in the maximum.
  const y = weightLayer(b, 1, x, spec, style);
  const padded = b.layer('pad', 'Pad', [y], () => b.op('Pad', [y], { pads: [0, 0, 1, 1, 0, 0, 1, 1] }));
  return maxPool(b, 'maxpool', padded, { kernel: 3, stride: 2 });
}

function layersOf(version: Version, filters: number, stride: number): WeightSpec[] {
  const named = (layers: readonly WeightSpec[], norms: readonly string[]) =>
    layers.map((layer, i) => ({ ...layer, name: `${i + 1}_conv`, normName: norms[i] }));
  if (version === 'v1') {
    const layers = bottleneckLayers({ width: filters, out: 4 * filters, stride, strideIn: '1x1' });
    return named(layers, ['1_bn', '2_bn', '3_bn']);
  }
  if (version === 'next') {
    const groups = [32, 16, 8, 4, 2].find((g) => (2 * filters) % g === 0)!;
    const layers = bottleneckLayers({
      width: 2 * filters,
      out: 4 * filters,
      stride,
      strideIn: '3x3',
      groups,
    });
    return named(layers, ['1_bn', '2_bn', '3_bn']);
  }
  const layers = bottleneckLayers({ width: filters, out: 4 * filters, stride, strideIn: '3x3' });
  const [first, second, third] = named(layers, ['preact_bn', '1_bn', '2_bn']);
  return [first, second, { ...third, bias: true }];
}
