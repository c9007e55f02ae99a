/** Cards are read one at a time beside whatever the process is at, and end when nobody waits for them. */
import { describe, expect, it } from 'vitest';
import { Cancelled } from '../../src/protocol/channel';
import { dataHandlers } from '../../src/trainer/dataCards';

const request = (seed: number) => ({ data: 'drawn', dataOptions: { subset: 20 }, seed, augment: true });

describe('data cards from the trainer', () => {
  it('come with their progress', async () => {
    const shares: number[] = [];
    const handlers = dataHandlers(({ share }) => shares.push(share));
    const { card } = await handlers['data/card'](request(1));
    expect([card.spec, card.train]).toEqual(['drawn', 20]);
    expect(shares.at(-1)).toBe(1);
  });

  it('are cancelled by a word, and by the next one', async () => {
    const handlers = dataHandlers(() => {});
    const first = Promise.resolve(handlers['data/card'](request(1)));
    const second = Promise.resolve(handlers['data/card'](request(2)));
    await expect(first).rejects.toBeInstanceOf(Cancelled);
    await handlers['data/cancel']({});
    await expect(second).rejects.toBeInstanceOf(Cancelled);
    expect((await handlers['data/card'](request(3))).card.train).toBe(20);
  });

  it('let others have a word while images are drawn', async () => {
    const handlers = dataHandlers(() => {});
    let turns = 0;
    let isReading = true;
    const turn = () => {
      turns++;
      if (isReading) setImmediate(turn);
    };
    setImmediate(turn);
    await handlers['data/card'](request(4));
    isReading = false;
    expect(turns).toBeGreaterThan(20);
  });

  it('fail in the sentence of the loader', async () => {
    const handlers = dataHandlers(() => {});
    await expect(handlers['data/card']({ ...request(1), data: 'mnist:nowhere' })).rejects.toMatchObject({
      code: 'data/missingFolder',
    });
  });
});
