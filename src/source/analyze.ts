/**
 * Reads a source text and says what networks it holds, with shapes, counts and problems. Nothing of the file is
 * run; nothing but the text and what the passed-in reader gives is looked at. What is not understood is unknown,
 * with its reason.
 */
import { t } from '../base/localize';
import { callValue, plainArgs } from './interpreter/calls';
import { Environment } from './interpreter/environment';
import {
  DEFAULT_LIMITS,
  type Limits,
  Machine,
  type RawProblem,
  type Scope,
  StopAnalysis,
} from './interpreter/machine';
import { Memory, StaleMemory, stretch } from './interpreter/memory';
import { execute } from './interpreter/statements';
import {
  type Analysis,
  emptyAnalysis,
  type LayerCall,
  type Model,
  type Place,
  type Problem,
} from './models/analysis';
import { assembleModel, isShown, layerCall, vagueness } from './models/assemble';
import { Causes } from './models/causes';
import { discoverModels } from './models/discover';
import { inputComments, inputOf, missingInput, parseInput } from './models/inputs';
import { Lines } from './models/lines';
import { mentionsOf } from './models/mentions';
import { modelWarnings, unreadSkips } from './models/warnings';
import { lowerDocument, parseDocument, type SourceDocument } from './reading/document';
import type { Language, Span } from './reading/form';
import { LARGEST_OFFSET } from './reading/positions';
import { type Dims, isUnknownDim } from './values/dims';
import type { Site } from './values/values';

export interface AnalyzeOptions {
  /** The file's path, as `readFile` would know it. */
  readonly file: string;
  readonly language: Language;
  /** `3x224x224`, without the batch, in the framework's order. */
  readonly input?: string;
  /** Only this model gets `input`; all of them where it is left out. */
  readonly model?: string;
  /** Shapes that the user gave to models by name, remembered by the editor. */
  readonly inputs?: ReadonlyMap<string, string>;
  /** Text of another file of the workspace, or undefined. */
  readonly readFile?: (path: string) => string | undefined;
  /** An earlier state of the same document, so that only what changed is parsed. */
  readonly previous?: SourceDocument;
  readonly limits?: Partial<Limits>;
  /** How models are called where they ask whether they are trained; left out, both ways are read. */
  readonly training?: boolean;
  /** Follows how every weight starts, which takes longer and is only needed where a network is built. */
  readonly starts?: boolean;
}

/** Longer texts are not looked at. */
export const LONGEST_TEXT = 1_000_000;

/** Nobody reads more lenses than this. */
const MOST_MODELS = 100;

/** Thousands of layers, each of which some function starts. */
const PATIENT_LIMITS = { ...DEFAULT_LIMITS, steps: 10_000_000, loopSteps: 4_000_000 };

const CONCERNS_US = /torch|keras|tensorflow|tfjs/;

/** True where a text may hold a network; others are never parsed. */
export function concernsUs(text: string): boolean {
  return CONCERNS_US.test(text);
}

export function analyze(text: string, options: AnalyzeOptions): Analysis {
  if (!concernsUs(text)) return emptyAnalysis(options.file);
  if (text.length > LONGEST_TEXT) {
    return emptyAnalysis(options.file, [
      {
        start: 0,
        end: 0,
        line: 1,
        column: 1,
        code: 'analysis/size',
        severity: 'information',
        message: t('The file is larger than 1 MB and is not analysed.'),
      },
    ]);
  }
  const { file, language, previous, limits } = options;
  return analyzeDocument(parseDocument(file, language, text, previous, limits?.isLate), options);
}

/** What is kept of documents that are analysed again and again, from their second version on. */
const memories = new WeakMap<object, Memory>();

/** The same for a document that is parsed already; of a version of an earlier one, only what an edit reaches is run. */
export function analyzeDocument(document: SourceDocument, options: AnalyzeOptions): Analysis {
  const { lineage } = document;
  const memory = options.starts ? undefined : memories.get(lineage);
  if (!memories.has(lineage)) memories.set(lineage, new Memory());
  if (!memory) return analyzed(document, options);
  for (let attempt = 1; ; attempt++) {
    try {
      const analysis = analyzed(document, options, memory);
      memory.end();
      return analysis;
    } catch (error) {
      const isStale = error instanceof StaleMemory;
      memory.drop(!isStale || attempt >= MOST_ATTEMPTS);
      if (!isStale) throw error;
    }
  }
}

