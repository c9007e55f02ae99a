/**
 * From a model that was read to a network that can be built, counted, differentiated and trained like a preset.
 * The trace is walked in order; every traced operation is spelled in the IR's alphabet, under the scope that the
 * analysis gave it, with parameters called as PyTorch's state_dict would. An operation without a spelling refuses
 * the whole model, with its line and the reason: nothing is trained that is not what the file says.
 */
import { SkiplensError } from '../../base/errors';
import { t } from '../../base/localize';
import type { Builder, Mode } from '../../ir/builder';
import type { Graph, SourceRange, Value } from '../../ir/graph';
import { float32 } from '../../ir/tensorType';
import type { ImageShape, Network } from '../../networks/network';
import { newBuilder, verify } from '../../ops';
import type { LayerCall, Model } from '../models/analysis';
import type { TracedBlock } from '../models/blocks';
import { nodesBetween } from '../recipes/kerasModules';
import { formatShape } from '../values/format';
import type { TraceNode } from '../values/trace';
import type { InstanceValue, TensorValue } from '../values/values';
import { spellings } from './spellings';

/** What a spelling needs to know. */
export interface Spelling {
  readonly b: Builder;
  readonly node: TraceNode;
  readonly inputs: readonly Value[];
  /** The layer's scope below the current one. */
  readonly scope: string;
  /** Its parameter-name segment; '' adds nothing. */
  readonly name: string;
  /** True where images are N, H, W, C in the source; in the IR they are N, C, H, W all the same. */
  readonly isChannelsLast: boolean;
  /** Sizes of an output in the IR's order, the batch put in. */
  readonly shape: readonly number[];
  /** Parameters of layers that were built before, for layers that are called twice. */
  readonly shared: Map<InstanceValue, readonly Value[]>;
  /** Its output is the model's. */
  readonly isEnd: boolean;
  refuse(reason: string): never;
}

/** Makes a network of a model; throws a SkiplensError (`source/refused`) where it cannot be built here. */
export function lowerToNetwork(model: Model, file: string, isPlain = false): Network {
  const input = imageShape(model);
  const output = model.trace.outputs[0];
  const classes = output?.shape?.at(-1);
  if (model.trace.outputs.length !== 1 || output?.shape?.length !== 2 || typeof classes !== 'number')
    throw refused(
      model,
      t(
        'It must end in one row of logits an image, and ends in {0}.',
        formatShape(output?.shape, model.framework),
      ),
    );
  const hasSkips = model.trace.blocks.length > 0;
  const name = isPlain ? t('{0} without skips', model.name) : model.name;
  const network: Network = {
    name: isPlain ? `${model.name}-plain` : model.name,
    title: name,
    family: 'source',
    citation: t('Read from {0}, line {1}', file, model.line),
    options: {},
    inputShape: input,
    order: isChannelsLast(model) ? 'channelsLast' : 'channelsFirst',
    classes,
    build: (batch, mode) => new Lowering(model, file, isPlain).build(name, input, batch, mode),
    twin: () => (hasSkips && !isPlain ? lowerToNetwork(model, file, true) : null),
  };
  // Refusals come now, not in the middle of a run; what only fits the batch of a dummy input is one.
  try {
    network.build(1, 'inference');
    network.build(3, 'training');
  } catch (error) {
    if (error instanceof SkiplensError && error.code === 'source/refused') throw error;
    throw refused(model, t('It only fits the batch size of its example input.'));
  }
  return network;
}

function refused(model: Model, reason: string): SkiplensError {
  return new SkiplensError(
    'source/refused',
    t('{0} (line {1}) cannot be built here. {2}', model.name, model.line, reason),
  );
}

