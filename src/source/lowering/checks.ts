/** What can be said of a model as a whole before anything is built: its one input, its one row of logits, its order. */
import { SkiplensError } from '../../base/errors';
import { t } from '../../base/localize';
import type { ImageShape } from '../../networks/network';
import type { Model } from '../models/analysis';
import { formatShape } from '../values/format';

export function refused(model: Model, reason: string): SkiplensError {
  return new SkiplensError(
    'source/refused',
    t('{0} (line {1}) cannot be built here. {2}', model.name, model.line, reason),
  );
}

/** The number of classes; throws where the model is not one from images to one row of logits. */
export function checkModel(model: Model): number {
  const { inputs, outputs, nodes } = model.trace;
  if (inputs.length !== 1)
    throw refused(model, t('It takes {0} inputs, and only one can be fed.', inputs.length));
  for (const { layer } of model.trace.paths.keys())
    if (layer?.wrapped !== undefined && layer.recipe.type !== 'layer')
      throw refused(model, t('Line {0}, {1}: {2}', model.line, model.name, layer.wrapped));
  if (outputs.length > 1)
    throw refused(
      model,
      t('It gives {0} outputs, and only one row of logits can be trained.', outputs.length),
    );
  const [output] = outputs;
  const shape = output?.shape;
  const classes = shape?.at(-1);
  if (shape?.length !== 2 || typeof classes !== 'number') {
    const vague = model.layers.find((layer) => layer.reason !== undefined);
    if (vague?.reason !== undefined && typeof classes !== 'number')
      throw refused(model, t('Line {0}, {1}: {2}', vague.line, vague.callee, vague.reason));
    throw refused(
      model,
      t('It must end in one row of logits an image, and ends in {0}.', formatShape(shape, model.framework)),
    );
  }
  const orders = new Set(
    nodes.map((node) => node.attributes.order).filter((order) => typeof order === 'string'),
  );
  if (orders.size > 1)
    throw refused(model, t('Some of its layers count channels first and some last, which is not followed.'));
  return classes;
}

/** C, H, W of the one input. */
export function imageShape(model: Model): ImageShape {
  const [{ shape }] = model.trace.inputs;
  if (!shape) throw refused(model, t('Its input shape is not known; give one first.'));
  const sizes = shape.slice(1);
  if (!sizes.every((size): size is number => typeof size === 'number'))
    throw refused(
      model,
      t('Its input shape {0} is not known in full; give one first.', formatShape(shape, model.framework)),
    );
  if (sizes.length === 1) return [1, 1, sizes[0]];
  if (sizes.length !== 3)
    throw refused(
      model,
      t('It takes {0}, and only images and rows can be fed.', formatShape(shape, model.framework)),
    );
  const [a, b, c] = sizes;
  return isChannelsLast(model) ? [c, a, b] : [a, b, c];
}

/** Whether images are N, H, W, C in the source. */
export function isChannelsLast(model: Model): boolean {
  return (
    model.framework !== 'pytorch' && !model.trace.nodes.some((node) => node.attributes.order === 'first')
  );
}
