/** Which Node runs the trainer, and what a person reads where there is none. */
import { describe, expect, it } from 'vitest';
import { chooseNode, type NodeSurroundings } from '../../src/protocol/nodeChoice';

const around = (given: Partial<NodeSurroundings>, known: Record<string, number> = {}): NodeSurroundings => ({
  execPath: '/opt/editor',
  version: '22.1.0',
  isElectron: true,
  versionOf: async (command) => known[command] ?? null,
  ...given,
});

describe('the Node of the trainer', () => {
  it('is the configured one', async () => {
    expect(await chooseNode('/my/node', around({}, { '/my/node': 24, node: 22 }))).toEqual({
      command: '/my/node',
      env: {},
    });
  });

  it('is this process where that is a plain Node', async () => {
    expect(await chooseNode(undefined, around({ isElectron: false }, { node: 20 }))).toEqual({
      command: '/opt/editor',
      env: {},
    });
  });

  it('is node on PATH inside Electron, and Electron itself only as the last resort', async () => {
    expect((await chooseNode(undefined, around({}, { node: 20 }))).command).toBe('node');
    expect(await chooseNode(undefined, around({}))).toEqual({
      command: '/opt/editor',
      env: { ELECTRON_RUN_AS_NODE: '1' },
    });
  });

  it('is refused in one sentence where there is none, or only an old one', async () => {
    await expect(chooseNode(undefined, around({ version: '18.2.0' }))).rejects.toThrow(
      'No Node was found on PATH; install Node 20 or newer, or set the path to one.',
    );
    await expect(chooseNode(undefined, around({ version: '18.2.0' }, { node: 16 }))).rejects.toThrow(
      '"node" is Node 16; training needs Node 20 or newer.',
    );
    await expect(chooseNode('/no/such', around({}))).rejects.toThrow(
      'The configured Node "/no/such" cannot be started',
    );
    await expect(chooseNode('/old', around({}, { '/old': 18 }))).rejects.toThrow('"/old" is Node 18');
  });
});
