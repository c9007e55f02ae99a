/**
 * Failures on their way to a person: an expected one is its own sentence, a bug is logged with its stack and said
 * to be one, a cancelled request is silence.
 */
import * as vscode from 'vscode';
import { SkiplensError } from '../base/errors';
import { t } from '../base/localize';
import { Cancelled } from '../protocol/channel';

/** Says what went wrong, once; resolves when the person has answered or the message has gone. */
export async function report(log: vscode.LogOutputChannel, error: unknown): Promise<void> {
  if (error instanceof Cancelled || error instanceof vscode.CancellationError) return;
  const showLog = t('Show Log');
  if (error instanceof SkiplensError) {
    log.warn(`${error.code}: ${error.message}`);
    if (error.code === 'trust/needed') {
      const manage = t('Manage Trust');
      const answer = await vscode.window.showWarningMessage(error.message, manage);
      if (answer === manage) await vscode.commands.executeCommand('workbench.trust.manage');
      return;
    }
    if ((await vscode.window.showErrorMessage(error.message, showLog)) === showLog) log.show();
    return;
  }
  const bug = error instanceof Error ? error : new Error(String(error));
  log.error(bug.stack ?? bug.message);
  const sentence = t('Skiplens met an error of its own: {0}', bug.message);
  if ((await vscode.window.showErrorMessage(sentence, showLog)) === showLog) log.show();
}
