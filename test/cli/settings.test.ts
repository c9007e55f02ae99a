/**
 * Every setting that tutorials and papers discuss, held against what a person can do with it: it has a range and a
 * default in the schema of settings files, a flag sets it, a settings file keeps it, the run record has it, and the
 * numbers of a run are others because of it.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Command } from 'commander';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addTrainingFlags, settingsFrom, type TrainingFlags } from '../../src/cli/trainingFlags';
import { settingsSchema } from '../../src/host/manifest/settingsSchema';
import { checkSettings } from '../../src/host/settingsFile/checkSettings';
import { formatSettings } from '../../src/host/settingsFile/formatSettings';
import { optimizers } from '../../src/optimizers';
import type { RunSettings } from '../../src/protocol/settings';
import { openRun } from '../../src/runs/runReader';
import { schedules } from '../../src/schedules';
import { LoopControl } from '../../src/trainer/loop';
import { type Emit, runJob } from '../../src/trainer/runJob';
import { cifar10Folder } from '../datasets/cifarFixture';
import { temporaryFolder } from '../temporaryFolder';

/** Small enough to run some hundred times. */
const small = [
  ...['--batch-size', '6', '--steps', '3', '--warm-up-steps', '0', '--learning-rate', '0.05'],
  ...['--evaluate-every', '0', '--evaluation-images', '6', '--threads', '1', '--device', 'cpu'],
  ...['--data-option', 'resize=8'],
];

interface Case {
  /** In the words of whoever looks for it. */
  readonly setting: string;
  /** What sets it, and another value to be compared with: none is the default. */
  readonly flags: readonly string[];
  readonly than?: readonly string[];
  /** Where the record has it, and as what. */
  readonly record: readonly [place: string, value: unknown];
  readonly network?: string;
  /** Where it does not change numbers of steps: how many steps or replicas there are. */
  readonly counts?: 'steps' | 'replicas';
}

const option = (name: string, value: string | number | boolean): string[] => ['--option', `${name}=${value}`];
const network = (
  setting: string,
  name: string,
  value: string | number | boolean,
  more: Partial<Case> & { readonly with?: readonly string[] } = {},
): Case => ({
  setting,
  flags: [...(more.with ?? []), ...option(name, value)],
  record: [`networks.0.options.${name}`, String(value)],
  ...more,
  than: more.than ?? more.with,
});
const training = (setting: string, flag: string, value: string | number, more: Partial<Case> = {}): Case => ({
  setting,
  flags: [`--${flag}`, String(value)],
  record: [flag.replace(/-(\w)/g, (_, c) => c.toUpperCase()), value],
  ...more,
});
const optimizer = (id: string, than = 'momentum'): Case => ({
  setting: `optimizer: ${id}`,
  flags: ['--optimizer', id],
  than: ['--optimizer', than],
  record: ['optimizer', id],
});
const ofOptimizer = (setting: string, id: string, name: string, value: string): Case => ({
  setting,
  flags: ['--optimizer', id, '--optimizer-option', `${name}=${value}`],
  than: ['--optimizer', id],
  record: [`optimizerOptions.${name}`, value === 'true' ? true : Number(value)],
});
const schedule = (id: string): Case => ({
  setting: `schedule: ${id}`,
  flags: ['--schedule', id],
  record: ['schedule', id],
});
const ofSchedule = (setting: string, id: string, name: string, value: number): Case => ({
  setting,
  flags: ['--schedule', id, '--schedule-option', `${name}=${value}`],
  than: ['--schedule', id],
  record: [`scheduleOptions.${name}`, value],
});
const ofData = (setting: string, name: string, value: string): Case => ({
  setting,
  flags: ['--data-option', `${name}=${value}`],
  record: [`dataOptions.${name}`, value],
});

const projecting = option('shortcut', 'projection');

