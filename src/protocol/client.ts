/**
 * Starts the trainer by path and talks to it. Shared by the editor and the command line; knows which Node to use,
 * keeps the last lines that the process logged, and turns its death into one sentence.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import path from 'node:path';
import { Emitter } from '../base/emitter';
import { SkiplensError } from '../base/errors';
import { t } from '../base/localize';
import { Caller } from './channel';
import { encodeFrame, FrameReader } from './frames';
import type { TrainerEvents, TrainerRequests } from './trainer';

export type TrainerEvent = {
  [K in keyof TrainerEvents]: { name: K; payload: TrainerEvents[K] };
}[keyof TrainerEvents];

export interface ClientOptions {
  /** dist/trainer.js */
  readonly script: string;
  readonly node: NodeChoice;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

export interface NodeChoice {
  readonly command: string;
  readonly env: Readonly<Record<string, string>>;
}

/** How many log lines an error may quote. */
const keptLines = 20;

export class TrainerClient {
  private readonly child: ChildProcess;
  private readonly caller: Caller<TrainerRequests, TrainerEvents>;
  private readonly lines: string[] = [];
  private readonly events = new Emitter<TrainerEvent>();
  private readonly deaths = new Emitter<SkiplensError>();
  private readonly logs = new Emitter<string>();
  private closing = false;
  private dead = false;

  /** Everything that the trainer tells. */
  readonly onEvent = this.events.event;
  /** The process ended though nobody asked it to. */
  readonly onDeath = this.deaths.event;
  /** Lines on its standard error. */
  readonly onLog = this.logs.event;

  constructor({ script, node, env, cwd }: ClientOptions) {
    this.child = spawn(node.command, [script], {
      cwd,
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...process.env, ...node.env, ...env },
      windowsHide: true,
    });
    this.caller = new Caller<TrainerRequests, TrainerEvents>(
      (message) => {
        if (!this.dead) this.child.stdin?.write(encodeFrame(message));
      },
      (name, payload) => this.events.fire({ name, payload } as TrainerEvent),
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

  get alive(): boolean {
    return !this.dead;
  }

  request<K extends keyof TrainerRequests>(
    method: K,
    params: TrainerRequests[K]['params'],
  ): Promise<TrainerRequests[K]['result']> {
    return this.caller.request(method, params);
  }

  /** Lets it end the current step and save; resolves when the process is gone. */
  close(): Promise<void> {
    this.closing = true;
    if (this.dead) return Promise.resolve();
    return new Promise((resolve) => {
      this.child.once('exit', () => resolve());
      this.child.stdin?.end();
    });
  }

  /** Ends the process at once; what is recorded stays. */
  kill(): void {
    this.closing = true;
    this.child.kill('SIGKILL');
  }

  private log(text: string): void {
    for (const line of text.split('\n')) {
      if (line.trim() === '') continue;
      this.lines.push(line);
      if (this.lines.length > keptLines) this.lines.shift();
      this.logs.fire(line);
    }
  }

  private end(reason: SkiplensError): void {
    if (this.dead) return;
    this.dead = true;
    this.caller.close(reason);
    if (!this.closing) this.deaths.fire(reason);
  }
}

/** The oldest Node whose features the trainer uses. */
const oldestNode = 20;

/** What the choice of a Node depends on, so that it can be tested: this process by default. */
export interface NodeSurroundings {
  readonly execPath: string;
  readonly version: string;
  readonly isElectron: boolean;
  /** Major version of `command`, or null where it cannot be run. */
  versionOf(command: string): Promise<number | null>;
}

const surroundings: NodeSurroundings = {
  execPath: process.execPath,
  version: process.versions.node,
  isElectron: Boolean(process.versions.electron),
  versionOf: nodeVersion,
};

/**
 * The Node that runs the trainer: the configured one, else this process's own where that is a plain Node, else
 * `node` on PATH, else Electron as Node. A plain Node comes first because onnxruntime crashes under Electron's
 * allocator (microsoft/onnxruntime#29763).
 */
export async function chooseNode(
  configured?: string,
  around: NodeSurroundings = surroundings,
): Promise<NodeChoice> {
  if (configured) {
    const version = await around.versionOf(configured);
    if (version === null)
      throw new SkiplensError(
        'node/missing',
        t('The configured Node "{0}" cannot be started; correct the setting or clear it.', configured),
      );
    if (version < oldestNode) throw tooOld(configured, version);
    return { command: configured, env: {} };
  }
  const own = Number(around.version.split('.')[0]);
  if (!around.isElectron && own >= oldestNode) return { command: around.execPath, env: {} };
  const version = await around.versionOf('node');
  if (version !== null && version >= oldestNode) return { command: 'node', env: {} };
  if (own >= oldestNode) return { command: around.execPath, env: { ELECTRON_RUN_AS_NODE: '1' } };
  throw version === null
    ? new SkiplensError(
        'node/missing',
        t('No Node was found on PATH; install Node {0} or newer, or set the path to one.', oldestNode),
      )
    : tooOld('node', version);
}

function tooOld(command: string, version: number): SkiplensError {
  return new SkiplensError(
    'node/old',
    t('"{0}" is Node {1}; training needs Node {2} or newer.', command, version, oldestNode),
  );
}

/** The major version, or null where the command cannot be run. */
function nodeVersion(command: string): Promise<number | null> {
  return new Promise((resolve) => {
    execFile(command, ['--version'], { timeout: 10_000 }, (error, stdout) => {
      const found = /^v(\d+)\./.exec(stdout.trim());
      resolve(error || !found ? null : Number(found[1]));
    });
  });
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
