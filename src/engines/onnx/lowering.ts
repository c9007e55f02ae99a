/**
 * The state of a graph being written: under which names each value exists, in which layout. A kernel asks for
 * the layout that it wants; what is missing is converted on demand, once a value. A batch norm's output may stay
 * unwritten (`pending`) until somebody asks, so that an addition and a ReLU behind it become part of one kernel.
 */
import { internal } from '../../base/errors';
import type { Node, Value } from '../../ir/graph';
import type { Name, OnnxWriter } from '../../ops/spelling';
import { blockedConv, nchwc, reshape } from './blocked/nchwc';
import { blockWeights, unblockWeights } from './blocked/weights';

/** scale x + shift (+ sum) a channel, not written yet; `x` and `sum` are blocked, `scale` and `shift` are [C]. */
export interface Pending {
  readonly x: Name;
  readonly scale: Name;
  readonly shift: Name;
  readonly sum?: Name;
}

/** Weights of one shape that lie together along the first axis. */
export interface Family {
  readonly whole: Name;
  readonly members: readonly Value[];
}

interface Forms {
  plain?: Name;
  blocked?: Name;
  /** Convolution weights (or their gradient) in the blocked order. */
  weights?: Name;
  family?: Family;
  pending?: Pending;
}

/** Writes a node; false (and nothing written) where it does not cover the case. */
export type BlockedKernel = (l: Lowering, node: Node) => boolean;

export class Lowering {
  private readonly forms = new Map<Value, Forms>();
  private readonly made = new Map<string, Name>();

  /** `block` is the number of channels that lie together; 0 keeps everything plain. */
  constructor(
    readonly w: OnnxWriter,
    readonly block: number,
    /** How many nodes and graph outputs read a value, or another name of it. */
    readonly uses: (value: Value) => number,
  ) {}

  define(value: Value, forms: Forms): void {
    const [, , h, width] = value.type.shape;
    // Images of one pixel lie the same way in both layouts.
    if (value.type.shape.length === 4 && h === 1 && width === 1 && this.canBlock(value)) {
      const name = forms.plain ?? forms.blocked;
      if (name) {
        this.forms.set(value, { ...forms, plain: name, blocked: name });
        return;
      }
    }
    this.forms.set(value, forms);
  }

  /** Makes `value` another name of `of`: conversions of the one serve the other. */
  alias(value: Value, of: Value): void {
    this.forms.set(value, this.formsOf(of));
  }

  /** Whether the value has a blocked layout at all. */
  canBlock({ type }: Value): boolean {
    return (
      this.block > 0 &&
      type.dtype === 'float32' &&
      type.shape.length === 4 &&
      type.shape[1] % this.block === 0
    );
  }

  /** Whether the value exists blocked already, or is about to. */
  isBlocked(value: Value): boolean {
    const { blocked, pending } = this.formsOf(value);
    return blocked !== undefined || pending !== undefined;
  }

  plain(value: Value): Name {
    const forms = this.formsOf(value);
    if (forms.plain === undefined) {
      const { shape } = value.type;
      if (forms.weights !== undefined) forms.plain = unblockWeights(this.w, forms.weights, shape, this.block);
      else
        forms.plain = nchwc(this.w, 'ReorderOutput', [this.blocked(value)], {
          channels: shape[1],
        });
    }
    return forms.plain;
  }

  blocked(value: Value): Name {
    const forms = this.formsOf(value);
    if (forms.blocked === undefined) {
      if (forms.pending) forms.blocked = this.write(forms.pending, value, false);
      else forms.blocked = nchwc(this.w, 'ReorderInput', [this.plain(value)]);
    }
    return forms.blocked;
  }

  weights(value: Value): Name {
    const forms = this.formsOf(value);
    forms.weights ??= blockWeights(this.w, this.plain(value), value.type.shape, this.block);
    return forms.weights;
  }

  /** Whether the value exists as weights in the blocked order. */
  isWeights(value: Value): boolean {
    return this.formsOf(value).weights !== undefined;
  }

  /** The weights that these were cut out from; themselves where they stand alone. */
  family(value: Value): Family {
    return this.formsOf(value).family ?? { whole: this.weights(value), members: [value] };
  }

  /** What is still unwritten of a value that only the caller reads; undefined where it is written or shared. */
  pendingFor(value: Value): Pending | undefined {
    const { pending, blocked } = this.formsOf(value);
    return pending && blocked === undefined && this.uses(value) === 1 ? pending : undefined;
  }

  /** Writes scale x + shift (+ sum), rectified if asked; `of` says how many channels there are. */
  write({ x, scale, shift, sum }: Pending, of: Value, relu: boolean): Name {
    const channels = of.type.shape[1];
    return blockedConv(this.w, {
      x,
      weights: reshape(this.w, scale, channels, 1, 1, 1),
      bias: shift,
      sum,
      kernel: [1, 1],
      group: channels,
      relu,
    });
  }

  /** The name made under `key` before, or a new one: for what a forward kernel and its gradient share. */
  once(key: string, make: () => Name): Name {
    const known = this.made.get(key);
    if (known !== undefined) return known;
    const name = make();
    this.made.set(key, name);
    return name;
  }

  private formsOf(value: Value): Forms {
    return this.forms.get(value) ?? fail(value);
  }
}

function fail(value: Value): never {
  throw internal(`${value.name} is read before it is written`);
}
