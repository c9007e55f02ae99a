// How a suite of editor tests prints: one line a test, the error below it, and at the end one line for people and
// one for programs (`RESULT {...}`), which names what failed.
import { firstLine } from '../../scripts/failures.mjs';

/** Collects outcomes of one suite in one host. */
export function makeReport(suite, host, write = (line) => process.stdout.write(`${line}\n`)) {
  const totals = { passed: 0, failed: 0, skipped: 0 };
  const marks = { passed: '✓', failed: '✗', skipped: '-' };
  const failures = [];
  const started = Date.now();
  return {
    totals,
    add({ title, outcome, milliseconds, reason }) {
      totals[outcome] += 1;
      const note = outcome === 'skipped' ? ` (skipped: ${reason})` : ` (${Math.round(milliseconds)} ms)`;
      write(`  ${marks[outcome]} ${host} · ${title}${note}`);
      if (outcome !== 'failed') return;
      failures.push(`${host} · ${title}: ${firstLine(reason)}`);
      write(`      ${String(reason).replaceAll('\n', '\n      ')}`);
    },
    /** Something outside a test went wrong: counts as one failure. */
    addTrouble(sentence) {
      totals.failed += 1;
      failures.push(`${host} · ${firstLine(sentence)}`);
      write(`  ${marks.failed} ${host} · ${sentence}`);
    },
    end() {
      const seconds = Math.round((Date.now() - started) / 100) / 10;
      const { passed, failed, skipped } = totals;
      write(
        `${suite} tests in ${host}: ${passed} passed, ${failed} failed, ${skipped} skipped, ${seconds} s`,
      );
      write(`RESULT ${JSON.stringify({ suite, host, passed, failed, skipped, seconds, failures })}`);
      return failed === 0;
    },
  };
}

/** `--name value` pairs of a command line; a flag without a value is true. */
export function readOptions(args) {
  const options = {};
  for (let index = 0; index < args.length; index += 1) {
    const name = args[index].replace(/^--/, '');
    const next = args[index + 1];
    if (next !== undefined && !next.startsWith('--')) {
      options[name] = next;
      index += 1;
    } else options[name] = true;
  }
  return options;
}
