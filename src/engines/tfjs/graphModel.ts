/** A TensorFlow.js graph model in the making: nodes, attributes and the weights behind constants. */
import { internal } from '../../base/errors';
import { type Shape, sizeOf } from '../../ir/tensorType';
import type { TfjsModel } from './exportTfjs';

export type NodeName = string;

/** An attribute as TensorFlow's NodeDef spells it in JSON. */
export type NodeAttribute =
  | { readonly i: string }
  | { readonly f: number }
  | { readonly b: boolean }
  | { readonly s: string }
  | { readonly type: string }
  | { readonly list: { readonly i: readonly string[] } };

export const whole = (value: number): NodeAttribute => ({ i: String(value) });
export const real = (value: number): NodeAttribute => ({ f: value });
export const bool = (value: boolean): NodeAttribute => ({ b: value });
/** Texts are base64 in this format. */
export const word = (value: string): NodeAttribute => ({ s: Buffer.from(value).toString('base64') });
export const wholes = (...values: number[]): NodeAttribute => ({ list: { i: values.map(String) } });

const float: NodeAttribute = { type: 'DT_FLOAT' };
const int: NodeAttribute = { type: 'DT_INT32' };

const fileBytes = 4 * 1024 * 1024;

export class GraphModel {
  private readonly nodes: object[] = [];
  private readonly weights: { name: string; shape: Shape; dtype: 'float32' | 'int32' }[] = [];
  private readonly pieces: Uint8Array[] = [];
  private readonly taken = new Set<string>();
  private readonly constants = new Map<string, NodeName>();
  private readonly inputs: Record<string, object> = {};
  private readonly outputs: Record<string, object> = {};

  input(name: string, shape: Shape): NodeName {
    const dim = shape.map((d) => ({ size: String(d) }));
    this.add(name, 'Placeholder', [], { dtype: float, shape: { shape: { dim } } as never });
    this.inputs[name] = { name: `${name}:0`, dtype: 'DT_FLOAT', tensorShape: { dim } };
    return name;
  }

  output(name: string, from: NodeName, shape: Shape): void {
    this.add(name, 'Identity', [from], { T: float });
    const dim = shape.map((d) => ({ size: String(d) }));
    this.outputs[name] = { name: `${name}:0`, dtype: 'DT_FLOAT', tensorShape: { dim } };
  }

  /** A constant of the file; its numbers go to the weight files. */
  floats(name: string, shape: Shape, data: Float32Array): NodeName {
    if (data.length !== sizeOf(shape)) throw internal(`${name} holds ${data.length} numbers for ${shape}`);
    return this.constant(name, shape, 'float32', data);
  }

  /** A small whole-number constant (axes, shapes), shared between equal ones. */
  ints(...values: number[]): NodeName {
    const key = `i:${values}`;
    const known = this.constants.get(key);
    if (known) return known;
    const name = this.constant(this.free('ints'), [values.length], 'int32', Int32Array.from(values));
    this.constants.set(key, name);
    return name;
  }

  scalar(value: number): NodeName {
    const key = `f:${value}`;
    const known = this.constants.get(key);
    if (known) return known;
    const name = this.constant(this.free('number'), [], 'float32', Float32Array.of(value));
    this.constants.set(key, name);
    return name;
  }

  /** Ones of a shape. */
  ones(shape: readonly number[]): NodeName {
    const key = `ones:${shape}`;
    const known = this.constants.get(key);
    if (known) return known;
    const size = shape.reduce((a, b) => a * b, 1);
    const name = this.constant(this.free('ones'), shape, 'float32', new Float32Array(size).fill(1));
    this.constants.set(key, name);
    return name;
  }

  /** Adds a node of float32 type under a free name made from `base`. */
  node(
    base: string,
    op: string,
    inputs: readonly NodeName[],
    attributes: Readonly<Record<string, NodeAttribute>> = {},
  ): NodeName {
    return this.add(this.free(base), op, inputs, { T: float, ...attributes });
  }

  finish(): TfjsModel {
    const all = Buffer.concat(this.pieces);
    const files = new Map<string, Uint8Array>();
    const count = Math.max(1, Math.ceil(all.length / fileBytes));
    for (let i = 0; i < count; i++)
      files.set(`group1-shard${i + 1}of${count}.bin`, all.subarray(i * fileBytes, (i + 1) * fileBytes));
    const modelJson = JSON.stringify({
      format: 'graph-model',
      generatedBy: 'Skiplens',
      convertedBy: null,
      signature: { inputs: this.inputs, outputs: this.outputs },
      modelTopology: { node: this.nodes, library: {}, versions: { producer: 27 } },
      weightsManifest: [{ paths: [...files.keys()], weights: this.weights }],
    });
    return { modelJson, files };
  }

  private constant(name: string, shape: Shape, dtype: 'float32' | 'int32', data: Float32Array | Int32Array) {
    const type = dtype === 'float32' ? float : int;
    const tensor = {
      dtype: dtype === 'float32' ? 'DT_FLOAT' : 'DT_INT32',
      tensorShape: { dim: shape.map((d) => ({ size: String(d) })) },
    };
    this.add(name, 'Const', [], { dtype: type, value: { tensor } as never });
    this.weights.push({ name, shape, dtype });
    this.pieces.push(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    return name;
  }

  private add(
    name: string,
    op: string,
    input: readonly NodeName[],
    attr: Readonly<Record<string, NodeAttribute>>,
  ): NodeName {
    if (this.taken.has(name)) throw internal(`two nodes named ${name}`);
    this.taken.add(name);
    this.nodes.push({ name, op, input, attr });
    return name;
  }

  private free(base: string): NodeName {
    if (!this.taken.has(base)) return base;
    let i = 2;
    while (this.taken.has(`${base}_${i}`)) i++;
    return `${base}_${i}`;
  }
}
