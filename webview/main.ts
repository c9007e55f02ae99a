/**
 * The panel's script. Finds out where it runs (in an editor's panel, or in a report that carries its data), asks
 * for the snapshot, and hands every message to the inspector. `#skiplens-data` is the report's script element.
 */
import { useBundle } from '../src/base/localize';
import type { PanelEvents, PanelSnapshot } from '../src/protocol/panel';
import { fromText } from '../src/protocol/plainText';
import { liveNames, themeRules } from './figure/palette';
import { figureRules, fontStack } from './figure/rules';
import { editorHost, type Host, reportHost } from './host/host';
import { Inspector } from './views/inspector';

/** Rules of the drawing go in by the object model: the policy allows no inline style. */
function addRules(): void {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(themeRules() + figureRules(liveNames, fontStack));
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
}

let inspector: Inspector | null = null;

function onEvent<K extends keyof PanelEvents>(name: K, payload: PanelEvents[K]): void {
  const handlers: { [E in keyof PanelEvents]: (payload: PanelEvents[E]) => void } = {
    'panel/snapshot': show,
    'run/changed': (run) => inspector?.store.dispatch({ type: 'runChanged', run }),
    'run/step': (event) => inspector?.store.dispatch({ type: 'stepped', event }),
    'run/evaluated': (event) => inspector?.store.dispatch({ type: 'evaluated', event }),
    'picture/wanted': ({ format }) => inspector?.savePicture(format),
    'row/reveal': ({ scope }) => {
      inspector?.store.dispatch({ type: 'reveal', scope });
      inspector?.revealSelected();
    },
    'data/progress': ({ share }) => inspector?.dataCard.progress(share),
    'network/compared': () => void inspector?.figures.open(),
    'panel/notice': ({ text }) => inspector?.store.dispatch({ type: 'notice', text }),
    'panel/probe': ({ token }) => {
      if (inspector) host.ask('panel/digest', { token, digest: inspector.digest() });
    },
  };
  handlers[name](payload);
}

/** The bundle comes with the snapshot, so that nothing is built before its words are known. */
function show(snapshot: PanelSnapshot): void {
  if (Object.keys(snapshot.bundle).length > 0) useBundle(snapshot.bundle);
  document.documentElement.lang = snapshot.language;
  document.title = snapshot.title;
  inspector ??= new Inspector(document.body, host);
  inspector.show(snapshot);
}

function findHost(): Host | null {
  const editor = editorHost(onEvent, broke);
  if (editor) return editor;
  const data = document.getElementById('skiplens-data')?.textContent;
  return data ? reportHost(fromText(data) as PanelSnapshot) : null;
}

function broke(error: unknown): void {
  const message = error instanceof Error ? error.message : String(error);
  inspector?.broke(message);
  host?.fail(error);
}

addRules();
window.addEventListener('error', ({ error, message }) => broke(error ?? message));
window.addEventListener('unhandledrejection', ({ reason }) => broke(reason));
const host = findHost() as Host;
host
  ?.ask('panel/ready', {})
  .then(({ result }) => {
    if (result) show(result);
  })
  .catch(broke);
// A report has no editor to say which theme it is in.
if (host && !host.isEditor) {
  const prefersDark = window.matchMedia('(prefers-color-scheme: dark)');
  const choose = () => {
    if (document.body.dataset.theme) return;
    document.body.classList.toggle('vscode-dark', prefersDark.matches);
    document.body.classList.toggle('vscode-light', !prefersDark.matches);
  };
  choose();
  prefersDark.addEventListener('change', choose);
}
