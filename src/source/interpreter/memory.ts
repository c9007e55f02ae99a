/**
 * What the last analysis of a document found, stretch by stretch, so that the next one runs only what an edit
 * reaches. A stretch is a statement at the top, the making of a model, or its run. It is had again without being run
 * where all that it read is the very same: names of the module, counters of layer names, the lines in its sentences.
 *
 * Values are compared by identity. What can be changed in place (instances, tensors, iterators) is as its last user left
 * it. It can be had for as long as the same stretches use it in the same order; any other user needs it as it was when it
 * was made. Where that is not so, and where a list, class or function is changed that others have looked at,
 * `StaleMemory` is thrown, and the analysis begins anew with what made that thing run again: what an analysis says never
 * depends on what was kept.
 */
import type { Span } from '../reading/form';
import type { InstanceValue, Value } from '../values/values';
import { Environment } from './environment';
import { Inertness } from './inertness';
import type { Machine, RawProblem } from './machine';
import { abandon, fits, follow, marksOf, type Trail, trailSince } from './trail';

/** Thrown where something that was kept is not as it was left. */
export class StaleMemory extends Error {}

interface Stretch {
  readonly purpose: string;
  readonly reads: ReadonlyMap<string, Value | undefined>;
  /** Counters of layer names: as they were found, and as they were left. */
  readonly counts: readonly { readonly stem: string; readonly before: number; readonly after: number }[];
  /** Lines that its sentences name. */
  readonly lines: ReadonlyMap<Span, number>;
  readonly writes: readonly (readonly [string, Value | undefined])[];
  readonly trail: Trail;
  /** Instances that were made in it have an id between these. */
  readonly firstId: number;
  readonly lastId: number;
  readonly result: unknown;
  /** It is run next time, whatever it reads. */
  isFleeting: boolean;
  /** Whose things it looked at that can be changed, and may hold. */
  readonly uses: ReadonlySet<Stretch>;
  /** Who looked at what it made and can be changed, in order: as the last of them left it, so it is. */
  users: readonly Stretch[];
  usersNow: Stretch[];
  /** Where it stood in the last analysis. */
  order: number;
  /** The last analysis that had it without running it. */
  hadIn: number;
  /** What was run in front of it is younger, so that ids are not in the order of the text. */
  isBehind: boolean;
}

/** What is noted of the stretch that is being run. */
class Notes {
  readonly reads = new Map<string, Value | undefined>();
  readonly written = new Set<string>();
  readonly counts = new Map<string, number>();
  readonly lines = new Map<Span, number>();
  readonly problems: RawProblem[] = [];
  readonly uses = new Set<Stretch>();
  isFleeting = false;
}

export class Memory {
  /** The names of the module; what is kept looks names up in it. */
  readonly environment = new Environment(undefined, 'module');
  private readonly inertness = new Inertness<Stretch>(this.environment);
  private before = new Map<object, Stretch[]>();
  private now: { readonly key: object; readonly stretch: Stretch }[] = [];
  /** The largest id with which a stretch of this analysis begins. */
  private youngest = 0;
  /** How far this analysis has come in the last one. */
  private reached = -1;
  /** The stretch that wrote a name last. */
  private readonly writers = new Map<string, Stretch>();
  private notes: Notes | undefined;
  private lineOf: (span: Span) => number = () => 0;
  private settings = '';
  private analysis = 0;
  private machine: Machine | undefined;
  private nextId = 1;

  constructor() {
    this.environment.watch = (name, value) => this.read(name, value);
  }

  /** Begins an analysis. Other settings than last time leave nothing to use. */
  begin(machine: Machine, settings: string, lineOf: (span: Span) => number): void {
    if (settings !== this.settings) this.before.clear();
    this.settings = settings;
    this.lineOf = lineOf;
    this.machine = machine;
    this.analysis++;
    this.now = [];
    this.youngest = 0;
    this.reached = -1;
    for (const known of this.before.values()) for (const stretch of known) stretch.usersNow = [];
    this.notes = undefined;
    this.writers.clear();
    this.environment.names.clear();
    machine.remember(this, this.nextId);
  }

