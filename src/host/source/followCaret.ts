/** The line of the caret lights its row: in every inspector that shows a network of this file. */
import * as vscode from 'vscode';
import type { Panels } from '../panels/panels';

/** Milliseconds of standing still. */
const rest = 150;

export function followCaret(panels: Panels): vscode.Disposable {
  let timer: NodeJS.Timeout | undefined;
  const listening = vscode.window.onDidChangeTextEditorSelection(({ textEditor, kind }) => {
    if (kind === undefined || kind === vscode.TextEditorSelectionChangeKind.Command) return;
    clearTimeout(timer);
    timer = setTimeout(() => {
      const file = textEditor.document.uri.fsPath;
      for (const panel of panels.all) panel.revealLine(file, textEditor.selection.active.line);
    }, rest);
  });
  return vscode.Disposable.from(listening, { dispose: () => clearTimeout(timer) });
}
