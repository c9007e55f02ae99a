/**
 * An ONNX model in the making, and its bytes. Field numbers are those of onnx.proto (ONNX 1.12, IR version 8);
 * what is written is checked in the tests by an independent reader.
 */
import { internal } from '../../base/errors';
import { type DType, type Shape, sizeOf, type TensorType } from '../../ir/tensorType';
import type { Name, NodeOptions, OnnxAttribute, OnnxWriter, Target } from '../../ops/spelling';
import { orderNodes, type WrittenNode } from './nodeOrder';
import { MessageWriter } from './protobuf';

const dataTypes: Record<DType, number> = { float32: 1, int64: 7, bool: 9 };

/** Operator sets that a model may name; only those it uses are written. */
const opsets: Readonly<Record<string, number>> = { '': 17, 'com.microsoft': 1, 'com.microsoft.nchwc': 1 };

interface View {
  readonly source: Name;
  /** An int64 constant. */
  readonly shape: Name;
  written: boolean;
}

export class OnnxModel implements OnnxWriter {
  private readonly graph = new MessageWriter();
  private readonly constantByKey = new Map<string, Name>();
  private readonly domains = new Set<string>(['']);
  private readonly views = new Map<Name, View>();
  private readonly viewByKey = new Map<string, Name>();
  private readonly nodes: (WrittenNode & { readonly bytes: Uint8Array })[] = [];
  private count = 0;
  /** Shapes as Reshape takes them, the constants of one dimension: their numbers by name. */
  private readonly shapeNumbers = new Map<Name, readonly number[]>();
  /** Shapes that are told at run time, by the name of the constant in whose place they stand. */
  private readonly toldShapes = new Map<Name, Name>();
  /** While set, nodes keep the order in which they are written. */
  isPinning = false;

  /**
   * `tellsShapes` leaves every shape out of the model and takes them as an input, `shapes`: onnxruntime then looks
   * for no buffer that a tensor could share while it makes the session (a search through all free ones for every
   * tensor, quadratic in the depth), and allocates as it runs.
   */
  constructor(
    readonly target: Target,
    name: string,
    private readonly tellsShapes = false,
  ) {
    this.graph.text(2, name);
  }

  node(
    op: string,
    inputs: readonly Name[],
    attributes: Readonly<Record<string, OnnxAttribute>> = {},
    { domain = '', outputs = 1 }: NodeOptions = {},
  ): Name[] {
    if (op === 'Reshape' && this.shapeNumbers.has(inputs[1])) return [this.view(inputs[0], inputs[1])];
    const names = Array.from({ length: outputs }, () => `t${this.count++}`);
    this.write(op, inputs, names, attributes, domain);
    return names;
  }

  /**
   * The bytes of `x` under another shape. Nothing is written until somebody reads it, a view of a view is one of
   * the first, and equal views are one: reshapes would otherwise be a third of a deep graph.
   */
  private view(x: Name, shape: Name): Name {
    const source = this.views.get(x)?.source ?? x;
    const key = `${source} ${shape}`;
    const known = this.viewByKey.get(key);
    if (known) return known;
    const name = `t${this.count++}`;
    this.viewByKey.set(key, name);
    this.views.set(name, { source, shape, written: false });
    return name;
  }

  /** Writes a view where it is not yet written: for every name that is read, and where the order of nodes matters. */
  need(name: Name): void {
    const view = this.views.get(name);
    if (!view || view.written) return;
    view.written = true;
    const shape = this.tellsShapes ? this.told(view.shape) : view.shape;
    this.write('Reshape', [view.source, shape], [name], {}, '');
  }

  private told(shape: Name): Name {
    const known = this.toldShapes.get(shape) ?? `told:${shape}`;
    this.toldShapes.set(shape, known);
    return known;
  }

  private write(
    op: string,
    inputs: readonly Name[],
    names: readonly Name[],
    attributes: Readonly<Record<string, OnnxAttribute>>,
    domain: string,
  ): void {
    for (const input of inputs) this.need(input);
    this.domains.add(domain);
    const bytes = MessageWriter.bytesOf((node) => {
      for (const input of inputs) node.text(1, input);
      for (const output of names) node.text(2, output);
      node.text(4, op);
      for (const [key, value] of Object.entries(attributes))
        node.message(5, (m) => writeAttribute(m, key, value));
      if (domain) node.text(7, domain);
    });
    this.nodes.push({ inputs, outputs: names, isPinned: this.isPinning, bytes });
  }

