/** Takes one view in every theme and size, and puts the themes of a view side by side on a sheet. */
import fs from 'node:fs';
import { openWorkbench, type Theme, themes, type Workbench } from '../../test/ui/workbench';

const listed = (text: string | undefined) => (text ?? '').split(',').filter(Boolean);
const wantedThemes = listed(process.env.SKIPLENS_VIEW_THEMES);
const wantedSizes = listed(process.env.SKIPLENS_VIEW_SIZES);

const allThemes = (Object.keys(themes) as Theme[]).filter(
  (theme) => wantedThemes.length === 0 || wantedThemes.includes(theme),
);
const sizes = [
  { width: 1280, height: 800 },
  { width: 1920, height: 1080 },
].filter(({ width, height }) => wantedSizes.length === 0 || wantedSizes.includes(`${width}x${height}`));

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
  await workbench.page.setViewportSize(sizes[0] ?? { width: 1280, height: 800 });
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
