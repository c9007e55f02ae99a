/**
 * A source file as a network: what `FILE#NAME` on the command line, *Train* in the editor and the trainer process
 * mean. The text is read anew wherever the network is needed; nothing but text, name and input shape has to travel.
 */
import { SkiplensError } from '../../base/errors';
import { t } from '../../base/localize';
import type { Network } from '../../networks/network';
import { type AnalyzeOptions, analyze } from '../analyze';
import type { Analysis, Model, Problem } from '../models/analysis';
import { mainModel, selectModels } from '../report';
import { lowerToNetwork } from './network';

/**
 * Lowers what `read` gives: the model as it is when its text does not ask whether it is trained, else as it is trained
 * and as it is evaluated. A model that was only seen on a batch of fixed size is read once more on any batch, and one
 * with a mistake at a line is refused with that line.
 */
export function lowerRead(
  text: string,
  file: string,
  input: readonly number[] | undefined,
  read: (reading: Reading) => { readonly model: Model; readonly problems: readonly Problem[] },
): Network {
  const lower = (given: readonly number[] | undefined): Network => {
    if (!/\btraining\b/.test(text)) return lowerToNetwork(read({ input: given }).model, file);
    const evaluated = read({ input: given, training: false }).model;
    return lowerToNetwork(read({ input: given, training: true }).model, file, { evaluated });
  };
  try {
    return lower(input);
  } catch (error) {
    if (!(error instanceof SkiplensError) || error.code !== 'source/refused') throw error;
    const { model, problems } = read({ input });
    const wrong = problems.find(({ severity }) => severity === 'error');
    if (wrong)
      throw new SkiplensError('source/wrong', t('{0}, line {1}: {2}', file, wrong.line, wrong.message));
    const sizes = model.inputShape?.slice(1);
    const isFixed = input === undefined && model.inputSource === 'found';
    if (isFixed && sizes?.every((size): size is number => typeof size === 'number')) return lower(sizes);
    throw error;
  }
}

export interface Reading {
  /** Without the batch, in the framework's order. */
  readonly input?: readonly number[];
  readonly training?: boolean;
}

/**
 * The network of a model of the text: the named one (by its variable, function or class), or the largest. Throws a
 * SkiplensError: `source/no-model` where there is none of that name, `source/refused` where it cannot be built.
 */
export function sourceNetwork(text: string, options: AnalyzeOptions, name?: string): Network {
  const given = options.input?.split('x').map(Number);
  const analyzed = ({ input, training }: Reading) =>
    analyze(text, {
      ...options,
      model: name ?? options.model,
      input: input?.join('x'),
      training,
      starts: true,
    });
  const modelOf = (analysis: Analysis) =>
    name === undefined ? mainModel(analysis) : selectModels(analysis, name)[0];
  const analysis = analyzed({ input: given });
  const found = modelOf(analysis);
  if (found)
    return lowerRead(text, options.file, given, (reading) => {
      const isFirst = reading.training === undefined && reading.input === given;
      const read = isFirst ? analysis : analyzed(reading);
      return { model: modelOf(read) ?? found, problems: read.problems };
    });
  const names = analysis.models.map((each) => each.name).join(', ');
  throw new SkiplensError(
    'source/no-model',
    name === undefined || names === ''
      ? t('No model was found in {0}.', options.file)
      : t('There is no model called {0} in {1}. It has: {2}.', name, options.file, names),
  );
}
