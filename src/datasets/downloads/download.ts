/**
 * Fetches a data set's official files when somebody asked for it and agreed: says what, from where and how large,
 * shows progress, can be cancelled and goes on later, checks every byte, and makes the folder appear in one step.
 */
import { mkdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { brokenArchive } from '../errors';
import { isFolder } from '../files';
import { bytesOver, type Download } from './catalogue';
import { diskFailure, fetchFile } from './fetchFile';
import { untar } from './untar';

export interface DownloadOffer {
  readonly download: Download;
  /** Bytes over the network, all files together. */
  readonly bytes: number;
  readonly urls: readonly string[];
  /** Where it will lie. */
  readonly folder: string;
}

export interface DownloadOptions {
  /** Asked once, before the first request; nothing happens where it answers false. */
  readonly consent: (offer: DownloadOffer) => boolean | Promise<boolean>;
  readonly onProgress?: (progress: DownloadProgress) => void;
  readonly signal?: AbortSignal;
}

export interface DownloadProgress {
  readonly phase: 'fetching' | 'unpacking';
  readonly bytes: number;
  readonly totalBytes: number;
}

export type DownloadOutcome =
  | { readonly outcome: 'ready'; readonly folder: string }
  | { readonly outcome: 'declined' | 'cancelled' };

/**
 * Puts the files into `<home>/<id>`, where a spec without a folder finds them. Cancelled or failed, it leaves
 * `<home>/.<id>.partial` to go on from and nothing else. Fails with `data/offline`, `data/downloadFailed`,
 * `data/checksum`, `data/brokenArchive` or `data/noSpace`.
 */
export async function downloadDataset(
  download: Download,
  home: string,
  { consent, onProgress, signal }: DownloadOptions,
): Promise<DownloadOutcome> {
  const folder = path.join(path.resolve(home), download.id);
  if (await isFolder(folder)) return { outcome: 'ready', folder };
  const totalBytes = bytesOver(download);
  const urls = download.files.map(({ url }) => url);
  if (!(await consent({ download, bytes: totalBytes, urls, folder }))) return { outcome: 'declined' };
  const partial = path.join(path.resolve(home), `.${download.id}.partial`);
  try {
    await mkdir(partial, { recursive: true }).catch((error) => {
      throw diskFailure(partial, error);
    });
    let before = 0;
    for (const file of download.files) {
      const fetched = await fetchFile(file, partial, {
        signal,
        onBytes: (bytes) => onProgress?.({ phase: 'fetching', bytes: before + bytes, totalBytes }),
      });
      before += file.bytes;
      if (!file.unpack) continue;
      onProgress?.({ phase: 'unpacking', bytes: before, totalBytes });
      const wanted = file.unpack;
      const written = await untar(fetched, partial, (name) => wanted.test(name), signal);
      if (written.length === 0) throw brokenArchive(fetched);
    }
    for (const file of download.files) {
      if (file.unpack) await rm(path.join(partial, path.posix.basename(new URL(file.url).pathname)));
    }
    await rename(partial, folder);
    return { outcome: 'ready', folder };
  } catch (error) {
    if (signal?.aborted) return { outcome: 'cancelled' };
    throw error;
  }
}
