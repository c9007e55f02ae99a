/**
 * What the last analysis of a document found, stretch by stretch, so that the next one runs only what an edit
 * reaches. A stretch is a statement at the top, the making of a model, or its run. It is had again without being run
 * where all that it read is the very same: names of the module, counters of layer names, the lines in its sentences.
 *
 * Values are compared by identity. What can be changed in place (instances, tensors, iterators) is as its last reader
 * left it: a stretch that has to be run and looks at such a thing needs it as it was when it was made. Then, and where a
 * list, class or function is changed that others have looked at, `StaleMemory` is thrown, and the analysis begins anew
 * with what made that thing run again: what an analysis says never depends on what was kept.
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
  /** What can be changed of it was looked at since: it may not be as it was left. */
  isSpent: boolean;
  /** What it looked at that another one made and can be changed, and may hold. */
  readonly lookedAt: ReadonlySet<Stretch>;
  /** Who looked at what it made and can be changed, and may have changed it. */
  readonly lookers: Set<Stretch>;
  /** The analysis that ran it. */
  readonly ranIn: number;
  /** The last analysis that had it without running it. */
  hadIn: number;
}

/** What is noted of the stretch that is being run. */
class Notes {
  readonly reads = new Map<string, Value | undefined>();
  readonly written = new Set<string>();
  readonly counts = new Map<string, number>();
  readonly lines = new Map<Span, number>();
  readonly problems: RawProblem[] = [];
  readonly lookedAt = new Set<Stretch>();
  isFleeting = false;
}

export class Memory {
  /** The names of the module; what is kept looks names up in it. */
  readonly environment = new Environment(undefined, 'module');
  private readonly inertness = new Inertness<Stretch>(this.environment);
  private before = new Map<object, Stretch[]>();
  private now: { readonly key: object; readonly stretch: Stretch }[] = [];
  /** How models were run, in order: the last run is the one that they are left as. */
  private runsBefore = new Map<InstanceValue, string[]>();
  private runs = new Map<InstanceValue, string[]>();
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
    this.runs = new Map();
    this.notes = undefined;
    this.writers.clear();
    this.environment.names.clear();
    machine.remember(this, this.nextId);
  }

  /** Keeps what this analysis found for the next one. */
  end(): void {
    this.checkUses();
    this.leave();
    this.runsBefore = this.runs;
    this.before = new Map();
    for (const { key, stretch } of this.now) {
      const known = this.before.get(key);
      if (known) known.push(stretch);
      else this.before.set(key, [stretch]);
    }
  }

  /** What was had is as its users of last time left it: they must be the same. */
  private checkUses(): void {
    const isThere = ({ hadIn, ranIn }: Stretch) => hadIn === this.analysis || ranIn === this.analysis;
    for (const { stretch } of this.now)
      if (stretch.hadIn === this.analysis)
        for (const looker of stretch.lookers) if (!isThere(looker)) this.refuse(stretch);
    for (const [root, before] of this.runsBefore) {
      const owner = this.ownerOf(root);
      if (owner?.hadIn === this.analysis && before.join('\n') !== this.runs.get(root)?.join('\n'))
        this.refuse(owner);
    }
  }

  /** Ends an analysis that begins anew; without anything that was kept, or with what still holds. */
  drop(isAll: boolean): void {
    this.leave();
    if (isAll) this.before.clear();
  }

  private leave(): void {
    this.nextId = this.machine?.id() ?? this.nextId;
    this.machine = undefined;
  }

  stretch<T>(key: object, purpose: string, body: () => T, root?: InstanceValue): T {
    const { machine } = this;
    if (!machine) return body();
    if (root) this.runs.set(root, [...(this.runs.get(root) ?? []), purpose]);
    const known = this.before.get(key)?.find((stretch) => stretch.purpose === purpose);
    if (known && this.holds(machine, known)) {
      this.have(machine, key, known);
      return known.result as T;
    }
    const owner = root && this.ownerOf(root);
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
      writes: [...notes.written].map((name) => [name, this.environment.names.get(name)] as const),
      trail: trailSince(machine, marks, notes.problems),
      firstId,
      lastId: machine.id(),
      result,
      isFleeting: notes.isFleeting,
      isSpent: false,
      lookedAt: notes.lookedAt,
      lookers: new Set(),
      ranIn: this.analysis,
      hadIn: 0,
    };
    this.keep(key, stretch);
    for (const other of notes.lookedAt) other.lookers.add(stretch);
    if (owner) owner.isSpent = true;
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
    maker.isFleeting = true;
  }

  /** The analysis begins anew and runs this stretch. */
  private refuse(stretch: Stretch): never {
    stretch.isFleeting = true;
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

  private keep(key: object, stretch: Stretch): void {
    this.now.push({ key, stretch });
    for (const [name] of stretch.writes) this.writers.set(name, stretch);
  }

  /** A name of the module is looked up. */
  private read(name: string, value: Value | undefined): void {
    const { notes } = this;
    if (!notes || notes.reads.has(name) || notes.written.has(name)) return;
    notes.reads.set(name, value);
    const writer = this.writers.get(name);
    if (value === undefined || this.inertness.isInert(value, writer)) return;
    if (!writer) return;
    if ((writer.isSpent || writer.lookedAt.size > 0) && writer.hadIn === this.analysis) this.refuse(writer);
    writer.isSpent = true;
    notes.lookedAt.add(writer);
  }

  private holds(machine: Machine, stretch: Stretch): boolean {
    if (stretch.isFleeting || !fits(machine, stretch.trail)) return false;
    const { names } = this.environment;
    for (const [name, value] of stretch.reads) if (!isSame(names.get(name), value)) return false;
    for (const { stem, before } of stretch.counts)
      if ((machine.counters.get(stem) ?? 0) !== before) return false;
    for (const [span, line] of stretch.lines) if (this.lineOf(span) !== line) return false;
    return true;
  }

  private have(machine: Machine, key: object, stretch: Stretch): void {
    const { names } = this.environment;
    stretch.hadIn = this.analysis;
    for (const [name, value] of stretch.writes) {
      if (value === undefined) names.delete(name);
      else names.set(name, value);
    }
    for (const { stem, after } of stretch.counts) machine.counters.set(stem, after);
    follow(machine, stretch.trail);
    this.keep(key, stretch);
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

/** What is made anew each time and cannot be told apart but by what it holds. */
function isSame(a: Value | undefined, b: Value | undefined): boolean {
  if (a === b) return true;
  if (a?.kind === 'unknown') return b?.kind === 'unknown' && a.reason === b.reason;
  if (a?.kind === 'string') return b?.kind === 'string' && a.value === b.value;
  if (a?.kind === 'int' || a?.kind === 'float') return b?.kind === a.kind && a.value === b.value;
  if (a?.kind !== 'module' || b?.kind !== 'module') return false;
  return a.name === b.name && a.environment === b.environment && a.environment === undefined;
}
