/** Every data set by its id. To add one, write its file and one line here. */
import { cifar10 } from './cifar10';
import { cifar100 } from './cifar100';
import { dataHome } from './dataHome';
import { type DataSpec, parseDataSpec } from './dataSpec';
import type { DataOptions, DatasetSource, LoadedData } from './dataset';
import { drawn } from './drawn';
import { needsFolder, takesNoArgument, unknownDataset } from './errors';
import { fashionMnist } from './fashionMnist';
import { folder } from './folder';
import { mnist } from './mnist';

export const datasets = {
  drawn,
  cifar10,
  cifar100,
  mnist,
  'fashion-mnist': fashionMnist,
  folder,
} satisfies Record<string, DatasetSource>;

export type DatasetId = keyof typeof datasets;

/** The source that a spec names; fails where there is none, or where its folder is missing or too much. */
export function datasetOf({ id, argument }: DataSpec): DatasetSource {
  if (!Object.hasOwn(datasets, id)) throw unknownDataset(id, Object.keys(datasets));
  const source: DatasetSource = datasets[id as DatasetId];
  if (source.argument === 'folder' && argument === undefined) throw needsFolder(id);
  if (source.argument === 'none' && argument !== undefined) throw takesNoArgument(id);
  return source;
}

/** Loads what `--data` says: `drawn`, `cifar10:FOLDER`. */
export async function loadData(text: string, options: DataOptions): Promise<LoadedData> {
  const spec = parseDataSpec(text);
  return datasetOf(spec).load(spec.argument, { ...options, home: options.home ?? dataHome() });
}
