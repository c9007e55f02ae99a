/** Types of `server.mjs`, for tests written in TypeScript. */
export interface ServerOptions {
  /** Keep workspace trust: the folder starts restricted until the person trusts it. */
  trust?: boolean;
  /** Ask for a random connection token, as for a person. */
  token?: boolean;
  port?: number;
  /** Server data to go on with; a fresh folder, deleted by `stop`, where nothing is said. */
  dataDir?: string;
  /** Folders and `.vsix` files that count as installed. */
  extensions?: string[];
  /** A folder of extensions that is there already. */
  extensionsDir?: string;
  /** Variables added for the server and its extensions; undefined takes one away. */
  env?: Record<string, string | undefined>;
  /** Settings of VS Code that hold in every window. */
  settings?: Record<string, unknown>;
  /** VS Code's smoke test driver: loads extension tests, but refuses dialogs and shows no notifications. */
  testMode?: boolean;
}

export interface Server {
  host: { name: 'floor' | 'current'; vscode: string; nodeMajor: number };
  port: number;
  token: string | undefined;
  dataDir: string;
  /** Changes settings while windows are open; what is not named stays. */
  changeSettings(changes: Record<string, unknown>): void;
  address(folder?: string, payload?: [string, string][]): string;
  ended: Promise<unknown>;
  output(): string[];
  processes(): number[];
  stop(): Promise<void>;
}

export function startServer(name: string, options?: ServerOptions): Promise<Server>;
