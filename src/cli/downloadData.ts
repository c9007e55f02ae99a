/**
 * `skiplens data download`: says what would be fetched, from where and how large, asks, and fetches. Without a
 * terminal nobody can be asked, so only `--yes` is consent. Ctrl-C leaves what has come for the next time.
 */
import path from 'node:path';
import { createInterface } from 'node:readline/promises';
import { SingleBar } from 'cli-progress';
import { SkiplensError } from '../base/errors';
import { t } from '../base/localize';
import { datasets } from '../datasets';
import { dataHome } from '../datasets/dataHome';
import { formatDataSpec } from '../datasets/dataSpec';
import { type Download, downloadOf, downloads, fromMirror } from '../datasets/downloads/catalogue';
import { type DownloadOffer, type DownloadProgress, downloadDataset } from '../datasets/downloads/download';
import { unknownDataset } from '../datasets/errors';
import { megabytes } from './format';

export interface DownloadFlags {
  to?: string;
  from?: string;
  yes?: boolean;
}

/** Where words go and answers come from: the process's own, or a test's. */
export interface Terminal {
  /** Whether somebody sits there who can be asked. */
  readonly canAsk: boolean;
  /** Whether a line can be drawn over. */
  readonly isTty: boolean;
  say(line: string): void;
  /** Empty where the person ends the input; Ctrl-C aborts `stop`. */
  ask(question: string, stop: AbortController): Promise<string>;
}

const ownTerminal: Terminal = {
  canAsk: process.stdin.isTTY === true && process.stderr.isTTY === true,
  isTty: process.stderr.isTTY === true,
  say: (line) => void process.stderr.write(`${line}\n`),
  async ask(question, stop) {
    const reader = createInterface({ input: process.stdin, output: process.stderr });
    // A terminal that is read line by line keeps Ctrl-C from the process.
    reader.once('SIGINT', () => stop.abort());
    const ended = new Promise<string>((resolve) => reader.once('close', () => resolve('')));
    try {
      return await Promise.race([reader.question(question, { signal: stop.signal }), ended]);
    } catch {
      return '';
    } finally {
      reader.close();
    }
  },
};

/** Exit code 0 only where the data is there in the end; 130 after Ctrl-C. */
export async function downloadData(
  name: string,
  { to, from, yes = false }: DownloadFlags,
  terminal = ownTerminal,
  official = downloadOf(name),
): Promise<void> {
  if (!official) {
    if (!Object.hasOwn(datasets, name)) throw unknownDataset(name, Object.keys(datasets));
    throw new SkiplensError(
      'data/noDownload',
      t(
        'Nobody offers {0} for download here; what can be fetched is {1}.',
        name,
        Object.keys(downloads).join(', '),
      ),
    );
  }
  const download = from === undefined ? official : fromMirror(official, from);
  const home = path.resolve(to ?? dataHome());
  const stop = new AbortController();
  const interrupt = () => stop.abort();
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  const meter = new Meter(terminal);
  try {
    const result = await downloadDataset(download, home, {
      signal: stop.signal,
      consent: (offer) => consent(download, offer, yes, terminal, stop),
      onProgress: (progress) => meter.show(progress),
    });
    meter.close();
    switch (result.outcome) {
      case 'ready': {
        const spec = formatDataSpec({
          id: download.id,
          argument: to === undefined ? undefined : result.folder,
        });
        terminal.say(t('{0} is in {1}. Train on it with: --data {2}', download.title, result.folder, spec));
        return;
      }
      case 'declined':
        terminal.say(t('Nothing was fetched.'));
        process.exitCode = stop.signal.aborted ? 130 : 1;
        return;
      case 'cancelled':
        terminal.say(t('Cancelled. The same command goes on where this one stopped.'));
        process.exitCode = 130;
    }
  } finally {
    meter.close();
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', interrupt);
  }
}

async function consent(
  download: Download,
  { bytes, urls, folder }: DownloadOffer,
  isAgreed: boolean,
  terminal: Terminal,
  stop: AbortController,
): Promise<boolean> {
  terminal.say(
    t(
      '{0}, by {1}: {2} MB to fetch, {3} MB on disk in {4}.',
      download.title,
      download.publisher,
      megabytes(bytes),
      megabytes(download.unpackedBytes),
      folder,
    ),
  );
  for (const url of urls) terminal.say(t('From {0}', url));
  if (isAgreed) return true;
  if (!terminal.canAsk)
    throw new SkiplensError(
      'data/consent',
      t('Nothing is downloaded without consent, and there is no terminal to ask at; add --yes to agree.'),
    );
  const answer = await terminal.ask(t('Fetch it? [y/N] '), stop);
  return /^y(es)?$/i.test(answer.trim());
}

/** A bar on a terminal; elsewhere a line at every tenth. */
class Meter {
  private bar: SingleBar | undefined;
  private tenths = 0;
  private isUnpacking = false;

  constructor(private readonly terminal: Terminal) {}

  show({ phase, bytes, totalBytes }: DownloadProgress): void {
    if (phase === 'unpacking') {
      if (!this.isUnpacking) {
        this.close();
        this.terminal.say(t('Unpacking ...'));
      }
      this.isUnpacking = true;
      return;
    }
    const [done, total] = [megabytes(bytes), megabytes(totalBytes)];
    if (this.terminal.isTty) {
      if (!this.bar) {
        this.bar = new SingleBar({
          format: '{bar} {done} of {all} MB',
          barsize: 24,
          hideCursor: true,
          clearOnComplete: true,
          stream: process.stderr,
          gracefulExit: false,
        });
        this.bar.start(totalBytes, bytes, { done, all: total });
      } else this.bar.update(bytes, { done });
      return;
    }
    const tenths = Math.floor((10 * bytes) / totalBytes);
    if (tenths <= this.tenths) return;
    this.tenths = tenths;
    this.terminal.say(t('{0} of {1} MB', done, total));
  }

  close(): void {
    this.bar?.stop();
    this.bar = undefined;
  }
}
