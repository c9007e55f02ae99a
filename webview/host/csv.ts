/**
 * The columns that a snapshot carries as CSV: one line a network, step and element, as the run's own export. Over
 * several seeds every seed's own numbers, the run's first seed as 1.
 */
import type { VectorKind } from '../../src/protocol/description';
import type { PanelSnapshot } from '../../src/protocol/panel';
import type { PackedNumbers } from '../../src/protocol/series';

export function csvOf({ networks, series }: PanelSnapshot): string {
  const hasSeeds = series.some((own) => own.seeds !== undefined);
  const lines = [`network,${hasSeeds ? 'nth seed,' : ''}step,kind,name,value`];
  networks.forEach(({ name: network, vectors: names }, i) => {
    const { steps, seeds, ...own } = series[i];
    const all: readonly PackedNumbers[] = seeds ?? [own];
    all.forEach(({ loss, accuracy, vectors }, k) => {
      const first = hasSeeds ? `${network},${k + 1}` : network;
      for (let c = 0; c < steps.length; c++) {
        lines.push(`${first},${steps[c]},loss,,${loss[c]}`, `${first},${steps[c]},accuracy,,${accuracy[c]}`);
        for (const kind of Object.keys(vectors) as VectorKind[]) {
          const values = vectors[kind]!;
          (names[kind] ?? []).forEach((name, at, { length }) => {
            lines.push(`${first},${steps[c]},${kind},${name},${values[c * length + at]}`);
          });
        }
      }
    });
  });
  return `${lines.join('\n')}\n`;
}
