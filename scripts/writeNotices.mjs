// Writes THIRD-PARTY-NOTICES.txt: the licence of every package that goes into the bundles or is shipped beside them,
// read from node_modules. Run it after a dependency changed; a test fails when a package is missing from it.
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const target = path.join(root, 'THIRD-PARTY-NOTICES.txt');

/** Needed for building alone by npm's books, and yet inside a bundle. */
const bundled = ['d3'];

/** Production dependencies with their own, by name; optional peers are the person's own installation. */
export function shippedPackages() {
  const { packages } = JSON.parse(fs.readFileSync(path.join(root, 'package-lock.json'), 'utf8'));
  const reached = new Set();
  const add = (name) => {
    const place = `node_modules/${name}`;
    if (reached.has(place) || !packages[place]) return;
    reached.add(place);
    for (const dependency of Object.keys(packages[place].dependencies ?? {})) add(dependency);
  };
  for (const name of bundled) add(name);
  return Object.entries(packages)
    .filter(
      ([place, { dev, peer, optional, devOptional }]) =>
        reached.has(place) ||
        (place.startsWith('node_modules/') && !dev && !peer && !optional && !devOptional),
    )
    .map(([place, { version }]) => ({
      name: place.slice(place.lastIndexOf('node_modules/') + 13),
      place,
      version,
    }))
    .sort((a, b) => a.name.localeCompare(b.name, 'en') || a.version.localeCompare(b.version, 'en'));
}

/** The file's text. */
export function notices() {
  const parts = [
    'Skiplens contains or is shipped with the software below. Each entry gives its name, version, place of origin and licence.',
  ];
  for (const { name, place, version } of shippedPackages()) {
    const folder = path.join(root, place);
    const stated = JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8'));
    const repository = typeof stated.repository === 'string' ? stated.repository : stated.repository?.url;
    const files = fs
      .readdirSync(folder)
      .filter((file) => /^(licen[cs]e|copying|notice|thirdpartynotices?)/i.test(file))
      .sort();
    const texts = files.map((file) =>
      fs.readFileSync(path.join(folder, file), 'utf8').replaceAll('\r', '').trim(),
    );
    parts.push(
      [
        `${name} ${version}`,
        repository ? repository.replace(/^git\+/, '') : '',
        `Licence: ${licenceOf(stated)}`,
        '',
        texts.length > 0 ? texts.join('\n\n') : standardText(stated),
      ].join('\n'),
    );
  }
  return `${parts.join(`\n\n${'-'.repeat(80)}\n\n`)}\n`;
}

/** Packages whose own licence is not all: what is compiled into them asks for words of its own. */
const inside = {
  '@cornerstonejs/codec-libjpeg-turbo-8bit': [
    "The codec is libjpeg-turbo compiled to JavaScript. libjpeg-turbo is covered by the Independent JPEG Group's",
    'licence, the Modified (3-clause) BSD licence and, for its SIMD code, the zlib licence; see LICENSE.md at',
    'https://github.com/libjpeg-turbo/libjpeg-turbo. Copyright (c) the Independent JPEG Group, D. R. Commander,',
    'Viktor Szathmary and the other contributors named there.',
    'This software is based in part on the work of the Independent JPEG Group.',
  ].join('\n'),
};

/** For a package that names the MIT licence and leaves out its text: the terms, with its author. */
function standardText(stated) {
  if (inside[stated.name]) return inside[stated.name];
  if (licenceOf(stated) !== 'MIT') throw new Error(`${stated.name} holds no licence text; add one here.`);
  const author = typeof stated.author === 'string' ? stated.author : stated.author?.name;
  const terms = fs.readFileSync(path.join(root, 'LICENSE'), 'utf8').trim();
  return terms.replace(/^Copyright.*$/m, `Copyright (c) ${author ?? `the authors of ${stated.name}`}`);
}

function licenceOf({ license, licenses }) {
  if (typeof license === 'string') return license;
  return license?.type ?? licenses?.map((one) => one.type).join(' or ') ?? 'see below';
}

if (process.argv[1] && path.resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  fs.writeFileSync(target, notices());
  process.stdout.write(`${path.basename(target)}: ${shippedPackages().length} packages\n`);
}
