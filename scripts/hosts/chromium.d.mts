/** Types of `chromium.mjs`, for tests written in TypeScript. */
export const chromiumFlags: string[];
export function findChromium(): string | undefined;
