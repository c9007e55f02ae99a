/** Picks of one or several recorded runs, newest first, with the words that the side bar uses. */
import * as vscode from 'vscode';
import { SkiplensError } from '../../base/errors';
import { t } from '../../base/localize';
import type { Host } from '../host';
import type { RunRow } from '../views/runLibrary';
import { statusIcons, stepWords } from '../views/words';

export interface RunQuestion {
  readonly title: string;
  readonly placeholder: string;
  /** Rows that make sense here; all readable ones by default. */
  accepts?(row: RunRow): boolean;
}

/** The folder of the chosen run; undefined where the person leaves. Fails where there is none to choose. */
export async function pickRun(host: Host, question: RunQuestion): Promise<string | undefined> {
  const items = await itemsFor(host, question);
  const pick = await vscode.window.showQuickPick(items, options(question));
  return pick?.folder;
}

/** As `pickRun`, for several. */
export async function pickRuns(host: Host, question: RunQuestion): Promise<string[] | undefined> {
  const items = await itemsFor(host, question);
  const picks = await vscode.window.showQuickPick(items, { ...options(question), canPickMany: true });
  return picks?.map((pick) => pick.folder);
}

function options({ title, placeholder }: RunQuestion): vscode.QuickPickOptions {
  return { title, placeHolder: placeholder, matchOnDescription: true, matchOnDetail: true };
}

async function itemsFor(host: Host, { accepts }: RunQuestion) {
  const rows = (await host.library.rows()).filter(
    (row) => row.folder && row.status !== 'unreadable' && (accepts?.(row) ?? true),
  );
  if (rows.length === 0)
    throw new SkiplensError('run/none', t('There is no such run here yet. "Skiplens: Train..." makes one.'));
  return rows.map((row) => ({
    label: `$(${statusIcons[row.status]}) ${row.title}`,
    description: stepWords(row),
    detail: row.id,
    folder: row.folder!,
  }));
}