/** C, H, W of the one input. */
function imageShape(model: Model): ImageShape {
  const { inputs } = model.trace;
  const shape = inputs[0]?.shape;
  if (inputs.length !== 1)
    throw refused(model, t('It takes {0} inputs, and only one can be fed.', inputs.length));
  if (!shape) throw refused(model, t('Its input shape is not known; give one first.'));
  const sizes = shape.slice(1);
  if (!sizes.every((size): size is number => typeof size === 'number'))
    throw refused(
      model,
      t('Its input shape {0} is not known in full; give one first.', formatShape(shape, model.framework)),
    );
  if (sizes.length === 1) return [1, 1, sizes[0]];
  if (sizes.length !== 3)
    throw refused(
      model,
      t('It takes {0}, and only images and rows can be fed.', formatShape(shape, model.framework)),
    );
  const [a, b, c] = sizes;
  return isChannelsLast(model) ? [c, a, b] : [a, b, c];
}

function isChannelsLast(model: Model): boolean {
  return (
    model.framework !== 'pytorch' && !model.trace.nodes.some((node) => node.attributes.order === 'first')
  );
}

class Lowering {
  private readonly values = new Map<number, Value>();
  private readonly scopes = new Map<TraceNode, LayerCall>();
  private readonly shared = new Map<InstanceValue, readonly Value[]>();
  private readonly blockOf = new Map<TraceNode, TracedBlock>();
  private readonly nodes: readonly TraceNode[];
  private readonly isLast: boolean;
  private readonly ends: ReadonlySet<number>;
  private b!: Builder;
  private batch = 1;

  constructor(
    private readonly model: Model,
    private readonly file: string,
    private readonly isPlain: boolean,
  ) {
    const { trace } = model;
    this.nodes = nodesBetween(trace.inputs, trace.outputs);
    this.isLast = isChannelsLast(model);
    this.ends = new Set(trace.outputs.map((tensor) => tensor.id));
    for (const layer of model.layers) this.scopes.set(layer.node, layer);
    for (const block of trace.blocks) for (const node of block.nodes) this.blockOf.set(node, block);
  }

  build(title: string, input: ImageShape, batch: number, mode: Mode): Graph {
    this.b = newBuilder(title, mode);
    this.batch = batch;
    const [tensor] = this.model.trace.inputs;
    let x = this.b.input('input', float32(batch, ...input));
    const image = x;
    if (tensor.shape?.length === 2)
      x = this.b.layer('rows', 'Flatten', [image], () => this.b.op('Flatten', [image]), '');
    this.values.set(tensor.id, x);
    const done = new Set<TraceNode>();
    for (const node of this.nodes) {
      if (done.has(node)) continue;
      const block = this.blockOf.get(node);
      if (!block) {
        this.spell(node, '', '', (tensor) => this.valueOf(tensor, node));
        done.add(node);
        continue;
      }
      this.buildBlock(block);
      for (const inner of block.nodes) done.add(inner);
    }
    const [output] = this.model.trace.outputs;
    this.b.output('logits', this.valueOf(output, undefined));
    return verify(this.b.finish());
  }

  private buildBlock(block: TracedBlock): void {
    const name = block.scope.replaceAll('/', '.');
    const first = [...block.nodes].reduce((a, b) => (a.id < b.id ? a : b));
    const input = this.valueOf(block.input, first);
    const call = this.scopes.get(block.addition);
    this.b.from(this.range(call), () => {
      this.b.block(
        block.scope,
        this.isPlain ? 'plainBlock' : block.kind,
        input,
        () => this.insideBlock(block, input),
        name,
      );
    });
  }

  private insideBlock(block: TracedBlock, input: Value): ReturnType<Parameters<Builder['block']>[3]> {
    const { skip } = block;
    const onSkip = new Set(skip.skipNodes);
    const nodes = this.nodes.filter((node) => block.nodes.has(node));
    let fork: ReturnType<Builder['fork']> | undefined;
    const forked = () => {
      fork ??= this.b.fork(this.values.get(skip.fork.id) ?? input, skip.kind);
      return fork;
    };
    const prefix = `${block.scope}/`;
    for (const node of nodes) {
      if (this.isPlain && onSkip.has(node)) continue;
      if (this.isPlain && node === block.addition) {
        const [output] = node.outputs;
        this.values.set(output.id, this.valueOf(skip.branch, node));
        continue;
      }
      this.spell(node, prefix, `${block.scope.replaceAll('/', '.')}.`, (tensor) => {
        if (this.isPlain || tensor.id !== skip.fork.id || (!onSkip.has(node) && !this.isBetween(node, block)))
          return this.valueOf(tensor, node);
        const isCarried = onSkip.has(node) || (node === block.addition && skip.skip.id === skip.fork.id);
        return isCarried ? forked().skip : forked().branch;
      });
    }
    return { output: this.valueOf(block.output, block.addition), fork: fork ?? null };
  }

