/**
 * The list of what failed at the end of `npm test`.
 */
import { describe, expect, it } from 'vitest';
import { firstLine, listOfFailures, unitFailures } from '../../scripts/failures.mjs';

const test = (status: string, title: string, ...failureMessages: string[]) => ({
  status,
  title,
  ancestorTitles: ['doors'],
  failureMessages,
});

describe('the list of failures', () => {
  it('names file, test and the first line of the message, and files that could not be loaded', () => {
    const report = {
      testResults: [
        { name: '/p/test/good.test.ts', status: 'passed', assertionResults: [test('passed', 'is shut')] },
        {
          name: '/p/test/doors.test.ts',
          status: 'failed',
          assertionResults: [
            test('passed', 'is shut'),
            test(
              'failed',
              'is open',
              '\u001b[31mAssertionError: expected 1 to be 2\u001b[39m\n    at x.ts:1:1',
            ),
          ],
        },
        {
          name: '/p/test/broken.test.ts',
          status: 'failed',
          message: '\nCannot find module "./y"\nstack',
          assertionResults: [],
        },
      ],
    };
    expect(unitFailures(report, '/p')).toEqual([
      'test/doors.test.ts > doors > is open: AssertionError: expected 1 to be 2',
      'test/broken.test.ts: Cannot find module "./y"',
    ]);
  });

  it('is short: one line each, a limited number of them, and none where nothing failed', () => {
    expect(firstLine(`${'x'.repeat(300)}\nmore`)).toHaveLength(200);
    expect(firstLine(undefined)).toBe('no message');
    expect(firstLine('Expected values to be equal:\n\n1 !== 2\n\n  at x.ts')).toBe(
      'Expected values to be equal: 1 !== 2',
    );
    expect(listOfFailures([])).toBe('');
    expect(listOfFailures(['a: 1', 'b: 2', 'c: 3'], 2)).toBe('\nFailed:\n  ✗ a: 1\n  ✗ b: 2\n  and 1 more\n');
  });
});
