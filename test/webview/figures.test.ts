/**
 * Figures as SVG, drawn without a browser: each track's picture is kept in `pictures/` (re-written with
 * `npx vitest run test/webview/figures.test.ts -u`; `npm run gallery` shows them in all themes).
 */
import path from 'node:path';
import { Window } from 'happy-dom';
import { describe, expect, it } from 'vitest';
import type { PanelSnapshot } from '../../src/protocol/panel';
import { Series } from '../../src/protocol/series';
import { literalPalette, themes } from '../../webview/figure/palette';
import { stillPicture } from '../../webview/figure/still';
import { group, namespace } from '../../webview/figure/svg';
import type { TrackId } from '../../webview/layout/columns';
import { foldLevels } from '../../webview/layout/rows';
import { rowsOf } from '../../webview/store/selectors';
import type { State } from '../../webview/store/state';
import { heatImage } from '../../webview/tracks/heatMap';
import { tracks } from '../../webview/tracks/index';
import type { Frame, Track } from '../../webview/tracks/track';
import { recordedRun, recordedSeeds, stateOf, structureOf } from './fixtures';

const { document } = new Window() as unknown as { document: Document };

/** Every fifth step: small pictures that are still true. */
function thinned(snapshot: PanelSnapshot): PanelSnapshot {
  const series = snapshot.series.map((own) => {
    const [all, few] = [Series.from(own), new Series()];
    for (let i = 0; i < all.length; i += 5)
      few.add(all.stepAt(i), {
        loss: all.lossAt(i),
        accuracy: all.accuracyAt(i),
        vectors: all.vectorsAt(i) as never,
      });
    return few.toSnapshot();
  });
  return { ...snapshot, series };
}

const run = thinned(recordedRun());

function drawTrack(id: TrackId, state: State, width = 240): SVGSVGElement {
  const rows = rowsOf(state);
  const frame: Frame = {
    state,
    rows,
    first: 0,
    end: rows.length,
    rowHeight: 18,
    column: { track: id, network: 0, x: 0, width },
    isStill: true,
    onlyNumbers: false,
  };
  const svg = document.createElementNS(namespace, 'svg') as SVGSVGElement;
  const g = document.createElementNS(namespace, 'g') as SVGGElement;
  svg.appendChild(g);
  const track: Track = tracks[id];
  track.draw(group(g), frame);
  return svg;
}

const pretty = (svg: Element) => `${svg.outerHTML.replaceAll('><', '>\n<')}\n`;
const picture = (name: string) => path.resolve(import.meta.dirname, 'pictures', `${name}.svg`);

describe('tracks', () => {
  for (const id of Object.keys(tracks) as TrackId[])
    it(`${id} looks as it did`, async () => {
      const drawn = pretty(drawTrack(id, stateOf(run)));
      await expect(drawn).toMatchFileSnapshot(picture(id));
    });

  it('shapes stand in the order of the framework that the network came from', () => {
    const texts = (name: string) => {
      const svg = drawTrack('shape', stateOf(structureOf(name)));
      return [...svg.querySelectorAll('.figures text')].map((text) => text.textContent);
    };
    expect(texts('resnet50').slice(0, 2)).toEqual(['3×224×224', '64×56×56']);
    expect(texts('keras-resnet50').slice(0, 2)).toEqual(['224×224×3', '56×56×64']);
    expect(texts('keras-resnet50').at(-1)).toBe('1000');
  });

  it('structure keeps its arcs at every fold level', async () => {
    for (const level of foldLevels) {
      const svg = drawTrack('structure', stateOf(run, { type: 'level', level }));
      const arcs = [...svg.querySelectorAll('.arcs path')].map((p) => p.getAttribute('class')!);
      expect(
        arcs.some((c) => c.includes('identity')),
        level,
      ).toBe(true);
      expect(
        arcs.some((c) => c.includes('projection')),
        level,
      ).toBe(true);
      expect(arcs.length, level).toBe({ stages: 5, runs: 5, blocks: 9, layers: 9 }[level]);
    }
  });

  it('an arc is as wide as its share of the gradient', () => {
    const svg = drawTrack('structure', stateOf(run));
    const widths = [...svg.querySelectorAll('.arcs path')].map((p) => Number(p.getAttribute('stroke-width')));
    const shares = [...drawTrack('fork', stateOf(run)).querySelectorAll('.figures text')].map((text) =>
      Number.parseInt(text.textContent!, 10),
    );
    expect(widths).toHaveLength(9);
    widths.forEach((width, i) => {
      expect(width).toBeCloseTo(0.0594 * shares[i], 0);
    });
  });

  it('marks of the two networks differ in form', () => {
    const marks = [...drawTrack('gradient', stateOf(run)).querySelectorAll('.marks path')];
    const forms = (network: number) =>
      new Set(
        marks
          .filter((m) => m.getAttribute('class')!.includes(`n${network} `))
          .map((m) => m.getAttribute('d')),
      );
    expect([forms(0).size, forms(1).size]).toEqual([1, 1]);
    expect([...forms(0)]).not.toEqual([...forms(1)]);
  });

  it('an exact zero is an arrow at the end of the axis, not a missing mark', () => {
    const snapshot = thinned(recordedRun());
    for (const vector of Object.values(snapshot.series[0].vectors)) vector.fill(0);
    const svg = drawTrack('gradient', stateOf(snapshot));
    const zeros = [...svg.querySelectorAll('.marks path.n0')];
    expect(zeros).toHaveLength(11);
    expect(new Set(zeros.map((m) => m.getAttribute('d')))).toEqual(new Set(['M5,-4L-3,0L5,4Z']));
  });

  it('numbers alone can be drawn again', () => {
    const state = stateOf(run);
    const svg = drawTrack('structure', state);
    expect(svg.querySelectorAll('.names text').length).toBe(15);
    expect(svg.querySelectorAll('.chains line').length).toBe(1);
  });
});

