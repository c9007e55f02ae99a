/**
 * Open Example Network: a small residual network in PyTorch to hover over, inspect and train. It is copied into the
 * extension's storage at the first time, so that a person may change it and nothing appears among their own files.
 */
import { constants } from 'node:fs';
import { copyFile, mkdir } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { systemCode } from '../../base/errors';
import { writeFailure } from '../../runs/errors';
import type { Command } from '../command';

const name = 'residual_example.py';

export const openExample: Command = {
  title: 'Open Example Network',
  icon: '$(file-code)',
  async run({ context }) {
    const folder = context.globalStorageUri.fsPath;
    const file = path.join(folder, name);
    try {
      await mkdir(folder, { recursive: true });
      await copyFile(
        path.join(context.extensionPath, 'media', 'example', name),
        file,
        constants.COPYFILE_EXCL,
      );
    } catch (error) {
      // It was opened before, and may have been changed since.
      if (systemCode(error) !== 'EEXIST') throw writeFailure(file, error);
    }
    return vscode.window.showTextDocument(vscode.Uri.file(file));
  },
};
