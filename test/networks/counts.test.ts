/** Parameters and multiply-adds of every network of the literature, to the last one. */
import { describe, expect, it } from 'vitest';
import { findNetwork, type NetworkChoice } from '../../src/networks';
import { inspect } from '../../src/networks/inspection';

type Row = readonly [
  name: string,
  trainable: number,
  nonTrainable: number,
  macs: number,
  choice?: NetworkChoice,
];

function countsOf(name: string, choice?: NetworkChoice) {
  const { parameters, macs } = inspect(name, findNetwork(name, choice).build(1, 'inference'));
  return { ...parameters, macs };
}

const check = ([name, trainable, nonTrainable, macs, choice]: Row) =>
  it(`${name}: ${trainable} + ${nonTrainable} parameters, ${macs} multiply-adds`, () => {
    expect(countsOf(name, choice)).toEqual({ trainable, nonTrainable, macs });
  });

describe('He 2015 on CIFAR-10: a plain network has exactly the parameters of its residual one', () => {
  const rows: readonly Row[] = [
    ['resnet20', 269_722, 1376, 40_551_040],
    ['resnet32', 464_154, 2272, 68_862_592],
    ['resnet44', 658_586, 3168, 97_174_144],
    ['resnet56', 853_018, 4064, 125_485_696],
    ['resnet110', 1_727_962, 8096, 252_887_680],
    ['resnet1202', 19_421_274, 89_632, 2_829_238_912],
  ];
  for (const row of rows) {
    check(row);
    const [name, ...counts] = row;
    check([name.replace('resnet', 'plain'), ...counts]);
  }
});

describe('He 2016: pre-activation and bottlenecks', () => {
  const rows: readonly Row[] = [
    ['preact-resnet20', 272_282, 1376, 40_813_184],
    ['preact-resnet110', 1_730_522, 8096, 253_149_824],
    ['preact-resnet164', 1_703_258, 24_224, 247_646_720],
    ['preact-resnet1001', 10_327_706, 149_216, 1_490_995_712],
    ['resnet164', 1_704_154, 25_120, 247_646_720],
  ];
  for (const row of rows) check(row);
});

describe('torchvision', () => {
  const rows: readonly Row[] = [
    ['resnet18', 11_689_512, 9600, 1_814_073_344],
    ['resnet34', 21_797_672, 17_024, 3_663_761_408],
    ['resnet50', 25_557_032, 53_120, 4_089_184_256],
    ['resnet101', 44_549_160, 105_344, 7_801_405_440],
    ['resnet152', 60_192_808, 151_424, 11_513_626_624],
    ['resnext50-32x4d', 25_028_904, 68_224, 4_230_479_872],
    ['resnext101-32x8d', 88_791_336, 202_880, 16_414_015_488],
    ['wide-resnet50-2', 68_883_240, 68_224, 11_398_021_120],
    ['wide-resnet101-2', 126_886_696, 137_856, 22_753_050_624],
    ['vgg16', 138_357_544, 0, 15_470_264_320],
    ['vgg19', 143_667_240, 0, 19_632_062_464],
    ['vgg16-bn', 138_365_992, 8448, 15_470_264_320],
    ['vgg19-bn', 143_678_248, 11_008, 19_632_062_464],
    ['alexnet', 61_100_840, 0, 714_188_480],
  ];
  for (const row of rows) check(row);

  it('has the multiply-adds of He 2015 with the stride in the first 1x1: 3.8, 7.6 and 11.3 thousand million', () => {
    const macs = (name: string) => countsOf(name, { options: { strideIn: '1x1' } }).macs / 1e9;
    expect([macs('resnet50'), macs('resnet101'), macs('resnet152')].map((m) => m.toFixed(3))).toEqual([
      '3.858',
      '7.570',
      '11.282',
    ]);
  });
});

describe('Keras: the totals that it prints', () => {
  const rows: readonly Row[] = [
    ['keras-resnet50', 25_636_712 - 53_120, 53_120, 3_857_973_248],
    ['keras-resnet101', 44_707_176 - 105_344, 105_344, 7_570_194_432],
    ['keras-resnet152', 60_419_944 - 151_424, 151_424, 11_282_415_616],
    ['resnet50v2', 25_613_800 - 45_440, 45_440, 3_482_255_360],
    ['resnet101v2', 44_675_560 - 97_664, 97_664, 7_194_476_544],
    ['resnet152v2', 60_380_648 - 143_744, 143_744, 10_906_697_728],
    ['keras-resnext50', 25_028_904, 68_224, 4_230_479_872],
    ['hyper-resnet', 25_613_800 - 45_440, 45_440, 3_482_255_360],
    ['sequential-cnn', 1_659_210, 0, 114_262_656],
    ['keras-blocks', 1_568_010, 5248, 348_459_648, { options: { projection: true } }],
  ];
  for (const row of rows) check(row);
});

describe('d2l', () => {
  check(['d2l-resnet18', 11_178_378, 7808, 318_657_536]);

  it('has the shapes that the lesson prints for 1x224x224', () => {
    const graph = findNetwork('d2l-resnet18', { input: [1, 224, 224] }).build(1, 'inference');
    const shapes = new Map(graph.layers.map((l) => [l.scope, l.output.type.shape]));
    const blocks = new Map(graph.blocks.map((k) => [k.name, k.output.type.shape]));
    expect(shapes.get('stem/maxpool')).toEqual([1, 64, 56, 56]);
    expect(blocks.get('b2.1')).toEqual([1, 64, 56, 56]);
    expect(blocks.get('b3.1')).toEqual([1, 128, 28, 28]);
    expect(blocks.get('b4.1')).toEqual([1, 256, 14, 14]);
    expect(blocks.get('b5.1')).toEqual([1, 512, 7, 7]);
    expect(shapes.get('avgpool')).toEqual([1, 512, 1, 1]);
    expect(shapes.get('flatten')).toEqual([1, 512]);
    expect(shapes.get('fc')).toEqual([1, 10]);
  });
});

describe('MLPs of facts/networks.md', () => {
  // 3072 x 128 + 128 in front, 128 x 10 + 10 behind, and 18 layers of 128 x 128; scales and shifts of 19 norms.
  check(['mlp-resnet', 694_282, 4864, 689_408]);
  check(['mlp-plain', 694_282, 4864, 689_408]);
});
