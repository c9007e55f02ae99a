/**
 * A test runner small enough to be bundled into VS Code's extension host, where no other runner is at home; the UI
 * tests use it too, so that both print alike. It knows groups, hooks, time limits and reasons for skipping, and
 * fails a test that asserts nothing. It leaves out parallel tests: an editor is one thing used by one person.
 */
import nodeAssert from 'node:assert/strict';

type Body = () => void | Promise<void>;

export interface TestOptions {
  /** Milliseconds until the test counts as failed; 60 s where nothing is said. */
  timeout?: number;
}

interface Test extends Required<TestOptions> {
  title: string;
  body: Body;
}

interface Group {
  title: string;
  before: Body[];
  after: Body[];
  items: (Test | Group)[];
}

/** One line of the report: what became of a test, or of a hook (`title` then ends in "before" or "after"). */
export interface Outcome {
  title: string;
  outcome: 'passed' | 'failed' | 'skipped';
  milliseconds: number;
  /** The error with its stack, or the reason for skipping. */
  reason?: string;
}

export interface Totals {
  passed: number;
  failed: number;
  skipped: number;
}

class Skipped extends Error {}

const root: Group = { title: '', before: [], after: [], items: [] };
let open = root;
let cleanUps: Body[] = [];
let failureHooks: ((title: string) => void | Promise<void>)[] = [];
let assertions = 0;

/** Node's strict assertions, counted. */
export const assert: typeof nodeAssert = new Proxy(nodeAssert, {
  apply(target, self, args) {
    assertions += 1;
    return Reflect.apply(target, self, args);
  },
  get(target, key) {
    const value: unknown = Reflect.get(target, key);
    if (typeof value === 'function') assertions += 1;
    return value;
  },
});

/** Groups the tests that `define` declares; its hooks hold for the group only. */
export function group(title: string, define: () => void): void {
  const outer = open;
  open = { title, before: [], after: [], items: [] };
  outer.items.push(open);
  try {
    define();
  } finally {
    open = outer;
  }
}

/** Declares a test. */
export function test(title: string, body: Body, options: TestOptions = {}): void {
  open.items.push({ title, body, timeout: options.timeout ?? 180_000 });
}

/** Runs `body` once before the tests of the group. */
export function before(body: Body): void {
  open.before.push(body);
}

/** Runs `body` once after the tests of the group. */
export function after(body: Body): void {
  open.after.push(body);
}

/** Ends the running test as skipped, with a reason that the report prints. */
export function skip(reason: string): never {
  throw new Skipped(reason);
}

/** Runs `body` when the running test ends, or, called in a `before`, when its group ends; last in, first out. */
export function cleanUp(body: Body): void {
  cleanUps.push(body);
}

/** Runs `body` at every test that fails from now on, before anything is cleaned up. Returns how to take it back. */
export function onFailure(body: (title: string) => void | Promise<void>): () => void {
  failureHooks.push(body);
  return () => {
    failureHooks = failureHooks.filter((hook) => hook !== body);
  };
}

/**
 * Runs everything declared so far whose full title contains `only`, and reports each outcome as it happens;
 * `start` hears the title of each test before it begins.
 */
export async function runTests(
  report: (outcome: Outcome) => void,
  only = '',
  start: (title: string) => void = () => {},
): Promise<Totals> {
  const totals: Totals = { passed: 0, failed: 0, skipped: 0 };
  const tell = (outcome: Outcome): void => {
    totals[outcome.outcome] += 1;
    report(outcome);
  };
  await runGroup(root, [], { tell, start, only: only.toLowerCase() });
  return totals;
}

interface Run {
  tell: (outcome: Outcome) => void;
  start: (title: string) => void;
  only: string;
}

async function runGroup(group: Group, path: string[], run: Run): Promise<void> {
  const titles = group.title ? [...path, group.title] : path;
  if (!hasWanted(group, path, run.only)) return;
  const outer = cleanUps;
  cleanUps = [];
  const started = await attempt(async () => {
    for (const hook of group.before) await hook();
  }, 180_000);
  if (started.outcome !== 'passed') run.tell({ ...started, title: [...titles, 'before'].join(' > ') });
  for (const item of started.outcome === 'passed' ? group.items : []) {
    if ('items' in item) await runGroup(item, titles, run);
    else if (isWanted([...titles, item.title], run.only)) {
      run.start([...titles, item.title].join(' > '));
      run.tell(await runTest(item, titles));
    }
  }
  const ended = await attempt(async () => {
    for (const hook of group.after) await hook();
    await runCleanUps();
  }, 180_000);
  if (ended.outcome === 'failed') run.tell({ ...ended, title: [...titles, 'after'].join(' > ') });
  cleanUps = outer;
}

async function runTest(test: Test, path: string[]): Promise<Outcome> {
  const outer = cleanUps;
  cleanUps = [];
  const title = [...path, test.title].join(' > ');
  assertions = 0;
  let result = await attempt(async () => {
    await test.body();
    if (assertions === 0) throw new Error('This test asserted nothing.');
  }, test.timeout);
  if (result.outcome === 'failed') {
    for (const hook of failureHooks) await attempt(() => hook(title), 20_000);
  }
  const cleaned = await attempt(runCleanUps, 60_000);
  if (cleaned.outcome === 'failed' && result.outcome !== 'failed') result = cleaned;
  cleanUps = outer;
  return { ...result, title };
}

async function runCleanUps(): Promise<void> {
  const errors: unknown[] = [];
  for (const body of cleanUps.reverse()) {
    try {
      await body();
    } catch (error) {
      errors.push(error);
    }
  }
  cleanUps = [];
  if (errors.length > 0) throw errors[0];
}

async function attempt(body: Body, timeout: number): Promise<Omit<Outcome, 'title'>> {
  const started = performance.now();
  let timer: NodeJS.Timeout | undefined;
  try {
    const limit = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`It took more than ${timeout / 1000} s.`)), timeout);
    });
    await Promise.race([Promise.resolve().then(body), limit]);
    return { outcome: 'passed', milliseconds: performance.now() - started };
  } catch (error) {
    const milliseconds = performance.now() - started;
    if (error instanceof Skipped) return { outcome: 'skipped', milliseconds, reason: error.message };
    const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { outcome: 'failed', milliseconds, reason };
  } finally {
    clearTimeout(timer);
  }
}

function isWanted(titles: string[], only: string): boolean {
  return titles.join(' > ').toLowerCase().includes(only);
}

function hasWanted(group: Group, path: string[], only: string): boolean {
  const titles = group.title ? [...path, group.title] : path;
  return group.items.some((item) =>
    'items' in item ? hasWanted(item, titles, only) : isWanted([...titles, item.title], only),
  );
}
