/**
 * What an operator is. One file an operator holds everything that is known of it: attributes, shape rule,
 * gradient, a plain float64 reference, its ONNX spelling a target, and examples that feed the tests. Names and
 * attributes are ONNX's (opset 17) wherever ONNX has the operator; what has no ONNX name is a gradient.
 */
import { t } from '../base/localize';
import type { Builder } from '../ir/builder';
import type { Attribute, Attributes, Node, TypingRule, Value } from '../ir/graph';
import { ShapeError } from '../ir/shapeError';
import type { Shape, TensorType } from '../ir/tensorType';
import type { Spellings } from './spelling';

/** A tensor of the reference: row-major float64 whatever the declared type (labels are whole numbers). */
export interface Tensor {
  readonly shape: Shape;
  readonly data: Float64Array;
}

/** What a gradient rule sees of its node; it answers with one gradient an input, null where none flows. */
export interface GradientSite {
  readonly b: Builder;
  readonly node: Node;
  readonly inputs: readonly Value[];
  readonly outputs: readonly Value[];
  /** d loss / d output, a value an output; null where nothing depends on it. */
  readonly gradients: readonly (Value | null)[];
  /** Whether anybody needs the gradient of input i: rules skip the work where nobody does. */
  needs(i: number): boolean;
}

export type GradientRule<A> = (site: GradientSite, attributes: A) => (Value | null)[];

/** Inputs are drawn from the hash that the goldens use, in (-1, 1), unless `data` is given. */
export interface Example<A = Attributes> {
  readonly title: string;
  readonly inputs: readonly { readonly type: TensorType; readonly data?: readonly number[] }[];
  readonly attributes?: Partial<A>;
  /** Expected first output, where a person can work it out by hand. */
  readonly expected?: readonly number[];
  readonly expectedShape?: Shape;
}

export interface Operator<N extends string = string, A = Attributes> extends TypingRule {
  readonly name: N;
  /** One sentence for documentation. */
  readonly summary: string;
  /** The rule, or the reason why the operator is never differentiated. */
  readonly gradient: GradientRule<A> | { readonly none: string };
  reference(inputs: readonly Tensor[], attributes: A, outputs: readonly TensorType[]): Float64Array[];
  readonly onnx: Spellings<A>;
  readonly examples: readonly Example<A>[];
}

interface AttributeSpec<T extends Attribute> {
  readonly kind: 'int' | 'float' | 'ints' | 'flag' | 'text';
  readonly default?: T;
}

export const int = (value?: number): AttributeSpec<number> => ({ kind: 'int', default: value });
export const float = (value?: number): AttributeSpec<number> => ({ kind: 'float', default: value });
export const ints = (value?: readonly number[]): AttributeSpec<readonly number[]> => ({
  kind: 'ints',
  default: value,
});
export const flag = (value?: boolean): AttributeSpec<boolean> => ({ kind: 'flag', default: value });
export const text = (value?: string): AttributeSpec<string> => ({ kind: 'text', default: value });

// biome-ignore lint/suspicious/noExplicitAny: the attribute's own type is what is inferred from it
type Specs = Record<string, AttributeSpec<any>>;
export type AttributesOf<S extends Specs> = {
  readonly [K in keyof S]: S[K] extends AttributeSpec<infer T> ? T : never;
};

export interface OperatorSpec<N extends string, S extends Specs> {
  name: N;
  summary: string;
  attributes: S;
  infer(inputs: readonly TensorType[], attributes: AttributesOf<S>): TensorType[];
  macs?(inputs: readonly TensorType[], outputs: readonly TensorType[], attributes: AttributesOf<S>): number;
  gradient: GradientRule<AttributesOf<S>> | { none: string };
  reference(
    inputs: readonly Tensor[],
    attributes: AttributesOf<S>,
    outputs: readonly TensorType[],
  ): Float64Array[];
  onnx: Spellings<AttributesOf<S>>;
  examples: readonly Example<AttributesOf<S>>[];
}

/** The register holds operators of all attribute types; each rule is only ever called with its own. */
export function defineOperator<N extends string, S extends Specs>(spec: OperatorSpec<N, S>): Operator<N> {
  const { attributes: specs, ...rest } = spec;
  const complete = (given: Attributes): Attributes => {
    for (const key of Object.keys(given))
      if (!(key in specs)) throw new ShapeError(t('{0} has no attribute {1}.', spec.name, key));
    const all: Record<string, Attribute> = {};
    for (const [key, { kind, default: fallback }] of Object.entries(specs)) {
      const value = given[key] ?? fallback;
      if (value === undefined) throw new ShapeError(t('{0} needs the attribute {1}.', spec.name, key));
      if (!fits(value, kind))
        throw new ShapeError(t('The attribute {1} of {0} cannot be {2}.', spec.name, key, String(value)));
      all[key] = value;
    }
    return all;
  };
  return { ...rest, complete } as unknown as Operator<N>;
}

function fits(value: Attribute, kind: AttributeSpec<Attribute>['kind']): boolean {
  switch (kind) {
    case 'int':
      return Number.isInteger(value);
    case 'float':
      return typeof value === 'number';
    case 'flag':
      return typeof value === 'boolean';
    case 'text':
      return typeof value === 'string';
    case 'ints':
      return Array.isArray(value) && value.every(Number.isInteger);
  }
}

/** Throws unless the operator got as many inputs as it takes and all are of the dtype it takes. */
export function expectInputs(
  name: string,
  inputs: readonly TensorType[],
  ...ranks: (number | 'any')[]
): void {
  if (inputs.length !== ranks.length)
    throw new ShapeError(t('{0} takes {1} inputs, not {2}.', name, ranks.length, inputs.length));
  inputs.forEach(({ shape }, i) => {
    if (ranks[i] !== 'any' && shape.length !== ranks[i])
      throw new ShapeError(
        t('Input {1} of {0} has rank {2} ({3}), not {4}.', name, i, shape.length, shape.join('x'), ranks[i]),
      );
  });
}
