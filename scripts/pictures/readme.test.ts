/** The README's pictures, taken of the running product: `npm run pictures`. */
import fs from 'node:fs';
import path from 'node:path';
import { eventually } from '../../test/harness/eventually';
import { assert, group, test } from '../../test/harness/suite';
import { openWorkbench } from '../../test/ui/workbench';

const viewport = { width: 1440, height: 900 };

group('pictures', () => {
  test(
    'the inspector after a comparison, light and dark',
    async () => {
      const workbench = await openWorkbench({ viewport });
      const settings = { networks: ['resnet56', 'plain56'], data: 'drawn', steps: 80, batchSize: 32 };
      fs.writeFileSync(
        path.join(workbench.folder!, 'resnet56.skiplens.json'),
        JSON.stringify(settings, null, 2),
      );
      await workbench.openFile('resnet56.skiplens.json');
      await eventually('the lens', async () => (await workbench.codeLenses()).includes('Train'));
      await workbench.clickCodeLens('Train');
      const frame = await workbench.webviewFrame(/ResNet-56/);
      await eventually(
        'the end',
        async () => /finished/.test((await frame.locator('.chips').textContent()) ?? ''),
        {
          timeout: 480_000,
        },
      );
      await workbench.runCommand('View: Toggle Primary Side Bar Visibility');
      await new Promise((resolve) => setTimeout(resolve, 1500));
      await workbench.screenshot('readme-inspector-light');
      await workbench.setTheme('dark');
      await new Promise((resolve) => setTimeout(resolve, 1500));
      await workbench.screenshot('readme-inspector-dark');
      assert.ok(true);
    },
    { timeout: 560_000 },
  );

  test('a hover on the line that closes a skip', async () => {
    const workbench = await openWorkbench({ viewport: { width: 1100, height: 640 } });
    await workbench.openFile('residual.py');
    await workbench.goTo(27, 10);
    // The words come once the file has been read.
    const words = await eventually('the shapes in the hover', async () => {
      const said = await workbench.hover('+');
      return /skip/i.test(said) && said;
    });
    assert.match(words, /identity/);
    await workbench.screenshot('readme-hover');
  });
});
