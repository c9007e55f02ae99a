/**
 * The state of one analysis: budget, journal, trace, problems, loaded files. The functions of this room that
 * evaluate, execute and call all take it. No clock is read: the budget counts steps, and a caller that has a
 * clock may pass it in.
 */
import { t } from '../../base/localize';
import type { FunctionForm, Language, Program, Span } from '../reading/form';
import { type CallArgs, type Framework, ShapeFault } from '../recipes/recipe';
import type { Dim, Dims } from '../values/dims';
import { unknownDim } from '../values/dims';
import type { OpResult, TraceNode } from '../values/trace';
import type {
  ClassValue,
  FunctionValue,
  InstanceValue,
  ModuleValue,
  Site,
  TensorValue,
  Value,
  Weight,
} from '../values/values';
import { type Environment, Journal } from './environment';
import type { Memory } from './memory';
import { MentionLog } from './mentionLog';

/** Thrown to end the analysis; what was found up to then stays. */
export class StopAnalysis extends Error {
  constructor(
    readonly site: Site,
    message: string,
  ) {
    super(message);
  }
}

export type Severity = 'error' | 'warning' | 'information';

/** An edit of the text that mends a problem. */
export interface Fix {
  readonly title: string;
  readonly edits: readonly { readonly start: number; readonly end: number; readonly text: string }[];
}

export interface RawProblem {
  readonly code: string;
  readonly severity: Severity;
  readonly message: string;
  readonly site: Site;
  readonly fix?: Fix;
  /** Other places that a message speaks of. */
  readonly related?: readonly { readonly site: Site; readonly message: string }[];
}

export interface Frame {
  readonly function?: FunctionValue;
  /** What it was called with, so that a what-if can call it otherwise. */
  readonly args?: CallArgs;
  readonly site?: Site;
  readonly owner?: ClassValue;
  readonly self?: Value;
  returns: readonly Value[];
  readonly yields: Value[];
  readonly file: string;
  readonly language: Language;
}

/** One call of a model or layer instance from outside of any other. */
export interface OuterCall {
  readonly instance: InstanceValue;
  readonly inputs: readonly Value[];
  readonly output: Value;
  readonly firstNode: number;
  readonly lastNode: number;
  readonly site: Site;
}

/** A call of what is not known, on tensors. */
export interface UnknownCall {
  /** How many operations were there before. */
  readonly node: number;
  readonly site: Site;
  readonly reason: string;
  readonly callee: string;
  readonly owners: readonly InstanceValue[];
}

export interface Emission {
  readonly inputs: readonly TensorValue[];
  readonly rule: (inputs: readonly TensorValue[]) => OpResult;
  readonly callee: string;
  readonly framework: Framework;
  readonly site: Site;
  readonly weights?: readonly Weight[];
  readonly instance?: InstanceValue;
}

export interface Limits {
  /** Evaluated expressions, statements and traced operations, weighted. */
  readonly steps: number;
  /** Steps after which one loop is given up. */
  readonly loopSteps: number;
  readonly depth: number;
  /** True once the given part of the time is up (all of it where none is given); asked now and then. */
  isLate?(part?: number): boolean;
}

/** Few enough to be on time, many enough to cost nothing: about a millisecond. */
const STEPS_BETWEEN_CHECKS = 500;

export const MOST_NODES = 60_000;

export const DEFAULT_LIMITS: Limits = { steps: 360_000, loopSteps: 40_000, depth: 900 };

