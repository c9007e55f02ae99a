/** What is legal and surely not meant. Each finding is certain about what it says, or it is not made. */
import { t } from '../../base/localize';
import type { Machine, RawProblem } from '../interpreter/machine';
import type { Expr, Program, Stmt } from '../reading/form';
import { formatShape } from '../values/format';
import type { TraceNode } from '../values/trace';
import type { Value } from '../values/values';
import type { Model, ModelTrace } from './analysis';
import { isWeighted } from './skips';

export function modelWarnings(machine: Machine, model: Model): RawProblem[] {
  return [
    ...collapsed(model.trace),
    ...denseOnImages(model.trace),
    ...softmaxBeforeLogits(machine, model.trace),
    ...(machine.unknownCalls.some((call) => call.owners[0] === model.trace.instance)
      ? []
      : unusedResults(model.trace)),
  ];
}

/** Sizes of an image: what is neither batch nor channels. */
function sizesOf(
  node: TraceNode,
  shape: TraceNode['outputs'][number]['shape'],
): readonly unknown[] | undefined {
  if (!shape || shape.length < 4) return undefined;
  return node.attributes.order === 'last' ? shape.slice(1, -1) : shape.slice(2);
}

const isOne = (sizes: readonly unknown[] | undefined) => sizes?.every((size) => size === 1);

function collapsed(trace: ModelTrace): RawProblem[] {
  const convolutions = trace.nodes.filter((node) => node.op === 'conv');
  const wide = (node: TraceNode) =>
    Array.isArray(node.attributes.kernel) &&
    node.attributes.kernel.some((k) => typeof k === 'number' && k > 1);
  const blind = convolutions.filter((node) => wide(node) && isOne(sizesOf(node, node.inputs[0]?.shape)));
  const first = trace.nodes.find(
    (node) =>
      ['conv', 'maxPool', 'averagePool'].includes(node.op) &&
      isOne(sizesOf(node, node.outputs[0]?.shape)) &&
      !isOne(sizesOf(node, node.inputs[0]?.shape)),
  );
  // A last stage of 1x1 is common with small images; a quarter of the network is not.
  if (!first || blind.length < 2 || blind.length * 4 <= convolutions.length) return [];
  return [
    {
      code: 'shape/collapsed',
      severity: 'warning',
      message: t(
        'The size has shrunk to 1x1 here, and {0} more convolutions follow that see only one pixel. Fewer strides would keep the image.',
        blind.length,
      ),
      site: first.site,
    },
  ];
}

function denseOnImages(trace: ModelTrace): RawProblem[] {
  const ends = new Set(trace.outputs.map((tensor) => tensor.id));
  return trace.nodes
    .filter((node) => {
      const rank = node.inputs[0]?.shape?.length ?? 0;
      return node.op === 'dense' && rank >= 4 && reachesEnd(node, ends, trace.nodes);
    })
    .map((node) => {
      const shape = formatShape(node.inputs[0]?.shape, node.framework);
      return {
        code: 'layer/dense-on-image',
        severity: 'warning' as const,
        message: t(
          'This layer is applied to {0}, a tensor of {1} dimensions: it gives one answer for every pixel. Pool or flatten first.',
          shape,
          node.inputs[0]?.shape?.length ?? 0,
        ),
        site: node.site,
      };
    });
}

/** The node's output is the model's, but for an activation. */
function reachesEnd(node: TraceNode, ends: ReadonlySet<number>, nodes: readonly TraceNode[]): boolean {
  const [output] = node.outputs;
  if (ends.has(output.id)) return true;
  const next = nodes.filter((other) => other.inputs.some((input) => input.id === output.id));
  return (
    next.length === 1 &&
    ['softmax', 'logSoftmax', 'activation', 'sigmoid'].includes(next[0].op) &&
    ends.has(next[0].outputs[0].id)
  );
}

function endsInSoftmax(trace: ModelTrace): TraceNode | undefined {
  const node = trace.outputs[0]?.node;
  if (!node) return undefined;
  return node.op === 'softmax' || node.attributes.activation === 'softmax' ? node : undefined;
}

