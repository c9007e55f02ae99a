/**
 * The open inspectors: at most one a run, opened, shown again and restored after a reload. Closing one ends
 * nothing but the picture.
 */
import * as vscode from 'vscode';
import type { NetworkSettings } from '../../protocol/settings';
import { openRun } from '../../runs/runReader';
import { inspectorViewType } from '../ids';
import type { LiveRun } from '../session/liveRun';
import type { Session } from '../session/session';
import { titleOf, titleOfRuns } from '../titles';
import { InspectorPanel } from './inspectorPanel';
import { parseSubject, recallSubject, type Subject } from './subject';

export class Panels implements vscode.Disposable {
  private readonly open = new Set<InspectorPanel>();

  constructor(
    private readonly context: vscode.ExtensionContext,
    private readonly session: Session,
    private readonly log: vscode.LogOutputChannel,
  ) {}

  /** The inspector that is in front, else the only one. */
  get active(): InspectorPanel | undefined {
    const all = [...this.open];
    return all.find((panel) => panel.isActive) ?? (all.length === 1 ? all[0] : undefined);
  }

  /** The inspector of a run, if one is open. */
  ofRun(folder: string): InspectorPanel | undefined {
    return [...this.open].find((panel) => panel.folder === folder);
  }

  /** The run is gone from the disk. */
  closeRun(folder: string): void {
    this.ofRun(folder)?.dispose();
  }

  get all(): readonly InspectorPanel[] {
    return [...this.open];
  }

  async showLive(run: LiveRun): Promise<InspectorPanel> {
    return this.show({ kind: 'live', ticket: run.ticket }, run.title);
  }

  async showRuns(folders: readonly string[]): Promise<InspectorPanel> {
    const runs = await Promise.all(
      folders.map(async (folder) => networksOf((await openRun(folder)).description.settings)),
    );
    return this.show({ kind: 'runs', folders }, titleOfRuns(runs));
  }

  async showNetworks(networks: readonly NetworkSettings[]): Promise<InspectorPanel> {
    return this.show({ kind: 'networks', networks }, titleOf(networks));
  }

  /** After a reload of the window: the panel is there, what it showed stands in its state. */
  restore(panel: vscode.WebviewPanel, state: unknown): void {
    // A page that had no time to keep its state is known by its title.
    const subject =
      parseSubject(state) ?? parseSubject(recallSubject(this.context.workspaceState, panel.title));
    if (!subject) {
      panel.dispose();
      return;
    }
    this.adopt(panel, subject);
  }

  dispose(): void {
    for (const panel of [...this.open]) panel.dispose();
  }

  /** The title is that of the page too, which is made only once. */
  private show(subject: Subject, title: string): InspectorPanel {
    const existing = [...this.open].find((panel) => panel.shows(subject));
    if (existing) {
      existing.reveal();
      return existing;
    }
    const panel = vscode.window.createWebviewPanel(
      inspectorViewType,
      title,
      vscode.ViewColumn.Active,
      InspectorPanel.options(this.context),
    );
    return this.adopt(panel, subject);
  }

  private adopt(panel: vscode.WebviewPanel, subject: Subject): InspectorPanel {
    const inspector = new InspectorPanel(this.context, this.session, this.log, panel, subject);
    this.open.add(inspector);
    panel.onDidDispose(() => this.open.delete(inspector));
    return inspector;
  }
}

function networksOf(settings: { readonly [key: string]: unknown }): readonly NetworkSettings[] {
  return Array.isArray(settings.networks) ? settings.networks : [];
}