  constant(dtype: DType, shape: Shape, data: readonly number[]): Name {
    const key = `${dtype}[${shape}]=${data}`;
    const known = this.constantByKey.get(key);
    if (known) return known;
    const name = `c${this.constantByKey.size}`;
    this.constantByKey.set(key, name);
    if (dtype === 'int64' && shape.length === 1) this.shapeNumbers.set(name, data);
    this.initializer(name, { dtype, shape }, numbersOf(dtype, data));
    return name;
  }

  initializer(
    name: Name,
    { dtype, shape }: TensorType,
    data: Float32Array | BigInt64Array | Uint8Array,
  ): void {
    if (data.length !== sizeOf(shape)) throw internal(`initializer ${name} of ${data.length} for ${shape}`);
    this.graph.message(5, (tensor) => {
      for (const d of shape) tensor.int(1, d);
      tensor.int(2, dataTypes[dtype]).text(8, name);
      tensor.blob(9, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    });
  }

  /** `batch` names the first dimension, which then is of any size. */
  input(name: Name, type: TensorType, batch?: string): void {
    this.graph.message(11, (info) => writeValueInfo(info, name, type, batch, !this.tellsShapes));
  }

  /** Declares an output; an Identity gives it the public name, which costs nothing worth measuring. */
  output(name: string, from: Name, type: TensorType, batch?: string): void {
    this.write('Identity', [from], [name], {}, '');
    this.graph.message(12, (info) => writeValueInfo(info, name, type, batch, !this.tellsShapes));
  }

  get nodeCount(): number {
    return this.nodes.length;
  }

  /** What the input `shapes` takes; undefined where the model has none. */
  get shapes(): readonly number[] | undefined {
    const told = [...this.toldShapes.keys()];
    return told.length > 0 ? told.flatMap((name) => [...this.shapeNumbers.get(name)!]) : undefined;
  }

  finish(): Uint8Array {
    const model = new MessageWriter();
    const { shapes } = this;
    if (shapes) {
      this.input('shapes', { dtype: 'int64', shape: [shapes.length] });
      const sizes = [...this.toldShapes.keys()].map((name) => this.shapeNumbers.get(name)!.length);
      const split = this.constant('int64', [sizes.length], sizes);
      this.write('Split', ['shapes', split], [...this.toldShapes.values()], { axis: 0 }, '');
      // Before whoever reads them.
      this.nodes.unshift(...this.nodes.splice(-1));
    }
    for (const i of orderNodes(this.nodes)) this.graph.blob(1, this.nodes[i].bytes);
    model.int(1, 8).text(2, 'skiplens').blob(7, this.graph.finish());
    for (const domain of this.domains)
      model.message(8, (opset) => {
        if (domain) opset.text(1, domain);
        opset.int(2, opsets[domain] ?? unknownDomain(domain));
      });
    return model.finish();
  }
}

function unknownDomain(domain: string): never {
  throw internal(`no operator set of ${domain} is known`);
}

function numbersOf(dtype: DType, data: readonly number[]) {
  if (dtype === 'int64') return BigInt64Array.from(data, BigInt);
  return dtype === 'bool' ? Uint8Array.from(data) : Float32Array.from(data);
}

function writeValueInfo(
  info: MessageWriter,
  name: string,
  { dtype, shape }: TensorType,
  batch?: string,
  withShape = true,
): void {
  info.text(1, name).message(2, (type) =>
    type.message(1, (tensor) => {
      tensor.int(1, dataTypes[dtype]);
      if (!withShape) return;
      tensor.message(2, (dims) => {
        for (const [i, d] of shape.entries())
          dims.message(1, (dim) => (i === 0 && batch !== undefined ? dim.text(2, batch) : dim.int(1, d)));
      });
    }),
  );
}

/** AttributeProto: name 1, f 2, i 3, s 4, floats 7, ints 8, type 20. */
function writeAttribute(m: MessageWriter, key: string, value: OnnxAttribute): void {
  m.text(1, key);
  if (typeof value === 'string') m.text(4, value).int(20, 3);
  else if (typeof value === 'boolean') m.int(3, Number(value)).int(20, 2);
  else if (typeof value === 'number') {
    if (!Number.isInteger(value)) throw internal(`attribute ${key}: write floats as { float }`);
    m.int(3, value).int(20, 2);
  } else if ('float' in value) m.float(2, value.float).int(20, 1);
  else if ('floats' in value) {
    for (const v of value.floats) m.float(7, v);
    m.int(20, 6);
  } else {
    for (const v of value) m.int(8, v);
    m.int(20, 7);
  }
}
