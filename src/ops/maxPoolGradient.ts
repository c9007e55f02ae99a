/** The gradient of MaxPool: dy goes to the first largest element of each window; overlapping windows add up. */
import { float32, sizeOf } from '../ir/tensorType';
import { argMax, poolAttributes } from './maxPool';
import { defineOperator, expectInputs } from './operator';
import { int64s } from './spelling';

export const maxPoolGradient = defineOperator({
  name: 'MaxPoolGradient',
  summary: "dx from dy, the pool's input x and its output y.",
  attributes: poolAttributes,
  infer: (inputs) => {
    expectInputs('MaxPoolGradient', inputs, 4, 4, 4);
    return [inputs[1]];
  },
  gradient: { none: 'a gradient; second derivatives are not taken' },
  reference: ([dy, x], attributes) => {
    const dx = new Float64Array(x.data.length);
    argMax(x, dy.shape, attributes).forEach((offset, i) => {
      dx[offset] += dy.data[i];
    });
    return [dx];
  },
  onnx: {
    any: (w, site, { kernel, strides, pads }) => {
      const shape = site.inputs[1].type.shape;
      // The pool is run again for the places of its maxima: cheaper than keeping 8 bytes an element alive.
      const [, places] = w.node(
        'MaxPool',
        [site.in(1)],
        { kernel_shape: kernel, strides, pads },
        { outputs: 2 },
      );
      const [zeros] = w.node('Expand', [w.constant('float32', [1], [0]), int64s(w, sizeOf(shape))]);
      const [flatPlaces] = w.node('Reshape', [places, int64s(w, -1)]);
      const [flat] = w.node('Reshape', [site.in(0), int64s(w, -1)]);
      const [dx] = w.node('ScatterElements', [zeros, flatPlaces, flat], { axis: 0, reduction: 'add' });
      return w.node('Reshape', [dx, int64s(w, ...shape)]);
    },
  },
  examples: [
    {
      title: '2x2',
      inputs: [
        { type: float32(1, 1, 1, 2), data: [10, 20] },
        { type: float32(1, 1, 2, 4), data: [1, 2, 5, 6, 3, 4, 8, 7] },
        { type: float32(1, 1, 1, 2), data: [4, 8] },
      ],
      attributes: { kernel: [2, 2], strides: [2, 2] },
      expected: [0, 0, 0, 0, 0, 10, 20, 0],
    },
    {
      title: 'overlapping windows share their maximum',
      inputs: [
        { type: float32(1, 1, 1, 2), data: [1, 2] },
        { type: float32(1, 1, 1, 3), data: [0, 5, 1] },
        { type: float32(1, 1, 1, 2), data: [5, 5] },
      ],
      attributes: { kernel: [1, 2] },
      expected: [0, 3, 0],
    },
  ],
});
