/** What the extension's tests share: the API that `activate` gives, and how runs are asked for and found on disk. */
import fs from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import type { SkiplensApi } from '../../src/host/extension';
import type { Host } from '../../src/host/host';
import type { LiveRun } from '../../src/host/session/liveRun';
import { eventually } from '../harness/eventually';

/** Activates the extension and gives its API. */
export async function skiplens(): Promise<SkiplensApi> {
  const extension = vscode.extensions.getExtension<SkiplensApi>('skiplens.skiplens');
  if (!extension) throw new Error('Skiplens is not installed.');
  return extension.activate();
}

export async function theHost(): Promise<Host> {
  return (await skiplens()).host();
}

/** The folder of the workspace; undefined in an empty window. */
export function workspaceFolder(): string | undefined {
  return vscode.workspace.workspaceFolders?.[0].uri.fsPath;
}

/** A small comparison: seconds on one core. */
export function smallSettings(steps: number, more: Record<string, unknown> = {}) {
  return {
    networks: [
      { network: 'resnet8', options: { width: 4 } },
      { network: 'plain8', options: { width: 4 } },
    ],
    data: 'drawn',
    batchSize: 8,
    steps,
    warmUpSteps: 0,
    evaluationImages: 16,
    evaluateEvery: 0,
    checkpointEvery: 10,
    threads: 1,
    ...more,
  };
}

/** Starts training through the command, as a lens or a panel would, without opening the inspector. */
export async function train(steps: number, more: Record<string, unknown> = {}): Promise<LiveRun> {
  const run = await vscode.commands.executeCommand<LiveRun>('skiplens.train', smallSettings(steps, more), {
    show: false,
  });
  if (!run) throw new Error('The command started nothing.');
  return run;
}

export function ended(run: LiveRun, timeout = 60_000): Promise<NonNullable<LiveRun['end']>> {
  return eventually(`the end of ${run.title}`, () => run.end, { timeout });
}

export function reached(run: LiveRun, step: number): Promise<true> {
  return eventually(`step ${step}`, () => run.step >= step, { timeout: 60_000 });
}

/** Lines of a run's `events.jsonl`. */
export function eventsOf(folder: string): { type: string; step: number; status?: string }[] {
  return fs
    .readFileSync(path.join(folder, 'events.jsonl'), 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}
