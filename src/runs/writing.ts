/** Writing that survives: whole appends, files that appear complete or not at all, failures in one sentence. */
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import path from 'node:path';
import { writeFailure } from './errors';

/** `fs.writeSync`, or what a test puts in its place. */
export type WriteBytes = (fd: number, bytes: Uint8Array) => number;

export const writeBytes: WriteBytes = (fd, bytes) => writeSync(fd, bytes);

/** Appends everything or fails with `run/noSpace` or `run/cannotWrite`. */
export function appendAll(fd: number, file: string, bytes: Uint8Array, write: WriteBytes = writeBytes): void {
  try {
    for (let done = 0; done < bytes.length; ) done += write(fd, bytes.subarray(done));
  } catch (error) {
    throw writeFailure(file, error);
  }
}

/** Written beside, synced, renamed: whoever reads `file` finds the old contents or the new ones, whole. */
export function replaceFile(
  file: string,
  parts: readonly Uint8Array[],
  write: WriteBytes = writeBytes,
): void {
  const beside = path.join(path.dirname(file), `.${path.basename(file)}.${process.pid}.tmp`);
  let fd: number | undefined;
  try {
    fd = openSync(beside, 'w');
    for (const part of parts) appendAll(fd, file, part, write);
    fsyncSync(fd);
    closeSync(fd);
    fd = undefined;
    renameSync(beside, file);
  } catch (error) {
    if (fd !== undefined) closeSync(fd);
    rmSync(beside, { force: true });
    throw writeFailure(file, error);
  }
}

export const asJson = (value: unknown): Uint8Array =>
  new TextEncoder().encode(`${JSON.stringify(value, undefined, 2)}\n`);
