/** `skiplens data` as a person uses it: the list, a card, and downloads from a server on this machine. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { decode } from 'fast-png';
import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import { downloadData, type Terminal } from '../../src/cli/downloadData';
import { loadData } from '../../src/datasets';
import { type Download, downloads, fromMirror } from '../../src/datasets/downloads/catalogue';
import { cifar10Folder } from '../datasets/cifarFixture';
import { skiplens } from '../processes';
import { temporaryFolder } from '../temporaryFolder';

async function serve(answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

/** The four files of MNIST's format, with 20 and 10 images. */
const files = new Map<string, Buffer>();
for (const [part, count] of [
  ['train', 20],
  ['t10k', 10],
] as const) {
  const header = (...numbers: number[]) => {
    const bytes = Buffer.alloc(4 * numbers.length);
    numbers.forEach((n, i) => {
      bytes.writeUInt32BE(n, 4 * i);
    });
    return bytes;
  };
  const images = Buffer.concat([header(0x803, count, 28, 28), Buffer.alloc(count * 784, 9)]);
  const labels = Buffer.concat([
    header(0x801, count),
    Buffer.from(Array.from({ length: count }, (_, i) => i % 10)),
  ]);
  files.set(`${part}-images-idx3-ubyte.gz`, gzipSync(images));
  files.set(`${part}-labels-idx1-ubyte.gz`, gzipSync(labels));
}

/** MNIST's offer with the small files' own lengths and checksums. */
const offer: Download = {
  ...downloads.mnist,
  files: downloads.mnist.files.map((file) => {
    const bytes = files.get(path.basename(file.url))!;
    return { ...file, bytes: bytes.length, md5: createHash('md5').update(bytes).digest('hex') };
  }),
};

const whole: RequestListener = (request, response) => {
  const bytes = files.get(path.basename(request.url ?? ''));
  if (bytes) response.end(bytes);
  else response.writeHead(404).end();
};

function terminal(answer?: string): Terminal & { lines: string[] } {
  const lines: string[] = [];
  return {
    lines,
    canAsk: answer !== undefined,
    isTty: false,
    say: (line) => void lines.push(line),
    ask: async (question) => {
      lines.push(question);
      return answer ?? '';
    },
  };
}

afterEach(() => {
  process.exitCode = undefined;
});