function softmaxBeforeLogits(machine: Machine, trace: ModelTrace): RawProblem[] {
  const node = endsInSoftmax(trace);
  if (!node) return [];
  const isKeras = machine.losses.some(
    ({ instance, loss }) => instance === trace.instance && takesLogits(loss),
  );
  const isTorch =
    node.framework === 'pytorch' && machine.instances.some((i) => i.class.name === 'CrossEntropyLoss');
  if (!isKeras && !isTorch) return [];
  return [
    {
      code: 'loss/softmax-twice',
      severity: 'warning',
      message: isTorch
        ? t(
            'The model ends in a softmax, and CrossEntropyLoss applies one of its own: gradients become small. Leave this one out.',
          )
        : t(
            'The model ends in a softmax, and the loss is told to expect logits (from_logits=True): it applies a second one. Leave one of them out.',
          ),
      site: node.site,
    },
  ];
}

function takesLogits(loss: Value): boolean {
  if (loss.kind !== 'dict') return false;
  const flag = loss.entries.get('s:from_logits')?.value;
  return flag?.kind === 'boolean' && flag.value;
}

/** A layer with weights whose result goes nowhere. */
function unusedResults(trace: ModelTrace): RawProblem[] {
  if (trace.outputs.length === 0 || trace.nodes.some((node) => node.op === 'unknown')) return [];
  const used = new Set<number>(trace.outputs.map((tensor) => tensor.id));
  for (const node of trace.nodes) for (const input of node.inputs) used.add(input.id);
  return trace.nodes
    .filter(
      (node) => isWeighted(node) && node.instance && node.outputs.every((output) => !used.has(output.id)),
    )
    .map((node) => ({
      code: 'skip/unused',
      severity: 'warning' as const,
      message: t('The result of this layer is never used. If it is a skip, it was never added.'),
      site: node.site,
    }));
}

const SKIP_NAMES = /^(identity|shortcut|residual|skip)(_?(connection|input|x|out))?\d*$/i;

/** `identity = x` at the head of a forward, and no line that reads it. */
export function unreadSkips(program: Program): RawProblem[] {
  const problems: RawProblem[] = [];
  const visit = (stmts: readonly Stmt[]) => {
    for (const stmt of stmts) {
      if (stmt.kind === 'class') visit(stmt.body);
      else if (stmt.kind === 'function') {
        if (['forward', 'call'].includes(stmt.name) && Array.isArray(stmt.body))
          problems.push(...unreadIn(stmt.body, program.file));
        if (Array.isArray(stmt.body)) visit(stmt.body);
      }
    }
  };
  visit(program.body);
  return problems;
}

/** A statement of this body, at any depth, keeps something under the name of a skip. */
function keepsSkip(body: readonly unknown[]): boolean {
  return body.some((stmt) => {
    if (typeof stmt !== 'object' || stmt === null || !('kind' in stmt)) return false;
    if (stmt.kind === 'assign')
      return (
        'targets' in stmt &&
        Array.isArray(stmt.targets) &&
        stmt.targets.some(({ name }) => name !== undefined && SKIP_NAMES.test(name))
      );
    if (stmt.kind === 'expression' || stmt.kind === 'augment' || stmt.kind === 'return') return false;
    return Object.values(stmt).some((inner) => Array.isArray(inner) && keepsSkip(inner));
  });
}

function unreadIn(body: readonly Stmt[], file: string): RawProblem[] {
  if (!keepsSkip(body)) return [];
  const written = new Map<string, Expr>();
  const read = new Set<string>();
  const walk = (part: unknown): void => {
    if (Array.isArray(part)) {
      part.forEach(walk);
      return;
    }
    if (typeof part !== 'object' || part === null) return;
    if (
      'kind' in part &&
      part.kind === 'assign' &&
      'targets' in part &&
      'value' in part &&
      Array.isArray(part.targets)
    ) {
      for (const target of part.targets) {
        if (target.kind === 'name') written.set(target.name, written.get(target.name) ?? target);
        else walk(target);
      }
      walk(part.value);
      return;
    }
    if ('kind' in part && part.kind === 'name' && 'name' in part && typeof part.name === 'string')
      read.add(part.name);
    for (const inner of Object.values(part)) if (typeof inner === 'object') walk(inner);
  };
  walk(body);
  return [...written]
    .filter(([name]) => SKIP_NAMES.test(name) && !read.has(name))
    .map(([name, target]) => ({
      code: 'skip/unread',
      severity: 'warning' as const,
      message: t('{0} is kept here and never read: the skip is never added.', name),
      site: { file, start: target.start, end: target.end },
    }));
}
