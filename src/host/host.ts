/**
 * What commands, views and panels share: one session with one trainer, the runs of the workspace, the open panels,
 * the log. Made at the first use, not at activation.
 */
import * as vscode from 'vscode';
import { SkiplensError } from '../base/errors';
import { t } from '../base/localize';
import type { RunSettings } from '../protocol/settings';
import { hasCheckpoint } from '../runs/checkpoints';
import { Panels } from './panels/panels';
import { readSetting, runsRoot } from './places';
import { report } from './report';
import type { LiveRun } from './session/liveRun';
import { Session } from './session/session';
import { connectTrainer } from './session/trainerProcess';
import { followCaret } from './source/followCaret';
import { MeasuredModels } from './source/measured';
import { registerProviders } from './source/providers';
import { SourceFiles } from './source/sourceFiles';
import { titleOf } from './titles';
import { RunLibrary } from './views/runLibrary';
import { StatusItem } from './views/statusItem';

export interface Host extends vscode.Disposable {
  readonly context: vscode.ExtensionContext;
  readonly log: vscode.LogOutputChannel;
  readonly session: Session;
  readonly library: RunLibrary;
  readonly panels: Panels;
  readonly sources: SourceFiles;
  /** Trains, remembers the settings, and opens the inspector unless told not to. */
  train(settings: RunSettings, options?: { show?: boolean }): Promise<LiveRun>;
}

export function createHost(context: vscode.ExtensionContext, log: vscode.LogOutputChannel): Host {
  const session = new Session({
    connect: () => connectTrainer(context, log),
    isTrusted: () => vscode.workspace.isTrusted,
    log: (level, text) => log[level](text),
  });
  const library = new RunLibrary(() => runsRoot(context), session);
  const panels = new Panels(context, session, log);
  const sources = new SourceFiles(context.workspaceState);
  const measured = new MeasuredModels(session, library);
  const disposables: vscode.Disposable[] = [
    library,
    panels,
    sources,
    measured,
    registerProviders(sources, measured),
    followCaret(panels),
    new StatusItem(session),
  ];

  session.onChanged.event(() => {
    const current = session.current();
    const setContext = (key: string, value: boolean) =>
      void vscode.commands.executeCommand('setContext', key, value);
    setContext('skiplens.active', current !== undefined);
    setContext('skiplens.paused', current?.phase === 'paused');
  });
  session.onEnded.event((run) => {
    const { status, reason, code } = run.end!;
    log.info(`${run.title}: ${status}${reason ? `: ${reason}` : ''}`);
    // A trainer that died is spoken of once, for all its runs.
    if (status === 'diverged' || (status === 'crashed' && code !== 'trainer/died'))
      void report(log, new SkiplensError(code ?? 'run/ended', reason ?? t('The run ended early.')));
  });
  session.onDied.event(({ error, runs }) => {
    log.error(error.message);
    const resumable = runs.find(({ folder }) => folder !== undefined && hasCheckpoint(folder));
    void offerAfterDeath(error, resumable);
  });

  async function offerAfterDeath(error: Error, run: LiveRun | undefined): Promise<void> {
    const [showLog, resume] = [t('Show Log'), t('Resume')];
    const answer = await vscode.window.showErrorMessage(
      error.message,
      ...(run ? [resume, showLog] : [showLog]),
    );
    if (answer === showLog) log.show();
    if (answer === resume && run) await vscode.commands.executeCommand('skiplens.resume', run.folder);
  }

  const host: Host = {
    context,
    log,
    session,
    library,
    panels,
    sources,
    async train(settings, { show = true } = {}) {
      const given: RunSettings = {
        ...settings,
        threads: settings.threads || readSetting('skiplens.threads'),
      };
      const run = await session.start(given, runsRoot(context), titleOf(settings.networks));
      await context.workspaceState.update('lastSettings', settings);
      if (show) await panels.showLive(run);
      return run;
    },
    dispose() {
      for (const disposable of disposables) disposable.dispose();
      return session.dispose();
    },
  };
  return host;
}
