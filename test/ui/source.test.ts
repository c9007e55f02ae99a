/** A source file as a person reads it: hover, lens, problem with its fix, and the way between line and row. */
import fs from 'node:fs';
import path from 'node:path';
import { eventually } from '../harness/eventually';
import { assert, before, group, test } from '../harness/suite';
import { openWorkbench, type Workbench } from './workbench';

group('source on the screen', () => {
  let workbench: Workbench;
  before(async () => {
    workbench = await openWorkbench();
    await workbench.openFile('residual.py');
  });

  test('the hover on a layer says what comes out', async () => {
    await workbench.goTo(38);
    const words = await workbench.hover('Conv2d(3, 16');
    assert.match(words, /16, 32, 32/);
    assert.match(words, /432 parameters/);
    await workbench.screenshot('source-hover');
  });

  test('a lens above the model inspects it, and a row opens its line', async () => {
    const lenses = await eventually('the lenses', async () => {
      const found = await workbench.codeLenses();
      return found.includes('Inspect') && found;
    });
    assert.ok(
      lenses.some((text) => /176\.4 k|176 k|0\.18 M/.test(text)),
      lenses.join(' | '),
    );
    await workbench.clickCodeLens('Inspect');
    const frame = await workbench.webviewFrame(/plain twin/);
    const rows = frame.locator('[role=treeitem]');
    await rows.first().waitFor();
    assert.ok((await frame.locator('.arc').count()) > 0);
    await workbench.screenshot('source-inspected');
    await frame.getByText('Layers', { exact: true }).click();
    await eventually('layers', async () => (await rows.count()) > 8);
    await rows.nth(2).click();
    const link = frame.locator('.details button', { hasText: /line \d+/ });
    await link.first().waitFor();
    await link.first().click();
    await eventually('the editor beside', async () =>
      (await workbench.statusBar()).some((text) => /Ln (?!1,)\d+, Col \d+/.test(text)),
    );
    await workbench.screenshot('source-revealed');
  });

  test('a wrong addition is underlined and its fix mends it', async () => {
    const file = path.join(workbench.folder!, 'wrong_block.py');
    fs.writeFileSync(
      file,
      `import torch
from torch import nn


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(16, 16, 3)

    def forward(self, x):
        return self.conv(x) + x


block = Block()
block(torch.rand(1, 16, 8, 8))
`,
    );
    await workbench.openFile('wrong_block.py');
    const squiggle = workbench.page.locator('.part.editor .squiggly-error').first();
    await squiggle.waitFor();
    // The layer's own words may stand there a moment before the problem's.
    const words = await eventually('the problem in the hover', async () => {
      const said = await workbench.hover('self.conv(x) + x');
      return said.includes('cannot be added') && said;
    });
    assert.match(words, /line 8/);
    await workbench.screenshot('source-problem');
    await workbench.goTo(11, 20);
    await workbench.page.keyboard.press('Control+.');
    const menu = workbench.page.locator('.action-widget .action', { hasText: 'padding' });
    await menu.first().waitFor();
    await workbench.page.keyboard.press('Enter');
    await squiggle.waitFor({ state: 'detached' });
    assert.match(await workbench.visibleText(), /Conv2d\(16, 16, 3, padding=1\)/);
  });
});
