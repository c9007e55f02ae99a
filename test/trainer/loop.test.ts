/** What a person relies on: the same seed repeats, a resumed run is the straight one, stops and ends are clean. */
import { describe, expect, it } from 'vitest';
import { LoopControl, trainingLoop } from '../../src/trainer/loop';
import { collect, compile, data, losses, settings } from './training';

describe('the training loop', () => {
  it('gives the same losses for the same seed, and others for another', async () => {
    const plan = settings();
    const run = async (seed: number) => {
      const network = await compile('resnet8', { ...plan, seed });
      const result = losses(await collect([network], { ...plan, seed }));
      await network.dispose();
      return result;
    };
    const [first, again, other] = [await run(1), await run(1), await run(2)];
    expect(first).toHaveLength(6);
    expect(again).toEqual(first);
    expect(other).not.toEqual(first);
  });

  it('goes on from a saved state as if it had never stopped', async () => {
    const plan = settings({ steps: 100 });
    const straight = await compile('resnet8', plan);
    const whole = await collect([straight], plan);
    const before = await compile('resnet8', plan);
    const control = new LoopControl();
    const firstHalf = await collect([before], plan, {
      control,
      onEvent: (e) => {
        if (e.type === 'step' && e.step === 50) control.stop();
      },
    });
    expect(firstHalf.at(-1)).toMatchObject({ type: 'ended', status: 'stopped', step: 50 });
    const saved = await before.readTensors();
    const after = await compile('resnet8', { ...plan, seed: 99 });
    await after.writeTensors(new Map([...saved].map(([name, { data }]) => [name, data])));
    const secondHalf = await collect([after], plan, { firstStep: 50 });
    const resumed = [...losses(firstHalf), ...losses(secondHalf)].flat();
    const uninterrupted = losses(whole).flat();
    expect(resumed).toHaveLength(100);
    resumed.forEach((loss, i) => {
      expect(Math.abs(loss - uninterrupted[i]), `step ${i + 1}`).toBeLessThan(1e-6);
    });
    for (const network of [straight, before, after]) await network.dispose();
  });

  it('trains both networks of a comparison on the same batches from the same weights', async () => {
    const plan = settings({ steps: 2, learningRate: 0 });
    const [a, b] = [await compile('resnet8', plan), await compile('resnet8', plan)];
    for (const [x, y] of losses(await collect([a, b], plan))) expect(x).toBe(y);
    const twin = await compile('plain8', plan);
    const weights = [await a.readTensors(), await twin.readTensors()].map(
      (t) => t.get('layer2.0.conv1.weight')!.data,
    );
    expect(weights[1]).toEqual(weights[0]);
    for (const network of [a, b, twin]) await network.dispose();
  });

  it('stops at the end of the step, saves, and evaluates nothing on the way out', async () => {
    const plan = settings({ steps: 50 });
    const network = await compile('resnet8', plan);
    const control = new LoopControl();
    const events = await collect([network], plan, {
      control,
      onEvent: (e) => {
        if (e.type === 'step' && e.step === 3) control.stop();
      },
    });
    expect(events.map((e) => e.type)).toEqual(['step', 'step', 'step', 'checkpoint', 'ended']);
    await network.dispose();
  });

  it('pauses with a checkpoint and goes on', async () => {
    const plan = settings({ steps: 4 });
    const network = await compile('resnet8', plan);
    const control = new LoopControl();
    const events = await collect([network], plan, {
      control,
      onEvent: (e) => {
        if (e.type === 'step' && e.step === 2) control.pause();
        if (e.type === 'paused') setTimeout(() => control.continue(), 5);
      },
    });
    const types = events.map((e) => e.type);
    expect(types.slice(2, 5)).toEqual(['checkpoint', 'paused', 'continued']);
    expect(events.at(-1)).toMatchObject({ type: 'ended', status: 'finished', step: 4 });
    await network.dispose();
  });

  it('saves slow steps as they come, and quick ones every quarter of a minute', async () => {
    const plan = settings({ steps: 40 });
    const network = await compile('resnet8', plan);
    const saved = async (secondsAStep: number) => {
      let now = 0;
      const steps: number[] = [];
      const slow = Object.create(network, {
        step: {
          value: async (...args: Parameters<typeof network.step>) => {
            now += secondsAStep;
            return network.step(...args);
          },
        },
      });
      const options = { settings: plan, data, augmentation: 'none', firstStep: 0 } as const;
      const loop = trainingLoop({ ...options, networks: [slow], now: () => now }, new LoopControl());
      for await (const event of loop) if (event.type === 'checkpoint') steps.push(event.step);
      return steps;
    };
    expect(await saved(60)).toEqual(Array.from({ length: 40 }, (_, i) => i + 1));
    expect(await saved(1)).toEqual([2, 18, 34, 40]);
    expect(await saved(0.01)).toEqual([40]);
    await network.dispose();
  });

  it('ends a diverged run with that step measured and the weights before it kept', async () => {
    const plan = settings({
      steps: 60,
      learningRate: 100,
      optimizerOptions: { momentum: 0, weightDecay: 1 },
    });
    const network = await compile('resnet8', plan, { norm: 'none' });
    const events = await collect([network], plan);
    const end = events.at(-1)!;
    expect(end).toMatchObject({ type: 'ended', status: 'diverged', reason: { code: 'training/diverged' } });
    const last = events.findLast((e) => e.type === 'step')!;
    expect(last.type === 'step' && Number.isFinite(last.results[0].loss)).toBe(false);
    expect(last.type === 'step' && last.results[0].measurements.weightNorm.some(Number.isFinite)).toBe(true);
    expect(end.type === 'ended' && end.reason?.message).toMatch(/ResNet-8 became (NaN|Infinity) at step \d+/);
    const before = last.step - 1;
    expect(events.filter((e) => e.type === 'checkpoint')).toEqual([{ type: 'checkpoint', step: before }]);
    // The same training that ends a step earlier.
    const earlier = await compile('resnet8', plan, { norm: 'none' });
    await collect([earlier], { ...plan, steps: before });
    expect(await network.readTensors()).toEqual(await earlier.readTensors());
    for (const one of [network, earlier]) await one.dispose();
  });

  it('says of a diverged comparison which weights are a step ahead, and leaves a checkpoint that is there', async () => {
    const plan = settings({ steps: 9 });
    const [steady, other] = [await compile('resnet8', plan), await compile('plain8', plan)];
    const saved = async (given: Partial<typeof plan>, firstStep = 0) => {
      const diverging = Object.create(other, {
        step: {
          value: async (...args: Parameters<typeof other.step>) =>
            args[1] === 5 ? { ...(await other.probe(args[0])), loss: Number.NaN } : other.step(...args),
        },
      });
      const events = await collect([steady, diverging], { ...plan, ...given }, { firstStep });
      expect(events.at(-1)).toMatchObject({ type: 'ended', status: 'diverged', step: 5 });
      return events.filter((e) => e.type === 'checkpoint').map(({ step, steps }) => [step, steps]);
    };
    expect(await saved({ checkpointEvery: 3 })).toEqual([
      [3, undefined],
      [4, [5, 4]],
    ]);
    expect(await saved({ checkpointEvery: 4 })).toEqual([[4, undefined]]);
    // What a run goes on from is there as well.
    expect(await saved({ checkpointEvery: 9 }, 4)).toEqual([]);
    for (const network of [steady, other]) await network.dispose();
  });

  it('evaluates with running statistics on exactly the images asked for', async () => {
    const plan = settings({ steps: 4, evaluationImages: 11, evaluateEvery: 2 });
    const network = await compile('resnet8', plan);
    const evaluated = (await collect([network], plan)).filter((e) => e.type === 'evaluated');
    expect(evaluated.map((e) => e.step)).toEqual([2, 4]);
    expect(evaluated[0].images).toBe(11);
    expect(Number.isInteger(Math.round(evaluated[0].accuracy * 11 * 1e6) / 1e6)).toBe(true);
    await network.dispose();
  });
});
