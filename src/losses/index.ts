/** The losses by id. To add one, write its file and one line here. */
import { crossEntropy } from './crossEntropy';
import type { Loss } from './loss';

export const losses = { 'cross-entropy': crossEntropy } satisfies Record<string, Loss>;
