/**
 * Errors that papers report for networks of these families, as data to print beside what was measured here. Each
 * row names the options that make its network; options that it does not name have the family's defaults.
 */
import type { OptionValue } from '../base/options';
import type { Network } from './network';

export interface PublishedResult {
  readonly dataset: 'CIFAR-10' | 'ImageNet' | 'Fashion-MNIST';
  /** Test error in percent; null where the paper says that training fails. */
  readonly errorPercent: number | null;
  /** How the number is meant: `median of 5 runs`, `10-crop`, ... */
  readonly measure: string;
  readonly source: string;
}

interface Row extends PublishedResult {
  readonly family: string;
  readonly options: Readonly<Record<string, OptionValue>>;
}

const he2015 = 'He et al. 2015, table 6';
const he2016 = 'He et al. 2016';
const basic = { block: 'basic', shortcut: 'pad' };
const bottleneck = { block: 'bottleneck', shortcut: 'projection' };

function cifar(
  options: Row['options'],
  errorPercent: number | null,
  source: string,
  measure = 'median of 5 runs',
): Row {
  return { family: 'cifar-resnet', dataset: 'CIFAR-10', options, errorPercent, source, measure };
}

function imageNet(options: Row['options'], errorPercent: number, source: string): Row {
  const measure = 'top-1, 10-crop, validation';
  return { family: 'imagenet-resnet', dataset: 'ImageNet', options, errorPercent, source, measure };
}

function keras(options: Row['options'], topOne: number): Row {
  return {
    family: 'keras-resnet',
    dataset: 'ImageNet',
    options,
    errorPercent: Math.round((100 - topOne) * 10) / 10,
    measure: 'top-1, validation',
    source: 'keras.applications documentation',
  };
}

/** He 2016, table 4: the units at 110 layers of basic blocks and at 164 of bottlenecks. */
const unitErrors: readonly (readonly [unit: string, at110: number, at164: number])[] = [
  ['original', 6.61, 5.93],
  ['bn-after-addition', 8.17, 6.5],
  ['relu-before-addition', 7.84, 6.14],
  ['relu-only-preactivation', 6.71, 5.91],
  ['full-preactivation', 6.37, 5.46],
];

const table1 = { ...basic, depth: 110 };

