/** Get Started: opens the walkthrough of this extension. */
import * as vscode from 'vscode';
import type { Command } from '../command';
import { walkthroughId } from '../ids';

export const getStarted: Command = {
  title: 'Get Started',
  icon: '$(book)',
  menus: [{ menu: 'view/title', when: 'view == skiplens.runs', group: '3_help' }],
  async run({ context }) {
    await vscode.commands.executeCommand(
      'workbench.action.openWalkthrough',
      `${context.extension.id}#${walkthroughId}`,
      false,
    );
  },
};
