/**
 * A VS Code workbench in a browser, driven the way a person drives it: palette, pick lists, editor, side bar,
 * notifications, webviews. Every workbench has a server, a browser profile and a copy of the workspace of its own,
 * and closes by itself at the end of the test (or of the group, when opened in a `before`). It knows nothing of
 * Skiplens: the extension is whatever folder or package the run names.
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {
  type Browser,
  type BrowserContext,
  chromium,
  type Frame,
  type Locator,
  type Page,
} from 'playwright-core';
import { chromiumFlags, findChromium } from '../../scripts/hosts/chromium.mjs';
import { installPackages } from '../../scripts/hosts/extensions.mjs';
import { type Server, type ServerOptions, startServer } from '../../scripts/hosts/server.mjs';
import { eventually } from '../harness/eventually';
import { cleanUp, onFailure } from '../harness/suite';
import { copyWorkspace } from '../harness/workspace.mjs';
import { CodeEditor } from './codeEditor';
import { quote } from './palette';

export const themes = {
  light: 'Default Light Modern',
  dark: 'Default Dark Modern',
  highContrast: 'Default High Contrast',
  highContrastLight: 'Default High Contrast Light',
} as const;

export type Theme = keyof typeof themes;

/** What a run of the UI tests was asked for; `run.mjs` passes it in the environment. */
export const runOptions = {
  host: process.env.SKIPLENS_TEST_HOST === 'floor' ? 'floor' : 'current',
  /** The folder of the extension under test, or a `.vsix` to install. */
  extension: process.env.SKIPLENS_TEST_EXTENSION ?? process.cwd(),
  workspace: process.env.SKIPLENS_TEST_WORKSPACE ?? path.resolve('test/fixtures/workspace'),
  pictures: process.env.SKIPLENS_TEST_PICTURES ?? path.resolve('.cache/pictures'),
} as const;

export interface WorkbenchOptions {
  /** The folder to copy and open; null for a window without a folder. */
  workspace?: string | null;
  settings?: Record<string, unknown>;
  theme?: Theme;
  /** Open the folder in restricted mode, which `grantTrust` ends. */
  restricted?: boolean;
  viewport?: { width: number; height: number };
  reducedMotion?: boolean;
  /** Variables for the server and its extensions. */
  env?: Record<string, string | undefined>;
}

// A package is installed once for all workbenches of a run; a folder is used where it lies.
let packageDir: Promise<string> | undefined;

async function installed(): Promise<Pick<ServerOptions, 'extensions' | 'extensionsDir'>> {
  const { extension, host } = runOptions;
  if (!extension.endsWith('.vsix')) return { extensions: [extension] };
  packageDir ??= (async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'skiplens-extensions-'));
    process.on('exit', () => fs.rmSync(folder, { recursive: true, force: true }));
    await installPackages(host, [extension], folder);
    return folder;
  })();
  return { extensionsDir: await packageDir };
}

let ownLocks: string | undefined;

/** The queue of trainings is this run's own: tests of another checkout on the machine must not be waited for. */
function lockFolder(): string {
  if (!ownLocks) {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'skiplens-locks-'));
    process.on('exit', () => fs.rmSync(folder, { recursive: true, force: true }));
    ownLocks = folder;
  }
  return ownLocks;
}

let browser: Promise<Browser> | undefined;

function launch(): Promise<Browser> {
  browser ??= chromium.launch({ executablePath: findChromium(), args: chromiumFlags });
  return browser;
}

/** Closes the browser that all workbenches share; the runner calls it at the end. */
export async function closeBrowser(): Promise<void> {
  await (await browser)?.close();
  browser = undefined;
}

