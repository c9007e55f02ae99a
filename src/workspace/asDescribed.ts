/** The settings that give a network as a run had it: classes and input that its data decided are written in. */
import { inOrder } from '../ir/tensorType';
import type { NetworkDescription } from '../protocol/description';
import type { NetworkSettings } from '../protocol/settings';
import { isSourceName } from './chooseNetwork';

type Described = Pick<NetworkDescription, 'inputShape' | 'options' | 'order'>;

export function asDescribed(
  settings: NetworkSettings,
  { inputShape, options, order }: Described,
): NetworkSettings {
  const input = (shape: readonly number[]) => shape as NetworkSettings['input'];
  // A file says for itself what its options are, and takes its input in its framework's order.
  if (isSourceName(settings.network))
    return { ...settings, input: input(inOrder(inputShape, order ?? 'channelsFirst')) };
  // A twin is described by its own options, but asked for by those of the network that it is the twin of.
  const own = settings.plain
    ? { ...settings.options, ...('classes' in options ? { classes: options.classes } : {}) }
    : options;
  return { ...settings, options: own, input: input(inputShape) };
}
