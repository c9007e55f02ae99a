/** Types of `writeManifest.mjs`, for tests written in TypeScript. */
export const languages: readonly string[];
export function importSource(source: string): Promise<Record<string, unknown>>;
export function manifestFiles(): Promise<Record<string, string>>;
export function readBundle(language: string): Record<string, string>;
