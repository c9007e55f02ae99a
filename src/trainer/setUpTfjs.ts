/**
 * Setting up TensorFlow.js at somebody's request: this process runs on the person's own Node, and editor and command
 * line may not load an engine. They show the offer and ask; a request to set up is the consent.
 */
import { SkiplensError } from '../base/errors';
import { t } from '../base/localize';
import { defaultSetUpFolder } from '../engines/tfjs/places';
import {
  offerFor,
  removeTfjs,
  type SetUpOptions,
  type SetUpProgress,
  setUpTfjs,
} from '../engines/tfjs/setUp';
import { Cancelled, type Handlers } from '../protocol/channel';
import type { TrainerRequests } from '../protocol/trainer';

type TfjsRequests = Pick<TrainerRequests, 'tfjs/offer' | 'tfjs/setUp' | 'tfjs/cancel' | 'tfjs/remove'>;

export function tfjsHandlers(
  onProgress: (progress: SetUpProgress) => void,
  { npm }: Pick<SetUpOptions, 'npm'> = {},
): Handlers<TfjsRequests> {
  let running: AbortController | undefined;
  return {
    'tfjs/offer': ({ folder = defaultSetUpFolder(), flavour }) => offerFor(folder, flavour),
    async 'tfjs/setUp'({ folder = defaultSetUpFolder(), flavour }) {
      if (running)
        throw new SkiplensError(
          'tfjs/busy',
          t('TensorFlow.js is being set up already; wait for it or cancel it.'),
        );
      running = new AbortController();
      try {
        const { signal } = running;
        const result = await setUpTfjs({ folder, flavour, consent: () => true, onProgress, signal, npm });
        if (result.outcome !== 'ready') throw new Cancelled();
        return { device: result.device };
      } finally {
        running = undefined;
      }
    },
    'tfjs/cancel': () => {
      running?.abort();
      return {};
    },
    'tfjs/remove': async ({ folder = defaultSetUpFolder() }) => ({ removed: await removeTfjs(folder) }),
  };
}
