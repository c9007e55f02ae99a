/**
 * What a hover says at a place of the text: plain data with localised Markdown lines; the host puts it into a
 * widget. A layer that is called many times is folded: equal shapes in a row are one line.
 */
import { t } from '../../base/localize';
import { type Analysis, type LayerCall, type Model, modelTitle } from '../models/analysis';
import { countOf, weightsOf } from '../models/tree';
import type { Framework } from '../recipes/recipe';
import type { Dims } from '../values/dims';
import { formatCount, formatShape, formatShort } from '../values/format';
import type { InstanceValue, TensorValue } from '../values/values';
import { normLines } from './normLines';

/** What a run measured, keyed by scope; the newest step only. */
export interface Measured {
  readonly step: number;
  /** Localised, for instance "3 minutes ago". */
  readonly age: string;
  /** The text has changed since. */
  readonly isOld: boolean;
  readonly byScope: ReadonlyMap<
    string,
    { readonly activationGradient?: number; readonly weightGradient?: number }
  >;
}

export interface Hover {
  readonly start: number;
  readonly end: number;
  /** Markdown, one paragraph an entry. */
  readonly lines: readonly string[];
}

export function hoverAt(analysis: Analysis, offset: number, measured?: Measured): Hover | undefined {
  const definition = analysis.definitions.find((d) => d.start <= offset && offset <= d.end);
  if (definition)
    return { start: definition.start, end: definition.end, lines: definitionLines(definition.models) };
  const bound = analysis.models.find((model) => model.start <= offset && offset <= model.end);
  if (bound) return { start: bound.start, end: bound.end, lines: modelLines(bound) };
  const mention = smallest(analysis.mentions.filter((m) => m.start <= offset && offset <= m.end));
  const call = smallest(analysis.calls.filter((c) => c.start <= offset && offset < c.end));
  if (mention && (!call || mention.end - mention.start < call.end - call.start)) {
    const lines = mentionLines(analysis, mention.values, measured);
    if (lines.length > 0) return { start: mention.start, end: mention.end, lines };
  }
  const made = smallest(
    analysis.calls.flatMap((c) =>
      c.made && c.made.start <= offset && offset < c.made.end ? [{ ...c.made, of: c.made }] : [],
    ),
  );
  if (made && (!call || made.end - made.start <= call.end - call.start)) {
    const calls = analysis.calls.filter((c) => c.made?.start === made.start && c.made.end === made.end);
    return { start: made.start, end: made.end, lines: callLines(analysis, calls, measured) };
  }
  if (!call) return undefined;
  const calls = analysis.calls.filter((c) => c.start === call.start && c.end === call.end);
  return { start: call.start, end: call.end, lines: callLines(analysis, calls, measured) };
}

/** A class of which ten models are made would fill the screen. */
function definitionLines(models: readonly Model[]): string[] {
  const lines = models.slice(0, 3).flatMap(modelLines);
  return models.length > 3 ? [...lines, t('and {0} more', models.length - 3)] : lines;
}

function smallest<T extends { start: number; end: number }>(items: readonly T[]): T | undefined {
  let best: T | undefined;
  for (const item of items) if (!best || item.end - item.start < best.end - best.start) best = item;
  return best;
}

function modelLines(model: Model): string[] {
  const lines = [`**${modelTitle(model)}**`, t('Input {0}', code(model.inputShape, model.framework))];
  const output = model.trace.outputs[0];
  if (output) lines.push(t('Output {0}', code(output.shape, model.framework)));
  lines.push(
    model.parameters
      ? t(
          '{0} parameters, {1} of them not trained',
          formatCount(model.parameters.trainable + model.parameters.nonTrainable),
          formatCount(model.parameters.nonTrainable),
        )
      : t('The number of parameters is not known.'),
  );
  if (model.macs !== null) lines.push(t('{0} multiply-adds for one example', formatShort(model.macs)));
  const skips = model.layers.filter((layer) => layer.skip).length;
  if (skips > 0) lines.push(t('{0} operations, {1} skips', model.layers.length, skips));
  else lines.push(t('{0} operations', model.layers.length));
  return lines;
}

function code(shape: Dims | undefined, framework: Framework): string {
  return `\`${formatShape(shape, framework)}\``;
}

function mentionLines(
  analysis: Analysis,
  values: Analysis['mentions'][number]['values'],
  measured?: Measured,
): string[] {
  const instances = new Set(values.filter((value): value is InstanceValue => value.kind === 'instance'));
  if (instances.size > 0) {
    const model = analysis.models.find((m) => instances.has(m.trace.instance));
    if (model) return modelLines(model);
    const calls = analysis.calls.filter((c) => c.node.instance && instances.has(c.node.instance));
    if (calls.length > 0) return callLines(analysis, calls, measured);
    const [first] = instances;
    return uncalledLines(first);
  }
  const tensors = values.filter((value): value is TensorValue => value.kind === 'tensor');
  return tensors.length > 0 ? foldShapes(tensors) : [];
}

function uncalledLines(instance: InstanceValue): string[] {
  const count = countOf(weightsOf(instance));
  if (!instance.layer || !count || count.trainable + count.nonTrainable === 0) return [];
  return [
    `**${instance.class.name}**`,
    t('{0} parameters', formatCount(count.trainable + count.nonTrainable)),
  ];
}

