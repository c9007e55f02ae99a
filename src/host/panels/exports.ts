/** What leaves a panel for the disk: pictures, tables, the run itself. The person is asked where to. */
import { cp, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import { t } from '../../base/localize';
import { Cancelled } from '../../protocol/channel';
import type { PanelSnapshot } from '../../protocol/panel';
import { writeFailure } from '../../runs/errors';
import { exportCsv } from '../../runs/exportCsv';
import { openRun } from '../../runs/runReader';
import { workspaceFolder } from '../places';
import { writeReport } from './report';

export type ExportFormat = 'csv' | 'html' | 'run';

/** Asks for a file and writes it; `Cancelled` where the person does. */
export async function exportRun(
  context: vscode.ExtensionContext,
  format: ExportFormat,
  folder: string | undefined,
  snapshot: PanelSnapshot,
): Promise<vscode.Uri> {
  const base = folder ? path.basename(folder) : slug(snapshot.title);
  switch (format) {
    case 'csv': {
      const run = await openRun(folder!);
      const target = await askFile(`${base}.csv`, { CSV: ['csv'] });
      await vscode.window.withProgress(
        { location: vscode.ProgressLocation.Notification, title: t('Writing the table'), cancellable: true },
        async (progress, token) => {
          const stop = new AbortController();
          token.onCancellationRequested(() => stop.abort());
          let told = 0;
          await exportCsv(run, target.fsPath, {
            signal: stop.signal,
            onProgress: (share) => {
              progress.report({ increment: 100 * (share - told) });
              told = share;
            },
          });
        },
      );
      return done(target);
    }
    case 'html': {
      const target = await askFile(`${base}.html`, { HTML: ['html'] });
      await written(target, writeReport(context, snapshot, target.fsPath));
      return done(target);
    }
    case 'run': {
      const [chosen] =
        (await vscode.window.showOpenDialog({
          canSelectFiles: false,
          canSelectFolders: true,
          openLabel: t('Copy the Run Here'),
        })) ?? [];
      if (!chosen) throw new Cancelled();
      const target = vscode.Uri.joinPath(chosen, base);
      await written(
        target,
        cp(folder!, target.fsPath, {
          recursive: true,
          errorOnExist: true,
          force: false,
          filter: (file) => path.basename(file) !== 'lock.json',
        }),
      );
      return done(target);
    }
  }
}

/** Writes a picture as the panel drew it. */
export async function savePicture(name: string, content: string | Uint8Array): Promise<vscode.Uri> {
  const extension = path.extname(name).slice(1).toLowerCase() || 'svg';
  const target = await askFile(slug(name), { [extension.toUpperCase()]: [extension] });
  await written(target, writeFile(target.fsPath, content));
  return done(target);
}

/** What the disk refuses is said in a sentence. */
async function written(target: vscode.Uri, writing: Promise<void>): Promise<void> {
  try {
    await writing;
  } catch (error) {
    throw writeFailure(target.fsPath, error);
  }
}

/** The name without anything that some file system refuses. */
export function slug(name: string): string {
  return name.replace(/[^\p{L}\p{N}._-]+/gu, '-').replace(/^-+|-+$/g, '') || 'skiplens';
}

async function askFile(name: string, filters: Record<string, string[]>): Promise<vscode.Uri> {
  const folder = workspaceFolder() ?? os.homedir();
  const target = await vscode.window.showSaveDialog({
    defaultUri: vscode.Uri.file(path.join(folder, name)),
    filters,
  });
  if (!target) throw new Cancelled();
  return target;
}

function done(target: vscode.Uri): vscode.Uri {
  vscode.window.setStatusBarMessage(t('Written: {0}', path.basename(target.fsPath)), 5_000);
  return target;
}
