/**
 * One inspector: the page, its questions, and the deltas that keep it fresh. It holds no numbers of its own; a
 * snapshot is gathered anew whenever the page asks, which it does at its first word and after every show.
 */
import { randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import { SkiplensError } from '../../base/errors';
import { t } from '../../base/localize';
import { Answerer, type Handlers } from '../../protocol/channel';
import type { DataCard } from '../../protocol/dataCard';
import type { NetworkDescription } from '../../protocol/description';
import type { FiguresTable } from '../../protocol/networkFigures';
import type {
  PanelDigest,
  PanelEvents,
  PanelNumbers,
  PanelRequests,
  PanelSnapshot,
} from '../../protocol/panel';
import { Series, type SeriesSnapshot } from '../../protocol/series';
import { readSetting } from '../places';
import { report } from '../report';
import type { LiveRun } from '../session/liveRun';
import type { Session } from '../session/session';
import { readDetails } from './details';
import { type ExportFormat, exportRun, savePicture } from './exports';
import { followRecorded } from './followRecorded';
import { panelHtml } from './html';
import { probeOneBatch } from './oneBatch';
import { Sheets } from './sheets';
import { type Gathered, gather, gatherStep, liveWords, type Surroundings } from './snapshot';
import { isSameSubject, rememberSubject, type Subject } from './subject';

export class InspectorPanel implements vscode.Disposable {
  private gathered: Gathered | undefined;
  /** What was measured at initialisation, for as long as networks are inspected and not trained. */
  private measured: Pick<PanelSnapshot, 'networks' | 'series'> | undefined;
  private readonly answerer: Answerer<PanelRequests, PanelEvents>;
  private readonly subscriptions: { dispose(): void }[] = [];
  private readonly digests = new Map<string, (digest: PanelDigest) => void>();
  private readonly sheets: Sheets;
  /** Ends the following of another process's run. */
  private following: AbortController | undefined;
  /** Deltas before the first snapshot would have nothing to change. */
  private isReady = false;
  /** The sheet with the figures is to open as soon as there is a page. */
  private wantsFigures = false;

  static options(context: vscode.ExtensionContext): vscode.WebviewOptions & vscode.WebviewPanelOptions {
    return {
      enableScripts: true,
      enableFindWidget: false,
      localResourceRoots: ['dist', 'media'].map((folder) =>
        vscode.Uri.joinPath(context.extensionUri, folder),
      ),
    };
  }

  constructor(
    private readonly context: vscode.ExtensionContext,
    private readonly session: Session,
    private readonly log: vscode.LogOutputChannel,
    private readonly panel: vscode.WebviewPanel,
    private subject: Subject,
  ) {
    const { webview } = panel;
    this.sheets = new Sheets(session);
    this.answerer = new Answerer<PanelRequests, PanelEvents>(
      (message) => void webview.postMessage(message),
      this.handlers(),
      (error) => log.error(error.stack ?? error.message),
    );
    this.subscriptions.push(
      webview.onDidReceiveMessage((message) => this.answerer.receive(message)),
      panel.onDidDispose(() => this.forget()),
      panel.onDidChangeViewState(() => {
        // A hidden page is gone; its next word is `panel/ready` again.
        if (panel.visible) return;
        this.isReady = false;
        this.following?.abort();
      }),
      vscode.workspace.onDidGrantWorkspaceTrust(() => void this.refresh()),
      session.onStarted.event((run) => {
        if (this.live() === run) void this.become({ kind: 'runs', folders: [run.folder!] });
      }),
      session.onChanged.event((run) => {
        if (this.isReady && this.live() === run) this.answerer.emit('run/changed', liveWords(run));
      }),
      session.onStep.event(({ run, event }) => {
        if (!this.isReady || this.live() !== run) return;
        const { step, totalSteps, imagesPerSecond, secondsLeft, networks } = event;
        this.answerer.emit('run/step', { step, totalSteps, imagesPerSecond, secondsLeft, networks });
      }),
      session.onEnded.event((run) => {
        // Messages were thinned; the record has every step.
        if (this.live() === run) void this.refresh();
      }),
      session.onDataRead.event(({ reader, share }) => {
        if (this.isReady && reader === this.sheets.reader) this.answerer.emit('data/progress', { share });
      }),
      session.onEvaluated.event(({ run, evaluation }) => {
        if (this.isReady && this.live() === run) this.answerer.emit('run/evaluated', evaluation);
      }),
    );
    webview.options = InspectorPanel.options(context);
    const icon = (name: string) => vscode.Uri.joinPath(context.extensionUri, 'media', name);
    panel.iconPath = { light: icon('activity.svg'), dark: icon('activity-dark.svg') };
    webview.html = panelHtml(webview, context.extensionUri);
  }

  get isActive(): boolean {
    return this.panel.active;
  }

  get title(): string {
    return this.panel.title;
  }

  shows(subject: Subject): boolean {
    if (isSameSubject(this.subject, subject)) return true;
    const live = this.live();
    return subject.kind === 'live' && live?.ticket === subject.ticket;
  }

  /** The folder of the one run that it shows. */
  get folder(): string | undefined {
    return this.subject.kind === 'runs' && this.subject.folders.length === 1
      ? this.subject.folders[0]
      : undefined;
  }

  reveal(): void {
    this.panel.reveal();
  }

  dispose(): void {
    this.panel.dispose();
  }

  /** Asks for the picture as it is shown; the page answers with `picture/save`. */
  wantPicture(format: 'svg' | 'png'): void {
    this.answerer.emit('picture/wanted', { format });
  }

  /** Lights the row of the layer that this line (from 0) of a source file made, if it shows one. */
  revealLine(file: string, line: number): void {
    for (const { layers } of this.gathered?.snapshot.networks ?? []) {
      const layer = layers.find(({ source }) => source?.file === file && source.line === line);
      if (!layer) continue;
      this.answerer.emit('row/reveal', { scope: layer.scope });
      return;
    }
  }

  /** Writes what the panel shows to a file that the person names; answers which. */
  async export(format: ExportFormat): Promise<vscode.Uri> {
    const { folder } = this;
    if (format !== 'html' && !folder)
      throw new SkiplensError('run/none', t('Nothing is recorded here yet; there is no run to export.'));
    // Gathered anew: a run may have grown since the page last asked.
    const gathered = await this.gather();
    const carried = format === 'html' ? await this.sheets.forReport(gathered) : {};
    return exportRun(this.context, format, folder, { ...gathered.snapshot, ...carried });
  }

  /** Opens the sheet with the networks' figures. */
  showFigures(): void {
    this.wantsFigures = !this.isReady;
    if (this.isReady) this.answerer.emit('network/compared', {});
  }

  /** What the page shows, in numbers: for tests. */
  digest(): Promise<PanelDigest> {
    const token = randomUUID();
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.digests.delete(token);
        reject(new Error('the panel gives no digest'));
      }, 5_000);
      this.digests.set(token, (digest) => {
        clearTimeout(timer);
        resolve(digest);
      });
      this.answerer.emit('panel/probe', { token });
    });
  }

  private forget(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
    this.isReady = false;
    this.following?.abort();
  }

  /** A run that says it is running and is none of this window's is trained by another process. */
  private followOther({ run, evaluations }: PanelSnapshot): void {
    this.following?.abort();
    const { folder } = this;
    if (run?.status !== 'running' || folder === undefined || this.live()) return;
    this.following = new AbortController();
    const { signal } = this.following;
    const { step, totalSteps } = run;
    followRecorded(
      folder,
      { step, evaluations: evaluations.length },
      {
        onStep: (step) => {
          if (this.isReady && !signal.aborted) this.answerer.emit('run/step', { totalSteps, ...step });
        },
        onEvaluated: (evaluation) => {
          if (this.isReady && !signal.aborted) this.answerer.emit('run/evaluated', evaluation);
        },
        onEnded: () => void this.refresh(),
      },
      signal,
    ).catch((error) => this.log.error(String(error)));
  }

  /** The run of this window that the panel shows; one that is over counts until its record can be read. */
  private live(): LiveRun | undefined {
    if (this.subject.kind === 'live') return this.session.byTicket(this.subject.ticket);
    const folder = this.folder;
    const run = folder === undefined ? undefined : this.session.byFolder(folder);
    return run?.started ? run : undefined;
  }

  private surroundings(): Surroundings {
    const bundle: Record<string, string> = {};
    for (const [key, value] of Object.entries(vscode.l10n.bundle ?? {}))
      bundle[key] = typeof value === 'string' ? value : String(value);
    return { language: vscode.env.language, bundle, isTrusted: vscode.workspace.isTrusted };
  }

  private async gather(): Promise<Gathered> {
    const live = this.live();
    // A run that ended is read from its record, which knows of checkpoints and of a later life.
    const source = live && (!live.isOver || !live.folder || !live.started) ? live : undefined;
    this.gathered = await gather(this.subject, source, this.surroundings());
    if (this.subject.kind === 'networks' && this.measured)
      this.gathered = { ...this.gathered, snapshot: { ...this.gathered.snapshot, ...this.measured } };
    this.panel.title = this.gathered.snapshot.title;
    rememberSubject(this.context.workspaceState, this.panel.title, this.subject);
    return this.gathered;
  }

  /** As the button of the page does it. */
  async measureNow(): Promise<readonly PanelNumbers[]> {
    return (await this.measure()).numbers;
  }

  /** The card of the run's data, as the page asks for it. */
  async card(): Promise<DataCard> {
    return this.sheets.card((this.gathered ?? (await this.gather())).settings);
  }

  async figures(): Promise<FiguresTable> {
    return this.sheets.figures(this.gathered ?? (await this.gather()));
  }

  /** What the page would draw from now. */
  async snapshot(): Promise<PanelSnapshot> {
    return (await this.gather()).snapshot;
  }

  private async become(subject: Subject): Promise<void> {
    this.subject = subject;
    await this.refresh();
  }

  private async refresh(): Promise<void> {
    try {
      const { snapshot } = await this.gather();
      if (this.isReady) this.answerer.emit('panel/snapshot', snapshot);
    } catch (error) {
      await report(this.log, error);
    }
  }

  private handlers(): Handlers<PanelRequests> {
    const done = {};
    const running = (): LiveRun => {
      const live = this.live();
      if (!live || live.isOver)
        throw new SkiplensError('run/notActive', t('This run is not active any more.'));
      return live;
    };
    return {
      'panel/ready': async () => {
        const { snapshot } = await this.gather();
        this.isReady = true;
        this.followOther(snapshot);
        // Behind the answer, which makes the page.
        if (this.wantsFigures) setTimeout(() => this.showFigures());
        return snapshot;
      },
      'run/pause': async () => {
        await this.session.pause(running());
        return done;
      },
      'run/continue': async () => {
        await this.session.continue(running());
        return done;
      },
      'run/stop': async () => {
        await this.session.stop(running());
        return done;
      },
      'run/resume': async () => {
        await vscode.commands.executeCommand('skiplens.resume', this.folder);
        return done;
      },
      'network/train': async () => {
        const networks = this.gathered?.networks ?? [];
        const run = await vscode.commands.executeCommand<LiveRun | undefined>('skiplens.train', { networks });
        if (run) await this.become({ kind: 'live', ticket: run.ticket });
        return done;
      },
      'network/measure': () => this.measure(),
      'run/readStep': async ({ step }) => ({
        series: this.subject.kind === 'runs' ? await gatherStep(this.subject.folders, step) : [],
      }),
      'run/export': async ({ format }) => {
        await this.export(format);
        return done;
      },
      'picture/save': async ({ name, content }) => {
        await savePicture(name, content);
        return done;
      },
      'source/reveal': async ({ place }) => {
        const position = new vscode.Position(place.line, place.column);
        const uri = vscode.Uri.file(place.file);
        // Where it is in sight already, else beside the panel, which must not be covered.
        const shown = vscode.window.visibleTextEditors.find(
          ({ document }) => document.uri.fsPath === uri.fsPath,
        );
        await vscode.window.showTextDocument(uri, {
          selection: new vscode.Range(position, position),
          viewColumn: shown?.viewColumn ?? vscode.ViewColumn.Beside,
        });
        return done;
      },
      'row/details': ({ scope }) => readDetails(this.folder, scope, this.gathered?.snapshot.networks ?? []),
      'data/card': async () => ({ card: await this.card() }),
      'data/cancel': async () => {
        await this.sheets.cancel();
        return done;
      },
      'network/figures': () => this.figures(),
      'panel/digest': ({ token, digest }) => {
        this.digests.get(token)?.(digest);
        this.digests.delete(token);
        return done;
      },
      'panel/failed': ({ message, stack }) => {
        this.log.error(`panel: ${message}\n${stack}`);
        return done;
      },
    };
  }

  /**
   * Forward and backward once at initialisation, the networks one after the other. The page is given the probe's
   * own descriptions first: they name what the numbers belong to.
   */
  private async measure(): Promise<PanelRequests['network/measure']['result']> {
    const { networks, snapshot } = this.gathered ?? (await this.gather());
    const numbers: PanelNumbers[] = [];
    const described: NetworkDescription[] = [];
    for (const [i, network] of networks.entries()) {
      const {
        network: description,
        loss,
        vectors,
      } = await probeOneBatch(network, (request) =>
        this.session.probe({
          ...request,
          device: readSetting('skiplens.device'),
          threads: readSetting('skiplens.threads'),
          seed: 1,
        }),
      );
      described.push(description);
      numbers.push({ network: i, step: 0, numbers: { loss, accuracy: Number.NaN, vectors } });
    }
    this.measured = { networks: described, series: numbers.map((n) => seriesOf(n)) };
    if (this.isReady) this.answerer.emit('panel/snapshot', { ...snapshot, ...this.measured });
    return { numbers };
  }
}

function seriesOf({ step, numbers }: PanelNumbers): SeriesSnapshot {
  const series = new Series();
  series.add(step, numbers);
  return series.toSnapshot();
}
