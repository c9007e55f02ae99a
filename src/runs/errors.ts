/** What can go wrong with the record of a run, and with weight files: one named factory each. */
import { SkiplensError, systemCode } from '../base/errors';
import { t } from '../base/localize';

export const missingRun = (name: string) =>
  new SkiplensError('run/missing', t('There is no run {0}; "skiplens runs" lists those there are.', name));

export const ambiguousRun = (name: string, ids: readonly string[]) =>
  new SkiplensError('run/ambiguous', t('Several runs match {0}: {1}.', name, ids.join(', ')));

export const unreadableRun = (folder: string, reason: string) =>
  new SkiplensError('run/unreadable', t('The run in {0} cannot be read: {1}', folder, reason));

export const newerRun = (folder: string, version: string) =>
  new SkiplensError(
    'run/version',
    t('The run in {0} has version {1}, which this Skiplens does not know; update Skiplens.', folder, version),
  );

export const runningRun = (id: string) =>
  new SkiplensError('run/running', t('The run {0} is still running; stop it first.', id));

export const noSpace = (file: string) =>
  new SkiplensError(
    'run/noSpace',
    t('There is no space left to write {0}; all that was recorded before is kept.', file),
  );

export const cannotWrite = (file: string, reason: string) =>
  new SkiplensError('run/cannotWrite', t('The file {0} cannot be written: {1}.', file, reason));

/** A system error while writing, as a person should read it. */
export function writeFailure(file: string, error: unknown): Error {
  if (error instanceof SkiplensError) return error;
  const code = systemCode(error);
  if (code === 'ENOSPC' || code === 'EDQUOT') return noSpace(file);
  return code ? cannotWrite(file, code) : (error as Error);
}

export const missingWeights = (file: string) =>
  new SkiplensError('weights/missing', t('There is no file {0}; check the path of the weights.', file));

export const unreadableWeights = (file: string, reason: string) =>
  new SkiplensError('weights/unreadable', t('The file {0} cannot be read: {1}.', file, reason));

export const malformedWeights = (file: string, reason: string) =>
  new SkiplensError('weights/malformed', t('The file {0} is no whole safetensors file: {1}', file, reason));
