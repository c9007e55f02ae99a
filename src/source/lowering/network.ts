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
import { ShapeError } from '../../ir/shapeError';
import { float32 } from '../../ir/tensorType';
import type { ImageShape, Network } from '../../networks/network';
import { newBuilder, verify } from '../../ops';
import { type LayerCall, type Model, modelTitle } from '../models/analysis';
import type { TracedBlock } from '../models/blocks';
import { substitute } from '../values/dims';
import type { TraceNode } from '../values/trace';
import type { InstanceValue, TensorValue } from '../values/values';
import { checkModel, imageShape, isChannelsLast, refused } from './checks';
import { closingsOf, liveNodes, readAfterwards } from './live';
import type { Speller, Spelling } from './spelling';
import { spellings } from './spellings';
import { findParameters, makeConstant, makeParameters } from './tensors';
import { checkTrained } from './weighted';

/** Makes a network of a model; throws a SkiplensError (`source/refused`) where it cannot be built here. */
export function lowerToNetwork(
  model: Model,
  file: string,
  { isPlain = false, evaluated = model }: Lowered = {},
): Network {
  const classes = checkModel(model);
  if (evaluated !== model) checkModel(evaluated);
  const input = imageShape(model);
  const hasSkips = closingsOf(model.trace).size > 0;
  const name = isPlain ? t('{0} without skips', modelTitle(model)) : modelTitle(model);
  const network: Network = {
    name: isPlain ? `${model.name}-plain` : model.name,
    title: name,
    family: 'source',
    citation: t('Read from {0}, line {1}', file, model.line),
    options: {},
    inputShape: input,
    order: isChannelsLast(model) ? 'channelsLast' : 'channelsFirst',
    classes,
    build: (batch, mode) =>
      new Lowering(mode === 'training' ? model : evaluated, file, isPlain).build(name, input, batch, mode),
    twin: () => (hasSkips && !isPlain ? plainTwin(model, file, evaluated) : null),
  };
  // Refusals come now, not in the middle of a run.
  const names = ({ parameters }: Graph) => parameters.map(({ value }) => value.name).join();
  if (names(network.build(1, 'inference')) !== names(network.build(3, 'training')))
    throw refused(model, t('It has other weights when it is trained than when it is evaluated.'));
  return network;
}

export interface Lowered {
  /** Without its skips. */
  readonly isPlain?: boolean;
  /** The same model as it was read when it is not trained, where that makes a difference. */
  readonly evaluated?: Model;
}

/** Null where the layers do not fit together without the additions (a sum that broadcasts). */
function plainTwin(model: Model, file: string, evaluated: Model): Network | null {
  try {
    return lowerToNetwork(model, file, { isPlain: true, evaluated });
  } catch (error) {
    if (error instanceof SkiplensError) return null;
    throw error;
  }
}

