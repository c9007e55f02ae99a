/** Reading the files of a data set, with failures that name the file. */
import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { systemCode } from '../base/errors';
import { missingFolder, notDownloaded, unreadable } from './errors';

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

/** The folder a spec names, or the one that a download of this data set made; fails where there is neither. */
export async function folderOf(
  id: string,
  argument: string | undefined,
  home: string | undefined,
): Promise<string> {
  if (argument !== undefined) return argument;
  const downloaded = home === undefined ? undefined : path.join(home, id);
  if (downloaded === undefined || !(await isFolder(downloaded))) throw notDownloaded(id);
  return downloaded;
}

/**
 * The folder that holds the files: the one given, or the first inside it that does, because archives and other
 * programs unpack into folders of their own.
 */
export async function folderWith(
  given: string,
  inside: readonly string[],
  holds: (names: readonly string[]) => boolean,
): Promise<{ folder: string; names: string[] }> {
  const folder = path.resolve(given);
  const names = await namesIn(folder);
  if (holds(names)) return { folder, names };
  for (const name of inside) {
    const inner = path.join(folder, name);
    if (!(await isFolder(inner))) continue;
    const innerNames = await namesIn(inner);
    if (holds(innerNames)) return { folder: inner, names: innerNames };
  }
  return { folder, names };
}
