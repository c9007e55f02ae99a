/** The optimizers by id. To add one, write its file and one line here. */
import type { Optimizer } from './optimizer';
import { sgd } from './sgd';

export const optimizers = { sgd } satisfies Record<string, Optimizer>;

export type OptimizerId = keyof typeof optimizers;

export const optimizerIds = Object.keys(optimizers) as OptimizerId[];
