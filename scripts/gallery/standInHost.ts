/**
 * A host for the panel's script outside of any editor: answers from a snapshot in the page, keeps what it was
 * asked, and sends steps made up from the last recorded ones. For benches, tests and pictures in a plain browser.
 */
import type { PanelEvents, PanelSnapshot } from '../../src/protocol/panel';
import { fromText } from '../../src/protocol/plainText';
import { Series } from '../../src/protocol/series';
import type { SeedNumbers, StepNumbers } from '../../src/protocol/trainer';

interface StandIn {
  /** Method and parameters of every request so far. */
  readonly asked: { method: string; params: unknown }[];
  /** Milliseconds of every frame's work so far. */
  readonly frames: number[];
  emit<K extends keyof PanelEvents>(name: K, payload: PanelEvents[K]): void;
  /** The next step: the numbers of the newest one, all of them moved by a few per cent. */
  step(): void;
}

const text = document.getElementById('stand-in-data')!.textContent!;
const snapshot = fromText(text) as PanelSnapshot;
const send = (data: unknown) => window.postMessage(data, '*');
let step = Math.max(0, ...snapshot.series.map(({ steps }) => steps[steps.length - 1] ?? 0));
const newest: StepNumbers[] = snapshot.series.map((own) => {
  const series = Series.from(own);
  const at = series.length - 1;
  if (at < 0) return { loss: 2.3, accuracy: 0.1, vectors: {} as StepNumbers['vectors'] };
  return series.numbersAt(at) as StepNumbers;
});
/** Every seed by the same factor, so that the mean moves by it too. */
const moved = ({ loss, accuracy, vectors }: SeedNumbers): SeedNumbers => ({
  loss: loss * (1 + 0.1 * Math.sin(step)),
  accuracy,
  vectors: Object.fromEntries(
    Object.entries(vectors).map(([kind, vector]) => {
      const factor = 1 + 0.2 * Math.sin(step * 0.37 + kind.length);
      return [kind, vector.map((v) => v * factor)];
    }),
  ) as SeedNumbers['vectors'],
});

const standIn: StandIn = {
  asked: [],
  frames: [],
  emit: (name, payload) => send({ kind: 'event', name, payload }),
  step() {
    step++;
    const networks = newest.map((own) => ({
      ...moved(own),
      ...(own.seeds ? { seeds: own.seeds.map(moved) } : {}),
    }));
    standIn.emit('run/step', { step, totalSteps: 10_000, imagesPerSecond: 200, secondsLeft: 60, networks });
  },
};

const answers: Record<string, (params: never) => unknown> = {
  'panel/ready': () => snapshot,
  // As if the record held every step: the newest one's numbers under the step that is asked for.
  'run/readStep': ({ step: asked }: { step: number }) => ({
    series: newest.map((numbers) => {
      const series = new Series();
      series.add(asked, numbers);
      return series.toSnapshot();
    }),
  }),
  'data/card': () => ({ card: snapshot.card }),
  'network/figures': () => snapshot.figures,
  'row/details': () => ({ facts: [], histograms: [] }),
  'network/measure': () => ({ numbers: newest.map((numbers, network) => ({ network, step: 0, numbers })) }),
};

Object.assign(window, {
  standIn,
  acquireVsCodeApi: () => ({
    postMessage({ id, method, params }: { id: number; method: string; params: unknown }) {
      standIn.asked.push({ method, params });
      send({ kind: 'answer', id, outcome: 'ok', result: answers[method]?.(params as never) ?? {} });
    },
    setState(state: unknown) {
      sessionStorage.setItem('state', JSON.stringify(state));
    },
    getState: () => JSON.parse(sessionStorage.getItem('state') ?? 'null') ?? undefined,
  }),
});

// How long the panel works for each frame: the browser tells of tasks over 50 ms only.
const request = window.requestAnimationFrame.bind(window);
window.requestAnimationFrame = (callback) =>
  request((time) => {
    const start = performance.now();
    callback(time);
    standIn.frames.push(performance.now() - start);
  });
