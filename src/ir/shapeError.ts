import { SkiplensError } from '../base/errors';

/** Shapes or types that cannot meet at an operator. The sentence names the operator and both sides. */
export class ShapeError extends SkiplensError {
  constructor(message: string) {
    super('graph/shape', message);
  }
}
