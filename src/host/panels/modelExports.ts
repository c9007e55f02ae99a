/** What a run leaves for other programs: weights, the network itself, curves. Written into a folder one names. */
import path from 'node:path';
import * as vscode from 'vscode';
import { t } from '../../base/localize';
import { Cancelled } from '../../protocol/channel';
import { exportTensorBoard } from '../../runs/exportTensorBoard';
import { exportWeights } from '../../runs/exportWeights';
import { openRun } from '../../runs/runReader';
import { exportNetworks } from '../../workspace/exportNetworks';
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
          return exportNetworks(run, format, target.fsPath, (request) =>
            session.ask('network/export', request),
          );
      }
    },
  );
  vscode.window.setStatusBarMessage(
    t('Written: {0}', files.map((file) => path.basename(file)).join(', ')),
    5_000,
  );
  return files;
}