const cases: readonly Case[] = [
  network('blocks', 'blocks', 2, { network: 'mlp-resnet', with: option('width', 8) }),
  network('depth', 'depth', 14),
  network('initial filters', 'width', 6),
  network('initial filters of the posted Keras model', 'filters', 6, {
    network: 'keras-blocks',
    with: [...option('blocks', 2), ...option('strides', 1)],
    than: [...option('blocks', 2), ...option('strides', 1), ...option('filters', 4)],
  }),
  network('filters per stage, by growth', 'widthGrowth', 3),
  network('filters per stage, second', 'width2', 6, { with: projecting }),
  network('filters per stage, third', 'width3', 6, { with: projecting }),
  network('kernel size', 'kernel', 5),
  ...['sigmoid', 'tanh', 'leaky-relu', 'elu', 'gelu', 'silu'].map((name) =>
    network(`activation: ${name}`, 'activation', name),
  ),
  network('activation: relu', 'activation', 'relu', { than: option('activation', 'elu') }),
  network('normalisation: group', 'norm', 'group', { with: option('width', 16) }),
  network('groups of group norm', 'groups', 2, {
    with: [...option('width', 16), ...option('norm', 'group')],
  }),
  network('normalisation: none', 'norm', 'none'),
  network('normalisation: batch', 'norm', 'batch', { than: option('norm', 'none') }),
  ...[
    'he-uniform',
    'he-fan-out-normal',
    'glorot-normal',
    'glorot-uniform',
    'lecun-normal',
    'lecun-uniform',
    'pytorch-uniform',
  ].map((name) => network(`initialisation: ${name}`, 'init', name)),
  network('initialisation: he-normal', 'init', 'he-normal', { than: option('init', 'lecun-normal') }),
  network('initialisation: zero-gamma', 'zeroGamma', true),
  network('batch norm momentum', 'bnMomentum', 0.5),
  network('batch norm epsilon', 'bnEpsilon', 0.01),
  network('dropout', 'dropout', 0.5),
  network('shortcut: projection', 'shortcut', 'projection'),
  network('branch scaling', 'scaling', 'constant'),
  network('stochastic depth', 'survival', 0.2),
  network('unit of He 2016', 'unit', 'full-preactivation'),
  optimizer('sgd'),
  optimizer('momentum', 'sgd'),
  optimizer('nesterov'),
  optimizer('adam'),
  optimizer('adamw', 'adam'),
  optimizer('rmsprop'),
  ofOptimizer('momentum', 'momentum', 'momentum', '0.5'),
  ofOptimizer('weight decay', 'momentum', 'weightDecay', '0.1'),
  ofOptimizer('weight decay, decoupled', 'adamw', 'weightDecay', '0.5'),
  ofOptimizer('epsilon inside the root', 'rmsprop', 'epsilonInside', 'true'),
  training('learning rate', 'learning-rate', 0.01),
  training('warm-up', 'warm-up-steps', 3),
  schedule('step'),
  schedule('cosine'),
  schedule('one-cycle'),
  { ...schedule('constant'), than: ['--schedule', 'cosine'] },
  ofSchedule('drop of the step schedule', 'step', 'gamma', 0.5),
  ofSchedule('end of the cosine', 'cosine', 'final', 0.5),
  ofSchedule('rise of one cycle', 'one-cycle', 'rise', 0.9),
  training('batch size', 'batch-size', 5),
  training('steps', 'steps', 2, { counts: 'steps' }),
  { ...training('epochs', 'epochs', 1), counts: 'steps' },
  training('L1', 'l1', 0.01),
  training('L2', 'l2', 0.1),
  training('label smoothing', 'label-smoothing', 0.2),
  training('gradient clipping by norm', 'clip-norm', 0.01),
  training('gradient clipping by value', 'clip-value', 0.001),
  { setting: 'augmentation: off', flags: ['--no-augment'], record: ['augment', false] },
  ...['none', 'crop', 'flip'].map((kind) => ofData(`augmentation: ${kind}`, 'augmentation', kind)),
  training('seed', 'seed', 2),
  training('number of seeds', 'seeds', 2, { counts: 'replicas' }),
  ofData('subset', 'subset', '12'),
  ofData('resize', 'resize', '10'),
];

const schema = settingsSchema({
  optimizers: Object.values(optimizers).map((o) => o.options),
  schedules: Object.values(schedules).map((s) => s.options),
}) as { properties: Record<string, never> };

