/** Activations by the names that people type. GELU and SiLU are composed; the others are single operators. */
import type { Builder } from '../ir/builder';
import type { Value } from '../ir/graph';
import { float32 } from '../ir/tensorType';

export interface Activation {
  /** The ONNX operator that names it in a layer table (Gelu and Swish entered ONNX after opset 17). */
  readonly op: string;
  /** What its layers are called, before a number: `relu1`. */
  readonly scope: string;
  readonly title: string;
  build(b: Builder, x: Value): Value;
}

const single = (op: string, scope: string, title: string): Activation => ({
  op,
  scope,
  title,
  build: (b, x) => b.op(op, [x]),
});

export const activations = {
  relu: single('Relu', 'relu', 'ReLU (Nair and Hinton 2010)'),
  sigmoid: single('Sigmoid', 'sigmoid', 'Sigmoid'),
  tanh: single('Tanh', 'tanh', 'Tanh'),
  'leaky-relu': single('LeakyRelu', 'leakyRelu', 'Leaky ReLU, slope 0.01 (Maas et al. 2013)'),
  elu: single('Elu', 'elu', 'ELU (Clevert et al. 2016)'),
  // x Phi(x) with the exact normal distribution, not its tanh approximation.
  gelu: {
    op: 'Gelu',
    scope: 'gelu',
    title: 'GELU (Hendrycks and Gimpel 2016)',
    build(b, x) {
      const scalar = (value: number) => b.constant(float32(), [value]);
      const erf = b.op('Erf', [b.op('Mul', [x, scalar(Math.SQRT1_2)])]);
      return b.op('Mul', [x, b.op('Mul', [b.op('Add', [erf, scalar(1)]), scalar(0.5)])]);
    },
  },
  silu: {
    op: 'Swish',
    scope: 'silu',
    title: 'SiLU, also called Swish (Elfwing et al. 2018)',
    build: (b, x) => b.op('Mul', [x, b.op('Sigmoid', [x])]),
  },
} as const satisfies Record<string, Activation>;

export type ActivationName = keyof typeof activations;

export const activationNames = Object.keys(activations) as ActivationName[];

/** Adds the activation as a layer called `relu1`, `gelu1`, ... for the suffix 1, or just `relu` for none. */
export function activation(b: Builder, suffix: string | number, x: Value, name: ActivationName): Value {
  const { op, scope, build } = activations[name] as Activation;
  return b.layer(`${scope}${suffix}`, op, [x], () => build(b, x));
}
