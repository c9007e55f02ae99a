/**
 * The house's doors: which room may import which (ARCHITECTURE.md has the same table in words), and which packages
 * are at home in one room only. Types may be looked at through a few more windows.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

const root = path.resolve(import.meta.dirname, '..');

/** Every room may open onto `base`. */
const doors: Record<string, string[]> = {
  base: [],
  ir: [],
  ops: ['ir'],
  layers: ['ops', 'ir'],
  losses: ['ops', 'ir'],
  optimizers: ['ops', 'ir'],
  schedules: [],
  networks: ['layers', 'ops', 'ir'],
  autodiff: ['ops', 'losses', 'optimizers', 'ir'],
  datasets: [],
  engines: ['ops', 'ir'],
  runs: ['ir'],
  protocol: ['losses', 'optimizers', 'schedules', 'ir'],
  experiments: ['protocol', 'ir'],
  source: ['networks', 'layers', 'ops', 'ir'],
  trainer: [
    'ir',
    'ops',
    'layers',
    'networks',
    'losses',
    'optimizers',
    'schedules',
    'autodiff',
    'datasets',
    'engines',
    'runs',
    'protocol',
    'experiments',
    'source',
    'workspace',
  ],
  workspace: ['networks', 'source', 'runs', 'protocol', 'ir'],
  host: ['workspace', 'networks', 'source', 'runs', 'protocol', 'datasets', 'experiments', 'ir'],
  cli: ['workspace', 'networks', 'source', 'runs', 'protocol', 'datasets', 'experiments', 'ir'],
  webview: ['protocol', 'experiments', 'ir'],
};

/** `import type` may also reach these. */
const windows: Record<string, string[]> = {
  autodiff: ['engines'],
  datasets: ['protocol'],
  networks: ['protocol'],
  protocol: ['runs', 'engines', 'source'],
  source: ['protocol'],
  webview: ['runs'],
};

/** Packages that only one place may import; their types are nobody's secret. */
const homes: readonly [RegExp, RegExp][] = [
  [/^vscode$/, /^src\/host\//],
  [/^d3/, /^webview\//],
  [/^onnxruntime-/, /^src\/engines\/onnx\//],
  [/^@tensorflow\//, /^src\/engines\/tfjs\//],
  [/^@lezer\//, /^src\/source\//],
  [/^commander$|^cli-/, /^src\/cli\//],
];

/** Rooms without disk, clock or network. */
const pure = [
  'base',
  'ir',
  'ops',
  'layers',
  'losses',
  'optimizers',
  'schedules',
  'networks',
  'autodiff',
  'source',
  'experiments',
];

interface Import {
  readonly file: string;
  readonly room: string;
  readonly target: string;
  readonly isType: boolean;
}

function importsOf(file: string): Import[] {
  const text = readFileSync(path.join(root, file), 'utf8');
  const room = roomOf(file);
  const found = [...text.matchAll(/^\s*(?:import|export)\s+(type\s)?[^;'"]*?from\s+['"]([^'"]+)['"]/gm)].map(
    (m): Import => ({ file, room, target: m[2], isType: Boolean(m[1]) }),
  );
  const dynamic = [...text.matchAll(/(typeof\s+)?import\(\s*['"]([^'"]+)['"]\s*\)/g)].map(
    (m): Import => ({ file, room, target: m[2], isType: Boolean(m[1]) }),
  );
  return [...found, ...dynamic];
}

function roomOf(file: string): string {
  const parts = file.split('/');
  return parts[0] === 'webview' ? 'webview' : parts[1];
}

const files = ['src', 'webview'].flatMap((top) =>
  readdirSync(path.join(root, top), { recursive: true, encoding: 'utf8' })
    .filter((f) => f.endsWith('.ts'))
    .map((f) => [top, ...f.split(path.sep)].join('/')),
);
const imports = files.flatMap(importsOf);

describe('doors', () => {
  it('there is a door plan for every room', () => {
    expect([...new Set(files.map(roomOf))].sort()).toEqual(
      Object.keys(doors)
        .filter((r) => existsSync(path.join(root, r === 'webview' ? r : `src/${r}`)))
        .sort(),
    );
  });

  it('rooms import only what their doors open onto', () => {
    const wrong = imports
      .filter(({ target }) => target.startsWith('.'))
      .map((i) => ({ ...i, to: roomOf(path.posix.join(path.posix.dirname(i.file), i.target)) }))
      .filter(({ room, to, isType }) => {
        const open = ['base', room, ...(doors[room] ?? []), ...(isType ? (windows[room] ?? []) : [])];
        return !open.includes(to);
      })
      .map(({ file, target, isType }) => `${file} imports ${isType ? 'types of ' : ''}${target}`);
    expect(wrong).toEqual([]);
  });

  it('packages stay at home', () => {
    const wrong = imports
      .filter(
        ({ target, isType, file }) =>
          !isType && homes.some(([name, home]) => name.test(target) && !home.test(file)),
      )
      .map(({ file, target }) => `${file} imports ${target}`);
    expect(wrong).toEqual([]);
  });

  it('pure rooms touch no disk, clock or network', () => {
    const wrong = imports
      .filter(({ room, target, isType }) => pure.includes(room) && !isType && target.startsWith('node:'))
      .map(({ file, target }) => `${file} imports ${target}`);
    const clocks = files
      .filter((f) => pure.includes(roomOf(f)))
      .filter((f) =>
        /\b(Date\.now|new Date|performance\.now|setTimeout|fetch\()/.test(
          readFileSync(path.join(root, f), 'utf8'),
        ),
      );
    expect([...wrong, ...clocks]).toEqual([]);
  });

  it('no file grows into a hall', () => {
    const halls = files
      .map((f) => ({ f, lines: readFileSync(path.join(root, f), 'utf8').split('\n').length }))
      .filter(({ lines }) => lines > 600);
    expect(halls).toEqual([]);
  });
});
