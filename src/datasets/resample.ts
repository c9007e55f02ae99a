/**
 * Separable bilinear resampling with half-pixel centres. Where the image shrinks, the triangle widens by the
 * factor, so that nothing is skipped (as image libraries do); where it grows, this is plain bilinear.
 */

/** For every output coordinate: where its taps start and what they weigh (they sum to 1). */
export interface Axis {
  readonly from: number;
  readonly to: number;
  readonly taps: number;
  readonly start: Int32Array;
  readonly weights: Float32Array;
}

export function axisOf(from: number, to: number): Axis {
  const scale = from / to;
  const support = Math.max(1, scale);
  const taps = Math.min(from, Math.ceil(support * 2) + 1);
  const start = new Int32Array(to);
  const weights = new Float32Array(to * taps);
  for (let i = 0; i < to; i++) {
    const centre = (i + 0.5) * scale - 0.5;
    const first = Math.max(0, Math.min(from - taps, Math.ceil(centre - support)));
    start[i] = first;
    let sum = 0;
    const row = Array.from({ length: taps }, (_, k) => {
      const weight = Math.max(0, 1 - Math.abs(first + k - centre) / support);
      sum += weight;
      return weight;
    });
    for (let k = 0; k < taps; k++) weights[i * taps + k] = row[k] / sum;
  }
  return { from, to, taps, start, weights };
}

/** One plane of rows.from x columns.from bytes to rows.to x columns.to numbers at `offset`, still 0..255. */
export function resamplePlane(
  source: Uint8Array,
  sourceOffset: number,
  rows: Axis,
  columns: Axis,
  target: Float32Array,
  offset: number,
): void {
  const width = columns.to;
  // Across first: a few source rows are cheaper than all output rows when the image grows.
  const across = new Float32Array(rows.from * width);
  for (let y = 0; y < rows.from; y++) {
    const line = sourceOffset + y * columns.from;
    for (let x = 0; x < width; x++) {
      let sum = 0;
      const first = line + columns.start[x];
      for (let k = 0; k < columns.taps; k++) sum += columns.weights[x * columns.taps + k] * source[first + k];
      across[y * width + x] = sum;
    }
  }
  for (let y = 0; y < rows.to; y++) {
    const out = offset + y * width;
    target.fill(0, out, out + width);
    for (let k = 0; k < rows.taps; k++) {
      const weight = rows.weights[y * rows.taps + k];
      if (weight === 0) continue;
      const line = (rows.start[y] + k) * width;
      for (let x = 0; x < width; x++) target[out + x] += weight * across[line + x];
    }
  }
}
