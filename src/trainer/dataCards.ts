/**
 * Data cards for whoever looks at a run: reading and decoding may take a while, and the editor must not wait for it.
 * A reader has one card at a time; another question of his, or a word that nobody looks any more, ends the one before.
 */
import { readDataCard } from '../datasets/dataCard';
import { Cancelled, type Handlers } from '../protocol/channel';
import type { TrainerEvents, TrainerRequests } from '../protocol/trainer';

type DataRequests = Pick<TrainerRequests, 'data/card' | 'data/cancel'>;

export function dataHandlers(
  onProgress: (progress: TrainerEvents['data/progress']) => void,
): Handlers<DataRequests> {
  const readings = new Map<string | undefined, AbortController>();
  return {
    async 'data/card'(request) {
      const { reader } = request;
      readings.get(reader)?.abort();
      const own = new AbortController();
      readings.set(reader, own);
      let told = 0;
      try {
        const card = await readDataCard(request, {
          signal: own.signal,
          onProgress(share) {
            // A folder of images says it for every file.
            if (own.signal.aborted || share - told < 0.01) return;
            told = share;
            onProgress({ reader, share });
          },
        });
        if (own.signal.aborted) throw new Cancelled();
        return { card };
      } catch (error) {
        throw own.signal.aborted ? new Cancelled() : error;
      } finally {
        if (readings.get(reader) === own) readings.delete(reader);
      }
    },
    'data/cancel': ({ reader }) => {
      readings.get(reader)?.abort();
      return {};
    },
  };
}
