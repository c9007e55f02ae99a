/**
 * Tensors that no operation makes: parameters that a module holds itself (`nn.Parameter`, `self.conv.weight` taken by
 * name, Keras' `add_weight`) and constants. Parameters are made before the layers, under the names of state_dict.
 */
import { t } from '../../base/localize';
import type { Builder } from '../../ir/builder';
import type { Initializer, Value } from '../../ir/graph';
import { float32 } from '../../ir/tensorType';
import { initializerFor } from '../../layers/initializers';
import type { ModelTrace } from '../models/analysis';
import type { TraceNode } from '../values/trace';
import type { InstanceValue, Start, TensorValue, Weight } from '../values/values';
import { product } from './spelling';
import { drawn } from './starts';

interface Found {
  readonly owner: InstanceValue;
  readonly name: string;
  readonly start: Start | undefined;
  readonly role: Weight['role'];
  readonly weight?: Weight;
}

/** Where each parameter that the nodes read is held, by the id of its tensor. */
export function findParameters(trace: ModelTrace, nodes: readonly TraceNode[]): Map<number, Found> {
  const wanted = new Map<number, TensorValue>();
  for (const node of nodes)
    for (const input of node.inputs) if (input.origin === 'parameter') wanted.set(input.id, input);
  const found = new Map<number, Found>();
  for (const tensor of wanted.values()) {
    const { owner, weight } = tensor.weight ?? {};
    if (owner && weight)
      found.set(tensor.id, { owner, weight, name: weight.name, start: weight.start, role: weight.role });
  }
  if (found.size === wanted.size) return found;
  for (const owner of trace.paths.keys())
    for (const [name, value] of owner.attributes)
      if (value.kind === 'tensor' && wanted.has(value.id) && !found.has(value.id))
        found.set(value.id, { owner, name, start: value.start, role: 'weight' });
  return found;
}

/** Makes the parameters, each once; `refuse` gets a reason where one cannot be made. */
export function makeParameters(
  b: Builder,
  trace: ModelTrace,
  found: ReadonlyMap<number, Found>,
  sizesOf: (tensor: TensorValue) => readonly number[],
  tensors: ReadonlyMap<number, TensorValue>,
  refuse: (reason: string) => never,
): Map<number, Value> {
  const values = new Map<number, Value>();
  const made = new Map<string, Value>();
  for (const [id, each] of found) {
    const tensor = tensors.get(id);
    if (!tensor) continue;
    if (tensor.isFrozen || each.weight?.isFrozen || each.weight?.trainable === false)
      refuse(t('its weights are frozen, and every weight is trained here.'));
    const path = trace.paths.get(each.owner);
    if (path === undefined) refuse(t('the parameter {0} belongs to no layer of the model.', each.name));
    const key = `${path}/${each.name}`;
    const known = made.get(key);
    const shape = sizesOf(tensor);
    const start = (): Initializer =>
      each.start
        ? drawn(each.start, shape, refuse)
        : each.weight
          ? usualStart(each.owner, each.weight, shape)
          : refuse(t('it is not known how the parameter {0} starts.', each.name));
    const value =
      known ??
      b.within(
        path ?? '',
        () => b.parameter(each.name, float32(...shape), roleOf(each, shape), start()).value,
        (path ?? '').replaceAll('/', '.'),
      );
    made.set(key, value);
    values.set(id, value);
  }
  return values;
}

function roleOf({ role }: Found, shape: readonly number[]): Weight['role'] {
  return role === 'weight' && shape.length < 2 ? 'scale' : role;
}

/** PyTorch's own start of a layer's weight. */
function usualStart(owner: InstanceValue, weight: Weight, shape: readonly number[]): Initializer {
  if (weight.role === 'scale') return { kind: 'ones' };
  if (weight.role === 'shift') return { kind: 'zeros' };
  if (weight.role === 'weight') return initializerFor('pytorch-uniform', shape);
  const main = owner.layer?.weights?.find((each) => each.role === 'weight')?.shape ?? [];
  const fan = product(main.slice(1).map(Number));
  return { kind: 'scaled', distribution: 'uniform', gain: Math.sqrt(1 / 3), fan: fan || 1 };
}

/** A constant tensor of the given sizes (in the IR's order); undefined where its numbers are not known. */
export function makeConstant(
  b: Builder,
  { start }: TensorValue,
  shape: readonly number[],
): Value | undefined {
  const size = product(shape);
  if (!start || size > 1_000_000) return undefined;
  if (start.kind === 'constant')
    return b.constant(float32(...shape), new Array<number>(size).fill(start.value));
  if (start.kind !== 'data' || start.data.length !== size || shape.length === 4) return undefined;
  return b.constant(float32(...shape), start.data);
}
