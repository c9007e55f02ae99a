/**
 * What a command of the palette is: one file under `commands/`, one line in `commands/index.ts`. The manifest is
 * written from the same object that runs, so a title, a menu and an action cannot drift apart.
 */
import type { Host } from './host';

/** A place in a menu of the editor, with the `when` clause and group of VS Code's manifest. */
export interface MenuPlace {
  readonly menu: 'view/title' | 'view/item/context' | 'editor/title' | 'commandPalette';
  readonly when: string;
  readonly group?: string;
}

export interface Command {
  /** English; the palette puts "Skiplens: " before it. */
  readonly title: string;
  /** A codicon, `$(play)`. */
  readonly icon?: string;
  /** When it can be used; elsewhere the palette leaves it out. */
  readonly enablement?: string;
  readonly menus?: readonly MenuPlace[];
  /** Arguments are what a menu or a code lens hands over, and nothing from the palette. */
  run(host: Host, ...given: readonly unknown[]): Promise<unknown>;
}

/** An object with the runs tree's row or a run's folder among a command's arguments. */
export function folderGiven(given: readonly unknown[]): string | undefined {
  const [first] = given;
  if (typeof first === 'string') return first;
  if (typeof first === 'object' && first !== null && 'folder' in first && typeof first.folder === 'string')
    return first.folder;
  return undefined;
}
