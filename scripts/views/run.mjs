// `npm run views`: takes a picture of every view of the running product in the four themes and in two sizes of the
// window, for somebody to look at: `.cache/pictures/HOST/view-NAME-SIZE-THEME.png`, and all themes of a view on one
// sheet, `sheet-NAME-SIZE.png`. `--host floor|current`, `--only TEXT` for some of them, `--themes dark,light`,
// `--sizes 1280x800`. Slow, and no part of `npm test`.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { build, setUp } from '../setup.mjs';

const root = path.resolve(import.meta.dirname, '..', '..');
const { values } = parseArgs({
  options: {
    host: { type: 'string', default: 'current' },
    only: { type: 'string' },
    themes: { type: 'string', default: '' },
    sizes: { type: 'string', default: '' },
  },
});
await setUp();
await build();
const { status } = spawnSync(
  process.execPath,
  [
    path.join(root, 'test', 'ui', 'run.mjs'),
    ...['--host', values.host, '--tests', path.join(root, 'scripts', 'views')],
    ...(values.only ? ['--only', values.only] : []),
  ],
  {
    stdio: 'inherit',
    env: {
      ...process.env,
      SKIPLENS_VIEW_THEMES: values.themes,
      SKIPLENS_VIEW_SIZES: values.sizes,
    },
  },
);
process.exitCode = status ?? 1;
