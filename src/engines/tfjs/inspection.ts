/**
 * What an installation is good for, found out in a throw-away process: the library says only in its log why it uses
 * no GPU, a broken driver can hang or kill whoever loads it, and what is loaded once stays loaded. The person's own
 * Node runs it, as it later runs the training.
 */
import { spawn } from 'node:child_process';
import {
  type FoundPackage,
  libraryEnvironment,
  noGpuEnvironment,
  placeWindowsLibrary,
  restoreUtil,
} from './library';

export type Inspection =
  /** It loads and has a GPU; the name is the library's, where its log gives one. */
  | { readonly kind: 'gpu'; readonly name: string | null }
  /** It loads and works on the processor. `missing` are the GPU libraries that it looked for in vain. */
  | { readonly kind: 'noGpu'; readonly missing: readonly string[]; readonly cause: string | null }
  | { readonly kind: 'bindingMissing' }
  /** The library itself could not be loaded, for want of these. */
  | { readonly kind: 'librariesMissing'; readonly missing: readonly string[] }
  /** It loads, but does not compute what it should. */
  | { readonly kind: 'wrong'; readonly message: string }
  | { readonly kind: 'failed'; readonly message: string }
  | { readonly kind: 'crashed'; readonly how: string }
  | { readonly kind: 'timedOut'; readonly seconds: number };

export interface InspectionOptions {
  /** The Node to run; the running one by default. */
  readonly node?: string;
  /** Milliseconds; the first use of a GPU newer than the library can take many minutes. */
  readonly timeout?: number;
  /** Also computes a product, a convolution and its gradient, and checks the numbers. */
  readonly work?: boolean;
  /** Hides every GPU. */
  readonly withoutGpu?: boolean;
  readonly signal?: AbortSignal;
}

interface Answer {
  readonly gpu?: boolean;
  readonly sums?: readonly number[];
  readonly error?: { readonly message: string; readonly code?: string };
}

const mark = '@skiplens ';

/** All-ones tensors: an 8x8 product sums to 512, a 3x3 convolution of 3 to 4 channels and its gradient to 3888. */
const expectedSums = [512, 3888, 3888];

const script = `
const __name = (f) => f;
const [folder, work] = JSON.parse(process.argv[1]);
const say = (answer) => require('node:fs').writeSync(1, '\\n${mark}' + JSON.stringify(answer) + '\\n');
try {
  (${restoreUtil.toString()})(require('node:util'));
  const tf = require('node:module').createRequire(folder + '/package.json')(folder);
  const answer = { gpu: tf.backend().isUsingGpuDevice === true };
  if (work) {
    const [image, filters] = [tf.ones([1, 8, 8, 3]), tf.ones([3, 3, 3, 4])];
    const results = [
      tf.matMul(tf.ones([8, 8]), tf.ones([8, 8])),
      tf.conv2d(image, filters, 1, 'valid'),
      tf.engine().runKernel(
        tf.Conv2DBackpropFilter,
        { x: image, dy: tf.ones([1, 6, 6, 4]) },
        { strides: [1, 1], pad: 'valid', dataFormat: 'NHWC', filterShape: [3, 3, 3, 4] },
      ),
    ];
    answer.sums = results.map((result) => tf.sum(result).dataSync()[0]);
  }
  say(answer);
} catch (error) {
  say({ error: { message: String(error && error.message), code: error && error.code } });
}
process.exit(0);
`;

/** Loads an installation in a process of its own and says what came of it; rejects only where `signal` aborts. */
export async function inspectPackage(
  { root }: Pick<FoundPackage, 'root'>,
  {
    node = process.execPath,
    timeout = 60_000,
    work = false,
    withoutGpu = false,
    signal,
  }: InspectionOptions = {},
): Promise<Inspection> {
  await placeWindowsLibrary(root);
  const env = {
    ...libraryEnvironment,
    ...process.env,
    ...(withoutGpu && noGpuEnvironment),
    // The log is where the library says what it looked for.
    TF_CPP_MIN_LOG_LEVEL: '0',
  };
  return new Promise((resolve, reject) => {
    const child = spawn(node, ['-e', script, JSON.stringify([root, work])], {
      cwd: root,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      windowsHide: true,
    });
    let [output, log] = ['', ''];
    let hasTimedOut = false;
    const timer = setTimeout(() => {
      hasTimedOut = true;
      child.kill('SIGKILL');
    }, timeout);
    const abort = () => child.kill('SIGKILL');
    signal?.addEventListener('abort', abort, { once: true });
    child.stdout.setEncoding('utf8').on('data', (text) => {
      output += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text) => {
      log += text;
    });
    const finish = (inspection: Inspection) => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
      if (signal?.aborted) reject(signal.reason);
      else resolve(inspection);
    };
    child.on('error', (error) => finish({ kind: 'failed', message: error.message }));
    child.on('close', (code, killedBy) => {
      const line = output.split('\n').find((text) => text.startsWith(mark));
      if (hasTimedOut) finish({ kind: 'timedOut', seconds: Math.round(timeout / 1000) });
      else if (line) finish(judge(JSON.parse(line.slice(mark.length)), log));
      else finish({ kind: 'crashed', how: killedBy ?? String(code) });
    });
  });
}

const known = new Map<string, Promise<Inspection>>();

/** An inspection that is made once a process for every installation, for it takes a second or more. */
export function inspectOnce(found: FoundPackage, withoutGpu: boolean): Promise<Inspection> {
  const key = `${found.root} ${withoutGpu}`;
  const inspection = known.get(key) ?? inspectPackage(found, { withoutGpu });
  known.set(key, inspection);
  return inspection;
}

/** For when an installation has changed. */
export function forgetInspections(): void {
  known.clear();
}

function judge({ gpu, sums, error }: Answer, log: string): Inspection {
  if (error) return judgeFailure(error);
  if (sums?.some((sum, i) => Math.abs(sum - expectedSums[i]) > 1e-2))
    return { kind: 'wrong', message: sums.join(', ') };
  if (gpu) return { kind: 'gpu', name: /name: ([^,\n]+), pci bus id/.exec(log)?.[1] ?? null };
  const missing = [...log.matchAll(/Could not load dynamic library '([^']+)'/g)].map((found) => found[1]);
  const cause = /failed call to cuInit: ([^\n]+)/.exec(log) ?? /(CUDA_ERROR_[A-Z_]+[^\n]*)/.exec(log);
  return { kind: 'noGpu', missing: [...new Set(missing)], cause: cause?.[1].trim() ?? null };
}

/** What an error thrown while loading means. */
export function judgeFailure(error: { readonly message: string; readonly code?: string }): Inspection {
  const { message, code } = error;
  if (/native addon module .* can ?not be found/.test(message)) return { kind: 'bindingMissing' };
  const firstLine = message.split('\n')[0].trim();
  if (code === 'ERR_DLOPEN_FAILED' || /cannot open shared object file/.test(message)) {
    const named =
      /^(\S+\.(?:so|dll|dylib)[\w.]*): cannot open shared object/.exec(firstLine) ??
      /Library not loaded: (\S+)/.exec(message);
    if (named) return { kind: 'librariesMissing', missing: [named[1]] };
    // Windows does not say which one.
    if (/specified module could not be found/i.test(message))
      return { kind: 'librariesMissing', missing: ['tensorflow.dll'] };
  }
  return { kind: 'failed', message: firstLine };
}
