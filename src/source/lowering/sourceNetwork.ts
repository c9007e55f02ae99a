/**
 * A source file as a network: what `FILE#NAME` on the command line, *Train* in the editor and the trainer process
 * mean. The text is read anew wherever the network is needed; nothing but text, name and input shape has to travel.
 */
import { SkiplensError } from '../../base/errors';
import { t } from '../../base/localize';
import type { Network } from '../../networks/network';
import { type AnalyzeOptions, analyze } from '../analyze';
import { mainModel, selectModels } from '../report';
import { lowerToNetwork } from './network';

/**
 * The network of a model of the text: the named one (by its variable, function or class), or the largest. Throws a
 * SkiplensError: `source/no-model` where there is none of that name, `source/refused` where it cannot be built.
 */
export function sourceNetwork(text: string, options: AnalyzeOptions, name?: string): Network {
  const analysis = analyze(text, { ...options, model: name ?? options.model });
  const [model] = name === undefined ? [mainModel(analysis)] : selectModels(analysis, name);
  if (model) return lowerToNetwork(model, options.file);
  const names = analysis.models.map((each) => each.name).join(', ');
  throw new SkiplensError(
    'source/no-model',
    name === undefined || names === ''
      ? t('No model was found in {0}.', options.file)
      : t('There is no model called {0} in {1}. It has: {2}.', name, options.file, names),
  );
}
