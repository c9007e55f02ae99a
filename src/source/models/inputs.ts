/**
 * A model's input shape: what the caller says, a comment in the file, what the model itself declares, a dummy
 * input or summary in the file; else missing. Shapes without a batch get a symbolic one.
 */
import { t } from '../../base/localize';
import type { Machine } from '../interpreter/machine';
import type { Program } from '../reading/form';
import { declaredInput } from '../recipes/kerasModules';
import { type Dims, symbol } from '../values/dims';
import type { InstanceValue, Value } from '../values/values';
import type { InputSource } from './analysis';
import type { Candidate } from './discover';
import type { Lines } from './lines';

export interface ModelInput {
  readonly shapes: readonly (Dims | undefined)[];
  readonly source: InputSource;
}

/** `3x224x224`, or several parted by commas; undefined where it cannot be read. */
export function parseInput(text: string): Dims[] | undefined {
  const shapes = text.split(/[,;]/).map((part) => part.trim().replace(/^[[(]|[\])]$/g, ''));
  const result: Dims[] = [];
  for (const shape of shapes) {
    const sizes = shape.split(/\s*[x×*]\s*|\s+/);
    if (sizes.length === 0 || !sizes.every((size) => /^[1-9]\d{0,8}$/.test(size))) return undefined;
    result.push(sizes.map(Number));
  }
  return result.length > 0 ? result : undefined;
}

export interface InputComment {
  readonly start: number;
  readonly end: number;
  readonly shapes: Dims[] | undefined;
}

/** `# skiplens: input = 1x28x28` */
export function inputComments(program: Program): InputComment[] {
  return program.comments.flatMap(({ text, start, end }) => {
    const match = /^input\s*[=:]\s*(.+)$/.exec(text);
    return match ? [{ start, end, shapes: parseInput(match[1].trim()) }] : [];
  });
}

export function inputOf(
  machine: Machine,
  candidate: Candidate,
  given: Dims[] | undefined,
  comments: readonly InputComment[],
  lines: Lines,
): ModelInput {
  const batched = (shapes: readonly Dims[]): Dims[] => shapes.map((shape) => [symbol('N'), ...shape]);
  if (given) return { shapes: batched(given), source: 'given' };
  // A comment speaks for what follows it, the first one for what stands before it too.
  const usable = comments.filter(({ shapes }) => shapes);
  const { start: place } = lines.now(candidate.site);
  const comment = [...usable].reverse().find(({ start }) => start <= place) ?? usable[0];
  if (comment?.shapes) return { shapes: batched(comment.shapes), source: 'comment' };
  const { instance } = candidate;
  const functional = instance.layer?.functional;
  if (functional) return { shapes: functional.inputs.map(({ shape }) => shape), source: 'declared' };
  const declared =
    instance.layer?.recipe.framework === 'pytorch' ? undefined : declaredInput(machine, instance);
  if (declared) return { shapes: [declared], source: 'declared' };
  const built = instance.attributes.get('(input shape)');
  if (built?.kind === 'tuple') return { shapes: [dimsOf(built.items)], source: 'declared' };
  const found = foundInput(machine, instance) ?? builtAlike(machine, instance);
  return found ? { shapes: found, source: 'found' } : { shapes: [undefined], source: 'missing' };
}

/** `model.build((None, 32, 32, 3))` of another instance of the class. */
function builtAlike(machine: Machine, instance: InstanceValue): Dims[] | undefined {
  if (!instance.class.form) return undefined;
  for (const other of machine.instances) {
    const shape = other.class === instance.class ? other.attributes.get('(input shape)') : undefined;
    if (shape?.kind === 'tuple') return [dimsOf(shape.items)];
  }
  return undefined;
}

function dimsOf(items: readonly Value[]): Dims {
  return items.map((item, i) => (item.kind === 'int' ? item.value : symbol(i === 0 ? 'N' : `d${i}`)));
}

function foundInput(machine: Machine, instance: InstanceValue): Dims[] | undefined {
  const own = machine.calls.filter((call) => call.instance === instance);
  const alike = machine.calls.filter(
    (call) => call.instance !== instance && instance.class.form && call.instance.class === instance.class,
  );
  for (const call of [...own, ...alike]) {
    const shapes = shapesIn(call.inputs);
    if (shapes) return shapes;
  }
  const named = machine.namedInputs.filter(({ model }) => model === instance);
  const namedAlike = machine.namedInputs.filter(
    ({ model }) => model.kind === 'instance' && instance.class.form && model.class === instance.class,
  );
  const summary = named[0] ?? namedAlike[0];
  if (summary) return summary.shapes;
  // `for layer in net: X = layer(X)` calls the members one by one.
  const first = instance.layer?.recipe.type === 'sequential' ? instance.layer.children[0]?.value : undefined;
  if (first?.kind !== 'instance') return undefined;
  const call = machine.calls.find((c) => c.instance === first);
  return call ? shapesIn(call.inputs) : foundInput(machine, first);
}

function shapesIn(inputs: readonly Value[]): Dims[] | undefined {
  const shapes: Dims[] = [];
  for (const input of inputs) {
    if (input.kind === 'tensor' && input.shape && input.shape.length > 0) shapes.push(input.shape);
    else if (input.kind === 'tensor') return undefined;
  }
  return shapes.length > 0 ? shapes : undefined;
}

export function missingInput(framework: string): string {
  switch (framework) {
    case 'pytorch':
      return t(
        'The input shape is not known. Write “# skiplens: input = 3x224x224” above the model, or set it by its lens.',
      );
    case 'keras':
      return t(
        'The input shape is not known. Write “# skiplens: input = 224x224x3” above the model, or set it by its lens.',
      );
    default:
      return t(
        'The input shape is not known. Write “// skiplens: input = 224x224x3” above the model, or set it by its lens.',
      );
  }
}
