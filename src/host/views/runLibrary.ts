/**
 * The runs of the workspace as the editor lists them: what lies on disk, newest first, with those in front that
 * this window has asked for and that have no record yet. Looks again when the folder or the session says so.
 */
import * as vscode from 'vscode';
import { Emitter } from '../../base/emitter';
import { type ListedRun, listRuns } from '../../runs/listRuns';
import type { RunStatus } from '../../runs/run';
import type { LiveRun } from '../session/liveRun';
import type { Session } from '../session/session';
import { rowTitleOf } from '../titles';

/** One row: a record, a live run, or both. */
export interface RunRow {
  readonly id: string;
  /** Absent while a new run waits in the queue. */
  readonly folder?: string;
  readonly recorded?: ListedRun;
  readonly live?: LiveRun;
  readonly title: string;
  readonly status: RunStatus | 'queued' | 'preparing' | 'paused' | 'unreadable';
  readonly step: number;
  readonly totalSteps: number;
}

export class RunLibrary implements vscode.Disposable {
  readonly onChanged = new Emitter<void>();
  private watcher: vscode.FileSystemWatcher | undefined;
  private watched = '';
  private pending: NodeJS.Timeout | undefined;
  private readonly subscriptions: { dispose(): void }[] = [];

  constructor(
    private readonly root: () => string,
    session: Session,
  ) {
    this.session = session;
    this.subscriptions.push(
      session.onChanged.event(() => this.changedSoon()),
      session.onStep.event(() => this.changedSoon(1000)),
      vscode.workspace.onDidChangeWorkspaceFolders(() => this.changedSoon()),
      vscode.workspace.onDidGrantWorkspaceTrust(() => this.changedSoon()),
      vscode.workspace.onDidChangeConfiguration((e) => {
        if (e.affectsConfiguration('skiplens.runsFolder')) this.changedSoon();
      }),
    );
  }

  private readonly session: Session;

  async rows(): Promise<RunRow[]> {
    const root = this.root();
    this.watch(root);
    const recorded = await listRuns(root);
    const rows: RunRow[] = [];
    for (const live of this.session.active())
      if (!live.folder || !recorded.some((run) => run.folder === live.folder)) rows.push(liveRow(live));
    for (const run of recorded) rows.push(recordedRow(run, this.session.byFolder(run.folder)));
    return rows;
  }

  dispose(): void {
    clearTimeout(this.pending);
    this.watcher?.dispose();
    for (const subscription of this.subscriptions) subscription.dispose();
    this.onChanged.dispose();
  }

  /** Several changes become one; a step counter need not be quicker than a second. */
  private changedSoon(milliseconds = 100): void {
    if (this.pending) return;
    this.pending = setTimeout(() => {
      this.pending = undefined;
      this.onChanged.fire();
    }, milliseconds);
  }

  private watch(root: string): void {
    if (this.watched === root) return;
    this.watched = root;
    this.watcher?.dispose();
    // A run's folder appears when it begins and goes when it is deleted; its steps are nobody's event.
    this.watcher = vscode.workspace.createFileSystemWatcher(
      new vscode.RelativePattern(vscode.Uri.file(root), '*/run.json'),
    );
    this.watcher.onDidCreate(() => this.changedSoon());
    this.watcher.onDidDelete(() => this.changedSoon());
  }
}

function liveRow(live: LiveRun): RunRow {
  return {
    id: live.ticket,
    folder: live.folder,
    live,
    title: rowTitleOf(live.settings.networks),
    status: liveStatus(live),
    step: live.step,
    totalSteps: live.totalSteps,
  };
}

function recordedRow(run: ListedRun, life: LiveRun | undefined): RunRow {
  const live = life && !life.isOver ? life : undefined;
  if (!run.readable)
    return {
      id: run.id,
      folder: run.folder,
      recorded: run,
      title: run.id,
      status: 'unreadable',
      step: 0,
      totalSteps: 0,
    };
  const settings = run.description.settings as { steps?: number };
  return {
    id: run.id,
    folder: run.folder,
    recorded: run,
    live,
    title: run.description.title,
    status: live ? liveStatus(live) : run.status,
    step: live?.started ? live.step : run.steps,
    totalSteps: live?.totalSteps ?? settings.steps ?? run.steps,
  };
}

function liveStatus(live: LiveRun): RunRow['status'] {
  if (live.end) return live.end.status;
  switch (live.phase) {
    case 'queued':
      return 'queued';
    case 'data':
    case 'compile':
      return 'preparing';
    case 'paused':
      return 'paused';
    default:
      return 'running';
  }
}
