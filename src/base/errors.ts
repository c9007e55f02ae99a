/**
 * The error book: every expected failure is made by a named factory here or in the room that knows it, with a
 * code that tests and other processes can rely on and a sentence that says what is wrong, where, and what to do.
 * A bug is never a SkiplensError: it throws `internal(...)`, is logged with its stack and ends nothing else.
 */
export class SkiplensError extends Error {
  constructor(
    /** Stable, `noun/what` (for instance `data/truncated`). */
    readonly code: string,
    message: string,
    options?: { cause?: unknown },
  ) {
    super(message, options);
    this.name = 'SkiplensError';
  }

  /** Plain data, to cross a process boundary. */
  toPlain(): PlainError {
    return { code: this.code, message: this.message };
  }
}

export interface PlainError {
  code: string;
  message: string;
  /** Only for bugs: the stack, for the log and never for the person. */
  stack?: string;
}

/** A bug in Skiplens itself. */
export function internal(message: string): Error {
  return new Error(`internal: ${message}`);
}

export function toPlainError(error: unknown): PlainError {
  if (error instanceof SkiplensError) return error.toPlain();
  if (error instanceof Error) return { code: 'internal', message: error.message, stack: error.stack };
  return { code: 'internal', message: String(error) };
}

export function fromPlainError(plain: PlainError): Error {
  if (plain.code !== 'internal') return new SkiplensError(plain.code, plain.message);
  const error = new Error(plain.message);
  if (plain.stack) error.stack = plain.stack;
  return error;
}

/** The `code` of a Node system error (`ENOENT`, `ENOSPC`, ...), or undefined. */
export function systemCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
