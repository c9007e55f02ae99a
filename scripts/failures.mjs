// What failed, in a line each, for the end of `npm test`: a log that was cut at its beginning still tells. Where the
// lines go and how they are counted is `test.mjs`' business.
import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';

/** The failures in a report of vitest's JSON reporter: file > test, then the first line of what went wrong. */
export function unitFailures(report, root) {
  return report.testResults.flatMap((file) => {
    const name = path.relative(root, file.name).split(path.sep).join('/');
    const failed = file.assertionResults.filter(({ status }) => status === 'failed');
    // A file that could not be loaded has no tests, and its own message.
    if (failed.length === 0) return file.status === 'failed' ? [`${name}: ${firstLine(file.message)}`] : [];
    return failed.map(
      (test) =>
        `${[name, ...test.ancestorTitles, test.title].join(' > ')}: ${firstLine(test.failureMessages[0])}`,
    );
  });
}

/**
 * The first line with text of a message, without colours, no longer than 200 characters. One that ends in a colon
 * announces what comes next, which is told too.
 */
export function firstLine(message) {
  const lines = stripVTControlCharacters(String(message ?? ''))
    .split('\n')
    .map((text) => text.trim())
    .filter((text) => text !== '');
  const line = lines[0]?.endsWith(':') ? lines.slice(0, 2).join(' ') : (lines[0] ?? 'no message');
  return line.length > 200 ? `${line.slice(0, 199)}…` : line;
}

/** The list that `npm test` ends with, up to `limit` failures of all; empty where nothing failed. */
export function listOfFailures(failures, limit = 40) {
  if (failures.length === 0) return '';
  const lines = failures.slice(0, limit).map((failure) => `  ✗ ${failure}`);
  if (failures.length > limit) lines.push(`  and ${failures.length - limit} more`);
  return `\nFailed:\n${lines.join('\n')}\n`;
}