/** Starts a server and opens a window of it; resolves when the workbench is restored and takes keys. */
export async function openWorkbench(options: WorkbenchOptions = {}): Promise<Workbench> {
  const source = options.workspace === undefined ? runOptions.workspace : options.workspace;
  const copy = source === null ? undefined : copyWorkspace(source);
  const server = await startServer(runOptions.host, {
    ...(await installed()),
    trust: options.restricted,
    env: { SKIPLENS_LOCK_FOLDER: lockFolder(), ...options.env },
    settings: { 'workbench.colorTheme': themes[options.theme ?? 'light'], ...options.settings },
  });
  const context = await (await launch()).newContext({
    viewport: options.viewport ?? { width: 1280, height: 800 },
    reducedMotion: options.reducedMotion ? 'reduce' : 'no-preference',
    acceptDownloads: true,
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  const page = await context.newPage();
  const workbench = new Workbench(page, server, copy?.folder);
  let isClosed = false;
  const forget = onFailure(async (title) => {
    await workbench.screenshot(`failed ${title}`);
  });
  workbench.close = async () => {
    if (isClosed) return;
    isClosed = true;
    forget();
    await context.close();
    await server.stop();
    await copy?.remove();
    const left = server.processes();
    if (left.length > 0) throw new Error(`Processes ${left.join(', ')} outlived the server.`);
  };
  cleanUp(() => workbench.close());
  await page.goto(server.address(copy?.folder));
  await workbench.isReady();
  // The older VS Code asks at once; the answer "no" is how the newer one starts.
  if (options.restricted && runOptions.host === 'floor') await workbench.answer('Do you trust', 'No, I don');
  return workbench;
}

export class Workbench extends CodeEditor {
  /** Everything that the page said on its console, for a test that looks for errors of its own. */
  readonly consoleLines: string[] = [];
  /** Closes the window, stops the server, and fails if a process of it is left. Called by itself after the test. */
  close: () => Promise<void> = async () => {};

  constructor(
    page: Page,
    readonly server: Server,
    folder: string | undefined,
  ) {
    super(page, folder);
    page.on('console', (message) => this.consoleLines.push(`${message.type()}: ${message.text()}`));
  }

  get context(): BrowserContext {
    return this.page.context();
  }

  /** Resolves when the workbench shows its parts and the extension host is up. */
  async isReady(): Promise<void> {
    await this.page.locator('.monaco-workbench .part.statusbar').waitFor({ timeout: 120_000 });
    await this.page
      .locator('.monaco-workbench .part.activitybar .action-item')
      .first()
      .waitFor({ timeout: 120_000 });
    await eventually('the extension host', () =>
      this.server.output().some((line) => line.includes('Launched Extension Host Process')),
    );
  }

  /**
   * Reloads the window by its command; browser and server storage are kept. The browser's own reload would not wait
   * until the workbench has written down which editors are open.
   */
  async reload(): Promise<void> {
    const loaded = this.page.waitForEvent('load', { timeout: 60_000 });
    await this.runCommand('Developer: Reload Window');
    await loaded;
    await this.isReady();
  }

  /** The document of the webview whose tab or view has this title; waits until it has loaded. */
  webviewFrame(title: string | RegExp): Promise<Frame> {
    const isWanted = (found: string | null) =>
      typeof title === 'string' ? found === title : found !== null && title.test(found);
    return eventually(
      `the webview "${title}"`,
      async () => {
        for (const outer of await this.page.locator('iframe.webview').elementHandles()) {
          const inner = await (await outer.contentFrame())?.$('#active-frame');
          if (!inner || !isWanted(await inner.getAttribute('title'))) continue;
          const frame = await inner.contentFrame();
          if (frame && (await frame.$('body *'))) return frame;
        }
        return undefined;
      },
      { timeout: 90_000 },
    );
  }

  /** Titles of the open tabs, in order. */
  async tabs(): Promise<string[]> {
    return this.page.locator('.part.editor .tab .monaco-icon-label-container').allInnerTexts();
  }

  /** Shows the tab with this title. */
  async showTab(title: string): Promise<void> {
    await this.tab(title).click();
  }

  /** Closes the tab with this title. */
  async closeTab(title: string): Promise<void> {
    await this.tab(title).click({ button: 'middle' });
    await this.tab(title).waitFor({ state: 'detached' });
  }

  /** Opens a view container by its name in the activity bar, "Skiplens" for instance. */
  async openView(name: string): Promise<void> {
    const item = this.page.locator(`.part.activitybar .action-item a[aria-label^="${name}"]`).first();
    await item.waitFor();
    const title = this.page.locator('.part.sidebar .composite.title', {
      hasText: new RegExp(quote(name), 'i'),
    });
    // A window that was just reloaded may open the view by itself, and then a click would close it again.
    await eventually(`the view ${name}`, async () => {
      for (let i = 0; i < 20 && !(await title.isVisible()); i++) await this.page.waitForTimeout(100);
      if (!(await title.isVisible())) await item.click();
      await title.waitFor({ timeout: 3_000 });
      await this.page.waitForTimeout(500);
      return title.isVisible();
    });
  }

  /** Rows of the trees in the side bar, each as its label and description in one line. */
  async treeRows(): Promise<string[]> {
    const rows = await this.page.locator('.part.sidebar .monaco-list-row').allInnerTexts();
    return rows.map((row) => row.replaceAll('\u00a0', ' ').replace(/\s+/g, ' ').trim());
  }

  /** The row of a tree in the side bar that contains this text. */
  treeRow(text: string): Locator {
    return this.page.locator('.part.sidebar .monaco-list-row', { hasText: text }).first();
  }

  /** Texts of the status bar, empty items left out. */
  async statusBar(): Promise<string[]> {
    const texts = await this.page.locator('.part.statusbar .statusbar-item').allInnerTexts();
    return texts.map((text) => text.replaceAll('\u00a0', ' ').trim()).filter((text) => text !== '');
  }

  /** Clicks the status bar item that contains this text. */
  async clickStatusBar(text: string): Promise<void> {
    await this.page
      .locator('.part.statusbar .statusbar-item', { hasText: text })
      .first()
      .locator('a')
      .first()
      .click();
  }

  /** The notifications on the screen, as their sentences. */
  async notifications(): Promise<string[]> {
    return this.page.locator('.notifications-toasts .notification-list-item-message').allInnerTexts();
  }

  /** Waits for a notification that contains `text` and returns its whole sentence. */
  notification(text: string, timeout = 60_000): Promise<string> {
    return eventually(
      `a notification with "${text}"`,
      async () => (await this.notifications()).find((sentence) => sentence.includes(text)),
      { timeout },
    );
  }

  /** Waits for a modal dialog with this text and returns all that it says. */
  async dialog(text: string): Promise<string> {
    const box = this.page.locator('.monaco-dialog-box', { hasText: text }).first();
    await box.waitFor({ timeout: 60_000 });
    return (await box.allInnerTexts()).join('\n').replaceAll('\u00a0', ' ');
  }

  /** Resolves when no modal dialog is left on the screen. */
  async dialogGone(): Promise<void> {
    await this.page.locator('.monaco-dialog-box').waitFor({ state: 'detached' });
  }

  /** Chooses an entry of the context menu of something on the screen. */
  async chooseFromMenu(target: Locator, entry: string): Promise<void> {
    const item = this.page
      .locator('.monaco-menu .action-item', { has: this.page.getByText(entry, { exact: true }) })
      .first();
    await eventually(`the menu with ${entry}`, async () => {
      if (!(await item.isVisible())) await target.click({ button: 'right' });
      await item.waitFor({ timeout: 5_000 });
      // A menu takes a click only once the mouse has moved in it; one that took it is gone.
      await item.hover();
      await this.page.waitForTimeout(300);
      await item.click({ timeout: 5_000 });
      await item.waitFor({ state: 'detached', timeout: 3_000 });
      return true;
    });
  }

  /** Presses a button of the notification or dialog that contains `text`. */
  async answer(text: string, button: string): Promise<void> {
    const box = this.page.locator('.notification-list-item, .monaco-dialog-box', { hasText: text }).first();
    await box.locator('.monaco-button', { hasText: button }).first().click();
  }

  /** Trusts the folder of a window that was opened restricted, through the page that the status bar opens. */
  async grantTrust(): Promise<void> {
    await this.clickStatusBar('Restricted Mode');
    await this.page
      .locator('.workspace-trust-editor .monaco-button', { hasText: /^\s*Trust\s*$/ })
      .first()
      .click();
    await this.page.locator('.part.statusbar', { hasText: 'Restricted Mode' }).waitFor({ state: 'detached' });
    // A recent VS Code shows the page as a dialog, an older one as an editor.
    const dialog = this.page.locator('.modal-editor-part');
    if (await dialog.isVisible()) await this.page.keyboard.press('Escape');
    else await this.closeTab('Workspace Trust');
  }

  /** Changes the colour theme while the window is open, and waits until it is drawn. */
  async setTheme(theme: Theme): Promise<void> {
    this.server.changeSettings({ 'workbench.colorTheme': themes[theme] });
    await this.hasTheme(theme);
  }

  /** Resolves when the workbench is drawn in this theme. */
  async hasTheme(theme: Theme): Promise<void> {
    const base = { light: 'vs', dark: 'vs-dark', highContrast: 'hc-black', highContrastLight: 'hc-light' }[
      theme
    ];
    await this.page.locator(`.monaco-workbench.${base}`).waitFor({ timeout: 120_000 });
  }

  /** Saves a picture of the window under `.cache/pictures/HOST/` and returns its path. */
  async screenshot(name: string): Promise<string> {
    const file = path.join(runOptions.pictures, runOptions.host, `${name.replace(/[^\w.-]+/g, '-')}.png`);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    await this.page.screenshot({ path: file });
    return file;
  }
}
