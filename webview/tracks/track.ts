/** What a track is: a column of the picture with a title, a drawing of the visible rows and words for each row. */

import type { Group } from '../figure/svg';
import type { Column, TrackId } from '../layout/columns';
import type { Row } from '../layout/rows';
import type { State } from '../store/state';

/** One drawing of one track: which rows, how high, in which column. */
export interface Frame {
  readonly state: State;
  readonly rows: readonly Row[];
  /** Rows to draw, `first` up to but without `end`. */
  readonly first: number;
  readonly end: number;
  readonly rowHeight: number;
  readonly column: Column;
  /** A picture that leaves the panel: everything is SVG, nothing is a canvas. */
  readonly isStill: boolean;
  /** Rows, places and choices are as they were drawn last; only numbers have moved. */
  readonly onlyNumbers: boolean;
}

export interface Track {
  readonly id: TrackId;
  title(frame: Frame): string;
  subtitle(frame: Frame): string;
  /** Draws rows into a group whose origin is the column's left edge at the top of row 0. */
  draw(group: Group, frame: Frame): void;
  /** An axis above the rows, in a group whose origin is the column's left edge at the axis' base line. */
  drawAxis?(group: Group, frame: Frame): void;
  /** The same in words, for the tooltip and the table twin: one entry a network or fact. */
  describe(frame: Pick<Frame, 'state' | 'column'>, row: Row): string[];
}

export const axisHeight = 16;

/** The rows that a frame draws and that carry numbers. */
export function measuredRows({ rows, first, end }: Frame): Row[] {
  return rows.slice(first, end).filter((row) => !row.isHeader && row.node.kind !== 'input');
}

/** Whether text of 11 pixels fits into this row; in lower rows only every so many are written. */
export function isWritten({ rowHeight }: Pick<Frame, 'rowHeight'>, row: Row): boolean {
  return row.index % Math.ceil(12 / rowHeight) === 0;
}
