import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/extension/**', 'test/ui/**', 'test/package/**', 'test/fixtures/**', '**/node_modules/**'],
    maxWorkers: 2,
    testTimeout: 60_000,
    // A test that asserts nothing proves nothing.
    expect: { requireAssertions: true },
  },
});