  private isBetween(node: TraceNode, block: TracedBlock): boolean {
    return node === block.addition || block.skip.branchNodes.includes(node);
  }

  /** Spells one operation under its scope, and remembers what comes out. */
  private spell(
    node: TraceNode,
    prefix: string,
    namePrefix: string,
    value: (tensor: TensorValue) => Value,
  ): void {
    const call = this.scopes.get(node);
    const refuse = (reason: string): never => {
      throw refused(this.model, t('Line {0}, {1}: {2}', call?.line ?? this.model.line, node.callee, reason));
    };
    const known = Object.hasOwn(spellings, node.op)
      ? spellings[node.op as keyof typeof spellings]
      : undefined;
    if (!known) refuse(call?.reason ?? t('the operation has no counterpart here.'));
    const full = call?.scope ?? node.op;
    const scope = full.startsWith(prefix) ? full.slice(prefix.length) : full;
    const dotted = this.parameterName(node, full);
    const name = dotted.startsWith(namePrefix) ? dotted.slice(namePrefix.length) : dotted;
    const results = this.b.from(this.range(call), () =>
      (known as NonNullable<typeof known>)({
        b: this.b,
        node,
        inputs: node.inputs.map(value),
        scope,
        name,
        isChannelsLast: this.isLast,
        shape: this.shapeOf(node.outputs[0], node),
        shared: this.shared,
        isEnd: this.ends.has(node.outputs[0].id),
        refuse,
      }),
    );
    node.outputs.forEach((output, i) => {
      if (results[i]) this.values.set(output.id, results[i]);
    });
  }

  /** The module's path with dots; the scope's where the layer stands in no module. */
  private parameterName(node: TraceNode, scope: string): string {
    const path = node.instance && this.model.trace.paths.get(node.instance);
    return (path || scope).replaceAll('/', '.');
  }

  private valueOf(tensor: TensorValue, by: TraceNode | undefined): Value {
    const value = this.values.get(tensor.id);
    if (value) return value;
    const call = by && this.scopes.get(by);
    if (tensor.origin === 'constant' && tensor.shape?.length === 0) {
      const scalar = by?.attributes.scalar;
      if (typeof scalar === 'number') return this.b.constant(float32(), [scalar]);
    }
    throw refused(
      this.model,
      t(
        'Line {0}, {1}: {2}',
        call?.line ?? this.model.line,
        by?.callee ?? '',
        t('one of its inputs is not made from the input of the model.'),
      ),
    );
  }

  /** Sizes in the IR's order. */
  private shapeOf(tensor: TensorValue, node: TraceNode): number[] {
    const sizes = tensor.shape?.map((size, i) =>
      typeof size === 'number' && !(i === 0 && this.isBatch(tensor))
        ? size
        : i === 0
          ? this.batch
          : Number.NaN,
    );
    if (!sizes || sizes.some(Number.isNaN)) {
      const call = this.scopes.get(node);
      throw refused(
        this.model,
        t(
          'Line {0}, {1}: {2}',
          call?.line ?? this.model.line,
          node.callee,
          call?.reason ?? t('its shape is not known.'),
        ),
      );
    }
    return this.isLast && sizes.length === 4 ? [sizes[0], sizes[3], sizes[1], sizes[2]] : sizes;
  }

  /** A dummy input fixes the batch in the trace; here it is whatever is asked for. */
  private isBatch(tensor: TensorValue): boolean {
    const [first] = this.model.trace.inputs;
    return tensor.shape?.[0] === first.shape?.[0];
  }

  private range(call: LayerCall | undefined): SourceRange | undefined {
    if (!call) return undefined;
    const { start, end, line, column } = call;
    return { file: this.file, start, end, line: line - 1, column: column - 1 };
  }
}
