/** The columns that a snapshot carries as CSV: one line a network, step and element, as the run's own export. */
import type { VectorKind } from '../../src/protocol/description';
import type { PanelSnapshot } from '../../src/protocol/panel';

export function csvOf({ networks, series }: PanelSnapshot): string {
  const lines = ['network,step,kind,name,value'];
  networks.forEach(({ name: network, vectors: names }, i) => {
    const { steps, loss, accuracy, vectors } = series[i];
    for (let c = 0; c < steps.length; c++) {
      lines.push(
        `${network},${steps[c]},loss,,${loss[c]}`,
        `${network},${steps[c]},accuracy,,${accuracy[c]}`,
      );
      for (const kind of Object.keys(vectors) as VectorKind[]) {
        const all = vectors[kind]!;
        (names[kind] ?? []).forEach((name, at, { length }) => {
          lines.push(`${network},${steps[c]},${kind},${name},${all[c * length + at]}`);
        });
      }
    }
  });
  return `${lines.join('\n')}\n`;
}
