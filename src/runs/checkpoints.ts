/** The checkpoints of a run: `checkpoint-<step>.safetensors`, named so that the step is known without opening. */
import { readdirSync, rmSync } from 'node:fs';
import path from 'node:path';

const pattern = /^checkpoint-(\d+)\.safetensors$/;

export const checkpointFile = (step: number): string =>
  `checkpoint-${String(step).padStart(8, '0')}.safetensors`;

/** The steps that have one, newest first. */
export function checkpointSteps(folder: string): number[] {
  return readdirSync(folder)
    .map((name) => pattern.exec(name)?.[1])
    .filter((digits) => digits !== undefined)
    .map(Number)
    .sort((a, b) => b - a);
}

/** Removes those chosen by step and rank (0 is the newest); answers the steps that are left, newest first. */
export function removeCheckpoints(
  folder: string,
  isChosen: (step: number, rank: number) => boolean,
): number[] {
  return checkpointSteps(folder).filter((step, rank) => {
    if (!isChosen(step, rank)) return true;
    rmSync(path.join(folder, checkpointFile(step)), { force: true });
    return false;
  });
}
