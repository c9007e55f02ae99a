/**
 * ResNet-56 against the same network without its skips, trained by this product from three seeds on the same batches
 * of CIFAR-10, in the trainer process that the editor starts. Numbers are read from the run's own record. Arguments:
 * the trainer's script, where runs are kept, the folder of CIFAR-10, steps, seeds, threads, learning rate.
 */
import { TrainerClient } from '../src/protocol/client';
import { readSettings } from '../src/protocol/settings';
import { replicatedNetworks } from '../src/runs/replicas';
import { openRun } from '../src/runs/runReader';

const [script, root, folder, steps, seeds, threads, learningRate] = process.argv.slice(2);
const validationImages = 3000;
/** Steps that the training loss is a mean over. */
const lastSteps = 50;

const settings = {
  ...readSettings({
    steps,
    seeds,
    threads,
    batchSize: 32,
    learningRate,
    schedule: 'cosine',
    warmUpSteps: 20,
    evaluateEvery: 0,
    evaluationImages: validationImages,
  }),
  networks: [{ network: 'resnet56' }, { network: 'resnet56', plain: true }],
  data: `cifar10:${folder}`,
  device: 'cpu',
  optimizerOptions: {},
  scheduleOptions: {},
};

async function train(): Promise<string> {
  const markStopped = async () => {};
  const client = new TrainerClient({ script, node: { command: process.execPath, env: {} }, markStopped });
  let run = '';
  const ended = new Promise<void>((resolve, reject) => {
    client.onDeath(reject);
    client.onEvent(({ name, payload }) => {
      if (name === 'run/started') run = payload.folder;
      if (name === 'run/evaluated') console.error(JSON.stringify(payload));
      if (name !== 'run/ended') return;
      if (payload.status === 'finished') resolve();
      else reject(new Error(`the run ended as ${payload.status}: ${payload.reason}`));
    });
  });
  await client.request('run/start', { settings, root });
  await ended;
  await client.close();
  return run;
}

const mean = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0) / numbers.length;
const digits = (number: number) => Number(number.toPrecision(4));

/** ||dL / d block output||, first block over last. */
function ratioOf(names: readonly string[], norms: ArrayLike<number>): number {
  const blocks = names.flatMap((name, i) => (name.endsWith('/') ? [norms[i]] : []));
  return blocks[0] / blocks[blocks.length - 1];
}

const reader = await openRun(await train());
const events = await reader.events();
for (const { title, replicas } of replicatedNetworks(reader.description)) {
  const each = await Promise.all(
    replicas.map(async ({ name, place, seed }) => {
      const recorded = reader.networks[place];
      const records = await recorded.records();
      const tail = records.slice(-lastSteps);
      const names = recorded.names('activationGradientNorm');
      const ratioAt = (i: number) => ratioOf(names, records[i].vectors.activationGradientNorm);
      const last = events.findLast((e) => e.type === 'evaluation' && e.network === name);
      if (last?.type !== 'evaluation') throw new Error(`${name} was not evaluated`);
      return {
        seed,
        trainLoss: digits(mean(tail.map((r) => r.loss))),
        trainAccuracy: digits(mean(tail.map((r) => r.accuracy))),
        validationLoss: digits(last.loss),
        validationAccuracy: digits(last.accuracy),
        images: last.count,
        gradientRatioAtStart: digits(ratioAt(0)),
        gradientRatioAtEnd: digits(ratioAt(records.length - 1)),
        stepSeconds: digits(mean(records.map((r) => r.batchSeconds))),
      };
    }),
  );
  const accuracies = each.map((e) => e.validationAccuracy);
  const accuracy = mean(accuracies);
  const spread = Math.sqrt(mean(accuracies.map((a) => (a - accuracy) ** 2)) / Math.max(1, each.length - 1));
  console.log(
    JSON.stringify({
      bench: 'race',
      network: title,
      steps: Number(steps),
      batch: settings.batchSize,
      learningRate: settings.learningRate,
      validationAccuracy: digits(accuracy),
      // Of one seed, from the number of images; and of the mean, from how far the seeds lie apart.
      binomialError: digits(Math.sqrt((accuracy * (1 - accuracy)) / each[0].images)),
      seedError: each.length > 1 ? digits(spread) : null,
      validationLoss: digits(mean(each.map((e) => e.validationLoss))),
      trainLoss: digits(mean(each.map((e) => e.trainLoss))),
      trainAccuracy: digits(mean(each.map((e) => e.trainAccuracy))),
      seeds: each,
    }),
  );
}
