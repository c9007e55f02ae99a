/** From a person's words and the data's shape to networks that fit together. */
import { SkiplensError } from '../base/errors';
import { t } from '../base/localize';
import type { LoadedData } from '../datasets/dataset';
import { families, findNetwork } from '../networks';
import type { Network } from '../networks/network';
import type { NetworkSettings } from '../protocol/settings';

/** Classes and input shape follow the data unless they were asked for; what cannot fit is refused. */
export function networkFor(
  { network: name, options = {}, input }: NetworkSettings,
  data?: LoadedData,
): Network {
  if (!data) return findNetwork(name, { options, input });
  const plain = findNetwork(name, { options, input: input ?? data.shape });
  const takesClasses = 'classes' in families[plain.family as keyof typeof families].options;
  const settled =
    'classes' in options || !takesClasses
      ? plain
      : findNetwork(name, {
          options: { ...options, classes: data.classes.length },
          input: input ?? data.shape,
        });
  const { inputShape, classes, title } = settled;
  if (inputShape.some((d, i) => d !== data.shape[i]))
    throw new SkiplensError(
      'network/input',
      t(
        '{0} was asked to take images of {1}, but those of {2} are {3}.',
        title,
        inputShape.join('x'),
        data.title,
        data.shape.join('x'),
      ),
    );
  if (classes < data.classes.length)
    throw new SkiplensError(
      'network/classes',
      t('{0} has {1} classes, but {2} has {3}.', title, classes, data.title, data.classes.length),
    );
  return settled;
}
