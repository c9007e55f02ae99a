/**
 * Where the tracks lie from left to right. Every track has a least width and a share of what is left; where the
 * panel is too narrow, the optional ones go in a fixed order, and after that the picture scrolls sideways.
 */
export const trackIds = ['structure', 'shape', 'cost', 'activation', 'gradient', 'fork', 'steps'] as const;
export type TrackId = (typeof trackIds)[number];

export interface Column {
  readonly track: TrackId;
  /** Which of several: the heat map of this network; 0 otherwise. */
  readonly network: number;
  readonly x: number;
  readonly width: number;
}

export interface ColumnWish {
  /** Pixels that are there. */
  readonly width: number;
  readonly networks: number;
  readonly hasSkips: boolean;
  /** Something is measured; without, only structure, shape and cost are drawn. */
  readonly hasNumbers: boolean;
  /** More than one step is measured: the heat maps have something to show. */
  readonly hasSteps: boolean;
}

export const gap = 16;
export const margin = 14;

interface Need {
  readonly track: TrackId;
  readonly network: number;
  readonly least: number;
  readonly most: number;
  /** Share of the room that is left. */
  readonly grows: number;
}

export function layoutColumns(wish: ColumnWish): { columns: Column[]; width: number } {
  let needs = needsOf(wish);
  // The first to go where there is not enough room; shape and cost are in the details too.
  for (const track of ['cost', 'activation', 'shape'] as const)
    if (leastOf(needs) > wish.width && needs.length > 3) needs = needs.filter((n) => n.track !== track);
  const widths = share(needs, Math.max(0, wish.width - leastOf(needs)));
  let x = margin;
  const columns = needs.map(({ track, network }, i): Column => {
    const column = { track, network, x, width: widths[i] };
    x += widths[i] + gap;
    return column;
  });
  return { columns, width: Math.max(wish.width, x - gap + margin) };
}

function needsOf({ networks, hasSkips, hasNumbers, hasSteps }: ColumnWish): Need[] {
  const needs: Need[] = [
    { track: 'structure', network: 0, least: 206, most: 270, grows: 1 },
    { track: 'shape', network: 0, least: 102, most: 124, grows: 0.3 },
    { track: 'cost', network: 0, least: 98, most: 120, grows: 0.3 },
  ];
  if (!hasNumbers) return needs;
  needs.push({ track: 'activation', network: 0, least: 72, most: 160, grows: 0.8 });
  needs.push({ track: 'gradient', network: 0, least: 190, most: hasSteps ? 460 : 900, grows: 2.2 });
  if (hasSkips) needs.push({ track: 'fork', network: 0, least: 76, most: 150, grows: 0.8 });
  if (hasSteps)
    for (let network = 0; network < networks; network++)
      needs.push({ track: 'steps', network, least: 96, most: 620, grows: 3 });
  return needs;
}

function leastOf(needs: readonly Need[]): number {
  return needs.reduce((sum, n) => sum + n.least, 0) + gap * (needs.length - 1) + 2 * margin;
}

/** Hands out what is left by share; what a track cannot take goes to the others. */
function share(needs: readonly Need[], room: number): number[] {
  const widths = needs.map((n) => n.least);
  let left = room;
  for (let round = 0; round < needs.length && left > 0.5; round++) {
    const open = needs.map((n, i) => (widths[i] < n.most ? n.grows : 0));
    const total = open.reduce((a, b) => a + b, 0);
    if (total === 0) break;
    let given = 0;
    needs.forEach((n, i) => {
      const more = Math.min(n.most - widths[i], (left * open[i]) / total);
      widths[i] += more;
      given += more;
    });
    left -= given;
  }
  return widths.map(Math.floor);
}
