/** `*.skiplens.json` in the editor: problems at their places, and a lens that trains what the file says. */
import path from 'node:path';
import * as vscode from 'vscode';
import { t } from '../../base/localize';
import { checkSettings } from './checkSettings';

export const settingsSelector: vscode.DocumentSelector = { pattern: '**/*.skiplens.json' };

/** Milliseconds of quiet after a keystroke before a file is read again. */
const quiet = 150;

export class SettingsFiles implements vscode.Disposable, vscode.CodeLensProvider {
  private readonly problems = vscode.languages.createDiagnosticCollection('skiplens settings');
  private readonly pending = new Map<string, NodeJS.Timeout>();
  private readonly subscriptions: vscode.Disposable[];

  constructor() {
    this.subscriptions = [
      this.problems,
      vscode.languages.registerCodeLensProvider(settingsSelector, this),
      vscode.workspace.onDidOpenTextDocument((document) => this.check(document)),
      vscode.workspace.onDidChangeTextDocument(({ document }) => this.checkSoon(document)),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => this.problems.delete(uri)),
    ];
    for (const document of vscode.workspace.textDocuments) this.check(document);
  }

  provideCodeLenses(document: vscode.TextDocument): vscode.CodeLens[] {
    const top = new vscode.Range(0, 0, 0, 0);
    const { problems } = checkSettings(document.getText(), path.dirname(document.uri.fsPath));
    if (problems.length > 0) return [];
    const lens = (title: string, command: string) =>
      new vscode.CodeLens(top, { title, command, arguments: [document.uri] });
    return [lens(t('Train'), 'skiplens.trainFile'), lens(t('Inspect'), 'skiplens.inspectFile')];
  }

  dispose(): void {
    for (const timer of this.pending.values()) clearTimeout(timer);
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  private checkSoon(document: vscode.TextDocument): void {
    const key = document.uri.toString();
    clearTimeout(this.pending.get(key));
    this.pending.set(
      key,
      setTimeout(() => {
        this.pending.delete(key);
        this.check(document);
      }, quiet),
    );
  }

  private check(document: vscode.TextDocument): void {
    if (document.isClosed || vscode.languages.match(settingsSelector, document) === 0) return;
    // What the JSON extension says from the schema is not said twice.
    const hasSchema = vscode.extensions.getExtension('vscode.json-language-features') !== undefined;
    const { problems } = checkSettings(document.getText(), path.dirname(document.uri.fsPath));
    this.problems.set(
      document.uri,
      problems
        .filter((problem) => !(problem.inSchema && hasSchema))
        .map(({ code, message, offset, length }) => {
          const range = new vscode.Range(document.positionAt(offset), document.positionAt(offset + length));
          const diagnostic = new vscode.Diagnostic(range, message, vscode.DiagnosticSeverity.Error);
          diagnostic.code = code;
          diagnostic.source = 'skiplens';
          return diagnostic;
        }),
    );
  }
}
