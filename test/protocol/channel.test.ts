/** Every request is answered: with a result, as cancelled, or with a failure that keeps its code. */
import { describe, expect, it } from 'vitest';
import { SkiplensError } from '../../src/base/errors';
import { Answerer, Caller, Cancelled } from '../../src/protocol/channel';

interface Requests {
  'number/double': { params: { n: number }; result: number };
  'thing/fail': { params: Record<string, never>; result: never };
  'thing/break': { params: Record<string, never>; result: never };
  'thing/cancel': { params: Record<string, never>; result: never };
}
interface Events {
  'thing/happened': { what: string };
}

function pair() {
  const bugs: Error[] = [];
  const events: unknown[] = [];
  const caller: Caller<Requests, Events> = new Caller<Requests, Events>(
    (m) => void answerer.receive(m),
    (name, payload) => events.push([name, payload]),
  );
  const answerer = new Answerer<Requests, Events>(
    (m) => caller.receive(m),
    {
      'number/double': ({ n }) => 2 * n,
      'thing/fail': () => {
        throw new SkiplensError('thing/wrong', 'The thing is wrong; mend it.');
      },
      'thing/break': () => {
        throw new Error('internal: broken');
      },
      'thing/cancel': () => {
        throw new Cancelled();
      },
    },
    (bug) => bugs.push(bug),
  );
  return { caller, answerer, bugs, events };
}

describe('a channel', () => {
  it('answers', async () => {
    expect(await pair().caller.request('number/double', { n: 21 })).toBe(42);
  });

  it('keeps the code and the sentence of an expected failure', async () => {
    const { caller, bugs } = pair();
    await expect(caller.request('thing/fail', {})).rejects.toMatchObject({
      code: 'thing/wrong',
      message: 'The thing is wrong; mend it.',
    });
    expect(bugs).toEqual([]);
  });

  it('reports a bug and still answers', async () => {
    const { caller, bugs } = pair();
    await expect(caller.request('thing/break', {})).rejects.toThrow('internal: broken');
    expect(bugs).toHaveLength(1);
  });

  it('says cancelled for cancelled', async () => {
    await expect(pair().caller.request('thing/cancel', {})).rejects.toBeInstanceOf(Cancelled);
  });

  it('passes events on, and fails open and later requests when the other end is gone', async () => {
    const { caller, answerer, events } = pair();
    answerer.emit('thing/happened', { what: 'rain' });
    expect(events).toEqual([['thing/happened', { what: 'rain' }]]);
    const silent = new Caller<Requests, Events>(
      () => {},
      () => {},
    );
    const open = silent.request('number/double', { n: 1 });
    silent.close(new SkiplensError('trainer/died', 'gone'));
    await expect(open).rejects.toMatchObject({ code: 'trainer/died' });
    await expect(silent.request('number/double', { n: 1 })).rejects.toMatchObject({ code: 'trainer/died' });
    await expect(caller.request('number/double', { n: 2 })).resolves.toBe(4);
  });
});
