/** `package-lock.json` installs on every platform and names no registry. */
import fs from 'node:fs';
import { expect, test } from 'vitest';

interface Locked {
  version?: string;
  resolved?: string;
  optionalDependencies?: Record<string, string>;
}

const { packages } = JSON.parse(fs.readFileSync('package-lock.json', 'utf8')) as {
  packages: Record<string, Locked>;
};

test('programs of every platform are locked, so that npm ci accepts the file anywhere', () => {
  const missing = Object.values(packages)
    .flatMap((entry) => Object.entries(entry.optionalDependencies ?? {}))
    .filter(([, version]) => /^\d/.test(version))
    .map(([name]) => name)
    .filter((name) => !Object.keys(packages).some((place) => place.endsWith(`node_modules/${name}`)));
  expect(missing).toEqual([]);
});

test('no address of a registry is kept', () => {
  const addresses = Object.values(packages).flatMap((entry) => entry.resolved ?? []);
  expect(addresses).toEqual([]);
});
