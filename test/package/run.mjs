// Tests of the package: `node test/package/run.mjs [--host floor|current] [--only TEXT]` packages the extension,
// installs the `.vsix` into a fresh server of each host, and runs the tests of this folder there. They catch what a
// run from the sources cannot: a file that is missing from the package.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { projectRoot } from '../../scripts/hosts/hosts.mjs';
import { build, setUp } from '../../scripts/setup.mjs';

await setUp();
await build();
const { packageExtension } = await import('../../scripts/package.mjs');
const vsix = await packageExtension();
const runner = path.join(projectRoot, 'test', 'ui', 'run.mjs');
const tests = path.join(projectRoot, 'test', 'package');
const args = [runner, '--suite', 'package', '--extension', vsix, '--tests', tests, ...process.argv.slice(2)];
const { status } = spawnSync(process.execPath, args, { stdio: 'inherit' });
process.exitCode = status ?? 1;
