/**
 * One trainer process: its pipes, the frames on them, the last lines that it logged, and its death as one sentence.
 * Knows no run; `client.ts` does, which may put another process in the place of this one.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';
import { SkiplensError } from '../base/errors';
import { t } from '../base/localize';
import { Caller } from './channel';
import { encodeFrame, FrameReader } from './frames';
import { type NodeChoice, oldestNode } from './nodeChoice';
import type { TrainerEvents, TrainerRequests } from './trainer';

export type TrainerEvent = {
  [K in keyof TrainerEvents]: { name: K; payload: TrainerEvents[K] };
}[keyof TrainerEvents];

export interface ProcessOptions {
  /** dist/trainer.js */
  readonly script: string;
  readonly node: NodeChoice;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

export interface ProcessListeners {
  onEvent(event: TrainerEvent): void;
  /** A line on its standard error. */
  onLog(line: string): void;
  /** The process is gone, asked to or not; told once. */
  onEnd(reason: SkiplensError): void;
}

/** How many log lines an error may quote. */
const keptLines = 20;

export class TrainerProcess {
  private readonly child: ChildProcess;
  private readonly caller: Caller<TrainerRequests, TrainerEvents>;
  private readonly lines: string[] = [];
  private isGone = false;
  private gone: () => void = () => {};
  /** Resolves when the process is gone. */
  readonly whenGone = new Promise<void>((resolve) => {
    this.gone = resolve;
  });

  constructor(
    { script, node, env, cwd }: ProcessOptions,
    private readonly listeners: ProcessListeners,
  ) {
    this.child = spawn(node.command, [script], {
      cwd,
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...process.env, ...node.env, ...env },
      windowsHide: true,
    });
    this.caller = new Caller<TrainerRequests, TrainerEvents>(
      (message) => {
        if (!this.isGone) this.child.stdin?.write(encodeFrame(message));
      },
      (name, payload) => listeners.onEvent({ name, payload } as TrainerEvent),
    );
    const reader = new FrameReader(
      (message) => this.caller.receive(message),
      (noise) => this.log(noise),
    );
    this.child.stdout?.on('data', (chunk: Buffer) => reader.push(chunk));
    this.child.stderr?.on('data', (chunk: Buffer) => this.log(chunk.toString('utf8')));
    this.child.stdin?.on('error', () => {});
    this.child.on('error', (error) => this.end(cannotStart(node.command, error)));
    this.child.on('exit', (code, signal) => this.end(died(code, signal, this.lines)));
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  /** Rejects with the reason of the process's end where that comes before the answer. */
  request<K extends keyof TrainerRequests>(
    method: K,
    params: TrainerRequests[K]['params'],
  ): Promise<TrainerRequests[K]['result']> {
    return this.caller.request(method, params);
  }

  /** Lets it end the current step and save. */
  close(): void {
    this.child.stdin?.end();
  }

  /** Ends it at once; what it recorded stays. */
  kill(): void {
    this.child.kill('SIGKILL');
  }

  private log(text: string): void {
    for (const line of text.split('\n')) {
      if (line.trim() === '') continue;
      this.lines.push(line);
      if (this.lines.length > keptLines) this.lines.shift();
      this.listeners.onLog(line);
    }
  }

  private end(reason: SkiplensError): void {
    if (this.isGone) return;
    this.isGone = true;
    this.caller.close(reason);
    this.gone();
    this.listeners.onEnd(reason);
  }
}

function cannotStart(command: string, error: Error): SkiplensError {
  return new SkiplensError(
    'node/missing',
    t(
      'The trainer could not be started with "{0}" ({1}); install Node {2} or newer, or set the path to one.',
      path.basename(command),
      error.message,
      oldestNode,
    ),
  );
}

function died(code: number | null, signal: string | null, lines: readonly string[]): SkiplensError {
  const how = signal ?? t('exit code {0}', String(code));
  const last = lines.slice(-3).join(' | ');
  return new SkiplensError(
    'trainer/died',
    last
      ? t(
          'The trainer process ended unexpectedly ({0}). What it recorded is kept. Its last lines: {1}',
          how,
          last,
        )
      : t('The trainer process ended unexpectedly ({0}). What it recorded is kept.', how),
  );
}