describe('skiplens data', () => {
  it('lists what there is and how to get it', async () => {
    const cwd = temporaryFolder();
    const env = { SKIPLENS_DATA: path.join(cwd, 'home') };
    mkdirSync(path.join(env.SKIPLENS_DATA, 'mnist'), { recursive: true });
    const { code, stdout } = await skiplens(['data'], { cwd, env });
    expect(code).toBe(0);
    expect(stdout).toMatch(/drawn\s+built in/);
    expect(stdout).toMatch(/cifar10\s+cifar10:FOLDER, or download 170 MB/);
    expect(stdout).toMatch(/mnist\s+downloaded/);
    expect(stdout).toMatch(/folder:FOLDER\s+your own folder/);
    const { stdout: json } = await skiplens(['data', '--json'], { cwd, env });
    expect(JSON.parse(json).map((d: { id: string }) => d.id)).toEqual([
      'drawn',
      'cifar10',
      'cifar100',
      'mnist',
      'fashion-mnist',
      'folder',
    ]);
  });

  it('prints the card of a data set, as text and as JSON, and its samples as a picture', async () => {
    const cwd = temporaryFolder();
    const spec = `cifar10:${cifar10Folder(cwd)}`;
    const { code, stdout } = await skiplens(['data', spec, '--samples', 'grid.png'], { cwd });
    expect(code).toBe(0);
    expect(stdout).toContain('CIFAR-10  3x32x32');
    expect(stdout).toContain('Published by Alex Krizhevsky, University of Toronto (2009)');
    expect(stdout).toMatch(/truck\s+\d+\s+\d+/);
    expect(stdout).toMatch(/all\s+50\s+10/);
    expect(stdout).toContain('half of the images are mirrored');
    const grid = decode(readFileSync(path.join(cwd, 'grid.png')));
    expect([grid.width, grid.height]).toEqual([8 * 32, 10 * 32]);
    const { stdout: json } = await skiplens(['data', spec, '--json', '--data-option', 'subset=20'], { cwd });
    expect(JSON.parse(json)).toMatchObject({
      id: 'cifar10',
      train: 20,
      validation: 10,
      stored: { train: 50 },
    });
  });

  it.each<[string, string[], RegExp]>([
    ['an unknown data set', ['data', 'cifer10'], /no data set "cifer10".*cifar10/],
    ['a folder that is not there', ['data', 'mnist:nowhere'], /nowhere/],
    ['data that was not downloaded', ['data', 'cifar10'], /skiplens data download cifar10/],
    ['an option that does not exist', ['data', 'drawn', '--data-option', 'size=3'], /no option size.*resize/],
    ['a picture that cannot be written', ['data', 'drawn', '--samples', 'no/where.png'], /where\.png/],
    ['a download of nothing known', ['data', 'download', 'imagenet'], /no data set "imagenet"/],
    ['a download that nobody offers', ['data', 'download', 'drawn'], /Nobody offers drawn.*cifar10/],
    [
      'a mirror that is no address',
      ['data', 'download', 'mnist', '--yes', '--from', 'ftp://x'],
      /"ftp:\/\/x" is no address/,
    ],
    ['a download without anybody to ask', ['data', 'download', 'mnist'], /without consent.*--yes/],
  ])('refuses %s in one sentence', async (_, args, sentence) => {
    const cwd = temporaryFolder();
    const home = path.join(cwd, 'home');
    const { code, stderr } = await skiplens(args, { cwd, env: { SKIPLENS_DATA: home } });
    expect(code).toBe(1);
    const last = stderr.trim().split('\n').at(-1)!;
    expect(last).toMatch(/^skiplens: /);
    expect(last).toMatch(sentence);
    expect(existsSync(home)).toBe(false);
  });
});

