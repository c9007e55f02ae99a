/**
 * Whoever stands behind the panel. In an editor that is the extension, over `postMessage`; in a report there is
 * nobody, and the page answers what it can from the data it carries.
 */
import { SkiplensError } from '../../src/base/errors';
import { t } from '../../src/base/localize';
import { Caller, Cancelled } from '../../src/protocol/channel';
import type { PanelEvents, PanelRequests, PanelSnapshot } from '../../src/protocol/panel';
import type { FoldLevel } from '../layout/rows';
import type { Choices } from '../store/state';
import { csvOf } from './csv';

export interface Answer<T> {
  readonly result?: T;
  /** One sentence for the person; absent where the request was answered or cancelled. */
  readonly failure?: string;
}

export interface Host {
  readonly isEditor: boolean;
  ask<K extends keyof PanelRequests>(
    method: K,
    params: PanelRequests[K]['params'],
  ): Promise<Answer<PanelRequests[K]['result']>>;
  /** What the editor gives back when the window is loaded again or the panel is shown anew. */
  remember(state: Remembered): void;
  recall(): Remembered | undefined;
  /** A bug, for the log. */
  fail(error: unknown): void;
}

/** Plain data; `folds` are pairs of row id and whether it is folded. */
export interface Remembered {
  readonly subject: string;
  readonly choices?: Omit<Choices, 'folding'> & {
    readonly level: FoldLevel;
    readonly folds: readonly (readonly [string, boolean])[];
  };
}

interface EditorApi {
  postMessage(message: unknown): void;
  setState(state: unknown): void;
  getState(): unknown;
}

declare function acquireVsCodeApi(): EditorApi;

type Listener = <K extends keyof PanelEvents>(name: K, payload: PanelEvents[K]) => void;

/** The editor's extension, where this page runs in a panel; null anywhere else. */
export function editorHost(onEvent: Listener, onBug: (error: unknown) => void): Host | null {
  if (typeof acquireVsCodeApi !== 'function') return null;
  const api = acquireVsCodeApi();
  const caller = new Caller<PanelRequests, PanelEvents>((message) => api.postMessage(message), onEvent);
  window.addEventListener('message', ({ data }) => {
    try {
      caller.receive(data);
    } catch (error) {
      onBug(error);
    }
  });
  const ask: Host['ask'] = async (method, params) => {
    try {
      return { result: await caller.request(method, params) };
    } catch (error) {
      if (error instanceof Cancelled) return {};
      return { failure: error instanceof Error ? error.message : String(error) };
    }
  };
  return {
    isEditor: true,
    ask,
    remember: (state) => api.setState(state),
    recall: () => api.getState() as Remembered | undefined,
    fail(error) {
      const { message, stack } = error instanceof Error ? error : { message: String(error), stack: '' };
      ask('panel/failed', { message, stack: stack ?? '' });
    },
  };
}

/** Nobody: the snapshot is in the page, and what is exported is downloaded from it. */
export function reportHost(snapshot: PanelSnapshot): Host {
  const answers: Partial<Record<keyof PanelRequests, (params: never) => unknown>> = {
    'panel/ready': () => snapshot,
    'data/card': () => ({ card: snapshot.card }),
    'data/cancel': () => ({}),
    'network/figures': () => snapshot.figures,
    'row/details': () => ({ facts: [], histograms: [] }),
    'picture/save': ({ name, content, format }: PanelRequests['picture/save']['params']) => {
      download(name, content, format === 'svg' ? 'image/svg+xml' : 'image/png');
      return {};
    },
    'run/export': () => {
      download(`${snapshot.run?.id ?? 'skiplens'}.csv`, csvOf(snapshot), 'text/csv');
      return {};
    },
    'panel/digest': () => ({}),
  };
  return {
    isEditor: false,
    async ask(method, params) {
      const answer = answers[method] as ((params: unknown) => never) | undefined;
      if (answer) return { result: answer(params) };
      return {
        failure: new SkiplensError('report/alone', t('A report cannot do this; open the run in Skiplens.'))
          .message,
      };
    },
    remember() {},
    recall: () => undefined,
    fail: (error) => console.error(error),
  };
}

function download(name: string, content: string | Uint8Array, type: string): void {
  const url = URL.createObjectURL(new Blob([content as BlobPart], { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
