/** Trains what a `*.skiplens.json` file says; a mistake in it is shown at its place instead. */
import path from 'node:path';
import * as vscode from 'vscode';
import { SkiplensError } from '../../base/errors';
import { t } from '../../base/localize';
import type { RunSettings } from '../../protocol/settings';
import type { Command } from '../command';
import { checkSettings } from '../settingsFile/checkSettings';

const isSettingsFile = 'resourceFilename =~ /\\.skiplens\\.json$/';

export const trainFile: Command = {
  title: 'Train This Settings File',
  icon: '$(play)',
  menus: [
    { menu: 'editor/title', when: isSettingsFile, group: 'navigation' },
    { menu: 'commandPalette', when: isSettingsFile },
  ],
  async run(host, given) {
    const settings = await settingsOf(given);
    return settings && host.train(settings);
  },
};

/** The settings of a document, or of the one in front; undefined where its first mistake was shown instead. */
export async function settingsOf(given: unknown): Promise<RunSettings | undefined> {
  const uri = given instanceof vscode.Uri ? given : vscode.window.activeTextEditor?.document.uri;
  if (!uri)
    throw new SkiplensError('settings/none', t('Open a *.skiplens.json file first; it says what to train.'));
  const document = await vscode.workspace.openTextDocument(uri);
  const { settings, problems } = checkSettings(document.getText(), path.dirname(document.uri.fsPath));
  if (settings) return settings;
  const [{ message, offset }] = problems;
  const place = document.positionAt(offset);
  await vscode.window.showTextDocument(document, { selection: new vscode.Range(place, place) });
  throw new SkiplensError('settings/wrong', t('Line {0}: {1}', place.line + 1, message));
}