describe('skiplens data download', () => {
  it('states size, source and place, asks, fetches, and says how to use it', async () => {
    const to = temporaryFolder();
    const asked = terminal('y');
    await downloadData('mnist', { to, from: await serve(whole) }, asked, offer);
    expect(process.exitCode).toBeUndefined();
    expect(asked.lines[0]).toMatch(/^MNIST, by Yann LeCun.*: 1 MB to fetch, 12 MB on disk in .*mnist\.$/);
    expect(asked.lines.filter((line) => line.startsWith('From http://127.0.0.1')).length).toBe(4);
    expect(asked.lines).toContain('Fetch it? [y/N] ');
    expect(asked.lines.at(-1)).toBe(
      `MNIST is in ${path.join(to, 'mnist')}. Train on it with: --data mnist:${path.join(to, 'mnist')}`,
    );
    expect(readdirSync(to)).toEqual(['mnist']);
    expect((await loadData(`mnist:${path.join(to, 'mnist')}`, { seed: 1 })).train.count).toBe(20);
  });

  it.each(['', 'n', 'maybe'])('takes "%s" for a no, and leaves nothing', async (answer) => {
    const to = temporaryFolder();
    await downloadData('mnist', { to, from: 'http://127.0.0.1:9/' }, terminal(answer), offer);
    expect(process.exitCode).toBe(1);
    expect(readdirSync(to)).toEqual([]);
  });

  it('goes on where a broken connection stopped, and says that it is there the next time', async () => {
    const to = temporaryFolder();
    let broken = true;
    const ranges: (string | undefined)[] = [];
    const from = await serve((request, response) => {
      ranges.push(request.headers.range);
      const bytes = files.get(path.basename(request.url!))!;
      if (broken) {
        broken = false;
        response.writeHead(200, { 'content-length': bytes.length });
        response.write(bytes.subarray(0, 40), () => setTimeout(() => response.destroy(), 50));
        return;
      }
      const start = Number(/\d+/.exec(request.headers.range ?? '')?.[0] ?? 0);
      if (start > 0)
        response.writeHead(206, { 'content-range': `bytes ${start}-${bytes.length - 1}/${bytes.length}` });
      response.end(bytes.subarray(start));
    });
    const again = () => downloadData('mnist', { to, from, yes: true }, terminal(), offer);
    await expect(again()).rejects.toMatchObject({ code: 'data/offline' });
    await again();
    expect(ranges[1]).toBe('bytes=40-');
    const asked = ranges.length;
    await again();
    expect(ranges.length).toBe(asked);
  });

  it('removes what has another checksum, and says so', async () => {
    const to = temporaryFolder();
    const from = await serve((request, response) => {
      const bytes = Buffer.from(files.get(path.basename(request.url!))!);
      bytes[30] ^= 1;
      response.end(bytes);
    });
    await expect(downloadData('mnist', { to, from, yes: true }, terminal(), offer)).rejects.toMatchObject({
      code: 'data/checksum',
    });
    expect(readdirSync(path.join(to, '.mnist.partial'))).toEqual([]);
  });

  it('without a network says so and names the way by hand', async () => {
    const cwd = temporaryFolder();
    const args = [
      'data',
      'download',
      'fashion-mnist',
      '--yes',
      '--from',
      'http://127.0.0.1:9/',
      '--to',
      'there',
    ];
    const { code, stderr } = await skiplens(args, { cwd });
    expect(code).toBe(1);
    expect(stderr).toContain('Fashion-MNIST, by Zalando Research (2017), MIT licence: 31 MB to fetch');
    expect(stderr).toMatch(
      /skiplens: The server of http:.* could not be reached \(.*\); try again, or fetch the file yourself, put it into .*\.fashion-mnist\.partial and start again\./,
    );
  });

  it('Ctrl-C cancels, leaves only what goes on later, and ends with 130', async () => {
    const cwd = temporaryFolder();
    const [first] = downloads['fashion-mnist'].files;
    const from = await serve((_, response) => {
      response.writeHead(200, { 'content-length': first.bytes });
      // A tenth of it and a little, then silence.
      response.write(Buffer.alloc(Math.ceil(first.bytes / 5)));
    });
    const args = ['data', 'download', 'fashion-mnist', '--yes', '--from', from, '--to', 'there'];
    let isTold = false;
    const { code, stderr } = await skiplens(args, {
      cwd,
      onOutput: (text, child) => {
        if (isTold || !/ of 31 MB/.test(text)) return;
        isTold = true;
        child.kill('SIGINT');
      },
    });
    expect(code).toBe(130);
    expect(stderr).toContain('Cancelled. The same command goes on where this one stopped.');
    expect(readdirSync(path.join(cwd, 'there'))).toEqual(['.fashion-mnist.partial']);
    const parts = readdirSync(path.join(cwd, 'there', '.fashion-mnist.partial'));
    expect(parts).toEqual(['train-images-idx3-ubyte.gz.part']);
    expect(statSync(path.join(cwd, 'there', '.fashion-mnist.partial', parts[0])).size).toBeGreaterThan(1e6);
  });
});

it('a mirror changes the address and nothing else', () => {
  for (const address of ['https://mirror.example/data', 'https://mirror.example/data/']) {
    const { files: mirrored } = fromMirror(downloads.cifar100, address);
    expect(mirrored).toEqual([
      { ...downloads.cifar100.files[0], url: 'https://mirror.example/data/cifar-100-binary.tar.gz' },
    ]);
  }
});

it('writes nothing where a file stands in the way', async () => {
  const to = temporaryFolder();
  writeFileSync(path.join(to, 'taken'), '');
  await expect(
    downloadData(
      'mnist',
      { to: path.join(to, 'taken'), from: 'http://127.0.0.1:9/', yes: true },
      terminal(),
      offer,
    ),
  ).rejects.toMatchObject({ code: 'data/unreadable' });
});