  /** Keeps what this analysis found for the next one. */
  end(): void {
    if (this.refuseMisused()) throw new StaleMemory();
    this.leave();
    this.before = new Map();
    for (const [order, { key, stretch }] of this.now.entries()) {
      stretch.order = order;
      stretch.users = stretch.usersNow;
      const known = this.before.get(key);
      if (known) known.push(stretch);
      else this.before.set(key, [stretch]);
    }
  }

  /** Ends an analysis that begins anew; without anything that was kept, or with what still holds. */
  drop(isAll: boolean): void {
    for (const { stretch } of this.now)
      if (stretch.usersNow.some(({ hadIn }) => hadIn !== this.analysis)) forget(stretch);
    this.leave();
    if (isAll) this.before.clear();
  }

  /** What was had is as its users of last time left it: they must be the same. */
  private refuseMisused(): boolean {
    let found = false;
    for (const { stretch } of this.now) {
      const { users, usersNow } = stretch;
      if (stretch.hadIn !== this.analysis || users.length === 0) continue;
      if (users.length === usersNow.length && users.every((user, i) => user === usersNow[i])) continue;
      forget(stretch);
      found = true;
    }
    return found;
  }

  private leave(): void {
    this.nextId = this.machine?.id() ?? this.nextId;
    this.machine = undefined;
  }

  /** See the function of the same name, which does without where there is no memory. */
  stretch<T>(key: object, purpose: string, body: () => T, root?: InstanceValue): T {
    const { machine } = this;
    if (!machine) return body();
    const owner = root && this.ownerOf(root);
    const known = this.before
      .get(key)
      ?.find((stretch) => stretch.purpose === purpose && stretch.hadIn !== this.analysis);
    if (known && this.holds(machine, known, owner)) {
      this.have(machine, key, known, owner);
      return known.result as T;
    }
    // The model was run, or has rules of then: another run needs it as it was made.
    if (owner?.hadIn === this.analysis) this.refuse(owner);
    const notes = new Notes();
    const marks = marksOf(machine);
    const firstId = machine.id();
    this.watch(machine, notes);
    let result: T;
    try {
      result = body();
    } catch (error) {
      abandon(machine, marks);
      // Nobody knows how far it came.
      for (const used of notes.uses) forget(used);
      if (owner) forget(owner);
      throw error;
    } finally {
      machine.journal.watch();
      this.notes = undefined;
    }
    const stretch: Stretch = {
      purpose,
      reads: notes.reads,
      counts: [...notes.counts].map(([stem, before]) => {
        return { stem, before, after: machine.counters.get(stem) ?? 0 };
      }),
      lines: notes.lines,
      writes: this.inOrder(notes.written),
      trail: trailSince(machine, marks, notes.problems),
      firstId,
      lastId: machine.id(),
      result,
      isFleeting: notes.isFleeting,
      uses: notes.uses,
      users: [],
      usersNow: [],
      order: 0,
      hadIn: 0,
      isBehind: false,
    };
    this.keep(key, stretch, owner);
    if (notes.isFleeting) forget(stretch);
    return result;
  }

  /** A layer's name was counted. */
  counted(stem: string, before: number): void {
    if (this.notes && !this.notes.counts.has(stem)) this.notes.counts.set(stem, before);
  }

  /** A sentence names the line of this place. */
  told(span: Span, line: number): void {
    this.notes?.lines.set(span, line);
  }

  said(problem: RawProblem): void {
    this.notes?.problems.push(problem);
  }

  /** Something was looked at that is not followed: other files, all names at once. */
  looksElsewhere(): void {
    if (this.notes) this.notes.isFleeting = true;
  }

  /** A list, dict, class or function is about to be changed: who looked at it has to look again. */
  disturbed(target: object): void {
    const maker = this.notes && this.inertness.seen.get(target);
    if (!maker) return;
    if (maker.hadIn === this.analysis) this.refuse(maker);
    forget(maker);
  }

  /** The analysis begins anew and runs this stretch. */
  private refuse(stretch: Stretch): never {
    forget(stretch);
    throw new StaleMemory();
  }

  private watch(machine: Machine, notes: Notes): void {
    const { names } = this.environment;
    const { journal } = machine;
    this.notes = notes;
    journal.watch({
      names,
      wrote: (name) => {
        // What is written in a branch may be taken back to what was there.
        if (journal.isActive && !notes.written.has(name)) this.read(name, names.get(name));
        notes.written.add(name);
      },
      changes: (target) => this.disturbed(target),
    });
  }

