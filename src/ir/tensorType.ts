/**
 * Tensor types: what every value of a graph is known to be before anything runs. Shapes are kept once, in the
 * order N, C, H, W (dense weights [out, in], conv weights [out, in / groups, kH, kW]); only printing re-orders.
 */
export type DType = 'float32' | 'int64' | 'bool';

export type Shape = readonly number[];

export interface TensorType {
  readonly dtype: DType;
  readonly shape: Shape;
}

export function float32(...shape: number[]): TensorType {
  return { dtype: 'float32', shape };
}

export function int64(...shape: number[]): TensorType {
  return { dtype: 'int64', shape };
}

/** Number of elements; 1 for a scalar (shape []). */
export function sizeOf(shape: Shape): number {
  return shape.reduce((product, d) => product * d, 1);
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((d, i) => d === b[i]);
}

export function sameType(a: TensorType, b: TensorType): boolean {
  return a.dtype === b.dtype && sameShape(a.shape, b.shape);
}

/** Where a framework prints the channels of an image: C, H, W or H, W, C. */
export type ChannelOrder = 'channelsFirst' | 'channelsLast';

/** Sizes without the batch in the order of a framework: C, H, W becomes H, W, C; other ranks stay as they are. */
export function inOrder(shape: Shape, order: ChannelOrder): Shape {
  if (order === 'channelsFirst' || shape.length !== 3) return shape;
  const [channels, height, width] = shape;
  return [height, width, channels];
}

/** `16x32x32`, or `32x32x16` where channels are last; `scalar` for the empty shape. */
export function formatShape(shape: Shape, order: ChannelOrder = 'channelsFirst'): string {
  return shape.length === 0 ? 'scalar' : inOrder(shape, order).join('x');
}

/** `f32[4,16,32,32]`, the printer's form. */
export function formatType(type: TensorType): string {
  const short = { float32: 'f32', int64: 'i64', bool: 'bool' }[type.dtype];
  return `${short}[${type.shape.join(',')}]`;
}

/** NumPy broadcasting (the ONNX multidirectional rule) of two shapes, or undefined where they do not agree. */
export function broadcastShapes(a: Shape, b: Shape): number[] | undefined {
  const rank = Math.max(a.length, b.length);
  const result: number[] = [];
  for (let i = 0; i < rank; i++) {
    const da = a[a.length - rank + i] ?? 1;
    const db = b[b.length - rank + i] ?? 1;
    if (da !== db && da !== 1 && db !== 1) return undefined;
    result.push(Math.max(da, db) === 1 ? 1 : da === 1 ? db : da);
  }
  return result;
}

/** Row-major strides in elements. */
export function stridesOf(shape: Shape): number[] {
  const strides = new Array<number>(shape.length).fill(1);
  for (let i = shape.length - 2; i >= 0; i--) strides[i] = strides[i + 1] * shape[i + 1];
  return strides;
}
