/**
 * How a framework's layers and functions are told to the interpreter: a signature as the framework documents it,
 * weights, and a shape rule. A layer is one row of a table; everything else (binding of arguments, unknowns,
 * problems, tracing) is done once for all of them.
 */

import { t } from '../../base/localize';
import type { Machine } from '../interpreter/machine';
import type { Argument } from '../reading/form';
import { type Dim, type Dims, unknownDim } from '../values/dims';
import type { OpResult } from '../values/trace';
import {
  FALSE,
  float,
  int,
  NONE,
  type Site,
  string,
  type TensorValue,
  TRUE,
  tuple,
  type Value,
  type Weight,
} from '../values/values';

export type Framework = 'pytorch' | 'keras' | 'tfjs';

export interface SignatureParam {
  readonly name: string;
  readonly default?: Value;
}

/** Values by name: a map, or a few given ones over the defaults of a signature. */
export interface ArgValues extends Iterable<readonly [string, Value]> {
  get(name: string): Value | undefined;
  has(name: string): boolean;
}

/** A value with the place that it was given at; without one where it is only known that something may be given. */
export interface Given {
  readonly value: Value;
  readonly site?: Site;
}

/** What was given, by its place in the signature, over the defaults that all calls share: most is never given. */
export class GivenValues implements ArgValues {
  constructor(
    private readonly signature: Signature,
    private readonly slots: readonly (Given | undefined)[],
    /** Keywords that the signature does not name. */
    private readonly more: ReadonlyMap<string, Given> | undefined,
  ) {}

  get(name: string): Value | undefined {
    const at = this.signature.places.get(name);
    if (at === undefined) return this.more?.get(name)?.value;
    const given = this.slots[at];
    return given ? given.value : this.signature.params[at].default;
  }

  /** Where the argument stands, if it was given. */
  siteOf(name: string): Site | undefined {
    const at = this.signature.places.get(name);
    return (at === undefined ? this.more?.get(name) : this.slots[at])?.site;
  }

  has(name: string): boolean {
    return this.get(name) !== undefined;
  }

  [Symbol.iterator](): Iterator<readonly [string, Value]> {
    const all = new Map(this.signature.defaults);
    this.signature.params.forEach(({ name }, i) => {
      const given = this.slots[i];
      if (given) all.set(name, given.value);
    });
    for (const [name, { value }] of this.more ?? []) all.set(name, value);
    return all[Symbol.iterator]();
  }
}

export interface Signature {
  readonly defaults: ReadonlyMap<string, Value>;
  /** Where each parameter stands. */
  readonly places: ReadonlyMap<string, number>;
  readonly params: readonly SignatureParam[];
  /** Takes any further positional arguments. */
  readonly hasRest: boolean;
  /** Takes any further keywords. */
  readonly hasKeywords: boolean;
}

const signatures = new Map<string, Signature>();

/** Reads `in_channels, out_channels, stride=1, bias=True, *args, **kwargs`. */
export function signature(text: string): Signature {
  const known = signatures.get(text);
  if (known) return known;
  const params: SignatureParam[] = [];
  let hasRest = false;
  let hasKeywords = false;
  for (const part of text.match(/(?:\([^)]*\)|[^,(])+/g) ?? []) {
    const [name, value] = part.split('=').map((piece) => piece.trim());
    if (name.startsWith('**')) hasKeywords = true;
    else if (name.startsWith('*')) hasRest = true;
    else if (name) params.push(value === undefined ? { name } : { name, default: literal(value) });
  }
  const defaults = new Map(
    params.flatMap((param) => (param.default ? [[param.name, param.default] as const] : [])),
  );
  const places = new Map(params.map(({ name }, i) => [name, i] as const));
  const result = { params, defaults, places, hasRest, hasKeywords };
  signatures.set(text, result);
  return result;
}

