/** The families, and how a typed name becomes a network. To add one, write its file and one line here. */
import { SkiplensError } from '../base/errors';
import { t } from '../base/localize';
import { type OptionValue, readOptions } from '../base/options';
import { float32 } from '../ir/tensorType';
import { newBuilder, verify } from '../ops';
import { alexNet } from './alexNet';
import { cifarResNet } from './cifarResNet';
import { d2lResNet } from './d2lResNet';
import { imageNetResNet } from './imageNetResNet';
import { kerasBlocks } from './kerasBlocks';
import { kerasResNet } from './kerasResNet';
import { mlp } from './mlp';
import type { Family, ImageShape, Network } from './network';
import { type PublishedResult, publishedFor } from './published';
import { sequentialCnn } from './sequentialCnn';
import { vgg } from './vgg';

export const families = {
  'cifar-resnet': cifarResNet,
  'imagenet-resnet': imageNetResNet,
  'keras-resnet': kerasResNet,
  'd2l-resnet': d2lResNet,
  'keras-blocks': kerasBlocks,
  'sequential-cnn': sequentialCnn,
  vgg,
  alexnet: alexNet,
  mlp,
} satisfies Record<string, Family>;

export interface NetworkChoice {
  /** Option values by name, texts allowed. */
  readonly options?: Readonly<Record<string, OptionValue>>;
  readonly input?: ImageShape;
}

/** The network of a name such as `resnet56`; throws with the names that exist where there is none. */
export function findNetwork(name: string, { options = {}, input }: NetworkChoice = {}): Network {
  // torchvision writes `vgg16_bn` and `wide_resnet50_2`.
  const lower = name.toLowerCase().replaceAll('_', '-');
  for (const family of Object.values<Family>(families)) {
    const presets = family.match(lower);
    if (presets) return settle(family, lower, presetsOf(presets), options, input ?? family.inputShape);
  }
  const known = Object.values<Family>(families).flatMap((f) => f.names);
  throw new SkiplensError(
    'network/unknown',
    t('There is no network called "{0}". Known names: {1}.', name, known.join('; ')),
  );
}

type Options = Readonly<Record<string, OptionValue>>;

const presetsOf = (presets: Partial<Options>) => presets as Options;

function settle(
  family: Family,
  name: string,
  presets: Options,
  given: Options,
  inputShape: ImageShape,
): Network {
  const named = Object.entries(given).map(([key, value]) => [family.aliases?.[key] ?? key, value]);
  const options = readOptions(name, family.options, Object.fromEntries(named), presets) as Options;
  const title = family.title(options as never);
  const network: Network = {
    name,
    title,
    family: family.id,
    citation: family.citation,
    options,
    inputShape,
    order: family.order ?? 'channelsFirst',
    classes: Number(options.classes),
    build(batch, mode) {
      const b = newBuilder(title, mode);
      const x = b.input('input', float32(batch, ...inputShape));
      b.output('logits', family.build(b, x, options as never));
      return verify(b.finish());
    },
    twin() {
      const twin = family.twin(options as never);
      if (!twin) return null;
      return settle(family, twinName(family, name), presetsOf(twin), {}, inputShape);
    },
  };
  return network;
}

/** What papers report for exactly this network; empty where nobody has measured it. */
export function publishedErrors(network: Network): PublishedResult[] {
  const family = (families as Record<string, Family>)[network.family];
  return family ? publishedFor(network, readOptions(network.name, family.options, {}) as Options) : [];
}

function twinName(family: Family, name: string): string {
  return family.twinName?.(name) ?? name.replace('resnext', 'plainnext').replace('resnet', 'plain');
}