const rows: readonly Row[] = [
  ...(
    [
      [20, 8.75],
      [32, 7.51],
      [44, 7.17],
      [56, 6.97],
      [110, 6.43],
      [1202, 7.93],
    ] as const
  ).map(([depth, error]) =>
    cifar({ ...basic, depth }, error, he2015, depth === 110 ? 'best of 5 runs' : 'one run'),
  ),
  cifar({ depth: 110, shortcut: 'none' }, null, 'He et al. 2015, section 4.2', 'over 60 % error'),
  ...unitErrors.flatMap(([unit, at110, at164]) => [
    cifar({ ...basic, depth: 110, unit }, at110, `${he2016}, table 2`),
    // At 110 layers pre-activation projects by default here, which changes two shortcuts of 54.
    ...(unit === 'full-preactivation'
      ? [cifar({ ...basic, shortcut: 'projection', depth: 110, unit }, at110, `${he2016}, table 2`)]
      : []),
    cifar({ ...bottleneck, depth: 164, unit }, at164, `${he2016}, table 2`),
  ]),
  cifar({ ...bottleneck, depth: 1001 }, 7.61, `${he2016}, table 3`),
  cifar({ ...bottleneck, depth: 1001, unit: 'full-preactivation' }, 4.92, `${he2016}, table 3`),
  cifar({ ...table1, skip: 'scaled', skipScale: 0.5 }, null, `${he2016}, table 1`),
  cifar(
    { ...table1, skip: 'scaled', skipScale: 0.5, scaling: 'constant', branchScale: 0.5 },
    12.35,
    `${he2016}, table 1`,
  ),
  cifar({ ...table1, skip: 'exclusive-gate', gateBias: -6 }, 8.7, `${he2016}, table 1`),
  cifar({ ...table1, skip: 'exclusive-gate', gateBias: -5 }, null, `${he2016}, table 1`),
  cifar({ ...table1, skip: 'exclusive-gate', gateBias: 0 }, null, `${he2016}, table 1`),
  cifar({ ...table1, skip: 'shortcut-gate', gateBias: 0 }, 12.86, `${he2016}, table 1`),
  cifar({ ...table1, skip: 'shortcut-gate', gateBias: -6 }, 6.91, `${he2016}, table 1`),
  cifar({ ...table1, skip: 'conv' }, 12.22, `${he2016}, table 1`),
  cifar({ ...table1, skip: 'dropout', skipDropout: 0.5 }, null, `${he2016}, table 1`),
  cifar({ ...table1, survival: 0.5 }, 5.25, 'Huang et al. 2016, table 1', 'one run'),
  cifar({ ...basic, depth: 1202, survival: 0.5 }, 4.91, 'Huang et al. 2016, section 4', 'one run'),
  imageNet({ depth: '18', shortcut: 'none' }, 27.94, 'He et al. 2015, table 2'),
  imageNet({ depth: '18', shortcut: 'pad' }, 27.88, 'He et al. 2015, table 2'),
  imageNet({ depth: '34', shortcut: 'none' }, 28.54, 'He et al. 2015, table 2'),
  imageNet({ depth: '34', shortcut: 'pad' }, 25.03, 'He et al. 2015, table 3'),
  imageNet({ depth: '34', shortcut: 'projection' }, 24.52, 'He et al. 2015, table 3'),
  imageNet({ depth: '34', shortcut: 'projection-everywhere' }, 24.19, 'He et al. 2015, table 3'),
  imageNet({ depth: '50', shortcut: 'projection' }, 22.85, 'He et al. 2015, table 3'),
  imageNet({ depth: '101', shortcut: 'projection' }, 21.75, 'He et al. 2015, table 3'),
  imageNet({ depth: '152', shortcut: 'projection' }, 21.43, 'He et al. 2015, table 3'),
  keras({ version: 'v1', conv3Depth: '4', conv4Depth: '6' }, 74.9),
  keras({ version: 'v1', conv3Depth: '4', conv4Depth: '23' }, 76.4),
  keras({ version: 'v1', conv3Depth: '8', conv4Depth: '36' }, 76.6),
  keras({ version: 'v2', conv3Depth: '4', conv4Depth: '6' }, 76.0),
  keras({ version: 'v2', conv3Depth: '4', conv4Depth: '23' }, 77.2),
  keras({ version: 'v2', conv3Depth: '8', conv4Depth: '36' }, 78.0),
  {
    family: 'd2l-resnet',
    dataset: 'Fashion-MNIST',
    options: {},
    errorPercent: 10.7,
    measure: 'after 10 epochs at 96x96',
    source: 'Dive into Deep Learning, Residual Networks',
  },
];

/** Options that only count where another one asks for them. */
const dependent: Readonly<Record<string, readonly [option: string, values: readonly OptionValue[]]>> = {
  skipScale: ['skip', ['scaled']],
  skipDropout: ['skip', ['dropout']],
  gateBias: ['skip', ['exclusive-gate', 'shortcut-gate']],
  branchScale: ['scaling', ['constant']],
  groups: ['norm', ['group']],
};

/** How weights start and what the data asks for do not make another network of it. */
const ignored = ['init', 'bnMomentum', 'bnEpsilon', 'classes', 'strideIn'];

/** What papers report for exactly this network; empty where nobody has measured it. */
export function publishedFor(
  network: Network,
  defaults: Readonly<Record<string, OptionValue>>,
): PublishedResult[] {
  const { family, options } = network;
  return rows
    .filter((row) => {
      if (row.family !== family) return false;
      const wanted = { ...defaults, ...row.options };
      return Object.entries(options).every(([name, value]) => {
        const [on, values] = dependent[name] ?? [];
        if (ignored.includes(name) || (on && !values!.includes(options[on]))) return true;
        return wanted[name] === value;
      });
    })
    .map(({ dataset, errorPercent, measure, source }) => ({ dataset, errorPercent, measure, source }));
}
