// `npm run demo`: on a fresh clone installs, builds and trains ResNet-20 beside its plain twin on the built-in images.
import { spawn } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, setUp } from './setup.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
await setUp();
await build();
const args = process.argv.length > 2 ? process.argv.slice(2) : ['compare', 'resnet20', '--steps', '100'];
const child = spawn(process.execPath, [path.join(root, 'dist', 'cli.js'), ...args], {
  cwd: root,
  stdio: 'inherit',
});
// The command line decides what an interrupt means; this process only waits for it.
process.on('SIGINT', () => {});
child.on('close', (code) => process.exit(code ?? 1));
