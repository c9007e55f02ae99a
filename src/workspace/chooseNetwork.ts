/**
 * From a person's words to a network: a preset by its name, or a model that is read from a source file
 * (`FILE#NAME`, or `FILE` for its main model). The plain twin is asked for with `plain`.
 */
import { SkiplensError } from '../base/errors';
import { t } from '../base/localize';
import { formatShape } from '../ir/tensorType';
import { findNetwork } from '../networks';
import type { ImageShape, Network } from '../networks/network';
import type { NetworkSettings } from '../protocol/settings';
import {
  analyze,
  lowerRead,
  type Model,
  mainModel,
  type Problem,
  type Reading,
  selectModels,
} from '../source';
import { isSourceFile, languageOf, readerBeside, readSource } from './sourceFile';

/** What the data decides where the person left it open. */
export interface DataFit {
  readonly title: string;
  /** C, H, W */
  readonly shape: ImageShape;
  readonly classes: number;
}

/** Throws one sentence where the name, an option, the file or the data does not fit. */
export function chooseNetwork(settings: NetworkSettings, data?: DataFit): Network {
  const network = isSourceName(settings.network) ? fromSource(settings, data) : fromPreset(settings, data);
  if (data) checkFit(network, data);
  if (!settings.plain) return network;
  const twin = network.twin();
  if (twin) return twin;
  throw new SkiplensError(
    'network/noTwin',
    t(
      '{0} has no skip connections that are added, so it has no plain twin; name a second network.',
      settings.network,
    ),
  );
}

/** Whether a network's name means a source file. */
export function isSourceName(name: string): boolean {
  return isSourceFile(partsOf(name).file);
}

function partsOf(name: string): { file: string; model: string | undefined } {
  const at = name.lastIndexOf('#');
  return at < 0
    ? { file: name, model: undefined }
    : { file: name.slice(0, at), model: name.slice(at + 1) || undefined };
}

function fromPreset({ network: name, options = {}, input }: NetworkSettings, data?: DataFit): Network {
  if (!data) return findNetwork(name, { options, input });
  const plain = findNetwork(name, { options, input: input ?? data.shape });
  if ('classes' in options || !('classes' in plain.options)) return plain;
  return findNetwork(name, { options: { ...options, classes: data.classes }, input: input ?? data.shape });
}

/** `input` is in the framework's order here, as the file has it. */
function fromSource({ network: name, input, options }: NetworkSettings, data?: DataFit): Network {
  const [option] = Object.keys(options ?? {});
  if (option !== undefined)
    throw new SkiplensError(
      'source/option',
      t('{0} is a source file and takes no option {1}; change the file.', name, option),
    );
  const { file, model: wanted } = partsOf(name);
  const text = readSource(file);
  const read = ({ input: shape, training }: Reading): { model: Model; problems: readonly Problem[] } => {
    const analysis = analyze(text, {
      file,
      language: languageOf(file),
      input: shape?.join('x'),
      model: wanted,
      readFile: readerBeside(file),
      training,
      starts: true,
    });
    const model = wanted === undefined ? mainModel(analysis) : selectModels(analysis, wanted)[0];
    if (model) return { model, problems: analysis.problems };
    const known = analysis.models.map((m) => m.name).join(', ');
    throw new SkiplensError(
      'source/noModel',
      known
        ? t('{0} has no model called "{1}"; it has {2}.', file, wanted ?? '', known)
        : t('No model was found in {0}.', file),
    );
  };
  if (input || !data) return lowerRead(text, file, input, read);
  const [c, h, w] = data.shape;
  const { framework } = read({}).model;
  return lowerRead(text, file, framework === 'pytorch' ? [c, h, w] : [h, w, c], read);
}

function checkFit({ inputShape, classes, title, order }: Network, data: DataFit): void {
  if (inputShape.some((d, i) => d !== data.shape[i]))
    throw new SkiplensError(
      'network/input',
      t(
        '{0} was asked to take images of {1}, but those of {2} are {3}.',
        title,
        formatShape(inputShape, order),
        data.title,
        formatShape(data.shape, order),
      ),
    );
  if (classes < data.classes)
    throw new SkiplensError(
      'network/classes',
      t('{0} has {1} classes, but {2} has {3}.', title, classes, data.title, data.classes),
    );
}
