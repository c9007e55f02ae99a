/**
 * A run as CSV (RFC 4180, UTF-8): wide, one row a step and network, one column a number, since that is what
 * spreadsheets and data frames plot at once. Both networks of a comparison are in it, and every seed, which then has
 * a column of its own; a column that one of them lacks stays empty there. Columns are named `kind/element`; what a number's unit is stands in brackets.
 */
import { closeSync, openSync, renameSync, rmSync } from 'node:fs';
import { writeFailure } from './errors';
import { replicatedNetworks } from './replicas';
import { type ScalarName, type StepRecord, scalarNames, type VectorKind } from './run';
import type { NetworkSteps, RunReader } from './runReader';
import { appendAll, type WriteBytes } from './writing';

export interface CsvOptions {
  /** All by default; none gives loss, accuracy and the like alone. */
  readonly kinds?: readonly VectorKind[];
  readonly from?: number;
  readonly to?: number;
  readonly write?: WriteBytes;
  readonly onProgress?: (share: number) => void;
  readonly signal?: AbortSignal;
}

const scalarTitles: Readonly<Record<ScalarName, string>> = {
  step: 'step',
  time: 'time (ISO 8601)',
  loss: 'loss (nats)',
  accuracy: 'accuracy (0..1)',
  learningRate: 'learning rate',
  batchSeconds: 'step time (s)',
};

const stepsAtOnce = 200;

/** The file in pieces of whole lines; the first holds the header. */
async function* csvLines(run: RunReader, options: CsvOptions = {}): AsyncGenerator<string> {
  const columns = columnsOf(run.networks, options.kinds);
  const titles = scalarNames.map((name) => scalarTitles[name]);
  const replicas = replicatedNetworks(run.description).flatMap(({ name, replicas }) =>
    replicas.map(({ place, seed }) => ({ steps: run.networks[place], network: name, seed })),
  );
  const hasSeeds = replicas.length > new Set(replicas.map(({ network }) => network)).size;
  const elements = columns.map(({ kind, name }) => `${kind}/${name}`);
  yield line(['network', ...(hasSeeds ? ['seed'] : []), ...titles, ...elements]);
  for (const { steps, network, seed } of replicas) {
    const names = hasSeeds ? [network, String(seed)] : [network];
    const places = columns.map(({ kind, name }) => ({ kind, at: steps.names(kind).indexOf(name) }));
    const last = Math.min(options.to ?? Number.POSITIVE_INFINITY, await steps.count());
    for (let from = options.from ?? 1; from <= last; from += stepsAtOnce) {
      const to = Math.min(last, from + stepsAtOnce - 1);
      const records = await steps.records({ from, to });
      yield records.map((record) => row(names, record, places)).join('');
    }
  }
}

/** Writes the whole file or none; answers the number of rows. Stops between pieces when the signal says so. */
export async function exportCsv(run: RunReader, file: string, options: CsvOptions = {}): Promise<number> {
  const beside = `${file}.${process.pid}.tmp`;
  const counts = await Promise.all(run.networks.map((steps) => steps.count()));
  const total = counts.reduce((sum, count) => sum + count, 0);
  let rows = -1;
  let fd: number | undefined;
  try {
    fd = openSync(beside, 'w');
    for await (const text of csvLines(run, options)) {
      options.signal?.throwIfAborted();
      appendAll(fd, file, new TextEncoder().encode(text), options.write);
      for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) rows++;
      options.onProgress?.(total === 0 ? 1 : Math.min(1, rows / total));
    }
    closeSync(fd);
    fd = undefined;
    renameSync(beside, file);
    return rows;
  } catch (error) {
    if (fd !== undefined) closeSync(fd);
    rmSync(beside, { force: true });
    throw writeFailure(file, error);
  }
}

/** Every element of every kind that any network records, in the order in which they are first named. */
function columnsOf(networks: readonly NetworkSteps[], kinds: readonly VectorKind[] | undefined) {
  const all = new Set(networks.flatMap((steps) => steps.kinds));
  const columns: { kind: VectorKind; name: string }[] = [];
  for (const kind of kinds ?? all) {
    const names = new Set(networks.flatMap((steps) => steps.names(kind)));
    for (const name of names) columns.push({ kind, name });
  }
  return columns;
}

function row(
  names: readonly string[],
  record: StepRecord,
  places: readonly { readonly kind: VectorKind; readonly at: number }[],
): string {
  const scalars = scalarNames.map((name) =>
    name === 'time' ? new Date(record.time).toISOString() : String(record[name]),
  );
  const elements = places.map(({ kind, at }) => (at < 0 ? '' : shortest(record.vectors[kind][at])));
  return line([...names, ...scalars, ...elements]);
}

/** A float32 in the fewest digits that give it back. */
function shortest(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  for (let digits = 6; digits < 9; digits++) {
    const text = value.toPrecision(digits);
    if (Math.fround(Number(text)) === value) return String(Number(text));
  }
  return String(Number(value.toPrecision(9)));
}

const line = (cells: readonly string[]): string => `${cells.map(cell).join(',')}\r\n`;

const cell = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
