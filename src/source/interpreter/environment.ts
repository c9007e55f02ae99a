/**
 * Names and their values, and the journal that lets a branch be undone. Both branches of a condition that is not
 * known are run one after the other on the same state: what the first wrote is taken back, and where the two
 * differ the values are joined.
 */
import { t } from '../../base/localize';
import type { DictValue, InstanceValue, ListValue, Value } from '../values/values';

/** Names of a scope or attributes of an instance, with a number that says how old they are. */
export type Slot = Map<string, Value> & { birth?: number };

let births = 0;

export function newSlot(): Slot {
  const slot: Slot = new Map();
  slot.birth = ++births;
  return slot;
}

export class Environment {
  readonly names = newSlot();
  /** Is told of every name that is looked for here. */
  watch?: (name: string, value: Value | undefined) => void;
  /** Names declared `global` or `nonlocal`. */
  outer?: Set<string>;

  constructor(
    readonly parent: Environment | undefined,
    readonly type: 'module' | 'function' | 'class' | 'block',
  ) {}

  /** Class scopes are not seen from the functions inside them. */
  find(name: string): Environment | undefined {
    let scope: Environment | undefined = this;
    let isFirst = true;
    while (scope) {
      if (scope.watch) scope.watch(name, scope.names.get(name));
      if ((isFirst || scope.type !== 'class') && scope.names.has(name)) return scope;
      isFirst = isFirst && scope.type === 'block';
      scope = scope.parent;
    }
    return undefined;
  }

  get(name: string): Value | undefined {
    let scope: Environment | undefined = this;
    let isFirst = true;
    while (scope) {
      const value: Value | undefined = isFirst || scope.type !== 'class' ? scope.names.get(name) : undefined;
      if (scope.watch) scope.watch(name, value);
      if (value !== undefined) return value;
      isFirst = isFirst && scope.type === 'block';
      scope = scope.parent;
    }
    return undefined;
  }

  /** The nearest function, class or module scope. */
  get home(): Environment {
    let scope: Environment = this;
    while (scope.type === 'block' && scope.parent) scope = scope.parent;
    return scope;
  }
}

/** A place that was written: how to take it back, and how to read and write what it holds now. */
interface Entry {
  readonly container: object;
  readonly key: string;
  read(): Value | undefined;
  write(value: Value | undefined): void;
  readonly before: Value | undefined;
}

export interface Change extends Entry {
  readonly after: Value | undefined;
}

interface Layer {
  /** What was born later cannot be seen once the layer ends, and is not journalled. */
  readonly birth: number;
  readonly entries: Entry[];
  readonly seen: Map<object, Set<string>>;
}

/** Who wants to know what is written where others see it. */
export interface Watch {
  readonly names: Slot;
  wrote(name: string): void;
  /** A list or dict is about to change. */
  changes(target: object): void;
}

export class Journal {
  private layers: Layer[] = [];
  private watched?: Watch;

  watch(watched?: Watch): void {
    this.watched = watched;
  }

  get isActive(): boolean {
    return this.layers.length > 0;
  }

  /** Forgets everything, after an analysis was cut short. */
  reset(): void {
    this.layers = [];
  }

  /** True where the top layer has to remember what this place held. Only the first write of a layer counts. */
  private isNew(layer: Layer | undefined, container: object, key: string): layer is Layer {
    if (!layer) return false;
    const birth = 'birth' in container ? container.birth : undefined;
    if (typeof birth === 'number' && birth > layer.birth) return false;
    const keys = layer.seen.get(container);
    if (keys?.has(key)) return false;
    if (keys) keys.add(key);
    else layer.seen.set(container, new Set([key]));
    return true;
  }

  private note(
    container: object,
    key: string,
    read: () => Value | undefined,
    write: (v: Value | undefined) => void,
  ) {
    const layer = this.layers[this.layers.length - 1];
    if (this.isNew(layer, container, key))
      layer.entries.push({ container, key, read, write, before: read() });
  }

  private noteName(slot: Slot, key: string): void {
    const layer = this.layers[this.layers.length - 1];
    // What was born inside is met most often, and never noted.
    if (slot.birth !== undefined && slot.birth > layer.birth) return;
    this.note(slot, key, () => slot.get(key), putInto(slot, key));
  }

  setName(slot: Slot, key: string, value: Value): void {
    if (this.watched && this.watched.names === slot) this.watched.wrote(key);
    if (this.layers.length > 0) this.noteName(slot, key);
    slot.set(key, value);
  }

  deleteName(slot: Slot, key: string): void {
    if (this.watched && this.watched.names === slot) this.watched.wrote(key);
    if (this.layers.length > 0) this.noteName(slot, key);
    slot.delete(key);
  }

  setAttribute(instance: InstanceValue, key: string, value: Value): void {
    this.setName(instance.attributes, key, value);
  }

  /** Lists and dicts are journalled whole: the copy is one value. */
  touchList(target: ListValue): void {
    this.watched?.changes(target);
    if (!this.isActive) return;
    const read = (): Value => ({ kind: target.kind, items: target.items.slice(), lost: target.lost });
    this.note(target, '', read, (value) => {
      target.items = value?.kind === target.kind ? value.items.slice() : [];
      target.lost = value?.kind === target.kind ? value.lost : lostBecause(value);
    });
  }

  touchDict(target: DictValue): void {
    this.watched?.changes(target);
    if (!this.isActive) return;
    const read = (): Value => ({ kind: 'dict', entries: new Map(target.entries) });
    this.note(target, '', read, (value) => {
      target.entries.clear();
      if (value?.kind === 'dict') for (const [key, entry] of value.entries) target.entries.set(key, entry);
      else if (value) target.entries.set('(unknown)', { key: value, value });
    });
  }

  /** A container of layers, journalled through its children. */
  touchChildren(children: { name: string; value: Value }[]): void {
    if (!this.isActive) return;
    const read = (): Value => ({
      kind: 'list',
      items: children.map(({ name, value }) => ({
        kind: 'tuple',
        items: [{ kind: 'string', value: name }, value],
      })),
    });
    this.note(children, '', read, (value) => {
      children.length = 0;
      if (value?.kind !== 'list') {
        if (value) children.push({ name: '(unknown)', value });
        return;
      }
      for (const item of value.items) {
        if (item.kind === 'tuple' && item.items[0].kind === 'string')
          children.push({ name: item.items[0].value, value: item.items[1] });
      }
    });
  }

  begin(): void {
    this.layers.push({ birth: births, entries: [], seen: new Map() });
  }

  /** Ends the layer and says what it changed; with `undo`, the state is as before it. */
  end(undo: boolean): Change[] {
    const entries = this.layers.pop()?.entries ?? [];
    const changes = entries.map((entry) => ({ ...entry, after: entry.read() }));
    if (undo) for (const entry of entries) entry.write(entry.before);
    // What the layer above has not seen yet happened inside it too.
    const above = this.layers[this.layers.length - 1];
    if (above && !undo)
      for (const entry of entries)
        if (this.isNew(above, entry.container, entry.key)) above.entries.push(entry);
    return changes;
  }

  /** Writes a joined value through, so that a layer above can take it back. */
  write(change: Change, value: Value | undefined): void {
    this.note(change.container, change.key, change.read, change.write);
    change.write(value);
  }
}

function lostBecause(value: Value | undefined): string {
  return value?.kind === 'unknown' ? value.reason : t('The list was changed in a way that is not followed.');
}

function putInto(slot: Slot, key: string): (value: Value | undefined) => void {
  return (value) => {
    if (value === undefined) slot.delete(key);
    else slot.set(key, value);
  };
}
