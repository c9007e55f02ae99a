/**
 * The house's doors: which room may import which (the table is ARCHITECTURE.md's), and which packages
 * are at home in one room only. Types may be looked at through a few more windows.
 */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

const root = path.resolve(import.meta.dirname, '..');

/** ARCHITECTURE.md's table: what a room may import, and what it may look at by `import type`; `base` is everybody's. */
const doors: Record<string, string[]> = {};
const windows: Record<string, string[]> = {};
const plan = readFileSync(path.join(root, 'ARCHITECTURE.md'), 'utf8').split('## Doors')[1].split('\n## ')[0];
for (const [, rooms, open, seen] of plan.matchAll(/^\| ([a-z, ]+) \| ([a-z, -]+) \| ([a-z, -]+) \|$/gm)) {
  const names = (cell: string) => cell.split(', ').filter((name) => /^[a-z]+$/.test(name));
  for (const room of names(rooms)) {
    if (room === 'room') continue;
    doors[room] = names(open);
    windows[room] = names(seen);
  }
}

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
    expect([...new Set(files.map(roomOf))].sort()).toEqual(Object.keys(doors).sort());
  });

  it('rooms import only what their doors open onto', () => {
    const wrong = imports
      .filter(({ target }) => target.startsWith('.'))
      .map((i) => ({ ...i, to: roomOf(path.posix.join(path.posix.dirname(i.file), i.target)) }))
      .filter(({ room, to, isType }) => {
        const open = ['base', room, ...doors[room], ...(isType ? windows[room] : [])];
        return !open.includes(to);
      })
      .map(({ file, target, isType }) => `${file} imports ${isType ? 'types of ' : ''}${target}`);
    expect(wrong).toEqual([]);
  });

  it('no door or window is there that nobody uses', () => {
    const used = new Set(
      imports
        .filter(({ target }) => target.startsWith('.'))
        .map(
          ({ file, room, target }) => `${room} ${roomOf(path.posix.join(path.posix.dirname(file), target))}`,
        ),
    );
    const unused = Object.keys(doors).flatMap((room) =>
      [...doors[room], ...windows[room]]
        .filter((to) => !used.has(`${room} ${to}`))
        .map((to) => `${room} ${to}`),
    );
    expect(unused).toEqual([]);
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
