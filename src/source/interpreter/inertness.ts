/**
 * Which values stay as they are, whoever looks at them: plain data, functions and classes, down to what they hold.
 * Instances, tensors and iterators can be changed by a look (a call builds weights, a loop uses an iterator up).
 */
import type { ClassValue, FunctionValue, Value } from '../values/values';
import type { Environment } from './environment';

/** A longer list is not looked through. */
const MOST_ITEMS = 1000;

export class Inertness<Maker extends object> {
  /** Who made what was looked at and is inert: lists, dicts, classes and functions can be changed all the same. */
  readonly seen = new WeakMap<object, Maker>();
  private readonly known = new WeakMap<object, boolean>();

  constructor(private readonly module: Environment) {}

  isInert(value: Value, maker?: Maker): boolean {
    const areInert = (values: Iterable<Value>) => {
      for (const item of values) if (!this.isInert(item, maker)) return false;
      return true;
    };
    switch (value.kind) {
      case 'none':
      case 'ellipsis':
      case 'boolean':
      case 'int':
      case 'float':
      case 'string':
      case 'range':
      case 'start':
      case 'unknown':
        return true;
      case 'native':
        return value.function.self === undefined || this.isInert(value.function.self, maker);
      case 'module':
        return value.environment === undefined;
      case 'partial':
        return areInert([value.callee, ...value.args, ...value.keywords.values()]);
      case 'list':
      case 'tuple':
      case 'set':
        return this.once(value, maker, () => value.items.length <= MOST_ITEMS && areInert(value.items));
      case 'dict':
        return this.once(value, maker, () => {
          const entries = [...value.entries.values()];
          return entries.length <= MOST_ITEMS && areInert(entries.map((entry) => entry.value));
        });
      case 'function':
        return this.once(value, maker, () => this.isOfModule(value) && areInert(value.defaults.values()));
      case 'class':
        return this.once(value, maker, () => value.form === undefined || areInert(partsOf(value)));
      default:
        return false;
    }
  }

  private once(value: object, maker: Maker | undefined, look: () => boolean): boolean {
    if (maker && !this.seen.has(value)) this.seen.set(value, maker);
    const known = this.known.get(value);
    if (known !== undefined) return known;
    // A class may name itself.
    this.known.set(value, true);
    const found = look();
    this.known.set(value, found);
    return found;
  }

  /** It looks names up in the module alone, and holds nothing. */
  private isOfModule({ environment, attributes }: FunctionValue): boolean {
    let scope: Environment | undefined = environment;
    while (scope?.type === 'class') scope = scope.parent;
    return scope === this.module && attributes.size === 0;
  }
}

function partsOf({ attributes, bases, order }: ClassValue): Value[] {
  return [...attributes.values(), ...bases, ...order];
}
