/** The manifest follows the code: what is declared in src/host is what package.json and its companions say. */
import fs from 'node:fs';
import { expect, test } from 'vitest';

test('package.json, package.nls*.json and the settings schema are what the code declares', async () => {
  const { manifestFiles } = await import('../../scripts/writeManifest.mjs');
  const stale: string[] = [];
  // The same content in another layout is no news.
  for (const [file, text] of Object.entries(await manifestFiles()))
    if (JSON.stringify(JSON.parse(fs.readFileSync(file, 'utf8'))) !== JSON.stringify(JSON.parse(text)))
      stale.push(file);
  expect(stale, 'run: npm run manifest').toEqual([]);
});

test('every third-party package that is shipped has its notice', async () => {
  const { shippedPackages } = await import('../../scripts/writeNotices.mjs');
  const text = fs.readFileSync('THIRD-PARTY-NOTICES.txt', 'utf8');
  const missing = shippedPackages().filter(({ name, version }) => !text.includes(`\n${name} ${version}\n`));
  expect(missing, 'run: npm run notices').toEqual([]);
});
