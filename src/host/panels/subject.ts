/**
 * What a panel shows, as plain data: a run that is being trained, runs on disk, or networks that are only
 * inspected. As text it survives a reload of the window in the panel's own state.
 */
import type { NetworkSettings } from '../../protocol/settings';

export type Subject =
  /** Until the run has a folder. */
  | { readonly kind: 'live'; readonly ticket: string }
  /** One run, or several side by side. */
  | { readonly kind: 'runs'; readonly folders: readonly string[] }
  | { readonly kind: 'networks'; readonly networks: readonly NetworkSettings[] };

export function formatSubject(subject: Subject): string {
  return JSON.stringify(subject);
}

/** Reads what a panel kept (the text itself, or an object that holds it); undefined where it is not ours. */
export function parseSubject(state: unknown): Subject | undefined {
  const text = typeof state === 'object' && state !== null && 'subject' in state ? state.subject : state;
  if (typeof text !== 'string') return undefined;
  try {
    const subject: unknown = JSON.parse(text);
    if (typeof subject !== 'object' || subject === null || !('kind' in subject)) return undefined;
    if (subject.kind === 'runs' && 'folders' in subject && Array.isArray(subject.folders))
      return { kind: 'runs', folders: subject.folders.map(String) };
    if (subject.kind === 'networks' && 'networks' in subject && Array.isArray(subject.networks))
      return { kind: 'networks', networks: subject.networks as NetworkSettings[] };
    // A live run that had no folder yet died with its window.
    return undefined;
  } catch {
    return undefined;
  }
}

export function isSameSubject(a: Subject, b: Subject): boolean {
  return formatSubject(a) === formatSubject(b);
}

interface Memory {
  get<T>(key: string, fallback: T): T;
  update(key: string, value: unknown): PromiseLike<void>;
}

const memoryKey = 'panelSubjects';
const mostRemembered = 20;

/** Keeps what a panel of this title showed last, for a page that is gone before it could. */
export function rememberSubject(memory: Memory, title: string, subject: Subject): void {
  const known = memory.get<[string, string][]>(memoryKey, []);
  const text = formatSubject(subject);
  if (known.some(([otherTitle, other]) => otherTitle === title && other === text)) return;
  const others = known.filter(([otherTitle]) => otherTitle !== title);
  void memory.update(memoryKey, [[title, text], ...others].slice(0, mostRemembered));
}

export function recallSubject(memory: Memory, title: string): string | undefined {
  return memory.get<[string, string][]>(memoryKey, []).find(([other]) => other === title)?.[1];
}
