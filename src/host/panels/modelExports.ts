/** What a run leaves for other programs: weights, the network itself, curves. Written into a folder one names. */
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import { t } from '../../base/localize';
import { Cancelled } from '../../protocol/channel';
import type { NetworkDescription } from '../../protocol/description';
import type { NetworkSettings } from '../../protocol/settings';
import { exportTensorBoard } from '../../runs/exportTensorBoard';
import { exportWeights } from '../../runs/exportWeights';
import { replicatedNetworks } from '../../runs/replicas';
import { openRun } from '../../runs/runReader';
import { asDescribed } from '../../workspace/asDescribed';
import type { Session } from '../session/session';

export type ModelFormat = 'weights' | 'onnx' | 'tfjs' | 'tensorboard';

/** Asks for a folder and writes; answers the files. `Cancelled` where the person does. */
export async function exportModel(session: Session, format: ModelFormat, folder: string): Promise<string[]> {
  const run = await openRun(folder);
  const [target] =
    (await vscode.window.showOpenDialog({
      canSelectFiles: false,
      canSelectFolders: true,
      openLabel: t('Write into This Folder'),
    })) ?? [];
  if (!target) throw new Cancelled();
  const files = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: t('Exporting') },
    async () => {
      switch (format) {
        case 'weights':
          return exportWeights(run, target.fsPath);
        case 'tensorboard':
          return exportTensorBoard(run, path.join(target.fsPath, run.id));
        default:
          return exportNetworks(session, format, folder, target.fsPath);
      }
    },
  );
  vscode.window.setStatusBarMessage(
    t('Written: {0}', files.map((file) => path.basename(file)).join(', ')),
    5_000,
  );
  return files;
}

/** Every network of the run, once a seed, with the weights of its newest checkpoint. */
async function exportNetworks(
  session: Session,
  format: 'onnx' | 'tfjs',
  folder: string,
  target: string,
): Promise<string[]> {
  const run = await openRun(folder);
  const { settings } = run.description;
  const chosen = settings.networks as unknown as readonly NetworkSettings[];
  const aside = await mkdtemp(path.join(os.tmpdir(), 'skiplens-weights-'));
  try {
    const weights = await exportWeights(run, aside);
    const files: string[] = [];
    for (const [i, { description, replicas }] of replicatedNetworks(run.description).entries()) {
      const network = asDescribed(chosen[i], description as unknown as NetworkDescription);
      for (const { name, place, seed } of replicas) {
        const safe = name.replace(/[^\w.-]+/g, '-');
        const output = path.join(target, format === 'onnx' ? `${safe}.onnx` : safe);
        const written = await session.ask('network/export', {
          network,
          format,
          weights: weights[place],
          seed,
          output,
        });
        files.push(...written.files);
      }
    }
    return files;
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
}
