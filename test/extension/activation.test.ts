/** The extension wakes up quickly, by the events it names, and has every command that it declares. */
import * as vscode from 'vscode';
import { assert, group, test } from '../harness/suite';
import { skiplens } from './skiplens';

group('activation', () => {
  test('takes less than 30 ms and starts no program', async () => {
    const { activation } = await skiplens();
    console.log(`activate() took ${activation.toFixed(1)} ms`);
    assert.ok(activation < 30, `activate() took ${activation} ms`);
  });

  test('has every command that the manifest declares', async () => {
    await skiplens();
    const known = new Set(await vscode.commands.getCommands(true));
    const declared: { command: string }[] =
      vscode.extensions.getExtension('skiplens.skiplens')?.packageJSON.contributes.commands;
    assert.deepEqual(
      declared.map(({ command }) => command).filter((command) => !known.has(command)),
      [],
    );
    assert.ok(declared.length >= 12);
  });
});
