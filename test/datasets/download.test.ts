/** Downloads against a server on this machine that behaves, hangs up, ignores ranges, lies or is not there. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it, onTestFinished } from 'vitest';
import { datasets, loadData } from '../../src/datasets';
import { bytesOver, type Download, downloads } from '../../src/datasets/downloads/catalogue';
import { downloadDataset } from '../../src/datasets/downloads/download';
import { temporaryFolder } from '../temporaryFolder';
import { cifarRecords } from './cifarFixture';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** A tar archive of these files, as `tar -cz` makes it. */
function archiveOf(files: Record<string, Buffer>): Buffer {
  const blocks: Buffer[] = [];
  for (const [name, data] of Object.entries(files)) {
    const header = Buffer.alloc(512);
    header.write(name, 0);
    header.write('0000644\0', 100);
    header.write(`${data.length.toString(8).padStart(11, '0')}\0`, 124);
    header.write('        0ustar\0', 148);
    const sum = header.reduce((total, b) => total + b, 0);
    header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
    blocks.push(header, data, Buffer.alloc((512 - (data.length % 512)) % 512));
  }
  return gzipSync(Buffer.concat([...blocks, Buffer.alloc(1024)]), { level: 0 });
}

const archive = archiveOf({
  'cifar-10-batches-bin/readme.html': Buffer.from('not wanted'),
  'cifar-10-batches-bin/data_batch_1.bin': cifarRecords(40),
  'cifar-10-batches-bin/../../test_batch.bin': cifarRecords(10),
});

