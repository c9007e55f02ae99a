/** Types of `workspace.mjs`, for tests written in TypeScript. */
export function copyWorkspace(source: string): { folder: string; remove(): Promise<void> };
