/** Short shapes at the ends of lines: one a line, the detail in the tooltip. */
import { t } from '../../base/localize';
import type { Analysis, LayerCall } from '../models/analysis';
import { formatShape } from '../values/format';

export type InlayMode = 'off' | 'residual' | 'all';

export interface InlayHint {
  /** Where the hint stands: behind the call. */
  readonly offset: number;
  readonly line: number;
  readonly label: string;
  readonly tooltip: string;
}

/** VS Code trims the hints of a line to 43 characters. */
const LONGEST = 42;

export function inlayHints(analysis: Analysis, mode: InlayMode): InlayHint[] {
  if (mode === 'off') return [];
  const byLine = new Map<number, LayerCall[]>();
  for (const call of analysis.calls) {
    if (mode === 'residual' && !call.skip) continue;
    const calls = byLine.get(call.line) ?? [];
    byLine.set(call.line, calls);
    calls.push(call);
  }
  return [...byLine].map(([line, calls]) => {
    // The outermost call of the line is what the line gives.
    const widest = calls.reduce((best, call) =>
      call.end - call.start > best.end - best.start ? call : best,
    );
    const same = calls.filter((call) => call.start === widest.start && call.end === widest.end);
    const shapes = [...new Set(same.map((call) => formatShape(call.outputShape, call.framework)))];
    const [first] = shapes;
    const last = shapes[shapes.length - 1];
    const full = shapes.length > 1 ? `${first} … ${last}` : first;
    const label =
      full.length <= LONGEST
        ? full
        : first.length <= LONGEST - 2
          ? `${first} …`
          : `${first.slice(0, LONGEST - 1)}…`;
    return {
      offset: widest.end,
      line,
      label,
      tooltip: widest.skip ? t('{0} skip: {1}', widest.skip.kind, shapes.join(', ')) : shapes.join(', '),
    };
  });
}
