/** The golden values of a network and the tensors that they were computed from (README.md beside this file). */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { ParameterLayout } from '../../src/autodiff/parameterLayout';
import { sizeOf } from '../../src/ir/tensorType';
import { hashUniform } from '../hashUniform';

export interface GoldenBlock {
  readonly name: string;
  readonly outputShape: number[];
  readonly activationNorm: number;
  readonly activationMean: number;
  readonly activationStd: number;
  readonly activationGradientNorm: number;
  readonly skip: { readonly skipNorm: number; readonly branchNorm: number; readonly cosine: number } | null;
}

export interface GoldenSettings {
  readonly eps?: number;
  readonly epsOutsideSqrt?: boolean;
  readonly [setting: string]: number | boolean | undefined;
}

export interface GoldenRun {
  readonly config: { readonly kind: string; readonly lr: number } & GoldenSettings;
  readonly lossBeforeEachStep: number[];
  readonly weightNormAfter: Record<string, number>;
}

/** Worst relative differences of PyTorch's own float32 run. */
export interface GoldenFloat32 {
  readonly loss: number;
  readonly gradientNorm: number;
  readonly activationNorm: number;
  readonly activationGradientNorm: number;
  readonly optimisers?: Record<string, { readonly loss: number[]; readonly weightNorm: number }>;
}

export interface Golden {
  readonly case: string;
  readonly inputShape: [number, number, number, number];
  readonly labels: number[];
  readonly trainableParameters: number;
  readonly loss: number;
  readonly logits: number[][];
  readonly parameters: { name: string; shape: number[]; weightNorm: number; gradientNorm: number }[];
  readonly blocks: GoldenBlock[];
  readonly float32: GoldenFloat32;
  readonly optimisers?: Record<string, GoldenRun>;
}

export function readGolden(name: string): Golden {
  return JSON.parse(readFileSync(path.join(import.meta.dirname, `${name}.json`), 'utf8'));
}

/** Weights, scales, shifts and biases by the README's recipe, by parameter name. */
export function goldenParameters(layout: ParameterLayout): Map<string, Float32Array> {
  return new Map(
    layout.entries.map(({ name, shape }) => {
      const n = sizeOf(shape);
      const u = hashUniform(name, n);
      const scaled =
        shape.length >= 2
          ? u.map((v) => v * Math.sqrt(6 / (n / shape[0])))
          : u.map((v) => (name.endsWith('.weight') ? 1 : 0) + 0.1 * v);
      return [name, Float32Array.from(scaled)];
    }),
  );
}

export function goldenInput({ inputShape }: Golden): Float32Array {
  return Float32Array.from(hashUniform('input', sizeOf(inputShape)), (v) => v * Math.sqrt(3));
}