export class Machine {
  readonly journal = new Journal();
  readonly problems: RawProblem[] = [];
  readonly nodes: TraceNode[] = [];
  readonly owners: InstanceValue[] = [];
  readonly stack: Site[] = [];
  readonly calls: OuterCall[] = [];
  readonly instances: InstanceValue[] = [];
  /** Made inside of another one's constructor. */
  readonly inner = new Set<InstanceValue>();
  /** Names in the text and what they stood for. */
  readonly mentions = new MentionLog();
  readonly files = new Map<string, { program: Program; text: string; module: ModuleValue }>();
  readonly counters = new Map<string, number>();
  /** How the rules of nodes are run again (a functional model on another input). */
  readonly rules = new Map<TraceNode, (inputs: readonly TensorValue[]) => OpResult>();
  /** Input sizes that a call in the file names (`summary(model, (3, 32, 32))`). */
  readonly namedInputs: { model: Value; shapes: Dims[]; site: Site }[] = [];
  /** What `compile` was given. */
  readonly losses: { instance: InstanceValue; loss: Value; site: Site }[] = [];
  /** Calls of what is not known, on tensors. */
  readonly unknownCalls: UnknownCall[] = [];
  /** Functions that were called. */
  called = new Set<FunctionForm>();
  readonly frames: Frame[] = [];
  /** Calls of instances that are going on, outermost first. */
  readonly activeCalls: { instance: InstanceValue; args: CallArgs }[] = [];
  /** How the instances of the file's own classes were made. */
  readonly makings = new Map<InstanceValue, { args: CallArgs; site: Site }>();
  /** Faults so far, muted runs included. */
  faults = 0;
  /** Whether models are trained while they are read, where that is settled. */
  training: boolean | undefined;
  /** Whether functions are run that do nothing but start weights. */
  followsStarts = false;
  /** What the Keras call that is going on was told of it (`layer(x, training=False)`). */
  toldTraining: boolean | undefined;
  /** Inside a model's own `torch.no_grad()`. */
  isCut = false;
  /** Depth of branches whose condition is not known. */
  uncertain = 0;
  /** Inside what-if runs, nothing is reported or remembered. */
  muted = 0;
  steps = 0;
  /** The clock ended the analysis. */
  isLate = false;
  /** Characters of other files. */
  importedSize = 0;
  depth = 0;
  private nextId = 1;
  /** What is being evaluated, in the analysed file. */
  current: Span = { start: 0, end: 0 };

  constructor(
    readonly mainFile: string,
    readonly limits: Limits,
    readonly readFile: (path: string) => string | undefined,
  ) {}

  id(): number {
    return this.nextId++;
  }

  get at(): Site {
    return { file: this.mainFile, start: this.current.start, end: this.current.end };
  }

  tick(cost = 1): void {
    this.steps += cost;
    if (this.steps > this.nextCheck) this.check();
  }

  /** Steps at which budget and clock are looked at again. */
  private nextCheck = 0;

  private check(): void {
    if (this.steps > this.limits.steps) this.stop(t('the file needs more work than its budget'));
    if (this.limits.isLate?.()) {
      this.isLate = true;
      this.stop(t('the file takes too long'));
    }
    this.nextCheck = Math.min(this.limits.steps, this.steps + STEPS_BETWEEN_CHECKS);
  }

  /** One expression or statement deeper; the caller takes it back, unless the analysis ends. */
  enter(): void {
    this.depth++;
    this.steps++;
    if (this.steps > this.nextCheck) this.check();
    if (this.depth > this.limits.depth) this.stop(t('calls or expressions are nested too deeply'));
  }

  stop(reason: string): never {
    throw new StopAnalysis(this.place(this.at), reason);
  }

  /** The given place, or where the analysed file called what led to it. */
  place(site: Site): Site {
    if (site.file === this.mainFile) return site;
    for (let i = this.stack.length - 1; i >= 0; i--)
      if (this.stack[i].file === this.mainFile) return this.stack[i];
    return { file: this.mainFile, start: 0, end: 0 };
  }

  report(problem: RawProblem): void {
    if (this.muted > 0) return;
    const site = this.place(problem.site);
    const severity = this.uncertain > 0 ? soften(problem.severity) : problem.severity;
    const said = { ...problem, site, severity };
    this.memory?.said(said);
    this.sayAgain(said);
  }

  /** What was reported before, of code that was not run again. */
  sayAgain(problem: RawProblem): void {
    // Problems may have been taken back since: what is reported is what is there.
    if (this.reported.size !== this.problems.length) this.reported = new Set(this.problems.map(placeOf));
    const place = placeOf(problem);
    if (this.reported.has(place)) return;
    this.reported.add(place);
    this.problems.push(problem);
  }

  /** Code and place of every problem: one of a kind is enough. */
  private reported = new Set<string>();

  mention(span: Span, file: string, value: Value): void {
    if (file === this.mainFile && this.muted === 0) this.mentions.add(span, value);
  }

  /** What the last analysis of the document found, where there is one to use. */
  memory?: Memory;

  remember(memory: Memory, nextId: number): void {
    this.memory = memory;
    this.nextId = nextId;
  }