async function serve(answer: Answer): Promise<{ url: string; requests: IncomingMessage[] }> {
  const requests: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    requests.push(request);
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/cifar-10-binary.tar.gz`,
    requests,
  };
}

/** Sends the archive, from where it is asked to. */
const wellBehaved: Answer = (request, response) => {
  const from = Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
  if (from > 0) {
    response.writeHead(206, {
      'content-range': `bytes ${from}-${archive.length - 1}/${archive.length}`,
      'content-length': archive.length - from,
    });
  }
  response.end(archive.subarray(from));
};

/** The first half, then nothing more. */
const hangsUp: Answer = (_request, response) => {
  response.writeHead(200, { 'content-length': archive.length });
  response.write(archive.subarray(0, archive.length / 2), () => setTimeout(() => response.destroy(), 50));
};

function offerOf(url: string, md5 = createHash('md5').update(archive).digest('hex')): Download {
  const [file] = downloads.cifar10.files;
  return { ...downloads.cifar10, files: [{ ...file, url, bytes: archive.length, md5 }] };
}

const agree = { consent: () => true };

describe('a download', () => {
  it('is offered with size, source and place, and does nothing without consent', async () => {
    const home = temporaryFolder();
    const { url, requests } = await serve(wellBehaved);
    const offers: unknown[] = [];
    const consent = (offer: unknown) => {
      offers.push(offer);
      return false;
    };
    expect(await downloadDataset(offerOf(url), home, { consent })).toEqual({ outcome: 'declined' });
    expect(offers).toMatchObject([
      { bytes: archive.length, urls: [url], folder: path.join(home, 'cifar10') },
    ]);
    expect(requests).toEqual([]);
    expect(readdirSync(home)).toEqual([]);
  });

  it('unpacks what is wanted into one folder, which then serves without being named', async () => {
    const home = temporaryFolder();
    await expect(loadData('cifar10', { seed: 1, home })).rejects.toThrow(/download its official files first/);
    const { url } = await serve(wellBehaved);
    const seen: number[] = [];
    const result = await downloadDataset(offerOf(url), home, {
      ...agree,
      onProgress: ({ bytes, totalBytes }) => seen.push(bytes / totalBytes),
    });
    expect(result).toEqual({ outcome: 'ready', folder: path.join(home, 'cifar10') });
    expect(readdirSync(home)).toEqual(['cifar10']);
    expect(readdirSync(path.join(home, 'cifar10')).sort()).toEqual(['data_batch_1.bin', 'test_batch.bin']);
    expect(seen).toEqual(seen.toSorted((a, b) => a - b));
    expect(seen.at(-1)).toBe(1);
    const data = await loadData('cifar10', { seed: 1, home });
    expect([data.train.count, data.validation.count]).toEqual([40, 10]);
  });

  it('asks nobody and fetches nothing where the data is there', async () => {
    const home = temporaryFolder();
    mkdirSync(path.join(home, 'cifar10'));
    const consent = () => expect.unreachable();
    const result = await downloadDataset(offerOf('http://127.0.0.1:1/x'), home, { consent });
    expect(result.outcome).toBe('ready');
  });

  it('goes on where the connection broke', async () => {
    const home = temporaryFolder();
    const answers: Answer[] = [hangsUp, wellBehaved];
    const { url, requests } = await serve((request, response) => answers.shift()?.(request, response));
    await expect(downloadDataset(offerOf(url), home, agree)).rejects.toMatchObject({ code: 'data/offline' });
    expect(existsSync(path.join(home, 'cifar10'))).toBe(false);
    expect((await downloadDataset(offerOf(url), home, agree)).outcome).toBe('ready');
    expect(requests[1].headers.range).toBe(`bytes=${Math.floor(archive.length / 2)}-`);
    const test = readFileSync(path.join(home, 'cifar10', 'test_batch.bin'));
    expect(test.equals(cifarRecords(10))).toBe(true);
  });

  it('starts over where the server sends everything again', async () => {
    const home = temporaryFolder();
    const answers: Answer[] = [hangsUp, (_, response) => void response.end(archive)];
    const { url } = await serve((request, response) => answers.shift()?.(request, response));
    await expect(downloadDataset(offerOf(url), home, agree)).rejects.toThrow();
    expect((await downloadDataset(offerOf(url), home, agree)).outcome).toBe('ready');
  });

  it('can be cancelled, leaves nothing but its part, and goes on later', async () => {
    const home = temporaryFolder();
    const stop = new AbortController();
    const answers: Answer[] = [
      (_, response) => {
        response.writeHead(200, { 'content-length': archive.length });
        response.write(archive.subarray(0, 20_000));
      },
      wellBehaved,
    ];
    const { url } = await serve((request, response) => answers.shift()?.(request, response));
    const result = await downloadDataset(offerOf(url), home, {
      ...agree,
      signal: stop.signal,
      onProgress: ({ bytes }) => bytes >= 20_000 && stop.abort(),
    });
    expect(result).toEqual({ outcome: 'cancelled' });
    expect(readdirSync(home)).toEqual(['.cifar10.partial']);
    expect((await downloadDataset(offerOf(url), home, agree)).outcome).toBe('ready');
    expect(readdirSync(home)).toEqual(['cifar10']);
  });

  it('refuses and removes what has another checksum, and what is too short or too long', async () => {
    const home = temporaryFolder();
    const { url } = await serve(wellBehaved);
    const wrong = offerOf(url, '0'.repeat(32));
    await expect(downloadDataset(wrong, home, agree)).rejects.toThrow(/is not what its publisher states/);
    expect(readdirSync(path.join(home, '.cifar10.partial'))).toEqual([]);
    const short = await serve((_, response) => void response.end(archive.subarray(0, 500)));
    await expect(downloadDataset(offerOf(short.url), home, agree)).rejects.toThrow(
      /sent 500 bytes of .* where \d+ are expected/,
    );
    const long = await serve((_, response) => void response.end(Buffer.concat([archive, archive])));
    await expect(downloadDataset(offerOf(long.url), home, agree)).rejects.toMatchObject({
      code: 'data/downloadFailed',
    });
    expect((await downloadDataset(offerOf(url), home, agree)).outcome).toBe('ready');
  });

  it('says in one sentence that there is no network or no file, and how to do it by hand', async () => {
    const home = temporaryFolder();
    const gone = offerOf('http://127.0.0.1:9/cifar-10-binary.tar.gz');
    await expect(downloadDataset(gone, home, agree)).rejects.toMatchObject({
      code: 'data/offline',
      message: expect.stringMatching(
        /could not be reached \(.+\); try again, or fetch the file yourself, put it into/,
      ),
    });
    const { url } = await serve((_, response) => void response.writeHead(404).end());
    await expect(downloadDataset(offerOf(url), home, agree)).rejects.toThrow(
      /The server answered 404 to http/,
    );
    // By hand: the file in the folder that the sentence names.
    writeFileSync(path.join(home, '.cifar10.partial', 'cifar-10-binary.tar.gz'), archive);
    expect((await downloadDataset(gone, home, agree)).outcome).toBe('ready');
  });

  it.skipIf(process.platform !== 'linux')('says that there is no space (skipped outside Linux)', async () => {
    const home = temporaryFolder();
    const { url } = await serve(wellBehaved);
    // A device that is always full stands in for the disk.
    mkdirSync(path.join(home, '.cifar10.partial'));
    symlinkSync('/dev/full', path.join(home, '.cifar10.partial', 'cifar-10-binary.tar.gz.part'));
    await expect(downloadDataset(offerOf(url), home, agree)).rejects.toMatchObject({
      code: 'data/noSpace',
      message: expect.stringMatching(
        /There is no space left to write .*; make room and start again to go on/,
      ),
    });
  });

  it('refuses an archive that is cut or holds something else', async () => {
    for (const bytes of [archive.subarray(0, 30_000), archiveOf({ 'a.txt': Buffer.from('x') })]) {
      const { url } = await serve((_, response) => void response.end(bytes));
      const md5 = createHash('md5').update(bytes).digest('hex');
      const offer = offerOf(url, md5);
      const download = { ...offer, files: [{ ...offer.files[0], bytes: bytes.length }] };
      await expect(downloadDataset(download, temporaryFolder(), agree)).rejects.toMatchObject({
        code: 'data/brokenArchive',
      });
    }
  });
});

it('the catalogue names data sets that can be loaded without a folder', () => {
  for (const download of Object.values(downloads)) {
    expect(datasets[download.id].argument).toBe('optional folder');
    expect(bytesOver(download)).toBeGreaterThan(10_000_000);
    for (const { md5 } of download.files) expect(md5).toMatch(/^[0-9a-f]{32}$/);
  }
});
