/**
 * One batch to measure a network with that was never trained: built-in images in the size that the network takes,
 * with the network's own number of classes, so that what is measured is what is shown.
 */
import type { NetworkSettings } from '../../protocol/settings';
import type { ProbeRequest } from '../../protocol/trainer';
import { chooseNetwork, isSourceName } from '../../workspace/chooseNetwork';

/** Large images take memory: this many pixels a batch are enough to see a gradient. */
const pixelsABatch = 16 * 64 * 64;

export function oneBatchFor(
  settings: NetworkSettings,
): Pick<ProbeRequest, 'network' | 'data' | 'dataOptions' | 'batchSize'> {
  const network = chooseNetwork(settings);
  const [, height, width] = network.inputShape;
  const batchSize = Math.max(4, Math.min(16, Math.floor(pixelsABatch / (height * width))));
  const keepsClasses = !isSourceName(settings.network) && 'classes' in network.options;
  return {
    network: keepsClasses
      ? { ...settings, options: { ...settings.options, classes: network.classes } }
      : settings,
    data: 'drawn',
    dataOptions: { subset: 64, validationSubset: 16, ...(height === width ? { resize: height } : {}) },
    batchSize,
  };
}