describe('several seeds', () => {
  const state = stateOf(recordedSeeds());

  it('are a band through every mark, from the least seed to the greatest', () => {
    const svg = drawTrack('gradient', state);
    const bands = [...svg.querySelectorAll('.spreads path')];
    expect(bands.map((b) => b.getAttribute('class'))).toEqual(['n0 fill spread', 'n1 fill spread']);
    const marks = [...svg.querySelectorAll('.marks path.n1')].map((m) =>
      Number(/translate\(([\d.]+)/.exec(m.getAttribute('transform')!)![1]),
    );
    const ends = [...bands[1].getAttribute('d')!.matchAll(/M([\d.]+),[\d.]+H([\d.]+)/g)];
    expect(ends).toHaveLength(marks.length);
    ends.forEach(([, low, high], i) => {
      expect(Number(low)).toBeLessThanOrEqual(marks[i]);
      expect(Number(high)).toBeGreaterThanOrEqual(marks[i]);
    });
    expect(drawTrack('gradient', stateOf(run)).querySelectorAll('.spreads path')).toHaveLength(0);
  });

  it('are shaded around the curves of loss and accuracy, and lines on the evaluations', () => {
    const svg = stillPicture(state, document, {
      width: 1260,
      rowHeight: 18,
      palette: literalPalette('light'),
    });
    expect(svg.querySelectorAll('.loss .spreads path, .accuracy .spreads path')).toHaveLength(4);
    // Two evaluations a network, in both plots.
    expect(svg.querySelectorAll('.evaluations path')).toHaveLength(8);
    expect(svg.querySelectorAll('.evaluationSpreads path').length).toBeGreaterThan(4);
    expect(svg.textContent).toContain('least to greatest of 3 seeds');
  });

  it('look as they did', async () => {
    const svg = stillPicture(state, document, {
      width: 1260,
      rowHeight: 18,
      palette: literalPalette('light'),
    });
    await expect(pretty(svg)).toMatchFileSnapshot(picture('seeds'));
  });
});

describe('the heat map', () => {
  it('has a level for every measured cell and none elsewhere', () => {
    const state = stateOf(run);
    const rows = rowsOf(state);
    const { levels, width, height } = heatImage({
      state,
      rows,
      first: 0,
      end: rows.length,
      rowHeight: 18,
      column: { track: 'steps', network: 1, x: 0, width: 100 },
      isStill: false,
      onlyNumbers: false,
    });
    expect([width, height]).toEqual([100, rows.length]);
    rows.forEach((row, y) => {
      const line = levels.subarray(y * width, (y + 1) * width);
      const isEmpty = row.isHeader || row.node.kind === 'input';
      expect(
        line.every((level) => (level === 0) === isEmpty),
        row.id,
      ).toBe(true);
    });
  });
});

describe('the still picture', () => {
  const draw = (theme: (typeof themes)[number], ...actions: Parameters<typeof stateOf>[1][]) =>
    stillPicture(stateOf(run, ...actions), document, {
      width: 1260,
      rowHeight: 18,
      palette: literalPalette(theme),
    });

  it('looks as it did', async () => {
    const svg = draw('light', { type: 'level', level: 'runs' });
    await expect(pretty(svg)).toMatchFileSnapshot(picture('still'));
  });

  it('needs nothing from outside: no variables, no styles but its own', () => {
    for (const theme of themes) {
      const text = draw(theme).outerHTML;
      expect(text, theme).not.toMatch(/var\(|url\(|href|style="/);
      expect(text).toContain(literalPalette(theme).ground);
    }
  });

  it('tells the networks apart from the ground in every theme', () => {
    for (const theme of themes) {
      const { ground, first, second, third, fourth, ink, muted } = literalPalette(theme);
      for (const colour of [first, second, third, fourth])
        expect(contrast(colour, ground), `${theme} ${colour}`).toBeGreaterThan(3);
      for (const colour of [ink, muted])
        expect(contrast(colour, ground), `${theme} ${colour}`).toBeGreaterThan(4.5);
    }
  });
});

/** WCAG 2: (L1 + 0.05) / (L2 + 0.05) of relative luminances. */
function contrast(a: string, b: string): number {
  const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (high + 0.05) / (low + 0.05);
}

function luminance(colour: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const v = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
