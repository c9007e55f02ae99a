/**
 * The settings of the extension, declared once: `contributes.configuration` is written from this table, and
 * `readSetting` is typed by it. Settings that name a program or a place on disk are not taken from a folder that
 * nobody trusted.
 */
export interface SettingDeclaration {
  readonly type: 'string' | 'integer' | 'boolean';
  readonly default: string | number | boolean;
  readonly scope: 'machine' | 'machine-overridable' | 'resource' | 'window';
  /** English, one or two sentences; may hold Markdown. */
  readonly description: string;
  readonly values?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  /** Ignored where it comes from a folder that nobody trusted. */
  readonly restricted?: boolean;
}

export const settings = {
  'skiplens.device': {
    type: 'string',
    default: 'auto',
    scope: 'machine-overridable',
    description:
      'The device that *Train...* proposes: `auto`, `cpu` or another one that *Skiplens: Show Devices* lists.',
  },
  'skiplens.threads': {
    type: 'integer',
    default: 0,
    minimum: 0,
    maximum: 256,
    scope: 'machine-overridable',
    description: 'Threads for training. 0 leaves one core to the editor and takes the others.',
  },
  'skiplens.nodePath': {
    type: 'string',
    default: '',
    scope: 'machine',
    restricted: true,
    description:
      'The Node.js (20 or newer) that trains. Left empty, the `node` on your PATH is taken, else the one inside the editor.',
  },
  'skiplens.tfjsFolder': {
    type: 'string',
    default: '',
    scope: 'machine',
    restricted: true,
    description:
      'A folder with TensorFlow.js for Node, for its engines. Left empty, the workspace and the folder of *Skiplens: Set Up TensorFlow.js GPU Engine...* are looked at.',
  },
  'skiplens.inputShape': {
    type: 'string',
    default: '',
    scope: 'resource',
    description:
      "The input shape for models in source files that state none, without the batch and in the framework's order: `3x224x224`.",
  },
  'skiplens.hover.enabled': {
    type: 'boolean',
    default: true,
    scope: 'resource',
    description:
      'Show shapes, parameters and measured gradients over layers in Python, TypeScript and JavaScript.',
  },
  'skiplens.codeLens.enabled': {
    type: 'boolean',
    default: true,
    scope: 'resource',
    description: 'Show size, *Inspect* and *Train* above models.',
  },
  'skiplens.diagnostics.enabled': {
    type: 'boolean',
    default: true,
    scope: 'resource',
    description: 'Mark shapes that cannot be, at the line that breaks.',
  },
  'skiplens.inlayHints': {
    type: 'string',
    default: 'off',
    values: ['off', 'residual', 'all'],
    scope: 'resource',
    description: 'Shapes at the ends of lines: none, where a skip is added, or behind every layer.',
  },
  'skiplens.runsFolder': {
    type: 'string',
    default: '.skiplens/runs',
    scope: 'resource',
    restricted: true,
    description:
      "Where runs are kept: a path from the first folder of the workspace, or an absolute one. Without a folder, runs lie in the extension's own storage.",
  },
} satisfies Record<string, SettingDeclaration>;

export type SettingId = keyof typeof settings;
