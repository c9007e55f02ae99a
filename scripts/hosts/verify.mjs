// Proves that an installed host works: its server starts and Chromium draws a workbench from it.
import { setUp } from '../setup.mjs';
import { chromiumFlags } from './chromium.mjs';
import { startServer } from './server.mjs';

/** Opens a page of each named host; throws with the host's name when a workbench does not appear within a minute. */
export async function verifyHosts(names, executablePath, say) {
  await setUp();
  const { chromium } = await import('playwright-core');
  for (const name of names) {
    const started = Date.now();
    const server = await startServer(name);
    const browser = await chromium.launch({ executablePath, args: chromiumFlags });
    try {
      const page = await browser.newPage();
      await page.goto(server.address());
      await page.locator('.monaco-workbench .part.statusbar').waitFor({ timeout: 60_000 });
      say(`${name}: VS Code ${server.host.vscode} draws its workbench after ${Date.now() - started} ms`);
    } catch (error) {
      throw new Error(`The server of ${name} starts, and its workbench does not appear: ${error.message}`);
    } finally {
      await browser.close();
      await server.stop();
    }
  }
}
