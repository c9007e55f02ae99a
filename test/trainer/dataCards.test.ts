/** Cards are read beside whatever the process is at, one at a time a reader, and end when nobody waits for them. */
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

  it('leave alone what others read: a report is written while a panel waits for its card', async () => {
    const told: (string | undefined)[] = [];
    const handlers = dataHandlers(({ reader }) => told.push(reader));
    const panel = handlers['data/card']({ ...request(1), reader: 'panel' });
    const report = handlers['data/card']({ ...request(1), reader: 'report', size: 'report' });
    const other = Promise.resolve(handlers['data/card']({ ...request(1), reader: 'other' }));
    await handlers['data/cancel']({ reader: 'other' });
    await expect(other).rejects.toBeInstanceOf(Cancelled);
    const cards = [(await panel).card, (await report).card];
    expect(cards.map(({ train, samples }) => [train, samples.columns])).toEqual([
      [20, 8],
      [20, 6],
    ]);
    expect(new Set(told)).toEqual(new Set(['panel', 'report']));
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
