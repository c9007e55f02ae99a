/** Follows one run from its order to its end: a progress bar for people, JSON lines for programs. */
import { SingleBar } from 'cli-progress';
import type { SkiplensError } from '../base/errors';
import { t } from '../base/localize';
import type { TrainerClient, TrainerEvent } from '../protocol/client';
import type { TrainerEvents } from '../protocol/trainer';
import { count, decimals, duration } from './format';

export interface Followed {
  readonly status: TrainerEvents['run/ended']['status'];
  readonly reason?: string;
  readonly started?: TrainerEvents['run/started'];
}

/** `order` asks for the run and answers its ticket. Ctrl-C stops at the end of the step; a second one at once. */
export async function followRun(
  client: TrainerClient,
  order: () => Promise<{ ticket: string }>,
  json: boolean,
  onDeath: (folder: string, death: SkiplensError) => Promise<void>,
): Promise<Followed> {
  const view: View = json ? new JsonView() : new TerminalView();
  let ticket: string | undefined;
  let started: TrainerEvents['run/started'] | undefined;
  const early: TrainerEvent[] = [];
  const ended = new Promise<Followed>((resolve, reject) => {
    const take = (event: TrainerEvent) => {
      view.show(event);
      if (event.name === 'run/started') started = event.payload;
      if (event.name === 'run/ended')
        resolve({ status: event.payload.status, reason: event.payload.reason, started });
    };
    client.onEvent((event) => (ticket === undefined ? early.push(event) : take(event)));
    client.onDeath((death) => {
      const recorded = started ? onDeath(started.folder, death) : Promise.resolve();
      recorded.then(() => reject(death), reject);
    });
    order().then((answer) => {
      ticket = answer.ticket;
      for (const event of early.splice(0)) take(event);
    }, reject);
  });
  let interrupts = 0;
  const interrupt = () => {
    interrupts++;
    if (interrupts > 1 || ticket === undefined) {
      client.kill();
      process.exit(130);
    }
    view.note(t('Stopping at the end of this step; press Ctrl-C again to end at once.'));
    client.request('run/stop', { ticket }).catch(() => {});
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  try {
    return await ended;
  } finally {
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', interrupt);
    view.close();
  }
}

interface View {
  show(event: TrainerEvent): void;
  note(text: string): void;
  close(): void;
}

/** One event a line; typed arrays become arrays, and what JSON cannot say becomes null. */
class JsonView implements View {
  show({ name, payload }: TrainerEvent): void {
    const line = JSON.stringify({ event: name, ...payload }, (_, value) =>
      ArrayBuffer.isView(value) ? Array.from(value as Float32Array) : value,
    );
    process.stdout.write(`${line}\n`);
  }

  note(): void {}

  close(): void {}
}

class TerminalView implements View {
  private readonly bar: SingleBar | undefined;
  private barRuns = false;
  /** How far reading, compiling or evaluating is. */
  private readonly phaseBar: SingleBar | undefined;
  /** What that bar tells of; empty while it does not run. */
  private phaseWords = '';
  private lastLine = '';
  private lastPlain = 0;
  private seeds = 1;

  constructor() {
    if (!process.stderr.isTTY) return;
    const look = {
      barsize: 24,
      hideCursor: true,
      clearOnComplete: true,
      stream: process.stderr,
      gracefulExit: false,
    };
    this.bar = new SingleBar({ ...look, format: '{bar} {value}/{total}  {losses}  {speed}  {left}' });
    this.phaseBar = new SingleBar({ ...look, format: '{bar} {percentage} %  {words}' });
  }

  show(event: TrainerEvent): void {
    switch (event.name) {
      case 'run/phase':
        this.phase(event.payload);
        return;
      case 'run/started':
        this.line(
          t(
            'Run {0} on {1}: {2} on {3}',
            event.payload.id,
            event.payload.device.title,
            event.payload.title,
            event.payload.data.title,
          ),
        );
        this.seeds = event.payload.seeds.length;
        if (this.seeds > 1) this.line(t('Seeds: {0}', event.payload.seeds.join(', ')));
        if (event.payload.step > 0) this.line(t('Going on from step {0}.', event.payload.step));
        return;
      case 'run/step':
        this.step(event.payload);
        return;
      case 'run/evaluated': {
        const { network, seed, step } = event.payload;
        const [loss, accuracy] = [decimals(event.payload.loss), decimals(100 * event.payload.accuracy, 1)];
        this.line(
          this.seeds > 1
            ? t(
                'step {0}: {1} from seed {2}: validation loss {3}, accuracy {4} %',
                step,
                network,
                seed,
                loss,
                accuracy,
              )
            : t('step {0}: {1} validation loss {2}, accuracy {3} %', step, network, loss, accuracy),
        );
        return;
      }
      case 'log/line':
        if (event.payload.level === 'error') this.line(event.payload.text);
        return;
      case 'run/ended':
        return;
    }
  }

  note(text: string): void {
    this.line(text);
  }

  close(): void {
    if (this.barRuns) this.bar?.stop();
    this.barRuns = false;
    if (this.phaseWords) this.phaseBar?.stop();
    this.phaseWords = '';
  }

  private phase({ phase, network, behind, share }: TrainerEvents['run/phase']): void {
    if (phase === 'queued')
      this.line(
        behind
          ? t('Waiting: {0} is being trained.', behind)
          : t('Waiting: another network is being trained.'),
      );
    else if (phase === 'compile' && network) this.progress(t('Compiling {0} ...', network), share);
    else if (phase === 'data') this.progress(t('Reading the data ...'), share);
    else if (phase === 'evaluation' && network && this.phaseBar)
      this.progress(t('Evaluating {0} ...', network), share);
    else if (phase === 'paused') this.line(t('Paused.'));
    else if (this.phaseWords) this.close();
  }

  /** A bar where there is a terminal, and a line once elsewhere. */
  private progress(words: string, share = 0): void {
    if (!this.phaseBar) {
      if (words !== this.lastLine) this.line(words);
      return;
    }
    if (words !== this.phaseWords) {
      this.close();
      this.phaseBar.start(100, 0, { words });
      this.phaseWords = words;
    }
    this.phaseBar.update(Math.floor(100 * share));
  }

  private step(event: TrainerEvents['run/step']): void {
    const losses = event.networks.map((n) => decimals(n.loss)).join(' | ');
    const payload = {
      losses: this.seeds > 1 ? t('mean loss {0}', losses) : t('loss {0}', losses),
      speed: t('{0} images/s', count(Math.round(event.imagesPerSecond))),
      left: t('{0} left', duration(event.secondsLeft)),
    };
    if (this.bar) {
      if (this.phaseWords) this.close();
      if (!this.barRuns) {
        this.bar.start(event.totalSteps, event.step, payload);
        this.barRuns = true;
      } else this.bar.update(event.step, payload);
      return;
    }
    // Without a terminal: a line every five seconds and one for the last step.
    const now = Date.now();
    if (now - this.lastPlain < 5000 && event.step < event.totalSteps) return;
    this.lastPlain = now;
    this.line(`${event.step}/${event.totalSteps}  ${payload.losses}  ${payload.speed}  ${payload.left}`);
  }

  private line(text: string): void {
    this.close();
    this.lastLine = text;
    process.stderr.write(`${text}\n`);
  }
}
