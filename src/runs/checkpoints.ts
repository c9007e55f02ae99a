/**
 * The checkpoints of a run: `checkpoint-<step>.safetensors`, named so that the step is known without opening. Where
 * one network diverged and others did not, each network's own step stands in the metadata.
 */
import { existsSync, readdirSync, rmSync } from 'node:fs';
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

/** Whether a run has kept anything that it could go on from; one that is gone has not. */
export function hasCheckpoint(folder: string): boolean {
  return existsSync(folder) && checkpointSteps(folder).length > 0;
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

type Metadata = Readonly<Record<string, string>>;

/** The entry of a checkpoint's metadata with the step of one network, where that is not the same for all. */
export const stepKey = (network: string): string => `step/${network}`;

/** Whether all networks' weights are of the checkpoint's step: only from there a run can go on. */
export const isOfOneStep = (metadata: Metadata): boolean =>
  !Object.keys(metadata).some((key) => key.startsWith(stepKey('')));

/** The step that the weights of a network are of, by its name in the record. */
export const stepOf = (
  { step, contents }: { readonly step: number; readonly contents: { readonly metadata: Metadata } },
  network: string,
): number => Number(contents.metadata[stepKey(network)] ?? step);
