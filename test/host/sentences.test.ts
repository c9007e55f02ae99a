/** Every sentence that a person reads is translated, with the placeholders of the original, and no other is kept. */
import { expect, test } from 'vitest';

test('the bundles hold the sentences of the code, no more and no less', async () => {
  const { findFaults } = await import('../../scripts/checkSentences.mjs');
  expect(findFaults()).toEqual([]);
});

test('sentences are found wherever they are said', async () => {
  const { collectSentences } = await import('../../scripts/checkSentences.mjs');
  const { sentences } = collectSentences();
  expect(sentences.size).toBeGreaterThan(200);
  expect([...sentences.keys()]).toContain('{0} and its plain twin');
  expect([...sentences.keys()]).toContain('Train with Last Settings');
});