function literal(text: string): Value {
  if (text === 'None') return NONE;
  if (text === 'True') return TRUE;
  if (text === 'False') return FALSE;
  if (text.startsWith('('))
    return tuple((text.slice(1, -1).match(/[^,]+/g) ?? []).map((item) => literal(item.trim())));
  if (/^-?\d+$/.test(text)) return int(Number(text));
  if (/^[-\d.]/.test(text)) return float(Number(text));
  return string(text.replace(/^["']|["']$/g, ''));
}

/** Arguments as they arrive at a call, evaluated. */
export interface CallArgs {
  readonly positional: readonly { value: Value; site: Site }[];
  readonly keywords: ReadonlyMap<string, { value: Value; site: Site }>;
  /** A `*args` or `**kwargs` whose contents are unknown. */
  readonly unknownRest?: string;
  readonly forms?: readonly Argument[];
}

/** Arguments bound to a signature, read with the conversions that recipes need. */
export class Args {
  constructor(
    readonly values: ArgValues,
    /** Where the arguments stand that were given; values that were bound know it themselves. */
    private readonly sites: ReadonlyMap<string, Site> = NO_SITES,
    readonly rest: readonly Value[] = [],
  ) {}

  /** Where an argument stands, if it was given. */
  siteOf(name: string): Site | undefined {
    return this.values instanceof GivenValues ? this.values.siteOf(name) : this.sites.get(name);
  }

  get(name: string): Value {
    return this.values.get(name) ?? NONE;
  }

  has(name: string): boolean {
    const value = this.values.get(name);
    return value !== undefined && value.kind !== 'none';
  }

  /** An integer, possibly symbolic or unknown. */
  dim(name: string): Dim {
    return dimOf(this.get(name), name);
  }

  number(name: string): number | undefined {
    const value = this.get(name);
    if (value.kind === 'float') return value.value;
    if (value.kind === 'int' && typeof value.value === 'number') return value.value;
    return undefined;
  }

  /** Undefined where it is not known. */
  flag(name: string): boolean | undefined {
    const value = this.get(name);
    switch (value.kind) {
      case 'boolean':
        return value.value;
      case 'none':
        return false;
      case 'int':
        return typeof value.value === 'number' ? value.value !== 0 : undefined;
      case 'float':
        return value.value !== 0;
      case 'string':
        return value.value !== '';
      case 'unknown':
        return undefined;
      default:
        return true;
    }
  }

  text(name: string): string | undefined {
    const value = this.get(name);
    return value.kind === 'string' ? value.value : undefined;
  }

  /** One size for all, or one per dimension. */
  sizes(name: string, count: number): readonly Dim[] {
    const value = this.get(name);
    if (value.kind === 'list' || value.kind === 'tuple') {
      if (value.items.length === 1) return new Array<Dim>(count).fill(dimOf(value.items[0], name));
      const dims = value.items.map((item) => dimOf(item, name));
      return dims.length === count
        ? dims
        : new Array<Dim>(count).fill(
            unknownDim(t('{0} has {1} entries, not {2}.', name, dims.length, count)),
          );
    }
    return evenly(dimOf(value, name), count);
  }
}

const EVEN = new Map<number, readonly Dim[]>();

/** The same size for every dimension; small ones, which are most, share their lists. */
function evenly(size: Dim, count: number): readonly Dim[] {
  if (typeof size !== 'number' || size < 0 || size > 15 || count > 4) return new Array<Dim>(count).fill(size);
  const key = size * 8 + count;
  let known = EVEN.get(key);
  if (!known) {
    known = new Array<Dim>(count).fill(size);
    EVEN.set(key, known);
  }
  return known;
}

export const NO_SITES: ReadonlyMap<string, Site> = new Map();

export function dimOf(value: Value, name: string): Dim {
  switch (value.kind) {
    case 'int':
      return value.value;
    case 'boolean':
      return value.value ? 1 : 0;
    // 64 / 2 is 32.0: frameworks refuse it where they want a size.
    case 'float':
      return unknownDim(t('{0} is a number with a decimal point, and must be an integer.', name));
    case 'unknown':
      return unknownDim(value.reason);
    default:
      return unknownDim(t('{0} is not a number.', name));
  }
}

export type Rule = (inputs: readonly TensorValue[], args: Args) => OpResult;

/**
 * A layer of a framework: what it is called with, what it learns, what comes out. `weights` gets the input where
 * the framework builds lazily (Keras), and none where it does not (PyTorch).
 */
export interface LayerRecipe {
  readonly name: string;
  readonly framework: Framework;
  readonly signature: Signature;
  readonly type: 'layer' | 'base' | 'sequential' | 'list' | 'dict' | 'model' | 'wrapper';
  readonly builds: 'made' | 'called';
  weights?(args: Args, inputs: readonly TensorValue[]): Weight[];
  readonly rule?: Rule;
  /** A layer called with a list takes its members as inputs (`Add()([a, b])`). */
  readonly merges?: boolean;
  /** Calls that a rule cannot say (wrappers). */
  call?(context: LayerCall): Value;
  /** Second-output structure: how the call's tensors are handed back. */
  readonly returns?: 'tuple' | ((outputs: readonly TensorValue[], args: Args) => Value);
}

export interface LayerCall {
  readonly machine: Machine;
  readonly instance: import('../values/values').InstanceValue;
  readonly args: Args;
  readonly call: CallArgs;
  readonly site: Site;
}

export interface NativeContext {
  readonly machine: Machine;
  readonly args: Args;
  readonly call: CallArgs;
  readonly site: Site;
  readonly callee: string;
}

export interface NativeFunction {
  readonly name: string;
  /** A method of this value. */
  readonly self?: Value;
  readonly signature?: Signature;
  call(context: NativeContext): Value;
}

/** A fault that a rule finds: certainly wrong, with what is wrong about it. */
export class ShapeFault extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly extra: {
      /** What comes out if the fault is mended; dimensions that depend on it unknown. */
      readonly recovered?: Dims;
      /** Set another value for an argument of the layer to mend it. */
      readonly argument?: { readonly name: string; readonly value: string };
    } = {},
  ) {
    super(message);
  }
}
