/** `skiplens inspect`: layers, shapes, parameters and multiply-adds, without running anything. */
import type { Command } from 'commander';
import { t } from '../../base/localize';
import type { Graph } from '../../ir/graph';
import { type ChannelOrder, formatShape } from '../../ir/tensorType';
import { batchNormsOf, batchNormWords } from '../../networks/batchNorms';
import { compareNetworks, type NetworkComparison } from '../../networks/comparison';
import { type InspectedLayer, type Inspection, inspect } from '../../networks/inspection';
import type { Network } from '../../networks/network';
import { chooseNetwork } from '../../workspace/chooseNetwork';
import { publishedSentences } from '../../workspace/figures';
import { collect, readInputShape, readPairs } from '../context';
import { count, decimals, table } from '../format';

interface InspectFlags {
  option?: string[];
  input?: string;
  all?: boolean;
  beside?: string;
  json?: boolean;
}

export function addInspect(program: Command): void {
  program
    .command('inspect <network>')
    .description('print the layers of a network: scope, operator, shape, parameters, multiply-adds')
    .option('--option <name=value>', 'an option of the network; may be repeated', collect)
    .option('--input <CxHxW>', 'input shape')
    .option('--beside <network>', 'compare with another network instead')
    .option('--all', 'show every layer instead of folding blocks')
    .option('--json', 'print one JSON object')
    .action((name: string, flags: InspectFlags) => {
      const options = readPairs('--option', flags.option);
      const network = chooseNetwork({ network: name, options, input: readInputShape(flags.input) });
      if (flags.beside) {
        const other = chooseNetwork({ network: flags.beside });
        const comparison = compareNetworks(network, other);
        const published = [network, other].flatMap(publishedSentences);
        process.stdout.write(
          `${flags.json ? JSON.stringify(comparison) : printComparison(comparison, published)}\n`,
        );
        return;
      }
      const graph = network.build(1, 'inference');
      const inspection = inspect(network.name, graph);
      if (flags.json) process.stdout.write(`${JSON.stringify(inspection)}\n`);
      else process.stdout.write(`${printInspection(network, inspection, graph, flags.all ?? false)}\n`);
    });
}

function printInspection(network: Network, inspection: Inspection, graph: Graph, all: boolean): string {
  const shown = all ? inspection.layers : foldBlocks(inspection.layers, graph);
  const rows = shown.map((row) => rowOf(row, network.order));
  const { trainable, nonTrainable } = inspection.parameters;
  return [
    `${network.title}  ${formatShape(inspection.inputShape, network.order)}`,
    network.citation,
    '',
    table([t('scope'), t('operator'), t('output'), t('parameters'), t('multiply-adds')], rows, 2),
    '',
    t(
      '{0} trainable parameters, {1} running statistics, {2} multiply-adds an image.',
      count(trainable),
      count(nonTrainable),
      count(inspection.macs),
    ),
    ...batchNormsOf(network).map((norm) => batchNormWords(norm)),
    ...publishedSentences(network),
  ].join('\n');
}

function printComparison({ a, b, ratios, remarks }: NetworkComparison, published: readonly string[]): string {
  const row = (title: string, of: (n: typeof a) => number, ratio?: number) => [
    title,
    count(of(a)),
    count(of(b)),
    ratio === undefined ? '' : decimals(ratio),
  ];
  const rows = [
    row(t('parameters'), (n) => n.parameters.total, ratios.parameters),
    row(t('trainable'), (n) => n.parameters.trainable),
    row(t('running statistics'), (n) => n.parameters.nonTrainable),
    row(t('multiply-adds'), (n) => n.macs, ratios.macs),
    row(t('activation bytes an image'), (n) => n.activationBytes, ratios.activationBytes),
    row(t('depth'), (n) => n.depth, ratios.depth),
  ];
  return [table(['', a.title, b.title, t('ratio')], rows), '', ...remarks, ...published].join('\n').trimEnd();
}

function rowOf(
  layer: Pick<InspectedLayer, 'scope' | 'op' | 'outputShape' | 'parameters' | 'macs'>,
  order: ChannelOrder,
): string[] {
  const { scope, op, outputShape, parameters, macs } = layer;
  const shape = formatShape(outputShape, order);
  return [scope, op, shape, parameters ? count(parameters) : '', macs ? count(macs) : ''];
}

interface Row {
  readonly scope: string;
  readonly op: string;
  readonly outputShape: readonly number[];
  parameters: number;
  macs: number;
  readonly isBlock: boolean;
}

/** Layers inside a block become the block's row; equal neighbours become one row, `block2..9`. */
function foldBlocks(layers: readonly InspectedLayer[], graph: Graph): Row[] {
  const blockOf = new Map(graph.blocks.map((b) => [b.scope, b]));
  const rows: Row[] = [];
  for (const layer of layers) {
    const block = enclosing(layer.scope, (scope) => blockOf.get(scope));
    const open = rows.at(-1);
    if (block && open?.scope === block.scope) {
      open.parameters += layer.parameters;
      open.macs += layer.macs;
    } else if (block) {
      const outputShape = block.output.type.shape.slice(1);
      const { parameters, macs } = layer;
      rows.push({ scope: block.scope, op: block.kind, outputShape, parameters, macs, isBlock: true });
    } else rows.push({ ...layer, isBlock: false });
  }
  return foldEqual(rows);
}

/** Neighbouring blocks of one kind, shape and size under one parent become one row. */
function foldEqual(rows: readonly Row[]): Row[] {
  const folded: (Row & { last: string; times: number })[] = [];
  for (const row of rows) {
    const previous = folded.at(-1);
    if (previous && row.isBlock && sameBlock(previous, row)) {
      previous.last = row.scope;
      previous.times++;
    } else folded.push({ ...row, last: row.scope, times: 1 });
  }
  return folded.map(({ last, times, ...row }) =>
    times === 1
      ? row
      : {
          ...row,
          scope: `${row.scope}..${last.split('/').at(-1)?.replace(/^\D+/, '')}`,
          op: `${row.op} x${times}`,
          parameters: row.parameters * times,
          macs: row.macs * times,
        },
  );
}

function sameBlock(a: Row, b: Row): boolean {
  return (
    a.op === b.op &&
    a.parameters === b.parameters &&
    a.macs === b.macs &&
    a.outputShape.join() === b.outputShape.join() &&
    parent(a.scope) === parent(b.scope)
  );
}

/** The outermost block around a layer. */
function enclosing<T>(scope: string, find: (scope: string) => T | undefined): T | undefined {
  for (let at = scope.indexOf('/'); at >= 0; at = scope.indexOf('/', at + 1)) {
    const found = find(scope.slice(0, at));
    if (found) return found;
  }
  return undefined;
}

function parent(scope: string): string {
  return scope.slice(0, scope.lastIndexOf('/') + 1);
}