function foldShapes(tensors: readonly TensorValue[]): string[] {
  const rows = fold(
    tensors.map((tensor) => ({
      text: code(tensor.shape, tensor.framework ?? 'pytorch'),
      reason: tensor.reason,
    })),
  );
  return rows.map(({ text, count, reason }) => {
    const line = count > 1 ? t('{0} times {1}', count, text) : text;
    return reason ? `${line} · ${reason}` : line;
  });
}

/** Equal texts in a row become one with a count; more than a screenful is cut. */
function fold(
  rows: readonly { text: string; reason?: string }[],
): { text: string; count: number; reason?: string }[] {
  const folded: { text: string; count: number; reason?: string }[] = [];
  for (const row of rows) {
    const last = folded[folded.length - 1];
    if (last && last.text === row.text) last.count++;
    else folded.push({ ...row, count: 1 });
  }
  if (folded.length <= 12) return folded;
  const rest = folded.slice(12).reduce((sum, row) => sum + row.count, 0);
  return [...folded.slice(0, 12), { text: t('and {0} more', rest), count: 1 }];
}

function callLines(analysis: Analysis, all: readonly LayerCall[], measured?: Measured): string[] {
  // One model at a time: the first that has the call; the others are counted.
  const owner = analysis.models.find((model) => model.layers.some((layer) => all.includes(layer)));
  const calls = owner ? all.filter((call) => owner.layers.includes(call)) : all;
  const [first] = calls;
  if (!first) return [];
  const lines = [calls.length === 1 ? `**${first.callee}** ${first.scope}` : `**${first.callee}**`];
  const shapes = fold(calls.map((call) => ({ text: arrow(call), reason: call.reason })));
  for (const { text, count, reason } of shapes) {
    const line = count > 1 ? t('{0} times {1}', count, text) : text;
    lines.push(reason ? `${line} · ${reason}` : line);
  }
  lines.push(
    ...skipLines(calls),
    ...costLines(calls),
    ...normLines(calls),
    ...measuredLines(calls, measured),
  );
  const others = analysis.models.filter(
    (model) => model !== owner && model.layers.some((layer) => all.includes(layer)),
  );
  if (owner && others.length > 0)
    lines.push(t('Shown for {0}; {1} other models use it too.', owner.name, others.length));
  return lines;
}

function arrow(call: LayerCall): string {
  const inputs = call.inputShapes.map((shape) => code(shape, call.framework)).join(' , ');
  return `${inputs} → ${code(call.outputShape, call.framework)}`;
}

function skipLines(calls: readonly LayerCall[]): string[] {
  const kinds = fold(
    calls.flatMap((call) => {
      if (!call.skip) return [];
      const skip = code(call.skip.skipShape, call.framework);
      const branch = code(call.skip.branchShape, call.framework);
      const sentence = {
        identity: t('Closes a skip: identity {0} + branch {1}', skip, branch),
        projection: t('Closes a skip: projection {0} + branch {1}', skip, branch),
        pad: t('Closes a skip: padded {0} + branch {1}', skip, branch),
        pool: t('Closes a skip: pooled {0} + branch {1}', skip, branch),
        gate: t('Closes a skip: gated {0} + branch {1}', skip, branch),
        other: t('Closes a skip: {0} + branch {1}', skip, branch),
      }[call.skip.kind];
      return [{ text: sentence }];
    }),
  );
  return kinds.map(({ text, count }) => (count > 1 ? t('{0} times {1}', count, text) : text));
}

function costLines(calls: readonly LayerCall[]): string[] {
  const lines: string[] = [];
  // A layer that is called twice has its parameters once.
  const layers = new Map(calls.map((call) => [call.node.instance ?? call, call] as const));
  const counted = [...layers.values()].map((call) => call.parameters);
  if (counted.every((count) => count !== null)) {
    const total = counted.reduce((sum, count) => sum + (count ? count.trainable + count.nonTrainable : 0), 0);
    if (total > 0) lines.push(t('{0} parameters', formatCount(total)));
  } else lines.push(t('The number of parameters is not known.'));
  const macs = calls.reduce<number | null>(
    (sum, call) => (sum === null || call.macs === null ? null : sum + call.macs),
    0,
  );
  if (macs) lines.push(t('{0} multiply-adds for one example', formatShort(macs)));
  return lines;
}

function measuredLines(calls: readonly LayerCall[], measured: Measured | undefined): string[] {
  if (!measured) return [];
  const lines: string[] = [];
  for (const call of calls.slice(0, 12)) {
    const norms = measured.byScope.get(call.scope);
    if (!norms) continue;
    const activation = norms.activationGradient?.toExponential(1) ?? '–';
    const weight = norms.weightGradient?.toExponential(1) ?? '–';
    lines.push(t('{0}: activation gradient {1}, weight gradient {2}', call.scope, activation, weight));
  }
  if (lines.length === 0) return [];
  const when = measured.isOld
    ? t('Measured at step {0}, {1}, before the text was changed', measured.step, measured.age)
    : t('Measured at step {0}, {1}', measured.step, measured.age);
  return [...lines, when];
}
