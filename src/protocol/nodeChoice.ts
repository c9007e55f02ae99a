/** Which Node runs the trainer: the configured one or the best that is found, and a sentence where there is none. */
import { execFile } from 'node:child_process';
import { SkiplensError } from '../base/errors';
import { t } from '../base/localize';

export interface NodeChoice {
  readonly command: string;
  readonly env: Readonly<Record<string, string>>;
}

/** The oldest Node whose features the trainer uses. */
export const oldestNode = 20;

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
