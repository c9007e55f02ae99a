/**
 * Where VS Code comes in. `activate` registers and returns; everything else lies in a second bundle that is loaded
 * when a command runs, a view is looked at or a settings file is open.
 */
import * as vscode from 'vscode';
import { useBundle } from '../base/localize';
import type { Host } from './host';
import { inspectorViewType, runsView } from './ids';

const languages = new Set(['python', 'javascript', 'javascriptreact', 'typescript', 'typescriptreact']);
/** A text without one of these words is never parsed. */
const mentionsFramework = /torch|keras|tensorflow|tfjs/;

let made: Promise<Host> | undefined;

/** What `activate` gives to the extension's own tests. */
export interface SkiplensApi {
  /** The host, made where it is not yet. */
  host(): Promise<Host>;
  /** Milliseconds that `activate` took. */
  readonly activation: number;
}

export function activate(context: vscode.ExtensionContext): SkiplensApi {
  const begun = performance.now();
  useBundle(sentences());
  const log = vscode.window.createOutputChannel('Skiplens', { log: true });
  const load = () => import(/* webpackChunkName: "host" */ './loaded');
  const host = (): Promise<Host> => {
    made ??= load().then(({ createHost }) => createHost(context, log));
    return made;
  };
  context.subscriptions.push(log);

  const declared: { command: string }[] = context.extension.packageJSON.contributes.commands;
  for (const { command } of declared)
    context.subscriptions.push(
      vscode.commands.registerCommand(command, async (...given: unknown[]) => {
        const [{ runCommand }, shared] = await Promise.all([load(), host()]);
        return runCommand(shared, command, given);
      }),
    );

  const changed = new vscode.EventEmitter<void>();
  const tree = once(async () => {
    const { RunsTree } = await load();
    const runs = new RunsTree(host);
    runs.onDidChangeTreeData(() => changed.fire());
    return runs;
  });
  context.subscriptions.push(
    changed,
    vscode.window.registerTreeDataProvider(runsView, {
      onDidChangeTreeData: changed.event,
      getChildren: async (row?: never) => (await tree()).getChildren(row),
      getTreeItem: async (row: never) => (await tree()).getTreeItem(row),
    }),
    vscode.window.registerWebviewPanelSerializer(inspectorViewType, {
      deserializeWebviewPanel: async (panel, state) => (await host()).panels.restore(panel, state),
    }),
  );

  const settingsFiles = once(async () => {
    const { SettingsFiles } = await load();
    context.subscriptions.push(new SettingsFiles());
  });
  const look = (document: vscode.TextDocument) => {
    if (document.fileName.endsWith('.skiplens.json')) void settingsFiles();
    else if (languages.has(document.languageId) && mentionsFramework.test(document.getText())) void host();
  };
  for (const document of vscode.workspace.textDocuments) look(document);
  context.subscriptions.push(vscode.workspace.onDidOpenTextDocument(look));

  return { host, activation: performance.now() - begun };
}

/** Ends the trainer after its current step, so that a checkpoint is kept. */
export async function deactivate(): Promise<void> {
  await (await made)?.dispose();
}

function sentences(): { [key: string]: string } {
  const bundle: { [key: string]: string } = {};
  for (const [key, value] of Object.entries(vscode.l10n.bundle ?? {}))
    if (typeof value === 'string') bundle[key] = value;
  return bundle;
}

function once<T>(work: () => Promise<T>): () => Promise<T> {
  let done: Promise<T> | undefined;
  return () => {
    done ??= work();
    return done;
  };
}
