/** A small comparison to write and read in tests: numbers that tell their step and place. */
import type { NewRun, NewStep } from '../../src/runs/run';

export const blocks = ['stage1/block1', 'stage1/block2', 'stage2/block1'];
export const parameters = ['conv1.weight', 'fc.bias'];

export const sampleRun: NewRun = {
  slug: 'ResNet 20',
  title: 'ResNet-20 and its plain twin',
  seed: 7,
  device: 'cpu',
  data: { id: 'drawn', title: 'Drawn shapes' },
  settings: { steps: 200, batchSize: 32 },
  networks: [
    {
      name: 'resnet20',
      title: 'ResNet-20',
      role: 'residual',
      vectors: { activationGradients: blocks, weights: parameters, cosines: ['stage1/block1'] },
    },
    { name: 'plain20', title: 'Plain-20', role: 'plain', vectors: { activationGradients: blocks } },
  ],
};

export function sampleStep(step: number, network = 'resnet20'): NewStep {
  const activationGradients = Float32Array.from(blocks, (_, i) => step + i / 8);
  const residual = {
    activationGradients,
    weights: Float32Array.of(-step, 0.25),
    cosines: Float32Array.of(1 / step),
  };
  return {
    step,
    loss: 2.3 / step,
    accuracy: 0.5,
    learningRate: 0.1,
    batchSeconds: 0.06,
    vectors: network === 'resnet20' ? residual : { activationGradients },
  };
}
