/**
 * Every colour of the picture by name, for the four themes. In an editor a name follows the editor's own variable
 * where there is one; outside (report, gallery, exported picture) the literal beside it is used. The marks of the
 * networks are ours in every theme: they are chosen for contrast of at least 3:1 with the ground and, by form and
 * by brightness, told apart without colour as well.
 */
export const themes = ['light', 'dark', 'high-contrast', 'high-contrast-light'] as const;
export type Theme = (typeof themes)[number];

/** The editor's variable (or none), then literals for light, dark, high contrast, high contrast light. */
type Entry = readonly [variable: string | null, light: string, dark: string, hc: string, hcLight: string];

const entries = {
  ground: ['editor-background', '#ffffff', '#1f1f1f', '#000000', '#ffffff'],
  ink: ['editor-foreground', '#2b2b2b', '#d4d4d4', '#ffffff', '#292929'],
  // The editor's own lighter ink and borders are no lighter, or not there at all, in some of its themes.
  muted: [null, '#5f5f5f', '#a0a0a0', '#d8d8d8', '#3b3b3b'],
  faint: [null, '#e4e6ea', '#333639', '#5a5a5a', '#b4b4b4'],
  band: [null, '#f4f5f7', '#272829', '#0d0d0d', '#f2f2f2'],
  border: [null, '#dcdfe4', '#3a3d41', '#6fc3df', '#0f4a85'],
  bar: ['editorGroupHeader-tabsBackground', '#f8f8f8', '#181818', '#000000', '#ffffff'],
  hover: [null, '#eef4fb', '#262f38', '#1a2a33', '#e6eef7'],
  chosen: [null, '#dbeafa', '#1f3a56', '#12364f', '#d3e4f5'],
  focus: ['focusBorder', '#005fb8', '#0a84e0', '#f38518', '#006bbd'],
  button: ['button-background', '#005fb8', '#0078d4', '#000000', '#0f4a85'],
  buttonInk: ['button-foreground', '#ffffff', '#ffffff', '#ffffff', '#ffffff'],
  field: ['input-background', '#ffffff', '#2a2a2a', '#000000', '#ffffff'],
  warning: ['editorWarning-foreground', '#8a5a00', '#d7a637', '#ffd370', '#6b4a00'],
  first: [null, '#1b6ec2', '#57a9f7', '#4db8ff', '#0b4f9c'],
  second: [null, '#c8510a', '#f5924e', '#ffa347', '#a83f00'],
  third: [null, '#23824a', '#5cc98a', '#57e389', '#1d6b3a'],
  fourth: [null, '#8a3ea8', '#c792ea', '#e0a3ff', '#6f2b8c'],
  box: [null, '#b9c6d8', '#4a5460', '#2c4455', '#c3d0e0'],
  boxEdge: [null, '#7d8da3', '#8795a6', '#9fd3e8', '#44607d'],
  branch: [null, '#b9c6d8', '#5b646e', '#6b6b6b', '#9aa9ba'],
} as const satisfies Record<string, Entry>;

export type ColourName = keyof typeof entries;
export type Palette = Readonly<Record<ColourName, string>>;

export const colourNames = Object.keys(entries) as ColourName[];

export function literalPalette(theme: Theme): Palette {
  const at = themes.indexOf(theme) + 1;
  return Object.fromEntries(colourNames.map((name) => [name, entries[name][at]])) as Palette;
}

/** References to the custom properties that `themeRules` sets. */
export const liveNames: Palette = Object.fromEntries(
  colourNames.map((name) => [name, `var(--sk-${name})`]),
) as Palette;

/** Style rules that give every `--sk-...` a value for each of the editor's body classes. */
export function themeRules(): string {
  return themes
    .map((theme, at) => {
      const values = colourNames.map((name) => {
        const [variable] = entries[name];
        const literal = entries[name][at + 1];
        return `--sk-${name}:${variable ? `var(--vscode-${variable},${literal})` : literal}`;
      });
      // The light high-contrast theme carries the class of the dark one as well, so it comes last.
      return `body.vscode-${theme}{${values.join(';')}}`;
    })
    .join('\n');
}

export function themeOf(classes: { contains(name: string): boolean }): Theme {
  if (classes.contains('vscode-high-contrast-light')) return 'high-contrast-light';
  if (classes.contains('vscode-high-contrast')) return 'high-contrast';
  return classes.contains('vscode-dark') ? 'dark' : 'light';
}

/** The first four networks' colours. */
export const networkColours = ['first', 'second', 'third', 'fourth'] as const;
