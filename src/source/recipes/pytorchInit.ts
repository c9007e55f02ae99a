/** torch.nn.init: how the weights of a layer start, by the names and formulas of PyTorch's reference. */
import { t } from '../../base/localize';
import { float, NONE, type Start, type Value } from '../values/values';
import { bind } from './args';
import { checked, setStart } from './pytorchMore';
import { type Args, type NativeContext, signature } from './recipe';

interface Row {
  readonly signature: string;
  start(args: Args): Start;
}

const number = (args: Args, name: string): number => args.number(name) ?? Number.NaN;

/** What a rectifier takes away, given back (torch.nn.init.calculate_gain). */
function gainOf(nonlinearity: string | undefined, slope: number): number {
  switch (nonlinearity) {
    case 'relu':
      return Math.SQRT2;
    case 'leaky_relu':
      return Math.sqrt(2 / (1 + slope * slope));
    case 'tanh':
      return 5 / 3;
    case 'selu':
      return 3 / 4;
    case 'linear':
    case 'sigmoid':
    case 'conv1d':
    case 'conv2d':
    case 'conv3d':
      return 1;
    default:
      return Number.NaN;
  }
}

const kaiming =
  (distribution: 'normal' | 'uniform') =>
  (args: Args): Start => {
    const mode = args.text('mode');
    return checked({
      kind: 'scaled',
      distribution,
      gain: mode === undefined ? Number.NaN : gainOf(args.text('nonlinearity'), number(args, 'a')),
      fan: mode === 'fan_out' ? 'out' : 'in',
    });
  };

const xavier =
  (distribution: 'normal' | 'uniform') =>
  (args: Args): Start =>
    checked({ kind: 'scaled', distribution, gain: number(args, 'gain'), fan: 'mean' });

const strange = (name: string) => (): Start => ({
  kind: 'unknown',
  reason: t('weights that start by {0} have no counterpart here.', name),
});

const KAIMING = 'tensor, a=0, mode=fan_in, nonlinearity=leaky_relu, generator=None';

const ROWS: Readonly<Record<string, Row>> = {
  constant_: {
    signature: 'tensor, val',
    start: (args) => checked({ kind: 'constant', value: number(args, 'val') }),
  },
  zeros_: { signature: 'tensor', start: () => ({ kind: 'constant', value: 0 }) },
  ones_: { signature: 'tensor', start: () => ({ kind: 'constant', value: 1 }) },
  normal_: {
    signature: 'tensor, mean=0.0, std=1.0, generator=None',
    start: (args) => checked({ kind: 'normal', mean: number(args, 'mean'), std: number(args, 'std') }),
  },
  uniform_: {
    signature: 'tensor, a=0.0, b=1.0, generator=None',
    start: (args) => checked({ kind: 'uniform', low: number(args, 'a'), high: number(args, 'b') }),
  },
  trunc_normal_: {
    signature: 'tensor, mean=0.0, std=1.0, a=-2.0, b=2.0, generator=None',
    start(args) {
      const [mean, std, low, high] = ['mean', 'std', 'a', 'b'].map((name) => number(args, name));
      // Cut at so many deviations it is a normal distribution for all that can be seen.
      const isWide = (high - mean) / std >= 5 && (mean - low) / std >= 5;
      return isWide ? checked({ kind: 'normal', mean, std }) : strange('trunc_normal_')();
    },
  },
  kaiming_normal_: { signature: KAIMING, start: kaiming('normal') },
  kaiming_uniform_: { signature: KAIMING, start: kaiming('uniform') },
  kaiming_normal: { signature: KAIMING, start: kaiming('normal') },
  kaiming_uniform: { signature: KAIMING, start: kaiming('uniform') },
  xavier_normal_: { signature: 'tensor, gain=1.0, generator=None', start: xavier('normal') },
  xavier_uniform_: { signature: 'tensor, gain=1.0, generator=None', start: xavier('uniform') },
  xavier_normal: { signature: 'tensor, gain=1.0', start: xavier('normal') },
  xavier_uniform: { signature: 'tensor, gain=1.0', start: xavier('uniform') },
  constant: {
    signature: 'tensor, val',
    start: (args) => checked({ kind: 'constant', value: number(args, 'val') }),
  },
  normal: {
    signature: 'tensor, mean=0.0, std=1.0',
    start: (args) => checked({ kind: 'normal', mean: number(args, 'mean'), std: number(args, 'std') }),
  },
};

/** A function of torch.nn.init; one that is not known starts its tensor in a way that is not known. */
export function initFunction(name: string): Value {
  return {
    kind: 'native',
    function: {
      name,
      call: (c) => (name === 'calculate_gain' ? gain(c) : begin(c, name)),
    },
  };
}

function begin(c: NativeContext, name: string): Value {
  const tensor = c.call.positional[0]?.value ?? c.call.keywords.get('tensor')?.value ?? NONE;
  if (tensor.kind === 'unknown') startUnknown(c);
  if (tensor.kind !== 'tensor') return tensor;
  const row = Object.hasOwn(ROWS, name) ? ROWS[name] : undefined;
  const args = row && bind(signature(row.signature), c.call, name);
  const isBound = args !== undefined && 'values' in args;
  setStart(c, tensor, row && isBound ? row.start(args) : strange(name)());
  return tensor;
}

/** Weights that are not followed start in some way: then nobody knows how those of the module at hand do. */
function startUnknown({ machine }: NativeContext): void {
  for (const { self } of machine.frames)
    if (self?.kind === 'instance' && self.layer)
      self.layer.wrapped = t('it is not known how its weights start.');
}

function gain({ call }: NativeContext): Value {
  const [word, slope] = [call.positional[0]?.value, call.positional[1]?.value];
  const value = gainOf(
    word?.kind === 'string' ? word.value : undefined,
    slope?.kind === 'float' || (slope?.kind === 'int' && typeof slope.value === 'number')
      ? Number(slope.value)
      : 0.01,
  );
  return Number.isNaN(value)
    ? { kind: 'unknown', reason: t('the numbers that its weights start from are not known.') }
    : float(value);
}