/** Each runs at least one more stretch of what was kept; the last one keeps nothing. */
const MOST_ATTEMPTS = 4;

function analyzed(document: SourceDocument, options: AnalyzeOptions, memory?: Memory): Analysis {
  const { file, language, text } = document;
  const program = lowerDocument(document);
  const lines = new Lines(text, program.positions);
  const patience = options.starts ? PATIENT_LIMITS : DEFAULT_LIMITS;
  const limits = { ...patience, ...options.limits };
  const machine = new Machine(file, limits, options.readFile ?? (() => undefined));
  machine.training = options.training;
  machine.followsStarts = options.starts === true;
  const settings = JSON.stringify([file, options.training, limits]);
  memory?.begin(machine, settings, (span) => lines.place(span).line);
  const environment = memory?.environment ?? new Environment(undefined, 'module');
  const scope: Scope = { environment, file, language };
  machine.files.set(file, { program, text, module: { kind: 'module', name: file, environment } });
  // A long text has cost something before it is read.
  machine.steps = text.length >> 2;
  machine.callBack = (callee, site, args = []) =>
    callValue(machine, callee, plainArgs(args, site), site, scope, '');
  const causes = new Causes(machine, lines);
  machine.faultFound = (fault, emission, site) => machine.report(causes.problem(fault, emission, site));

  const models: Model[] = [];
  const found: Problem[] = document.stops.map(({ at, reason }) =>
    stopped(lines.here({ start: at, end: at }), reason),
  );
  const raw: RawProblem[] = [];
  guarded(machine, found, lines, () => {
    for (const stmt of program.body)
      if (stretch(machine, stmt, 'statement', () => execute(machine, [stmt], scope)) !== 'normal') break;
  });
  const comments = inputComments(program);
  guarded(machine, found, lines, () => {
    for (const candidate of discoverModels(machine, environment, scope, lines)) {
      if (models.length >= MOST_MODELS) machine.stop(t('the file holds more than {0} models', MOST_MODELS));
      const given = givenInput(options, candidate.name);
      const input = inputOf(machine, candidate, given, comments, lines);
      const before = machine.problems.length;
      let model = assembleModel(machine, candidate, input, lines, scope);
      // A shape that was meant for the file and breaks a model's first layer was meant for another model.
      const isMeant = options.model === candidate.name || options.inputs?.has(candidate.name);
      if (
        !isMeant &&
        (input.source === 'given' || input.source === 'comment') &&
        model.trace.nodes.find(isShown)?.op === 'unknown'
      ) {
        machine.problems.length = before;
        const other = inputOf(machine, candidate, undefined, [], lines);
        model = assembleModel(machine, candidate, other, lines, scope);
      }
      models.push(model);
      raw.push(...modelWarnings(machine, model), ...unknowns(model, candidate.site));
    }
  });
  guarded(machine, found, lines, () => raw.push(...unreadSkips(program)));
  found.push(...[...raw, ...machine.problems].map((problem) => placed(machine, problem, lines)));
  found.push(...commentProblems(comments, lines));
  let calls: LayerCall[] | undefined;
  let mentions: Analysis['mentions'] | undefined;
  return {
    file,
    models,
    problems: inOrder(found),
    // Only hovers and hints ask for these.
    get calls() {
      calls ??= outerCalls(machine, models, lines);
      return calls;
    },
    get mentions() {
      mentions ??= mentionsOf(machine, lines);
      return mentions;
    },
    definitions: definitionsOf(machine, models, lines),
    isSkipped: false,
    isLate: machine.isLate || document.stops.some((stop) => stop.isLate),
  };
}

function givenInput(options: AnalyzeOptions, name: string): Dims[] | undefined {
  const remembered = options.inputs?.get(name);
  const text =
    options.input !== undefined && (options.model === undefined || options.model === name)
      ? options.input
      : remembered;
  return text === undefined ? undefined : parseInput(text);
}

