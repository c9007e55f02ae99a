/**
 * Open source files with networks in them: analysed when first asked and again after edits, only what changed
 * being parsed, never while a key is pressed. Keeps the input shapes that a person gave to models, and shows
 * problems as diagnostics. Runs nothing of the file.
 */
import path from 'node:path';
import * as vscode from 'vscode';
import {
  type Analysis,
  analyze,
  analyzeDocument,
  concernsUs,
  type Language,
  LONGEST_TEXT,
  parseDocument,
  type SourceDocument,
} from '../../source';
import { patience, readerBeside } from '../../workspace/sourceFile';
import { readSetting } from '../places';

const languages: Readonly<Record<string, Language>> = {
  python: 'python',
  javascript: 'javascript',
  javascriptreact: 'javascript',
  typescript: 'javascript',
  typescriptreact: 'javascript',
};

export const sourceSelector: vscode.DocumentSelector = Object.keys(languages).map((language) => ({
  language,
}));

const shapesKey = 'inputShapes';
/** Milliseconds of quiet after a keystroke before problems are looked for again. */
const quiet = 300;

interface Read {
  readonly version: number;
  readonly given: string;
  readonly parsed?: SourceDocument;
  readonly analysis: Analysis;
}

type GivenShapes = Readonly<Record<string, Readonly<Record<string, string>>>>;

export class SourceFiles implements vscode.Disposable {
  private readonly read = new Map<string, Read>();
  private readonly pending = new Map<string, NodeJS.Timeout>();
  private readonly triedAgain = new Set<string>();
  private readonly problems = vscode.languages.createDiagnosticCollection('skiplens');
  private readonly changed = new vscode.EventEmitter<void>();
  /** Lenses and hints are worth asking for again. */
  readonly onDidChange = this.changed.event;
  private readonly subscriptions: vscode.Disposable[];

  constructor(private readonly state: vscode.Memento) {
    this.subscriptions = [
      this.problems,
      this.changed,
      vscode.workspace.onDidOpenTextDocument((document) => this.check(document)),
      vscode.workspace.onDidChangeTextDocument(({ document }) => this.checkSoon(document)),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => this.forget(uri)),
      vscode.workspace.onDidChangeConfiguration((e) => {
        if (e.affectsConfiguration('skiplens')) this.again();
      }),
    ];
    for (const document of vscode.workspace.textDocuments) this.check(document);
  }

  /** Undefined for a document that cannot hold a network; cached for its version. */
  analysisOf(document: vscode.TextDocument): Analysis | undefined {
    const language = languages[document.languageId];
    if (!language || document.uri.scheme === 'git') return undefined;
    const key = document.uri.toString();
    const shapes = this.shapesOf(document.uri);
    const given = JSON.stringify([shapes, readSetting('skiplens.inputShape')]);
    const known = this.read.get(key);
    if (known?.version === document.version && known.given === given) return known.analysis;
    const text = document.getText();
    const { version } = document;
    if (!concernsUs(text)) {
      this.read.delete(key);
      return undefined;
    }
    const file = document.uri.fsPath;
    const options = {
      file,
      language,
      inputs: new Map(Object.entries(shapes)),
      readFile: readerOf(file),
      ...(readSetting('skiplens.inputShape') ? { input: readSetting('skiplens.inputShape') } : {}),
    };
    const isLate = patience();
    const parsed =
      text.length > LONGEST_TEXT ? undefined : parseDocument(file, language, text, known?.parsed, isLate);
    const all = { ...options, limits: { isLate } };
    const analysis = parsed ? analyzeDocument(parsed, all) : analyze(text, all);
    this.read.set(key, { version, given, parsed, analysis });
    if (analysis.isLate) this.tryAgain(document, key);
    return analysis;
  }

  /** The first reading of a session is slow, because its code is new to the engine: a second one is worth a try. */
  private tryAgain(document: vscode.TextDocument, key: string): void {
    if (this.triedAgain.has(key)) return;
    this.triedAgain.add(key);
    setTimeout(() => {
      if (document.isClosed) return;
      this.read.delete(key);
      this.check(document);
      this.changed.fire();
    }, quiet);
  }

  /** The shape that a person gave to a model, `3x224x224`. */
  shapeOf(uri: vscode.Uri, model: string): string | undefined {
    return this.shapesOf(uri)[model];
  }

  async giveShape(uri: vscode.Uri, model: string, shape: string): Promise<void> {
    const all = this.state.get<GivenShapes>(shapesKey, {});
    const key = uri.toString();
    await this.state.update(shapesKey, { ...all, [key]: { ...all[key], [model]: shape } });
    this.again();
  }

  dispose(): void {
    for (const timer of this.pending.values()) clearTimeout(timer);
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  private shapesOf(uri: vscode.Uri): Readonly<Record<string, string>> {
    return this.state.get<GivenShapes>(shapesKey, {})[uri.toString()] ?? {};
  }

  private again(): void {
    for (const document of vscode.workspace.textDocuments) this.check(document);
    this.changed.fire();
  }

  private checkSoon(document: vscode.TextDocument): void {
    if (!languages[document.languageId]) return;
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
    if (document.isClosed || !languages[document.languageId]) return;
    const analysis = readSetting('skiplens.diagnostics.enabled') ? this.analysisOf(document) : undefined;
    if (!analysis) {
      this.problems.delete(document.uri);
      return;
    }
    const severities = {
      error: vscode.DiagnosticSeverity.Error,
      warning: vscode.DiagnosticSeverity.Warning,
      information: vscode.DiagnosticSeverity.Information,
    };
    this.problems.set(
      document.uri,
      analysis.problems.map(({ start, end, severity, message, code }) => {
        const range = new vscode.Range(document.positionAt(start), document.positionAt(end));
        const diagnostic = new vscode.Diagnostic(range, message, severities[severity]);
        diagnostic.code = code;
        diagnostic.source = 'skiplens';
        return diagnostic;
      }),
    );
  }

  private forget(uri: vscode.Uri): void {
    const key = uri.toString();
    clearTimeout(this.pending.get(key));
    this.pending.delete(key);
    this.read.delete(key);
    this.triedAgain.delete(key);
    this.problems.delete(uri);
  }
}

/** Other files as the editor has them: an open one with its unsaved edits, else the one on disk. */
function readerOf(file: string): (other: string) => string | undefined {
  const fromDisk = readerBeside(file);
  return (other) => {
    const target = path.resolve(path.dirname(file), other);
    const open = vscode.workspace.textDocuments.find(({ uri }) => uri.fsPath === target);
    return open ? open.getText() : fromDisk(other);
  };
}
