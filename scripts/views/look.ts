/** Takes one view in every theme and size, and puts the themes of a view side by side on a sheet. */
import fs from 'node:fs';
import { assert } from '../../test/harness/suite';
import { openWorkbench, type Theme, themes, type Workbench } from '../../test/ui/workbench';

const allThemes = chosen(process.env.SKIPLENS_VIEW_THEMES, Object.keys(themes)) as Theme[];
/** Those of the window, in pixels. */
export const sizes = chosen(process.env.SKIPLENS_VIEW_SIZES, ['1280x800', '1920x1080']).map((size) => {
  const [width, height] = size.split('x').map(Number);
  return { width, height };
});

/** The names in a list with commas, or all of them; a name that there is not ends the run. */
function chosen(text: string | undefined, all: readonly string[]): readonly string[] {
  const names = (text ?? '').split(',').filter(Boolean);
  const unknown = names.find((name) => !all.includes(name));
  if (unknown !== undefined) throw new Error(`There is no "${unknown}"; there are ${all.join(', ')}.`);
  return names.length > 0 ? names : all;
}

export const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** A window with runs of its own; the side bar is as it opens. */
export const open = (settings: Record<string, unknown> = {}) => openWorkbench({ settings });

/** Pictures of what the window shows now. `prepare` makes again what a change of theme or size has closed. */
export async function look(
  workbench: Workbench,
  name: string,
  { prepare = async () => {} }: { prepare?: () => Promise<void> } = {},
): Promise<void> {
  const taken = new Map<string, string[]>();
  for (const theme of allThemes) {
    await workbench.setTheme(theme);
    for (const size of sizes) {
      await workbench.page.setViewportSize(size);
      await prepare();
      await pause(700);
      const label = `${size.width}x${size.height}`;
      const file = await workbench.screenshot(`view-${name}-${label}-${theme}`);
      taken.set(label, [...(taken.get(label) ?? []), file]);
    }
  }
  assert.ok(taken.size > 0, 'No picture was taken.');
  await workbench.page.setViewportSize(sizes[0]);
  for (const [label, files] of taken) await sheet(workbench, `${name}-${label}`, files);
}

/** Two by two, each at its own size. */
async function sheet(workbench: Workbench, name: string, files: readonly string[]): Promise<void> {
  if (files.length < 2) return;
  const page = await workbench.context.newPage();
  const images = files.map((file) => `data:image/png;base64,${fs.readFileSync(file).toString('base64')}`);
  await page.setContent(
    `<style>body{margin:0;display:grid;grid-template-columns:max-content max-content;gap:8px;background:#777}
     img{display:block}</style>${images.map((source) => `<img src="${source}">`).join('')}`,
  );
  await page.screenshot({ path: files[0].replace(/view-[^/]*$/, `sheet-${name}.png`), fullPage: true });
  await page.close();
}
