/** Sums and means over axes. A sum over all of an image's pixels is the same in either order. */
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Layout, Tf } from '../deviceValue';
import { axisIn, type Kernel } from '../kernel';

type Reduction = { readonly axes: readonly number[]; readonly keepdims: boolean };

export function reduction(f: (tf: Tf, x: Tensor, axes: number[], keepdims: boolean) => Tensor): Kernel {
  return (site, { axes, keepdims }: Reduction) => {
    const [x] = site.inputs;
    const rank = x.shape.length;
    const over = axes.length === 0 ? x.shape.map((_, i) => i) : [...axes];
    // What stays keeps its order only where at most the batch and the channels do.
    const agrees = keepdims || x.shape.every((_, axis) => axis < 2 || over.includes(axis));
    const layout: Layout = agrees ? site.preferred() : 'plain';
    const at = over.map((axis) => axisIn(layout, axis, rank));
    const y = f(site.tf, x.as(layout), at, keepdims);
    return [site.give(keepdims ? layout : 'plain', y)];
  };
}
