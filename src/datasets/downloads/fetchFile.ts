/**
 * One official file to disk: goes on where an earlier attempt stopped (HTTP Range), checks length and checksum, and
 * takes its name only when both are right. What is not whole keeps the name `<name>.part`.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, open, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { SkiplensError, systemCode } from '../../base/errors';
import {
  checksumMismatch,
  downloadFailed,
  downloadNoSpace,
  offline,
  unreadable,
  wrongLength,
} from '../errors';
import type { OfficialFile } from './catalogue';

export interface FetchOptions {
  /** Called with the bytes of this file that are there. */
  readonly onBytes?: (bytes: number) => void;
  readonly signal?: AbortSignal;
}

/** The last part of the address. */
export const nameOf = (file: Pick<OfficialFile, 'url'>): string =>
  new URL(file.url).pathname.split('/').at(-1) ?? '';

/** Answers the file's path; one that is there already (put there by hand, perhaps) is only checked. */
export async function fetchFile(
  file: OfficialFile,
  folder: string,
  options: FetchOptions = {},
): Promise<string> {
  const target = path.join(folder, nameOf(file));
  const part = `${target}.part`;
  if ((await sizeOf(target)) === file.bytes) {
    await check(file, target, options);
    return target;
  }
  let have = (await sizeOf(part)) ?? 0;
  if (have > file.bytes) have = 0;
  if (have < file.bytes) await fetchRest(file, part, have, folder, options);
  await check(file, part, options);
  await rename(part, target);
  return target;
}

async function check(file: OfficialFile, where: string, { onBytes, signal }: FetchOptions): Promise<void> {
  if ((await md5Of(where, signal)) !== file.md5) {
    // Going on from damaged bytes would fail for ever.
    await rm(where, { force: true });
    throw checksumMismatch(file.url);
  }
  onBytes?.(file.bytes);
}

async function fetchRest(
  file: OfficialFile,
  part: string,
  have: number,
  folder: string,
  { onBytes, signal }: FetchOptions,
): Promise<void> {
  const response = await ask(file, have, folder, signal);
  // A server that ignores the range sends everything from the start.
  let size = response.status === 206 ? have : 0;
  const output = await open(part, size === 0 ? 'w' : 'a').catch((error) => {
    throw diskFailure(part, error);
  });
  try {
    onBytes?.(size);
    for await (const piece of piecesOf(response, file, folder, signal)) {
      size += piece.length;
      if (size > file.bytes) break;
      await append(output, part, piece);
      onBytes?.(size);
    }
  } finally {
    await output.close();
  }
  if (size > file.bytes) await rm(part, { force: true });
  if (size !== file.bytes) throw wrongLength(file.url, size, file.bytes);
}

async function ask(
  file: OfficialFile,
  from: number,
  folder: string,
  signal?: AbortSignal,
): Promise<Response> {
  // Compressed on the way, a range would not be one of the file's bytes.
  const headers: Record<string, string> = { 'accept-encoding': 'identity' };
  if (from > 0) headers.range = `bytes=${from}-`;
  let response: Response;
  try {
    response = await fetch(file.url, { headers, signal });
  } catch (error) {
    signal?.throwIfAborted();
    throw offline(file.url, reasonOf(error), folder);
  }
  if (response.status === 206 && !response.headers.get('content-range')?.startsWith(`bytes ${from}-`)) {
    await response.body?.cancel();
    return ask(file, 0, folder, signal);
  }
  if (response.ok && response.body) return response;
  await response.body?.cancel();
  if (response.status === 416 && from > 0) return ask(file, 0, folder, signal);
  throw downloadFailed(file.url, response.status, folder);
}

async function* piecesOf(
  response: Response,
  file: OfficialFile,
  folder: string,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array> {
  if (!response.body) return;
  try {
    for await (const piece of response.body) yield piece as Uint8Array;
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof SkiplensError) throw error;
    throw offline(file.url, reasonOf(error), folder);
  }
}

async function append(output: FileHandle, part: string, piece: Uint8Array): Promise<void> {
  try {
    await output.appendFile(piece);
  } catch (error) {
    throw diskFailure(part, error);
  }
}

export function diskFailure(file: string, error: unknown): Error {
  if (error instanceof SkiplensError) return error;
  const code = systemCode(error);
  return code === 'ENOSPC' || code === 'EDQUOT'
    ? downloadNoSpace(file)
    : unreadable(file, code ?? String(error));
}

/** What `fetch` hides in `cause`: ENOTFOUND, ECONNREFUSED, UND_ERR_SOCKET ... */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  return systemCode(cause) ?? systemCode(error) ?? (error instanceof Error ? error.message : String(error));
}

async function sizeOf(file: string): Promise<number | undefined> {
  return (await stat(file).catch(() => undefined))?.size;
}

async function md5Of(file: string, signal?: AbortSignal): Promise<string> {
  const hash = createHash('md5');
  for await (const piece of createReadStream(file, { signal })) hash.update(piece as Buffer);
  return hash.digest('hex');
}
