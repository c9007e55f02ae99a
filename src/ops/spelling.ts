/**
 * How an operator is written in ONNX. A spelling may differ by target: `cpu` is what onnxruntime's CPU provider
 * runs fastest, `webgpu` what its WebGPU provider accepts; `any` serves where a target has none of its own.
 */
import type { Attribute, Value } from '../ir/graph';
import type { DType, Shape } from '../ir/tensorType';

export type Target = 'cpu' | 'webgpu';

/** The name of a tensor in the ONNX graph being written. */
export type Name = string;

export interface NodeOptions {
  /** `''` is ai.onnx; `com.microsoft` and `com.microsoft.nchwc` are onnxruntime's own. */
  domain?: string;
  /** How many outputs; one by default. Each gets a fresh name. */
  outputs?: number;
}

export type OnnxAttribute = Attribute | { readonly floats: readonly number[] } | { readonly float: number };

/** What a spelling writes with. */
export interface OnnxWriter {
  readonly target: Target;
  node(
    op: string,
    inputs: readonly Name[],
    attributes?: Readonly<Record<string, OnnxAttribute>>,
    options?: NodeOptions,
  ): Name[];
  /** An initializer, shared between equal ones. */
  constant(dtype: DType, shape: Shape, data: readonly number[]): Name;
}

export interface SpellingSite {
  readonly inputs: readonly Value[];
  readonly outputs: readonly Value[];
  /** ONNX name of input i. */
  in(i: number): Name;
}

/** Writes nodes; returns the ONNX names of the operator's outputs. */
export type Spelling<A> = (w: OnnxWriter, site: SpellingSite, attributes: A) => Name[];

export interface Spellings<A> {
  any: Spelling<A>;
  cpu?: Spelling<A>;
  webgpu?: Spelling<A>;
}

/** The spelling of an operator that ONNX has under the same name with the same attributes. */
export function sameInOnnx<A extends Readonly<Record<string, Attribute>>>(
  op: string,
  outputs = 1,
): Spelling<A> {
  return (w, site, attributes) =>
    w.node(
      op,
      site.inputs.map((_, i) => site.in(i)),
      attributes,
      { outputs },
    );
}

/** A 1-D int64 constant, as ONNX wants axes, shapes and pads. */
export function int64s(w: OnnxWriter, ...data: number[]): Name {
  return w.constant('int64', [data.length], data);
}

/** A float32 scalar. */
export function scalar(w: OnnxWriter, value: number): Name {
  return w.constant('float32', [], [value]);
}
