/** Ways through the product that several suites go: what a person presses, one after the other. */
import type { Frame } from 'playwright-core';
import { eventually } from '../harness/eventually';
import type { Workbench } from './workbench';

/** Chooses a network by its name in the pick of Inspect Network... */
export async function inspectNetwork(workbench: Workbench, name: string): Promise<void> {
  await workbench.runCommand('Skiplens: Inspect Network...');
  await eventually('the pick', async () => (await workbench.pickTitle()).includes('Inspect Network'));
  await workbench.typeInPick(name);
  await eventually('the name', async () => (await workbench.pickItems()).length > 0);
  await workbench.accept('Inspect Network');
}

/**
 * Chooses a format in Export.... A dialog that has just closed, or a panel that has just been drawn, may take the focus
 * late and the list away with it: whoever sees that asks again.
 */
export async function chooseExport(workbench: Workbench, format: string): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  await eventually(
    'the formats',
    async () => {
      if (!(await workbench.quickInput.isVisible())) await workbench.runCommand('Skiplens: Export...');
      return (await workbench.quickInput.isVisible()) && (await workbench.pickItems()).includes(format);
    },
    { timeout: 120_000 },
  );
  await workbench.pick(format);
}

/** Ticks both runs that there are in Compare Runs...; their panel, with rows. */
export async function compareBothRuns(workbench: Workbench, title: string): Promise<Frame> {
  await workbench.runCommand('Skiplens: Compare Runs...');
  await eventually('both', async () => (await workbench.pickItems()).length === 2);
  for (const box of await workbench.quickInput
    .locator('.monaco-list-row input, .monaco-list-row .monaco-checkbox')
    .all())
    await box.click();
  await workbench.accept('Compare Runs');
  const frame = await workbench.webviewFrame(`2 runs: ${title}`);
  await frame.locator('[role=treeitem]').first().waitFor();
  return frame;
}
