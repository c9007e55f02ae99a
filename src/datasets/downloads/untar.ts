/**
 * Unpacks chosen files of a gzipped tar archive (POSIX ustar) into one flat folder. Only plain files whose last
 * name is asked for are written, under that name alone, so that an archive cannot reach outside the folder.
 */
import { createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import path from 'node:path';
import { createGunzip } from 'node:zlib';
import { brokenArchive } from '../errors';
import { diskFailure } from './fetchFile';

const block = 512;

/** Answers the names written; fails with `data/brokenArchive` or `data/noSpace`. */
export async function untar(
  archive: string,
  folder: string,
  isWanted: (name: string) => boolean,
  signal?: AbortSignal,
): Promise<string[]> {
  const written: string[] = [];
  const input = createReadStream(archive);
  const unzipped = input.pipe(createGunzip());
  input.on('error', (error) => unzipped.destroy(error));
  let buffer: Uint8Array = new Uint8Array(0);
  let entry: { output?: FileHandle; file: string; left: number; padding: number } | undefined;
  let isEnded = false;
  const finish = async () => {
    await entry?.output?.close();
    entry = undefined;
  };
  try {
    for await (const piece of unzipped) {
      signal?.throwIfAborted();
      buffer = buffer.length === 0 ? (piece as Buffer) : Buffer.concat([buffer, piece as Buffer]);
      while (!isEnded) {
        if (entry === undefined) {
          if (buffer.length < block) break;
          const header = headerOf(buffer.subarray(0, block), archive);
          buffer = buffer.subarray(block);
          if (header === undefined) {
            isEnded = true;
            break;
          }
          const name = path.posix.basename(header.name);
          const file = path.join(folder, name);
          const output = header.isFile && isWanted(name) ? await openFile(file) : undefined;
          if (output) written.push(name);
          entry = { output, file, left: header.size, padding: (block - (header.size % block)) % block };
        }
        const taken = buffer.subarray(0, entry.left);
        await entry.output?.appendFile(taken).catch((error) => {
          throw diskFailure(file(entry), error);
        });
        entry.left -= taken.length;
        buffer = buffer.subarray(taken.length);
        if (entry.left > 0 || buffer.length < entry.padding) break;
        buffer = buffer.subarray(entry.padding);
        await finish();
      }
    }
  } catch (error) {
    signal?.throwIfAborted();
    // What zlib says of a cut or damaged file has a code of its own (Z_DATA_ERROR, Z_BUF_ERROR).
    throw isZlibError(error) ? brokenArchive(archive) : error;
  } finally {
    await finish();
    input.destroy();
  }
  if (!isEnded) throw brokenArchive(archive);
  return written;
}

const file = (entry: { file: string } | undefined) => entry?.file ?? '';

const isZlibError = (error: unknown) =>
  error instanceof Error && 'code' in error && String(error.code).startsWith('Z_');

async function openFile(name: string): Promise<FileHandle> {
  try {
    return await open(name, 'w');
  } catch (error) {
    throw diskFailure(name, error);
  }
}

/** Undefined for the block of zeros that ends an archive. */
function headerOf(bytes: Uint8Array, archive: string) {
  if (bytes.every((b) => b === 0)) return undefined;
  const text = (from: number, length: number) => {
    const field = bytes.subarray(from, from + length);
    const end = field.indexOf(0);
    return new TextDecoder().decode(end < 0 ? field : field.subarray(0, end)).trim();
  };
  const octal = (from: number, length: number) => Number.parseInt(text(from, length) || '0', 8);
  // The sum of the header's bytes, its own eight counted as blanks.
  const sum = bytes.reduce((total, b, i) => total + (i >= 148 && i < 156 ? 32 : b), 0);
  const size = octal(124, 12);
  if (octal(148, 8) !== sum || !Number.isSafeInteger(size) || size < 0) throw brokenArchive(archive);
  const kind = text(156, 1);
  return { name: text(0, 100), size, isFile: kind === '' || kind === '0' };
}
