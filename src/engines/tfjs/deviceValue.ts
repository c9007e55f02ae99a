/**
 * A value of the graph on the device. Shapes are N, C, H, W everywhere in Skiplens, while TensorFlow convolves
 * N, H, W, C with weights kH, kW, in, out: a value is held in whichever order its maker produced, is turned round
 * when a kernel asks for another, and keeps both. So an image stays channels-last from the first convolution to
 * the pooling, and only what crosses over pays for it.
 */
import type { Tensor } from '@tensorflow/tfjs-core';
import { type Shape, sizeOf } from '../../ir/tensorType';

/** The library's own object: never imported, always handed in, so that the same kernels run on any backend. */
export type Tf = typeof import('@tensorflow/tfjs-core');

/** `plain` is the graph's own order, `channelsLast` N, H, W, C, `filters` kH, kW, in, out. */
export type Layout = 'plain' | 'channelsLast' | 'filters';

export class DeviceValue {
  private readonly tensors = new Map<Layout, Tensor>();
  private holders = 1;

  /** Takes the tensor over: it lives until the last holder lets go. `shape` is the graph's. */
  constructor(
    private readonly tf: Tf,
    readonly shape: Shape,
    layout: Layout,
    tensor: Tensor,
  ) {
    // A tensor that another value keeps must not be disposed of twice.
    const own = tensor.kept ? tf.clone(tensor) : tensor;
    this.tensors.set(this.settled(layout), tf.keep(own));
  }

  has(layout: Layout): boolean {
    return this.tensors.has(this.settled(layout));
  }

  /** The numbers in the order asked for; belongs to this value. */
  as(wanted: Layout): Tensor {
    const layout = this.settled(wanted);
    const known = this.tensors.get(layout);
    if (known) return known;
    const made = layout === 'plain' ? this.madePlain() : this.turned(this.as('plain'), layout);
    this.tensors.set(layout, this.tf.keep(made));
    return made;
  }

  hold(): this {
    this.holders++;
    return this;
  }

  release(): void {
    if (--this.holders > 0) return;
    for (const tensor of this.tensors.values()) tensor.dispose();
    this.tensors.clear();
  }

  private madePlain(): Tensor {
    const [[layout, tensor]] = this.tensors;
    if (layout === 'channelsLast' && this.isOnePixel()) return this.tf.reshape(tensor, [...this.shape]);
    const order = permutation(layout, this.shape.length);
    return this.tf.transpose(tensor, inverse(order));
  }

  private turned(plain: Tensor, layout: Layout): Tensor {
    const order = permutation(layout, this.shape.length);
    if (layout === 'channelsLast' && this.isOnePixel())
      return this.tf.reshape(
        plain,
        order.map((axis) => this.shape[axis]),
      );
    return this.tf.transpose(plain, order);
  }

  /** Rows and vectors have their channels last as they are. */
  private settled(layout: Layout): Layout {
    return layout === 'channelsLast' && this.shape.length < 3 ? 'plain' : layout;
  }

  /** One channel or one pixel: both orders are the same numbers in the same sequence. */
  private isOnePixel(): boolean {
    return this.shape[1] === 1 || sizeOf(this.shape.slice(2)) === 1;
  }
}

/** Axis i of the layout is axis order[i] of the graph's. */
export function permutation(layout: Layout, rank: number): number[] {
  if (layout === 'filters') return [2, 3, 1, 0];
  const axes = Array.from({ length: rank }, (_, i) => i);
  return layout === 'plain' || rank < 3 ? axes : [0, ...axes.slice(2), 1];
}

function inverse(order: readonly number[]): number[] {
  return order.map((_, axis) => order.indexOf(axis));
}
