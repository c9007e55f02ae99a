/** Types of `extensions.mjs`, for tests written in TypeScript. */
export function installPackages(name: string, files: string[], extensionsDir: string): Promise<void>;
export function addFolder(folder: string, extensionsDir: string): void;
