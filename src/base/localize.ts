/**
 * The one door to the localisation table. The English sentence is the key (`l10n/bundle.l10n.*.json` holds the
 * others); sentences are whole, with `{0}` or `{name}` for what varies, and are never glued from parts.
 */
import * as l10n from '@vscode/l10n';

export const t: typeof l10n.t = l10n.t;

/** Loads a bundle's contents (keys to translations); without one, sentences stay English. */
export function useBundle(contents: { [key: string]: string }): void {
  l10n.config({ contents });
}
