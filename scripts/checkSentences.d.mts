/** Types of `checkSentences.mjs`, for tests written in TypeScript. */
export function collectSentences(): { sentences: Map<string, string>; faults: string[] };
export function findFaults(): string[];