class Lowering {
  private readonly values = new Map<number, Value>();
  private readonly scopes = new Map<TraceNode, LayerCall>();
  private readonly shared = new Map<InstanceValue, readonly Value[]>();
  private readonly blockOf = new Map<TraceNode, TracedBlock>();
  /** Additions that are gone, and what stands for them. */
  private readonly removed: ReadonlyMap<TraceNode, TensorValue>;
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
    this.removed = isPlain ? closingsOf(trace) : new Map();
    this.nodes = liveNodes(trace, this.removed);
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
    this.makeParameters();
    const done = new Set<TraceNode>();
    for (const node of this.nodes) {
      if (done.has(node)) continue;
      const block = this.blockOf.get(node);
      if (!block) {
        this.spell(node, '', (tensor) => this.valueOf(tensor, node));
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

  private makeParameters(): void {
    const { trace } = this.model;
    const tensors = new Map<number, TensorValue>();
    const users = new Map<number, TraceNode>();
    for (const node of this.nodes)
      for (const input of node.inputs) {
        if (input.origin !== 'parameter') continue;
        tensors.set(input.id, input);
        users.set(input.id, node);
      }
    if (tensors.size === 0) return;
    const found = findParameters(trace, this.nodes);
    const [first] = users.values();
    const made = makeParameters(
      this.b,
      trace,
      found,
      (tensor) => this.sizesOf(tensor, users.get(tensor.id) ?? first),
      tensors,
      (reason) => this.refuse(first, reason),
    );
    for (const [id, value] of made) this.values.set(id, value);
  }

  private buildBlock(block: TracedBlock): void {
    const name = block.scope.replaceAll('/', '.');
    const nodes = this.nodes.filter((node) => block.nodes.has(node));
    const input = this.valueOf(block.input, nodes[0]);
    const call = this.scopes.get(block.addition);
    this.b.from(this.range(call), () => {
      this.b.block(
        block.scope,
        this.isPlain ? 'plainBlock' : block.kind,
        input,
        () => this.insideBlock(block, nodes, input),
        '',
        name,
      );
    });
  }

  private insideBlock(
    block: TracedBlock,
    nodes: readonly TraceNode[],
    input: Value,
  ): ReturnType<Parameters<Builder['block']>[3]> {
    const { skip } = block;
    const onSkip = new Set(skip.skipNodes);
    let fork: ReturnType<Builder['fork']> | undefined;
    const forked = () => {
      fork ??= this.b.fork(this.values.get(skip.fork.id) ?? input, skip.kind);
      return fork;
    };
    const isBetween = (node: TraceNode) => node === block.addition || skip.branchNodes.includes(node);
    const prefix = `${block.scope}/`;
    for (const node of nodes) {
      this.spell(node, prefix, (tensor) => {
        if (this.isPlain || tensor.id !== skip.fork.id || (!onSkip.has(node) && !isBetween(node)))
          return this.valueOf(tensor, node);
        const isCarried = onSkip.has(node) || (node === block.addition && skip.skip.id === skip.fork.id);
        return isCarried ? forked().skip : forked().branch;
      });
    }
    return { output: this.valueOf(block.output, block.addition), fork: fork ?? null };
  }

  /** Spells one operation under its scope, and remembers what comes out. */
  private spell(node: TraceNode, prefix: string, value: (tensor: TensorValue) => Value): void {
    const call = this.scopes.get(node);
    const branch = this.removed.get(node);
    if (branch) {
      const before = this.valueOf(branch, node);
      const wanted = this.shapeOf(node.outputs[0], node);
      if (before.type.shape.join() !== wanted.join())
        this.refuse(node, t('its branch alone has another shape than the sum.'));
      this.values.set(node.outputs[0].id, before);
      return;
    }
    const later = readAfterwards(node, this.model.trace.nodes);
    if (later)
      this.refuse(
        node,
        t('it writes over its input, which is read again in line {0}.', this.scopes.get(later)?.line ?? '?'),
      );
    const speller: Speller | undefined = Object.hasOwn(spellings, node.op)
      ? spellings[node.op as keyof typeof spellings]
      : undefined;
    if (node.isCut) this.refuse(node, t('a gradient that is cut off has no counterpart here.'));
    if (!speller) this.refuse(node, this.whyNot(node));
    const full = call?.scope ?? node.op;
    const scope = full.startsWith(prefix) ? full.slice(prefix.length) : full;
    const input = (i: number) => value(node.inputs[i]);
    const site: Spelling = {
      b: this.b,
      node,
      get inputs() {
        return node.inputs.map((_, i) => input(i));
      },
      input,
      scope,
      name: this.parameterName(node, full),
      isChannelsLast: this.isLast,
      shape: this.shapeOf(node.outputs[0], node),
      shared: this.shared,
      isEnd: this.ends.has(node.outputs[0].id),
      refuse: (reason) => this.refuse(node, reason),
    };
    checkTrained(site);
    let results: readonly Value[] = [];
    try {
      results = this.b.from(this.range(call), () => speller?.(site) ?? []);
    } catch (error) {
      // A shape that the reading did not see comes from a batch that the file has fixed.
      if (error instanceof ShapeError) this.refuse(node, this.misfit(error));
      throw error;
    }
    node.outputs.forEach((output, i) => {
      if (results[i]) this.values.set(output.id, results[i]);
    });
    const [first] = results;
    if (first && first.type.shape.join() !== site.shape.join()) this.refuse(node, this.misfit(undefined));
  }

  private misfit(error: ShapeError | undefined): string {
    const fixed = this.model.trace.inputs[0].shape?.[0];
    if (typeof fixed === 'number' && fixed !== this.batch)
      return t('it only fits the batch size of its example input.');
    return error?.message ?? t('its shape is not the one that was read.');
  }

  private whyNot(node: TraceNode): string {
    const reason = this.scopes.get(node)?.reason;
    if (reason) return reason;
    if (typeof node.attributes.reason === 'string') return node.attributes.reason;
    if (node.op === 'detach') return t('a gradient that is cut off has no counterpart here.');
    if (node.op === 'recurrent' || node.op === 'bidirectional')
      return t('recurrent layers have no counterpart here.');
    return t('the operation has no counterpart here.');
  }

  /** The module's path with dots; the scope's where the layer stands in no module. */
  private parameterName(node: TraceNode, scope: string): string {
    const path = node.instance && this.model.trace.paths.get(node.instance);
    return (path || scope).replaceAll('/', '.');
  }

  private valueOf(tensor: TensorValue, by: TraceNode | undefined): Value {
    const value = this.values.get(tensor.id);
    if (value) return value;
    if ((tensor.origin === 'constant' || tensor.start) && by) {
      const sizes = this.sizesOf(tensor, by);
      const constant = tensor.start?.kind === 'bernoulli' ? this.drawn(tensor, sizes, by) : undefined;
      const known = constant ?? makeConstant(this.b, tensor, sizes);
      if (known) return known;
      this.refuse(by, t('the numbers of one of its inputs are not known.'));
    }
    return this.refuse(by, t('one of its inputs is not made from the input of the model.'));
  }

  /** Draws of 0 or a value (a branch that is dropped), the same for all who read the tensor. */
  private drawn({ id, start }: TensorValue, sizes: readonly number[], by: TraceNode): Value | undefined {
    if (start?.kind !== 'bernoulli') return undefined;
    if (this.b.mode === 'inference')
      return this.refuse(by, t('it draws numbers where nothing is trained, which has no counterpart here.'));
    const scope = this.scopes.get(by)?.scope ?? by.op;
    const value = this.b.under(`${scope}/drawn`, 'forward', () =>
      this.b.noise(float32(...sizes), start.keep, start.value),
    );
    this.values.set(id, value);
    return value;
  }

  /** Sizes in the IR's order. */
  private shapeOf(tensor: TensorValue, node: TraceNode): number[] {
    const sizes = tensor.shape && this.numbersOf(tensor.shape, true);
    if (!sizes || sizes.some(Number.isNaN))
      this.refuse(node, this.scopes.get(node)?.reason ?? t('its shape is not known.'));
    return this.turned(sizes ?? []);
  }

  /** Sizes of a tensor that is not made from the input: only a named batch changes. */
  private sizesOf(tensor: TensorValue, by: TraceNode): number[] {
    const sizes =
      tensor.shape &&
      this.numbersOf(tensor.shape, tensor.origin === 'constant' || tensor.start !== undefined);
    if (!sizes || sizes.some(Number.isNaN)) this.refuse(by, tensor.reason ?? t('its shape is not known.'));
    return this.turned(sizes ?? []);
  }

  private turned(sizes: number[]): number[] {
    return this.isLast && sizes.length === 4 ? [sizes[0], sizes[3], sizes[1], sizes[2]] : sizes;
  }

  /** A dummy input fixes the batch in the trace; here it is whatever is asked for. */
  private numbersOf(shape: NonNullable<TensorValue['shape']>, hasBatch: boolean): number[] {
    const fixed = this.model.trace.inputs[0].shape?.[0];
    const symbols = new Map([['N', this.batch]]);
    return shape.map((size, i) => {
      if (hasBatch && i === 0 && shape.length > 1 && typeof size === 'number' && size === fixed)
        return this.batch;
      const number = substitute(size, symbols);
      return typeof number === 'number' ? number : Number.NaN;
    });
  }

  private refuse(node: TraceNode | undefined, reason: string): never {
    // Where two ways meet, no call stands: the line is that of what came last by one of them.
    const before = node?.inputs.flatMap(({ node: maker }) => (maker ? [maker] : [])) ?? [];
    const last = before.reduce((a, b) => (a.id > b.id ? a : b), before[0]);
    const call = node && (this.scopes.get(node) ?? this.scopes.get(last));
    throw refused(
      this.model,
      t('Line {0}, {1}: {2}', call?.line ?? this.model.line, node?.callee ?? this.model.name, reason),
    );
  }

  private range(call: LayerCall | undefined): SourceRange | undefined {
    if (!call) return undefined;
    const { start, end, line, column } = call;
    return { file: this.file, start, end, line: line - 1, column: column - 1 };
  }
}
