/**
 * The part of a workbench that takes commands: the palette, pick lists of several steps, and input boxes.
 */
import type { Locator, Page } from 'playwright-core';
import { eventually } from '../harness/eventually';

export class Palette {
  constructor(
    readonly page: Page,
    /** The copy of the workspace that is open; a test may write into it. */
    readonly folder: string | undefined,
  ) {}

  /** The pick list or input box that is open. */
  get quickInput(): Locator {
    return this.page.locator('.quick-input-widget:visible');
  }

  /** Opens the command palette. */
  async openPalette(): Promise<void> {
    await eventually('the palette', async () => {
      await this.page.keyboard.press('F1');
      await this.quickInput.locator('input').first().waitFor({ timeout: 3_000 });
      return true;
    });
  }

  /** Runs a command by its full title in the palette, "Skiplens: Train..." for instance. */
  async runCommand(title: string): Promise<void> {
    await eventually(`the command "${title}" in the palette`, async () => {
      await this.openPalette();
      await this.quickInput.locator('input').first().fill(`>${title}`);
      const row = this.pickRow(title);
      try {
        await row.waitFor({ timeout: 4_000 });
      } catch (error) {
        // Contributions of an extension arrive a moment after the workbench: close the palette and look again.
        await this.page.keyboard.press('Escape');
        throw error;
      }
      await row.click();
      return true;
    });
    await eventually('the palette to close', async () => {
      if (!(await this.quickInput.isVisible())) return true;
      // It may close just now, and then there is nothing to wait for.
      const input = this.quickInput.locator('input').first();
      return !(await input.inputValue({ timeout: 500 })).startsWith('>');
    });
  }

  /** Labels of the rows that the open pick list shows, without their descriptions. */
  async pickItems(): Promise<string[]> {
    const rows = this.quickInput.locator('.monaco-list-row');
    await rows.first().waitFor();
    const labels = await rows.evaluateAll((all) =>
      all.map((row) => row.querySelector('.quick-input-list-label .label-name')?.textContent ?? ''),
    );
    return labels.map((label) => label.replaceAll('\u00a0', ' ').trim());
  }

  /** The title above the open pick list or input box, step numbers included; empty where there is none. */
  async pickTitle(): Promise<string> {
    const title = this.quickInput.locator('.quick-input-title');
    return (await title.isVisible()) ? ((await title.textContent()) ?? '').trim() : '';
  }

  /** Chooses the row with this label; types the label first where `filter` is set (long lists). */
  async pick(label: string, { filter = false } = {}): Promise<void> {
    if (filter) await this.typeInPick(label);
    const row = this.pickRow(label);
    await row.waitFor();
    await row.click();
  }

  /** Presses Enter in the pick list or input box that carries this title, the default of a step. */
  async accept(title?: string): Promise<void> {
    if (title) {
      await eventually(`the step "${title}"`, async () => (await this.pickTitle()).includes(title));
    }
    await this.quickInput.locator('input').first().press('Enter');
  }

  /** Replaces the text of the open pick list or input box. */
  async typeInPick(text: string): Promise<void> {
    await this.quickInput.locator('input').first().fill(text);
  }

  protected pickRow(label: string): Locator {
    const exact = new RegExp(`^\\s*${quote(label)}\\s*$`);
    return this.quickInput
      .locator('.monaco-list-row')
      .filter({ has: this.page.locator('.quick-input-list-label .label-name', { hasText: exact }) })
      .first();
  }
}

/** `text` as a part of a regular expression that matches nothing else. */
export function quote(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