  private keep(key: object, stretch: Stretch, owner?: Stretch): void {
    this.now.push({ key, stretch });
    for (const [name] of stretch.writes) this.writers.set(name, stretch);
    for (const used of stretch.uses) used.usersNow.push(stretch);
    if (owner && !stretch.uses.has(owner)) owner.usersNow.push(stretch);
    stretch.isBehind = stretch.firstId < this.youngest;
    this.youngest = Math.max(this.youngest, stretch.firstId);
  }

  /** Names in the order in which the module has them, first those that it has no more. */
  private inOrder(written: ReadonlySet<string>): Stretch['writes'] {
    const { names } = this.environment;
    const order = written.size < 2 ? [] : [...names.keys()].filter((name) => written.has(name));
    const gone = [...written].filter((name) => written.size < 2 || !names.has(name));
    return [...gone, ...order].map((name) => [name, names.get(name)] as const);
  }

  /** A name of the module is looked up. */
  private read(name: string, value: Value | undefined): void {
    const { notes } = this;
    if (!notes || notes.reads.has(name) || notes.written.has(name)) return;
    notes.reads.set(name, value);
    const writer = this.writers.get(name);
    if (value === undefined || this.inertness.isInert(value, writer) || !writer) return;
    const isAsMade = writer.users.length === 0 && writer.uses.size === 0 && !writer.isBehind;
    if (writer.hadIn === this.analysis && !isAsMade) this.refuse(writer);
    notes.uses.add(writer);
  }

  private holds(machine: Machine, stretch: Stretch, owner: Stretch | undefined): boolean {
    if (stretch.isFleeting || !fits(machine, stretch.trail)) return false;
    // What is used by several was changed in the order of then.
    if (stretch.order < this.reached && (owner || stretch.uses.size > 0)) return false;
    const { names } = this.environment;
    for (const [name, value] of stretch.reads) if (!isSame(names.get(name), value)) return false;
    for (const { stem, before } of stretch.counts)
      if ((machine.counters.get(stem) ?? 0) !== before) return false;
    for (const [span, line] of stretch.lines) if (this.lineOf(span) !== line) return false;
    return true;
  }

  private have(machine: Machine, key: object, stretch: Stretch, owner?: Stretch): void {
    const { names } = this.environment;
    stretch.hadIn = this.analysis;
    for (const [name, value] of stretch.writes) {
      if (value === undefined) names.delete(name);
      else names.set(name, value);
    }
    for (const { stem, after } of stretch.counts) machine.counters.set(stem, after);
    follow(machine, stretch.trail);
    this.reached = stretch.order;
    this.keep(key, stretch, owner);
  }

  private ownerOf({ id }: InstanceValue): Stretch | undefined {
    return this.now.find(({ stretch }) => stretch.firstId < id && id < stretch.lastId)?.stretch;
  }
}

/** Runs a part of an analysis, or has what the last one found there. `root` is the model that a run is of. */
export function stretch<T>(
  machine: Machine,
  key: object,
  purpose: string,
  body: () => T,
  root?: InstanceValue,
): T {
  return machine.memory ? machine.memory.stretch(key, purpose, body, root) : body();
}

/** It is run again, and so is what it would find changed then. */
function forget(stretch: Stretch, seen = new Set<Stretch>()): void {
  if (seen.has(stretch)) return;
  seen.add(stretch);
  stretch.isFleeting = true;
  for (const used of stretch.uses) forget(used, seen);
}

/** What is made anew each time and cannot be told apart but by what it holds. */
function isSame(a: Value | undefined, b: Value | undefined): boolean {
  if (a === b) return true;
  if (a?.kind === 'unknown') return b?.kind === 'unknown' && a.reason === b.reason;
  if (a?.kind === 'string') return b?.kind === 'string' && a.value === b.value;
  if (a?.kind === 'int' || a?.kind === 'float') return b?.kind === a.kind && Object.is(a.value, b.value);
  if (a?.kind !== 'module' || b?.kind !== 'module') return false;
  return a.name === b.name && a.environment === b.environment && a.environment === undefined;
}