/** Runs a part of the analysis; a budget that is used up ends it with a sentence. */
function guarded(machine: Machine, problems: Problem[], lines: Lines, body: () => void): void {
  try {
    body();
  } catch (error) {
    const site = error instanceof StopAnalysis ? error.site : machine.at;
    const reason =
      error instanceof StopAnalysis ? error.message : t('calls or expressions are nested too deeply');
    // The stack of JavaScript itself is the last limit.
    if (!(error instanceof StopAnalysis) && !(error instanceof RangeError)) throw error;
    problems.push(stopped(lines.place(site), reason));
    machine.owners.length = 0;
    machine.stack.length = 0;
    machine.frames.length = 0;
    machine.activeCalls.length = 0;
    machine.muted = 0;
    machine.uncertain = 0;
    machine.depth = 0;
    machine.journal.reset();
  }
}

function stopped(place: Place, reason: string): Problem {
  return {
    ...place,
    code: 'analysis/stopped',
    severity: 'information',
    message: t('The analysis stopped at line {0}: {1}.', place.line, reason),
  };
}

/** A shape that is not known says why, once for each reason, at the first place. */
function unknowns(model: Model, site: Site): RawProblem[] {
  if (model.inputSource === 'missing') {
    const reason = missingInput(model.framework);
    return [{ code: 'shape/input-missing', severity: 'information', message: reason, site }];
  }
  const problems: RawProblem[] = [];
  const seen = new Set<string>();
  for (const node of model.trace.nodes) {
    if (node.op === 'unknown' || !isShown(node)) continue;
    const reason = vagueness(node);
    if (!reason || seen.has(reason)) continue;
    seen.add(reason);
    if (seen.size > 5) break;
    problems.push({
      code: 'shape/unknown',
      severity: 'information',
      message: t('The shape is not known from here on. {0}', reason),
      site: node.site,
    });
  }
  return problems;
}

function commentProblems(comments: ReturnType<typeof inputComments>, lines: Lines): Problem[] {
  return comments
    .filter(({ shapes }) => !shapes)
    .map((comment) => ({
      ...lines.here(comment),
      code: 'comment/input',
      severity: 'warning',
      message: t(
        'This input shape cannot be read. Write sizes with x between them and without the batch, as in 3x224x224.',
      ),
    }));
}

/** A problem where the text has it now. */
function placed(machine: Machine, { code, severity, message, site, fix }: RawProblem, lines: Lines): Problem {
  const edits = fix?.edits.map((edit) => ({ ...edit, ...lines.now(edit) }));
  return {
    ...lines.place(machine.place(site)),
    code,
    severity,
    message,
    fix: fix && edits && { ...fix, edits },
  };
}

/** One of a kind at a place, in the order of the text. */
function inOrder(problems: readonly Problem[]): Problem[] {
  const seen = new Set<string>();
  return problems
    .filter(({ code, start, end }) => {
      const key = `${code} ${start} ${end}`;
      return !seen.has(key) && seen.add(key);
    })
    .sort((a, b) => a.start - b.start);
}

/** Every operation that was read, in models and outside of them, in the order of the text. */
function outerCalls(machine: Machine, models: readonly Model[], lines: Lines): LayerCall[] {
  const inModels = new Map(
    models.flatMap((model) => model.layers.map((layer) => [layer.node, layer] as const)),
  );
  const key = ({ start, end }: Span) => start * LARGEST_OFFSET + end;
  const shown = new Set(models.flatMap((model) => model.layers.map(key)));
  const calls: LayerCall[] = [];
  for (const node of machine.nodes) {
    if (node.op === 'either') continue;
    const known = inModels.get(node);
    // A training loop feeds the model what nobody knows; beside the model's own shapes that says nothing.
    const isVague = !node.outputs[0]?.shape?.every((dim) => !isUnknownDim(dim));
    if (!known && isVague && shown.has(key(lines.now(node.site)))) continue;
    calls.push(known ?? layerCall(node, node.callee, lines));
  }
  // Calls of one place stay in the order in which they were read.
  return calls.sort((a, b) => a.start - b.start);
}

function definitionsOf(machine: Machine, models: readonly Model[], lines: Lines): Analysis['definitions'] {
  const program = machine.files.get(machine.mainFile)?.program;
  const definitions: Analysis['definitions'][number][] = [];
  for (const stmt of program?.body ?? []) {
    if (stmt.kind !== 'class' && stmt.kind !== 'function') continue;
    const place = lines.place(stmt.nameSpan);
    const own = models.filter((model) =>
      stmt.kind === 'class' ? model.trace.instance.class.form === stmt : model.start === place.start,
    );
    if (own.length === 0) continue;
    definitions.push({
      ...place,
      name: stmt.name,
      models: own,
    });
  }
  return definitions;
}
