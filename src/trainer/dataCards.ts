/**
 * Data cards for whoever looks at a run: reading and decoding may take a while, and the editor must not wait for it.
 * One card at a time; another question, or a word that nobody looks any more, ends the one before.
 */
import { readDataCard } from '../datasets/dataCard';
import { Cancelled, type Handlers } from '../protocol/channel';
import type { TrainerRequests } from '../protocol/trainer';

type DataRequests = Pick<TrainerRequests, 'data/card' | 'data/cancel'>;

export function dataHandlers(onProgress: (progress: { share: number }) => void): Handlers<DataRequests> {
  let reading: AbortController | undefined;
  return {
    async 'data/card'(request) {
      reading?.abort();
      const own = new AbortController();
      reading = own;
      let told = 0;
      try {
        const card = await readDataCard(request, {
          signal: own.signal,
          onProgress(share) {
            // A folder of images says it for every file.
            if (own.signal.aborted || share - told < 0.01) return;
            told = share;
            onProgress({ share });
          },
        });
        if (own.signal.aborted) throw new Cancelled();
        return { card };
      } catch (error) {
        throw own.signal.aborted ? new Cancelled() : error;
      } finally {
        if (reading === own) reading = undefined;
      }
    },
    'data/cancel': () => {
      reading?.abort();
      return {};
    },
  };
}
