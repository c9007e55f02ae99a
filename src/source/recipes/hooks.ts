/** What a framework tells the interpreter about its objects, besides its table of layers. */
import type { Machine, Scope } from '../interpreter/machine';
import type { InstanceValue, Site, TensorValue, Value } from '../values/values';
import type { Args, CallArgs, LayerRecipe } from './recipe';

export interface CallContext {
  readonly machine: Machine;
  readonly instance: InstanceValue;
  readonly args: CallArgs;
  readonly site: Site;
  readonly scope: Scope;
  /** The callee as written. */
  readonly text: string;
}

export interface FrameworkHooks {
  /** Calls a layer or model instance. */
  callInstance(context: CallContext): Value;
  /** An attribute that is neither the instance's nor its classes' in the file. */
  instanceAttribute(
    machine: Machine,
    instance: InstanceValue,
    name: string,
    site: Site,
    scope: Scope,
  ): Value | undefined;
  tensorAttribute(machine: Machine, tensor: TensorValue, name: string, site: Site): Value | undefined;
  containerSlice(machine: Machine, instance: InstanceValue, part: { name: string; value: Value }[]): Value;
  /** After a layer's arguments are bound; an unknown where the layer cannot be made. */
  made(machine: Machine, instance: InstanceValue, args: Args, call: CallArgs): Value | undefined;
  /** A member of the framework's class itself, reached through `super()` or the class. */
  classMember(
    machine: Machine,
    recipe: LayerRecipe,
    self: InstanceValue | undefined,
    name: string,
  ): Value | undefined;
  attributeSet?(machine: Machine, instance: InstanceValue, name: string, value: Value): void;
}
