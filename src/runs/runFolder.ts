/** What lies where in a run's folder, and `run.json` read with care. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { systemCode } from '../base/errors';
import { t } from '../base/localize';
import { missingRun, newerRun, unreadableRun } from './errors';
import { type RunDescription, runVersion } from './run';

/** The records of the network at this place of the description. */
export const stepsFile = (network: number): string => `steps-${network}.bin`;

/** Fails with `run/missing`, `run/unreadable` or `run/version`. */
export function readDescription(folder: string): RunDescription {
  const file = path.join(folder, 'run.json');
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const code = systemCode(error);
    if (code !== 'ENOENT' && code !== 'ENOTDIR') throw unreadableRun(folder, code ?? String(error));
    throw isThere(folder) ? unreadableRun(folder, t('it has no run.json.')) : missingRun(folder);
  }
  let description: Partial<RunDescription> | null;
  try {
    description = JSON.parse(text) as Partial<RunDescription> | null;
  } catch {
    throw unreadableRun(folder, t('its run.json is no JSON.'));
  }
  if (typeof description?.version === 'number' && description.version > runVersion)
    throw newerRun(folder, String(description.version));
  if (!isDescription(description)) throw unreadableRun(folder, t('its run.json describes no run.'));
  return description;
}

function isThere(folder: string): boolean {
  try {
    readFileSync(folder);
    return true;
  } catch (error) {
    return systemCode(error) !== 'ENOENT';
  }
}

/** The fields that this room itself relies on. */
function isDescription(value: Partial<RunDescription> | null): value is RunDescription {
  return (
    value?.version === runVersion &&
    typeof value.id === 'string' &&
    typeof value.createdAt === 'string' &&
    typeof value.title === 'string' &&
    Array.isArray(value.networks) &&
    value.networks.every(
      (network) => typeof network?.name === 'string' && typeof network?.vectors === 'object',
    )
  );
}
