/** The tree of layers below a model: names, weights, counts. */
import { sublayersOf } from '../recipes/kerasModules';
import { childrenOf } from '../recipes/pytorchParameters';
import { productOf } from '../values/dims';
import type { InstanceValue, Value, Weight } from '../values/values';
import type { ParameterCount } from './analysis';

export interface Child {
  readonly name: string;
  readonly value: InstanceValue;
}

export function membersOf(instance: InstanceValue): readonly Child[] {
  const { layer } = instance;
  if (!layer) return [];
  if (layer.recipe.framework === 'pytorch') return childrenOf(instance);
  const wrapped = layer.recipe.type === 'wrapper' ? layer.args.get('layer') : undefined;
  const inner = wrapped?.kind === 'instance' ? [{ name: 'layer', value: wrapped }] : [];
  return [...inner, ...sublayersOf(instance)];
}

/** Every instance below and including `root`, once, under its path (`layer1/0/conv1`; '' for the root). */
export function pathsBelow(root: InstanceValue): Map<InstanceValue, string> {
  const paths = new Map<InstanceValue, string>();
  const walk = (instance: InstanceValue, path: string, depth: number) => {
    if (paths.has(instance) || depth > 60 || paths.size > 20_000) return;
    paths.set(instance, path);
    for (const { name, value } of membersOf(instance))
      walk(value, path ? `${path}/${name}` : name, depth + 1);
  };
  walk(root, '', 0);
  return paths;
}

const NO_WEIGHTS: readonly Weight[] = [];

/** An instance's own weights, `nn.Parameter` attributes among them. */
export function weightsOf(instance: InstanceValue): readonly Weight[] {
  const made = instance.layer?.weights ?? NO_WEIGHTS;
  if (instance.attributes.size === 0) return made;
  const weights = [...made];
  for (const [name, value] of instance.attributes) {
    if (
      value.kind === 'tensor' &&
      value.origin === 'parameter' &&
      value.framework === 'pytorch' &&
      value.shape
    )
      weights.push({ name, shape: value.shape, trainable: true, role: 'weight' });
  }
  return weights;
}

/** Null where some size is not known. */
export function countOf(weights: readonly Weight[], isTrainable = true): ParameterCount | null {
  let trainable = 0;
  let nonTrainable = 0;
  for (const weight of weights) {
    const size = productOf(weight.shape);
    if (typeof size !== 'number') return null;
    if (weight.trainable && isTrainable) trainable += size;
    else nonTrainable += size;
  }
  return { trainable, nonTrainable };
}

/** All weights below a model; a layer that is used twice counts once. */
export function countBelow(paths: ReadonlyMap<InstanceValue, string>): ParameterCount | null {
  let trainable = 0;
  let nonTrainable = 0;
  const frozen: string[] = [];
  for (const [instance, path] of paths) if (instance.layer?.trainable === false) frozen.push(path);
  const seen = new Set<Weight>();
  for (const [instance, path] of paths) {
    const isTrainable = !frozen.some((top) => top === '' || path === top || path.startsWith(`${top}/`));
    for (const weight of weightsOf(instance)) {
      if (seen.has(weight)) continue;
      seen.add(weight);
      const size = productOf(weight.shape);
      if (typeof size !== 'number') return null;
      if (weight.trainable && isTrainable) trainable += size;
      else nonTrainable += size;
    }
  }
  return { trainable, nonTrainable };
}

/** Something below the model is a value that nothing is known of, so that a count would be too small. */
export function hasUnknownMember(paths: ReadonlyMap<InstanceValue, string>): Value | undefined {
  for (const instance of paths.keys()) {
    for (const child of instance.layer?.children ?? [])
      if (child.value.kind === 'unknown') return child.value;
    for (const value of instance.attributes.values()) {
      if (value.kind === 'instance' && !value.layer && value.class.hasUnknownBase) return value;
      if (value.kind === 'list' && value.lost !== undefined && instance.layer?.recipe.framework !== 'pytorch')
        return value;
    }
  }
  return undefined;
}

/** Forgets what lazily built layers learned of their input, so that the model can be run on another one. */
export function unbuild(paths: ReadonlyMap<InstanceValue, string>): void {
  for (const instance of paths.keys()) {
    const { layer } = instance;
    if (!layer || layer.recipe.framework === 'pytorch') {
      if (layer?.recipe.builds === 'called') layer.weights = undefined;
      continue;
    }
    // A custom layer's weights come from its own constructor or build; only the latter runs again.
    if (layer.recipe.type === 'layer') layer.weights = undefined;
    else if (layer.built) layer.weights = layer.weights?.filter((weight) => !layer.buildWeights?.has(weight));
    layer.built = false;
  }
}
