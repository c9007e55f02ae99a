/** An analysis for people and programs: the JSON object of `skiplens shapes --json`, and the printed table. */
import { t } from '../base/localize';
import type { Fix } from './interpreter/machine';
import { type Analysis, type Model, modelTitle, type ParameterCount } from './models/analysis';
import { formatCount, formatShape, formatShort, plainShape } from './values/format';

export interface ShapesReport {
  readonly models: readonly {
    readonly name: string;
    readonly framework: string;
    readonly line: number;
    readonly inputShape: (number | null)[] | null;
    readonly parameters: ParameterCount | null;
    readonly macs: number | null;
    readonly layers: readonly {
      readonly line: number;
      readonly column: number;
      readonly scope: string;
      readonly callee: string;
      readonly inputShapes: readonly ((number | null)[] | null)[];
      readonly outputShape: (number | null)[] | null;
      /** Trainable parameters of this layer, as `skiplens inspect` counts them. */
      readonly parameters: number | null;
      readonly macs: number | null;
    }[];
  }[];
  readonly problems: readonly {
    readonly line: number;
    readonly column: number;
    readonly severity: string;
    readonly code: string;
    readonly message: string;
    readonly fix?: Fix;
  }[];
}

/** Models to report: all, or the one asked for by its name or its class. */
export function selectModels(analysis: Analysis, name?: string): readonly Model[] {
  if (name === undefined) return analysis.models;
  const named = analysis.models.filter((model) => model.name === name);
  return named.length > 0 ? named : analysis.models.filter((model) => model.className === name);
}

/** The model that a person means who names none: the one with the most operations. */
export function mainModel(analysis: Analysis): Model | undefined {
  let best: Model | undefined;
  for (const model of analysis.models) if (!best || model.layers.length > best.layers.length) best = model;
  return best;
}

export function shapesReport(analysis: Analysis, name?: string): ShapesReport {
  return {
    models: selectModels(analysis, name).map((model) => ({
      name: model.name,
      framework: model.framework,
      line: model.line,
      inputShape: plainShape(model.inputShape),
      parameters: model.parameters,
      macs: model.macs,
      layers: model.layers.map((layer) => ({
        line: layer.line,
        column: layer.column,
        scope: layer.scope,
        callee: layer.callee,
        inputShapes: layer.inputShapes.map(plainShape),
        outputShape: plainShape(layer.outputShape),
        parameters: layer.parameters?.trainable ?? null,
        macs: layer.macs,
      })),
    })),
    problems: analysis.problems.map(({ line, column, severity, code, message, fix }) => ({
      line,
      column,
      severity,
      code,
      message,
      ...(fix ? { fix } : {}),
    })),
  };
}

/** Columns padded to their widest cell; two blanks between. */
export function shapesTable(analysis: Analysis, name?: string): string {
  const parts: string[] = [];
  for (const model of selectModels(analysis, name)) {
    const total = model.parameters
      ? formatCount(model.parameters.trainable + model.parameters.nonTrainable)
      : '?';
    parts.push(
      t(
        '{0} (line {1}), input {2}: {3} parameters, {4} multiply-adds',
        modelTitle(model),
        model.line,
        formatShape(model.inputShape, model.framework),
        total,
        model.macs === null ? '?' : formatShort(model.macs),
      ),
    );
    const rows = model.layers.map((layer) => [
      `${layer.line}:${layer.column}`,
      layer.scope,
      layer.callee,
      formatShape(layer.outputShape, layer.framework),
      layer.parameters ? formatCount(layer.parameters.trainable + layer.parameters.nonTrainable) : '?',
      layer.macs === null ? '?' : formatShort(layer.macs),
    ]);
    parts.push(
      columns([
        [t('Line'), t('Layer'), t('Call'), t('Output'), t('Parameters'), t('Multiply-adds')],
        ...rows,
      ]),
    );
  }
  if (parts.length === 0) parts.push(t('No model was found.'));
  for (const { line, column, severity, message } of analysis.problems) {
    const kind = { error: t('error'), warning: t('warning'), information: t('note') }[severity];
    parts.push(`${line}:${column} ${kind}: ${message}`);
  }
  return parts.join('\n');
}

function columns(rows: readonly (readonly string[])[]): string {
  const widths = rows[0].map((_, i) => rows.reduce((widest, row) => Math.max(widest, row[i].length), 0));
  return rows
    .map((row) =>
      row
        .map((cell, i) => cell.padEnd(widths[i]))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
