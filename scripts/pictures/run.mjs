// `npm run pictures`: takes the README's pictures of the running product in the current VS Code and puts them into
// media/readme.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, setUp } from '../setup.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..');
await setUp();
await build();
const args = [
  path.join(root, 'test', 'ui', 'run.mjs'),
  '--host',
  'current',
  '--tests',
  path.join(root, 'scripts', 'pictures'),
];
const { status } = spawnSync(process.execPath, args, { stdio: 'inherit' });
const taken = path.join(root, '.cache', 'pictures', 'current');
const target = path.join(root, 'media', 'readme');
fs.mkdirSync(target, { recursive: true });
for (const name of fs.readdirSync(taken).filter((n) => n.startsWith('readme-')))
  fs.copyFileSync(path.join(taken, name), path.join(target, name.replace('readme-', '')));
process.exitCode = status ?? 1;
