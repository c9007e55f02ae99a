/** One item in the status bar while a run is active: step and loss; a click stops. Nothing otherwise. */
import * as vscode from 'vscode';
import { t } from '../../base/localize';
import type { LiveRun } from '../session/liveRun';
import type { Session } from '../session/session';

export class StatusItem implements vscode.Disposable {
  private item: vscode.StatusBarItem | undefined;
  private readonly subscriptions: { dispose(): void }[];

  constructor(private readonly session: Session) {
    this.subscriptions = [
      session.onChanged.event(() => this.refresh()),
      session.onStep.event(() => this.refresh()),
    ];
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
    this.item?.dispose();
  }

  private refresh(): void {
    const run = this.session.current();
    if (!run) {
      this.item?.dispose();
      this.item = undefined;
      return;
    }
    if (!this.item) {
      this.item = vscode.window.createStatusBarItem('skiplens.run', vscode.StatusBarAlignment.Left, 50);
      this.item.name = t('Skiplens run');
      this.item.command = 'skiplens.stop';
    }
    const text = words(run);
    const waiting = this.session.active().length - 1;
    const icon = run.phase === 'paused' ? '$(debug-pause)' : '$(sync~spin)';
    this.item.text = `${icon} ${text}`;
    this.item.tooltip =
      waiting > 0
        ? t('{0}: click to stop at the end of this step. Waiting behind it: {1}.', run.title, waiting)
        : t('{0}: click to stop at the end of this step.', run.title);
    this.item.accessibilityInformation = { label: text };
    this.item.show();
  }
}

function words(run: LiveRun): string {
  if (run.loss !== undefined) {
    const loss = run.loss.toPrecision(3);
    return run.phase === 'paused'
      ? t('Paused at step {0}/{1}, loss {2}', run.step, run.totalSteps, loss)
      : t('Step {0}/{1}, loss {2}', run.step, run.totalSteps, loss);
  }
  switch (run.phase) {
    case 'queued':
      return run.behind ? t('Waiting for {0}', run.behind) : t('Waiting to train');
    case 'data':
      return t('Reading data');
    case 'compile':
      return t('Compiling');
    default:
      return t('Training');
  }
}
