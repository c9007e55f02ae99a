// `npm run gpu-trial [-- FOLDER]`: packs what is needed to try the TensorFlow.js engine on a machine with a GPU: one
// bundle, the graph of a step as text, and a page that says how. Copy the folder there; nothing else is needed.
import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';

const root = path.resolve(import.meta.dirname, '..');
const folder = path.resolve(process.argv[2] ?? path.join(root, '.cache', 'gpu-trial'));
const version = '4.22.0';

const trial = path.join(folder, 'trial.mjs');
await mkdir(folder, { recursive: true });
await build({
  entryPoints: [path.join(root, 'scripts/gpuTrial.ts')],
  outfile: trial,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  logLevel: 'error',
  // Packages inside the bundle that are CommonJS call `require`, which an ES module has to make.
  banner: {
    js: "import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url);",
  },
});
const graph = await promisify(execFile)(process.execPath, [trial, '--graph'], { maxBuffer: 1e8 });
await writeFile(path.join(folder, 'resnet20-step.txt'), graph.stdout);

const manifest = {
  name: 'skiplens-gpu-trial',
  private: true,
  type: 'module',
  dependencies: { '@tensorflow/tfjs-node-gpu': version },
};
await writeFile(path.join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
await writeFile(path.join(folder, 'README.md'), instructions());
console.log(`${folder}: copy it to the machine with the GPU and follow its README.md.`);

function instructions() {
  return `# Trying Skiplens' TensorFlow.js engine on a GPU

Needs: Linux or Windows on x64, an NVIDIA GPU with its driver, CUDA 11.2, cuDNN 8.1, Node 20, 22 or 24.

    npm install --foreground-scripts
    node trial.mjs

Where npm runs no install scripts, the native part is missing afterwards and the trial says so. Then:

    cd node_modules/@tensorflow/tfjs-node-gpu
    npm run install

The trial compares every operator and whole training steps with a float64 reference, then times steps; it prints
what it finds and leaves it in results.json. On a GPU newer than the library (CUDA 11.2, 2021) the very first
step can take many minutes; the driver keeps what it compiled.

    node trial.mjs --quick              only the comparisons
    node trial.mjs --batch 256          another batch for the step times
    node trial.mjs --device tfjs-cpu    the library on the processor
    node trial.mjs --device js          plain JavaScript, with nothing installed: checks the pack itself

\`resnet20-step.txt\` is the graph of one ResNet-20 step as the engine runs it, node by node.
`;
}
