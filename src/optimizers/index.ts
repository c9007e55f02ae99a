/** The optimizers by id. To add one, write its file and one line here. */
import { adam } from './adam';
import { adamw } from './adamw';
import { momentum } from './momentum';
import { nesterov } from './nesterov';
import type { Optimizer } from './optimizer';
import { rmsprop } from './rmsprop';
import { sgd } from './sgd';

export const optimizers = { sgd, momentum, nesterov, adam, adamw, rmsprop } satisfies Record<
  string,
  Optimizer
>;

export type OptimizerId = keyof typeof optimizers;

export const optimizerIds = Object.keys(optimizers) as OptimizerId[];