let folder: string;
let data: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'skiplens-'));
  data = `cifar10:${cifar10Folder(folder, [24, 12], 6)}`;
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What the flags come to, read as the command line reads them. */
function settingsOf(flags: readonly string[], name = 'resnet8'): RunSettings {
  const command = addTrainingFlags(new Command('train')).exitOverride();
  command.parse([...small, ...flags, '--data', data], { from: 'user' });
  return settingsFrom([{ network: name }], command.opts<TrainingFlags>());
}

/** Trains and answers the record: its settings, and every number of every step. */
async function train(
  settings: RunSettings,
): Promise<{ settings: object; replicas: number; numbers: number[][] }> {
  const root = temporaryFolder();
  let recorded = '';
  let reason: string | undefined;
  const emit: Emit = (name, payload) => {
    if (name === 'run/started') recorded = (payload as unknown as { folder: string }).folder;
    if (name === 'run/ended') reason = (payload as { reason?: string }).reason;
  };
  await runJob({ kind: 'start', settings, root }, new LoopControl(), emit);
  expect(reason).toBeUndefined();
  const run = await openRun(recorded);
  const records = await run.networks[0].records();
  const numbers = records.map(({ loss, vectors }) => [
    loss,
    ...Object.values(vectors).flatMap((vector) => Array.from(vector)),
  ]);
  // What running statistics do is seen where they are used: in the evaluation at the end.
  const events = await run.events();
  numbers[numbers.length - 1].push(...events.flatMap((e) => (e.type === 'evaluation' ? [e.loss] : [])));
  return { settings: run.description.settings as object, replicas: run.networks.length, numbers };
}

const trained = new Map<string, ReturnType<typeof train>>();
const trainOnce = (settings: RunSettings) => {
  const key = JSON.stringify(settings);
  const known = trained.get(key) ?? train(settings);
  trained.set(key, known);
  return known;
};

const at = (value: unknown, place: string): unknown =>
  place
    .split('.')
    .reduce<unknown>((inner, key) => (inner as Record<string, unknown> | undefined)?.[key], value);

/** All that the schema of settings files says of a setting: a name may mean several things. */
function declared(place: string): Record<string, unknown>[] {
  const [first, ...rest] = place.split('.');
  const name = rest.at(-1);
  type Node = { anyOf?: Node[]; properties?: Record<string, Node>; items?: Node } & Record<string, unknown>;
  let node: Node = schema.properties[first];
  if (first === 'networks') node = node.items!.anyOf!.find((n) => n.properties)!.properties!.options;
  if (name !== undefined) node = node.properties![name];
  return node.anyOf ?? [node];
}

describe('every setting', () => {
  it.each(cases)('$setting', async ({ flags, than = [], record, network: name, counts }) => {
    const settings = settingsOf(flags, name);
    const [place, value] = record;

    // The schema has its range and default.
    const meanings = declared(place);
    for (const meaning of meanings) {
      expect(meaning.description).toMatch(/\.$/);
      expect(meaning).toHaveProperty('default');
      const isBounded = 'minimum' in meaning && 'maximum' in meaning;
      expect(isBounded || 'enum' in meaning || meaning.type === 'boolean').toBe(true);
    }

    // "Edit all settings" writes a file that gives the same run.
    const checked = checkSettings(formatSettings(settings));
    expect(checked.problems).toEqual([]);
    expect(String(at(checked.settings, place))).toBe(String(value));

    const run = await trainOnce(settings);
    const other = await trainOnce(settingsOf(than, name));
    expect(String(at(run.settings, place))).toBe(String(value));
    if (counts === 'replicas') expect(run.replicas).not.toBe(other.replicas);
    else if (counts === 'steps') expect(run.numbers.length).not.toBe(other.numbers.length);
    else expect(run.numbers).not.toEqual(other.numbers);
  });

  it('the same settings give the same numbers, so that a difference means something', async () => {
    const settings = settingsOf([]);
    expect((await train(settings)).numbers).toEqual((await train(settings)).numbers);
  });

  it('options that nobody gave are in the record too, as they were', async () => {
    const settings = settingsOf([]);
    const { optimizerOptions: _, scheduleOptions: __, ...short } = settings;
    const run = await train(short as RunSettings);
    expect(run.settings).toMatchObject({
      optimizer: 'momentum',
      optimizerOptions: { momentum: 0.9, weightDecay: 1e-4 },
      scheduleOptions: {},
    });
  });
});
