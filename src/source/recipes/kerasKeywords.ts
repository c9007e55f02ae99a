/**
 * Keywords that change no shape and that Keras' layers take besides those of their rows. Any other keyword is not
 * understood, and a layer with one is unknown: in Keras 1, for one, `border_mode` was what `padding` is today.
 */
import { t } from '../../base/localize';
import { type UnknownValue, unknown } from '../values/values';
import type { CallArgs, LayerRecipe } from './recipe';

const HARMLESS = new Set(
  (
    'name trainable dtype input_shape batch_input_shape batch_shape batch_size input_dim input_length input_dtype ' +
    'dynamic autocast weights sparse ragged activity_regularizer seed noise_shape mask_zero unroll time_major ' +
    'implementation unit_forget_bias dropout recurrent_dropout renorm renorm_clipping renorm_momentum fused ' +
    'virtual_batch_size adjustment synchronized interpolation fill_mode fill_value crop_to_aspect_ratio antialias ' +
    'data_format rms_scaling lora_rank lora_alpha quantization_config zero_output_for_mask use_cudnn flash_attention ' +
    'backward_layer merge_mode value_range class_name tensor recurrent_activation ' +
    'pad_to_aspect_ratio'
  ).split(' '),
);

const INITIAL =
  /^(kernel|bias|depthwise|pointwise|recurrent|embeddings|gamma|beta|alpha|moving_mean|moving_variance)_(initializer|regularizer|constraint)$/;

/** The reason why a layer with these arguments is not understood, or undefined. */
export function notUnderstood(recipe: LayerRecipe, args: CallArgs): UnknownValue | undefined {
  if (recipe.framework === 'pytorch' || (recipe.type !== 'layer' && recipe.type !== 'wrapper'))
    return undefined;
  for (const name of args.keywords.keys()) {
    const isKnown =
      HARMLESS.has(name) ||
      INITIAL.test(name) ||
      recipe.signature.params.some((param) => param.name === name);
    if (!isKnown) return unknown(t('{0} is not known to take the argument {1}.', recipe.name, name));
  }
  // Convolution2D(64, 3, 3) is rows and columns in Keras 1, size and stride in Keras 2.
  if (recipe.name.startsWith('Convolution') && args.positional.length > 2)
    return unknown(
      t('{0} means one thing in Keras 1 and another in Keras 2 with these arguments.', recipe.name),
    );
  return undefined;
}
