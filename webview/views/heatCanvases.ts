/** One canvas a heat map, as large as the drawn rows, with a scrubber line on it; dragging scrubs. */
import type { Column } from '../layout/columns';
import { columnOf, shownStep } from '../store/selectors';
import type { Base } from '../tracks/drawing';
import { heatImage, paint, stepRange } from '../tracks/heatMap';
import { make } from './element';

interface Map {
  readonly canvas: HTMLCanvasElement;
  readonly line: HTMLElement;
  /** What is painted, so that moving the scrubber paints nothing. */
  painted: string;
}

export class HeatCanvases {
  private readonly maps: Map[] = [];
  private readonly scratch = make('canvas');

  constructor(
    private readonly parent: HTMLElement,
    private readonly onScrub: (network: number, share: number) => void,
  ) {}

  render(base: Base, columns: readonly Column[]): void {
    const wanted = columns.filter((c) => c.track === 'steps');
    while (this.maps.length > wanted.length) {
      const { canvas, line } = this.maps.pop()!;
      canvas.remove();
      line.remove();
    }
    wanted.forEach((column, i) => {
      const map = (this.maps[i] ??= this.add(column.network));
      this.paint(map, base, column);
      const { from, to } = stepRange(base.state);
      const share = (shownStep(base.state) - from) / (to - from);
      map.line.style.left = `${Math.round(column.x + share * column.width)}px`;
      map.line.hidden = columnOf(base.state, column.network) < 0;
    });
  }

  private add(network: number): Map {
    const canvas = make('canvas', 'heat');
    const line = make('div', 'scrubLine');
    canvas.setAttribute('aria-hidden', 'true');
    const scrub = (event: PointerEvent) => {
      const { left, width } = canvas.getBoundingClientRect();
      this.onScrub(network, (event.clientX - left) / width);
    };
    canvas.addEventListener('pointerdown', (event) => {
      canvas.setPointerCapture(event.pointerId);
      scrub(event);
    });
    canvas.addEventListener('pointermove', (event) => {
      if (event.buttons & 1) scrub(event);
    });
    this.parent.append(canvas, line);
    return { canvas, line, painted: '' };
  }

  private paint(map: Map, base: Base, column: Column): void {
    const { state, first, end, rowHeight } = base;
    const series = state.series[column.network];
    const { folding, metric, domains } = state;
    const signature = [
      series.version,
      domains.version,
      metric,
      first,
      end,
      rowHeight,
      column.x,
      column.width,
      folding.level,
      [...folding.own].join(),
      state.subject,
    ].join('|');
    if (signature === map.painted) return;
    map.painted = signature;
    const { canvas } = map;
    const height = (end - first) * rowHeight;
    canvas.style.left = `${column.x}px`;
    canvas.style.top = `${first * rowHeight}px`;
    canvas.style.width = `${column.width}px`;
    canvas.style.height = `${height}px`;
    const image = heatImage({ ...base, column });
    const { scratch } = this;
    scratch.width = image.width;
    scratch.height = Math.max(1, image.height);
    const pixels = new ImageData(image.width, Math.max(1, image.height));
    paint(image, pixels.data);
    scratch.getContext('2d')!.putImageData(pixels, 0, 0);
    const ratio = window.devicePixelRatio || 1;
    canvas.width = Math.round(column.width * ratio);
    canvas.height = Math.max(1, Math.round(height * ratio));
    const context = canvas.getContext('2d')!;
    context.imageSmoothingEnabled = false;
    context.drawImage(scratch, 0, 0, canvas.width, canvas.height);
    // A hair between rows where there is room for it.
    if (rowHeight >= 6)
      for (let i = 1; i < image.height; i++)
        context.clearRect(0, Math.round(i * rowHeight * ratio) - 1, canvas.width, 1);
  }
}
