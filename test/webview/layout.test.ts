/** Rows, folding, arcs and columns as data. */
import { describe, expect, it } from 'vitest';
import { layoutArcs } from '../../webview/layout/arcs';
import { layoutColumns } from '../../webview/layout/columns';
import {
  ancestorsOf,
  cull,
  fitHeight,
  foldLevels,
  layoutRows,
  openingLevel,
} from '../../webview/layout/rows';
import { buildTree } from '../../webview/layout/tree';
import { rowWords } from '../../webview/tracks/words';
import { describeNetworks, rowsAt } from './fixtures';

const twins = describeNetworks('resnet20', 'plain20');
const names = (rows: ReturnType<typeof rowsAt>) => rows.map(({ node }) => rowWords(node).name);

describe('rows', () => {
  it('fold stages, runs of equal blocks and layers', () => {
    expect(names(rowsAt('stages', twins))).toEqual([
      'input',
      'conv 3×3 · norm · relu',
      'stage 1',
      'stage 2',
      'stage 3',
      'global average pool · flatten · dense',
    ]);
    expect(names(rowsAt('runs', twins)).slice(2, 9)).toEqual([
      'stage 1',
      'basicBlock ×3',
      'stage 2',
      'block 1',
      'basicBlock ×2',
      'stage 3',
      'block 1',
    ]);
    expect(names(rowsAt('blocks', twins))).toHaveLength(2 + 3 + 9 + 1);
    const layers = names(rowsAt('layers', twins));
    expect(layers.slice(6, 14)).toEqual(['conv1', 'bn1', 'relu1', 'conv2', 'bn2', 'add', 'relu2', 'block 2']);
  });

  it('align a network and its plain twin by scope', () => {
    const rows = rowsAt('layers', twins);
    const at = (id: string) => {
      const { node } = rows.find((r) => r.id === id)!;
      return node.kind === 'layer' ? node.layers.map((l) => l?.op ?? null) : [];
    };
    expect(at('stage1/block1/conv1')).toEqual(['Conv', 'Conv']);
    expect(at('stage1/block1/add')).toEqual(['Add', null]);
    expect(at('stage2/block1/shortcut')).toEqual(['Pad', null]);
  });

  it('also where two networks differ in depth', () => {
    const rows = rowsAt('blocks', describeNetworks('resnet20', 'resnet32'));
    expect(names(rows).filter((n) => n.startsWith('block'))).toHaveLength(15);
    expect(rows.map((r) => r.index)).toEqual(rows.map((_, i) => i));
  });

  it('obey a person before the level', () => {
    const tree = buildTree(twins);
    const rows = layoutRows(tree, { level: 'runs', own: new Map([['stage1/block1:run', false]]) });
    expect(names(rows).slice(2, 6)).toEqual(['stage 1', 'block 1', 'block 2', 'block 3']);
    expect(rows[3].run).toEqual({ id: 'stage1/block1:run', isFirst: true, isLast: false });
  });

  it('find what hides a layer', () => {
    expect(ancestorsOf(buildTree(twins), 'stage2/block2/conv1')).toEqual([
      expect.stringMatching(/^stage2:/),
      'stage2/block2:run',
      'stage2/block2/',
    ]);
    expect(ancestorsOf(buildTree(twins), 'nowhere')).toBeNull();
  });

  it('open 1,202 layers folded, within milliseconds', () => {
    const deep = describeNetworks('resnet1202');
    const start = performance.now();
    const tree = buildTree(deep);
    const level = openingLevel(tree);
    const rows = layoutRows(tree, { level, own: new Map() });
    expect(performance.now() - start).toBeLessThan(1000);
    expect(level).toBe('runs');
    expect(names(rows)).toContain('basicBlock ×200');
    expect(rows.length).toBeLessThan(15);
    expect(layoutRows(tree, { level: 'layers', own: new Map() }).length).toBeGreaterThan(4000);
  });

  it('are culled to the window and a margin', () => {
    expect(cull(4000, 10, 20_000, 600)).toEqual({ first: 1980, end: 2080 });
    expect(cull(10, 18, 0, 600)).toEqual({ first: 0, end: 10 });
  });

  it('fit the panel within what can be read', () => {
    expect(fitHeight(33, 500)).toBe(15);
    expect(fitHeight(1000, 500)).toBeGreaterThanOrEqual(14);
    expect(fitHeight(5, 900)).toBe(26);
  });
});

describe('arcs', () => {
  const arcsAt = (level: (typeof foldLevels)[number], networks = twins) =>
    layoutArcs(rowsAt(level, networks), networks.length);

  it('stand for every skip at every fold level', () => {
    for (const level of foldLevels) {
      const count = arcsAt(level).reduce((sum, arc) => sum + arc.count, 0);
      expect(count, level).toBe(9);
    }
  });

  it('tell identity from zero-padding and from projection', () => {
    const kinds = arcsAt('blocks').map((a) => a.kind);
    expect(kinds.filter((k) => k === 'pad')).toHaveLength(2);
    expect(kinds.filter((k) => k === 'identity')).toHaveLength(7);
    const [stage2] = arcsAt('stages').filter((a) => a.row.id.startsWith('stage2'));
    expect(stage2).toMatchObject({ kind: 'identity', count: 2, siblings: 2, nesting: 0 });
  });

  it('are absent in a plain network', () => {
    expect(arcsAt('blocks').every((a) => a.network === 0)).toBe(true);
    expect(layoutArcs(rowsAt('blocks', describeNetworks('plain20')), 1)).toEqual([]);
  });

  it('span an unfolded block from its head to its addition', () => {
    const rows = rowsAt('layers', twins);
    const [first] = layoutArcs(rows, 2);
    expect(rows[Math.floor(first.from)].id).toBe('stage1/block1/');
    expect(rows[Math.floor(first.to)].id).toBe('stage1/block1/add');
  });

  it('of a block that only reaches into the window are kept', () => {
    const rows = rowsAt('layers', twins);
    const head = rows.findIndex((r) => r.id === 'stage1/block2/');
    expect(layoutArcs(rows, 2, head + 3, head + 5).map((a) => a.row.id)).toContain('stage1/block2/');
  });
});

describe('columns', () => {
  const wish = { networks: 2, hasSkips: true, hasNumbers: true, hasSteps: true };
  const at = (width: number) => layoutColumns({ ...wish, width });

  it('never overlap and stay within the width', () => {
    for (const width of [500, 700, 930, 1268, 1908, 2600]) {
      const { columns, width: whole } = at(width);
      columns.slice(1).forEach((column, i) => {
        expect(column.x, `${width}: ${column.track}`).toBeGreaterThanOrEqual(columns[i].x + columns[i].width);
      });
      const last = columns[columns.length - 1];
      expect(last.x + last.width).toBeLessThanOrEqual(whole);
      if (width >= 930) expect(whole).toBe(width);
    }
  });

  it('lose the least important tracks first', () => {
    const tracks = (width: number) => at(width).columns.map((c) => c.track);
    expect(tracks(1268)).toContain('cost');
    expect(tracks(1000)).not.toContain('cost');
    expect(tracks(600)).toEqual(['structure', 'gradient', 'fork', 'steps', 'steps']);
  });

  it('show only what is there', () => {
    const { columns } = layoutColumns({ ...wish, hasNumbers: false, hasSteps: false, width: 1268 });
    expect(columns.map((c) => c.track)).toEqual(['structure', 'shape', 'cost']);
  });
});
