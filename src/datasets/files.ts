/** Reading the files of a data set, with failures that name the file. */
import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { systemCode } from '../base/errors';
import { missingFolder, unreadable } from './errors';

/** The names in a folder; fails with `data/missingFolder`. */
export async function namesIn(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).sort();
  } catch (error) {
    const code = systemCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') throw missingFolder(folder);
    throw unreadable(folder, code ?? String(error));
  }
}

/** A whole file; fails with `data/unreadable`. */
export async function bytesOf(file: string, signal?: AbortSignal): Promise<Uint8Array> {
  try {
    return await readFile(file, { signal });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw unreadable(file, systemCode(error) ?? String(error));
  }
}

export async function isFolder(name: string): Promise<boolean> {
  return (await stat(name).catch(() => undefined))?.isDirectory() ?? false;
}

/**
 * The folder that holds the files: the one given, or the one of this name inside it, because archives unpack
 * into a folder of their own.
 */
export async function folderWith(
  given: string,
  inside: string,
  holds: (names: readonly string[]) => boolean,
): Promise<{ folder: string; names: string[] }> {
  const folder = path.resolve(given);
  const names = await namesIn(folder);
  if (!holds(names) && names.includes(inside)) {
    const inner = path.join(folder, inside);
    if (await isFolder(inner)) return { folder: inner, names: await namesIn(inner) };
  }
  return { folder, names };
}
