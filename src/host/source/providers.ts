/** What the editor asks of a source file, each answered from the file's analysis: hover, hints, lenses, fixes. */
import * as vscode from 'vscode';
import { codeLenses, hoverAt, type InlayMode, inlayHints, quickFixes } from '../../source';
import { readSetting } from '../places';
import type { MeasuredModels } from './measured';
import { type SourceFiles, sourceSelector } from './sourceFiles';

const lensCommands = {
  inspect: 'skiplens.inspectModel',
  train: 'skiplens.trainModel',
  setInputShape: 'skiplens.setInputShape',
} as const;

export function registerProviders(files: SourceFiles, measured: MeasuredModels): vscode.Disposable {
  const range = (document: vscode.TextDocument, { start, end }: { start: number; end: number }) =>
    new vscode.Range(document.positionAt(start), document.positionAt(end));
  const registered = [
    vscode.languages.registerHoverProvider(sourceSelector, {
      async provideHover(document, position) {
        if (!readSetting('skiplens.hover.enabled')) return undefined;
        const analysis = files.analysisOf(document);
        if (!analysis) return undefined;
        const found = hoverAt(analysis, document.offsetAt(position), await measured.of(document));
        if (!found) return undefined;
        const text = new vscode.MarkdownString(found.lines.join('\n\n'));
        return new vscode.Hover(text, range(document, found));
      },
    }),
    vscode.languages.registerInlayHintsProvider(sourceSelector, {
      onDidChangeInlayHints: files.onDidChange,
      provideInlayHints(document, visible) {
        const mode = readSetting('skiplens.inlayHints') as InlayMode;
        const analysis = mode === 'off' ? undefined : files.analysisOf(document);
        if (!analysis) return [];
        return inlayHints(analysis, mode).flatMap(({ offset, label, tooltip }) => {
          const position = document.positionAt(offset);
          if (!visible.contains(position)) return [];
          const hint = new vscode.InlayHint(position, label, vscode.InlayHintKind.Type);
          hint.paddingLeft = true;
          hint.tooltip = tooltip;
          return [hint];
        });
      },
    }),
    vscode.languages.registerCodeLensProvider(sourceSelector, {
      onDidChangeCodeLenses: files.onDidChange,
      provideCodeLenses(document) {
        const analysis = readSetting('skiplens.codeLens.enabled') ? files.analysisOf(document) : undefined;
        if (!analysis) return [];
        return codeLenses(analysis).map(({ line, title, action, model }) => {
          const place = new vscode.Range(line - 1, 0, line - 1, 0);
          const command = action
            ? { title, command: lensCommands[action], arguments: [document.uri, model] }
            : { title, command: lensCommands.inspect, arguments: [document.uri, model] };
          return new vscode.CodeLens(place, command);
        });
      },
    }),
    vscode.languages.registerCodeActionsProvider(
      sourceSelector,
      {
        provideCodeActions(document, _range, { diagnostics }) {
          const analysis = files.analysisOf(document);
          if (!analysis) return [];
          return diagnostics
            .filter(({ source }) => source === 'skiplens')
            .flatMap((diagnostic) => {
              const problem = analysis.problems.find(
                (one) => one.code === diagnostic.code && diagnostic.range.isEqual(range(document, one)),
              );
              if (!problem) return [];
              return quickFixes(problem, analysis).map((fix) => {
                const action = new vscode.CodeAction(fix.title, vscode.CodeActionKind.QuickFix);
                action.diagnostics = [diagnostic];
                if (fix.edits.length > 0) {
                  action.edit = new vscode.WorkspaceEdit();
                  for (const edit of fix.edits)
                    action.edit.replace(document.uri, range(document, edit), edit.text);
                }
                if (fix.action)
                  action.command = {
                    title: fix.title,
                    command: lensCommands[fix.action],
                    arguments: [document.uri, fix.model],
                  };
                return action;
              });
            });
        },
      },
      { providedCodeActionKinds: [vscode.CodeActionKind.QuickFix] },
    ),
  ];
  return vscode.Disposable.from(...registered);
}
