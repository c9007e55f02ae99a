/**
 * The part of a workbench that shows text: files, caret, hovers, code lenses. Text is read as it stands on the screen.
 */
import path from 'node:path';
import type { Locator } from 'playwright-core';
import { eventually } from '../harness/eventually';
import { Palette } from './palette';

export class CodeEditor extends Palette {
  /** The text editor that is active. */
  get editor(): Locator {
    return this.page.locator('.part.editor .editor-group-container.active .monaco-editor[data-uri]').first();
  }

  /** Opens a file of the workspace by its name. */
  async openFile(name: string): Promise<void> {
    await eventually(`${name} in the list of files`, async () => {
      await this.openPalette();
      // With the whole path, a file that was written just now is found too.
      await this.typeInPick(path.resolve(this.folder ?? '/', name));
      const row = this.pickRow(path.basename(name));
      await row.waitFor({ timeout: 4_000 });
      await row.click();
      return true;
    });
    await this.tab(path.basename(name)).waitFor();
    await this.editor.locator('.view-line').first().waitFor();
  }

  /** Puts the caret at a place; lines and columns count from 1. */
  async goTo(line: number, column = 1): Promise<void> {
    await this.openPalette();
    await this.typeInPick(`:${line}:${column}`);
    await this.quickInput.locator('input').first().press('Enter');
    await this.quickInput.waitFor({ state: 'hidden' });
    await this.page.locator('.part.statusbar', { hasText: `Ln ${line}, Col ${column}` }).waitFor();
  }

  /** The code on the screen, as the editor shows it, its lines in order; what is scrolled out is not in it. */
  async visibleText(): Promise<string> {
    await this.editor.locator('.view-line').first().waitFor();
    const lines = await this.editor.locator('.view-lines .view-line').evaluateAll((elements) =>
      elements
        .map((element) => ({
          top: Number.parseFloat((element as HTMLElement).style.top),
          text: element.textContent,
        }))
        .sort((one, other) => one.top - other.top)
        .map((line) => line.text ?? ''),
    );
    return lines.join('\n').replaceAll('\u00a0', ' ');
  }

  /** Rests the mouse on the first visible occurrence of `text` in the editor and returns what the hover says. */
  async hover(text: string): Promise<string> {
    const box = await this.boxOf(text);
    const content = this.page.locator(
      '.monaco-hover.visible .hover-contents, .monaco-hover:not(.hidden) .hover-contents',
    );
    return eventually(`a hover over "${text}"`, async () => {
      await this.page.mouse.move(box.x - 40, box.y + 60);
      await this.page.mouse.move(box.x + box.width / 2, box.y + box.height / 2, { steps: 4 });
      await content.first().waitFor({ timeout: 3_000 });
      const words = (await content.allInnerTexts()).join('\n').replaceAll('\u00a0', ' ').trim();
      return words !== '' && !words.startsWith('Loading') && words;
    });
  }

  /** Where `text` stands on the screen, in pixels of the page. */
  private async boxOf(text: string): Promise<{ x: number; y: number; width: number; height: number }> {
    await this.editor.locator('.view-line').first().waitFor();
    return eventually(`"${text}" on the screen`, () =>
      this.editor.evaluate((editor, wanted) => {
        for (const line of editor.querySelectorAll('.view-line')) {
          const walker = document.createTreeWalker(line, NodeFilter.SHOW_TEXT);
          const nodes: Text[] = [];
          while (walker.nextNode()) nodes.push(walker.currentNode as Text);
          const whole = nodes.map((node) => node.data.replaceAll('\u00a0', ' ')).join('');
          const start = whole.indexOf(wanted);
          if (start < 0) continue;
          const range = document.createRange();
          let passed = 0;
          for (const node of nodes) {
            const from = start - passed;
            const to = start + wanted.length - passed;
            if (from >= 0 && from < node.length) range.setStart(node, from);
            if (to > 0 && to <= node.length) range.setEnd(node, to);
            passed += node.length;
          }
          const { x, y, width, height } = range.getBoundingClientRect();
          return { x, y, width, height };
        }
        return undefined;
      }, text),
    );
  }

  /** Code lenses that are visible, "ResNet-18 · 11.2 M" for instance. */
  async codeLenses(): Promise<string[]> {
    const texts = await this.editor
      .locator('.codelens-decoration a, .codelens-decoration > span')
      .allInnerTexts();
    return texts
      .map((text) => text.replaceAll('\u00a0', ' ').trim())
      .filter((text) => text !== '' && text !== '|');
  }

  /** Clicks a code lens. */
  async clickCodeLens(text: string): Promise<void> {
    await this.editor.locator('.codelens-decoration a', { hasText: text }).first().click();
  }

  protected tab(title: string): Locator {
    return this.page.locator(`.part.editor .tab[aria-label^="${title}"]`).first();
  }
}