  /** Counts a layer's name: how many had it before. */
  count(stem: string): number {
    const before = this.counters.get(stem) ?? 0;
    this.memory?.counted(stem, before);
    this.counters.set(stem, before + 1);
    return before;
  }

  /** Runs a rule on tensors; a fault becomes a problem and an unknown result. */
  emit(emission: Emission): TensorValue[] {
    this.tick(20);
    const site = this.place(emission.site);
    let result: OpResult;
    try {
      result = emission.rule(emission.inputs);
    } catch (error) {
      if (!(error instanceof ShapeFault)) throw error;
      this.faults++;
      if (this.muted === 0) this.faultFound?.(error, emission, site);
      const recovered = error.extra.recovered;
      result = {
        op: 'unknown',
        shapes: [recovered],
        reason: t('There is an error at this step: {0}', error.message),
      };
    }
    const node: TraceNode = {
      id: this.id(),
      op: result.op,
      attributes: result.attributes ?? {},
      inputs: emission.inputs,
      outputs: [],
      weights: emission.weights ?? [],
      macs: result.macs ?? 0,
      callee: emission.callee,
      instance: emission.instance,
      owners: this.ownersNow(),
      site,
      made: emission.instance?.made,
      framework: emission.framework,
      ...(this.toldTraining !== undefined && { training: this.toldTraining }),
      ...(this.isCut && { isCut: true }),
    };
    node.outputs = result.shapes.map((shape, i) => ({
      kind: 'tensor',
      id: this.id(),
      shape,
      reason: shape ? undefined : (result.reason ?? reasonOf(emission.inputs)),
      node,
      output: i,
      origin: 'node',
      dtype: result.dtype ?? 'float',
      framework: emission.framework,
      site,
    }));
    if (this.muted === 0) {
      this.nodes.push(node);
      // PyTorch's modules are called anew; graphs of Keras are run again node by node.
      if (emission.framework !== 'pytorch') this.rules.set(node, emission.rule);
      if (this.nodes.length > MOST_NODES)
        this.stop(t('the network has more than {0} operations', MOST_NODES));
    }
    return [...node.outputs];
  }

  /** Calls a function of the file from a recipe; set where calls are known. */
  callBack: (callee: Value, site: Site, args?: readonly Value[]) => Value = (callee) => callee;

  /** Set by the diagnostics: turns a fault into a problem with cause and fix. */
  faultFound?: (fault: ShapeFault, emission: Emission, site: Site) => void;

  tensor(
    shape: Dims | undefined,
    origin: TensorValue['origin'],
    framework: Framework,
    reason?: string,
  ): TensorValue {
    return {
      kind: 'tensor',
      id: this.id(),
      shape,
      reason: shape ? undefined : reason,
      output: 0,
      origin,
      framework,
      site: this.place(this.at),
      // Set later, for many; a shape that grows is slow.
      start: undefined,
      weight: undefined,
    };
  }

  textOf(file: string, span: Span): string {
    const read = this.files.get(file);
    if (!read) return '';
    const { start, end } = read.program.positions.now(span);
    return read.text.slice(start, end);
  }

  private lastOwners: readonly InstanceValue[] = [];

  /** The modules that are being called; the same list for as long as it stays the same. */
  private ownersNow(): readonly InstanceValue[] {
    const { owners, lastOwners } = this;
    if (owners.length !== lastOwners.length || owners.some((owner, i) => owner !== lastOwners[i]))
      this.lastOwners = owners.slice();
    return this.lastOwners;
  }

  get frame(): Frame {
    return this.frames[this.frames.length - 1];
  }
}

function placeOf({ code, site }: Pick<RawProblem, 'code' | 'site'>): string {
  return `${code} ${site.start} ${site.end}`;
}

function soften(severity: Severity): Severity {
  return severity === 'error' ? 'warning' : severity;
}

export function reasonOf(inputs: readonly TensorValue[]): string {
  for (const input of inputs) if (input.reason) return input.reason;
  return t('The shape of the input is not known.');
}

/** A dimension that is unknown because the tensor is. */
export function unknownOf(tensor: TensorValue): Dim {
  return unknownDim(tensor.reason ?? t('The shape of the input is not known.'));
}

/** What a piece of code sees. */
export interface Scope {
  readonly environment: Environment;
  readonly file: string;
  readonly language: Language;
}

export function siteOf(scope: Scope, span: Span): Site {
  return { file: scope.file, start: span.start, end: span.end };
}
