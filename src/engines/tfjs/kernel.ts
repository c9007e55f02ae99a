/**
 * What a TensorFlow.js kernel is: one operator of the graph, computed with the library's public functions. The
 * native backend knows less than the functions promise (its convolution gradients and pools take only `same` and
 * `valid` padding and no dilation), so kernels stay inside what it does; tests hold them to that.
 */
import type { Scalar, Tensor } from '@tensorflow/tfjs-core';
import type { Attributes, Node } from '../../ir/graph';
import type { Shape } from '../../ir/tensorType';
import { DeviceValue, type Layout, permutation, type Tf } from './deviceValue';
import type { BatchNorm } from './fusedNorm';

/** Parameters are compared loosely, so that a kernel names the attributes that it reads with their own types. */
export type Kernel = { run(site: KernelSite, attributes: Attributes): DeviceValue[] }['run'];

/** Where a kernel runs: its inputs on the device and a way to hand over outputs. */
export class KernelSite {
  constructor(
    readonly tf: Tf,
    readonly inputs: readonly DeviceValue[],
    readonly node: Pick<Node, 'outputs'>,
    /** A number on the device; the same tensor for the same number, kept by whoever runs the kernels. */
    readonly scalar: (value: number) => Scalar,
    /** The native library's own batch norm, where it has one that is right. */
    readonly fusedNorm: BatchNorm | null,
  ) {}

  plain(i: number): Tensor {
    return this.inputs[i].as('plain');
  }

  /** The shape, in the graph's order, that output i was declared with. */
  shape(i = 0): Shape {
    return this.node.outputs[i].type.shape;
  }

  /** Output i, from a tensor in the given order. */
  give(layout: Layout, tensor: Tensor, i = 0): DeviceValue {
    return new DeviceValue(this.tf, this.shape(i), layout, tensor);
  }

  /** The order in which an operator that treats all axes alike should run: channels last where an input is so. */
  preferred(): Layout {
    return this.inputs.some((v) => v.shape.length > 2 && v.has('channelsLast')) ? 'channelsLast' : 'plain';
  }
}

/** A list with one entry a graph axis, in the order of the layout's axes. */
export function along<T>(layout: Layout, list: readonly T[]): T[] {
  return permutation(layout, list.length).map((axis) => list[axis]);
}

/** Where a graph axis lies in the layout. */
export function axisIn(layout: Layout, axis: number, rank: number): number {
  return permutation(layout, rank).indexOf(axis);
}

/** Puts `step` - 1 zeros behind every element along an axis: n elements become n x step. */
export function spread(tf: Tf, tensor: Tensor, axis: number, step: number): Tensor {
  if (step === 1) return tensor;
  const product = (list: readonly number[]) => list.reduce((a, b) => a * b, 1);
  const { shape } = tensor;
  const [outer, n, inner] = [product(shape.slice(0, axis)), shape[axis], product(shape.slice(axis + 1))];
  const apart = tf.pad(tf.reshape(tensor, [outer * n, 1, inner]), [
    [0, 0],
    [0, step - 1],
    [0, 0],
  ]);
  return tf.reshape(
    apart,
    shape.map((d, i) => (i === axis ? n * step : d)),
  );
}
