/**
 * The style of everything that is drawn, for a palette: of variables in the panel, of literals in a picture that
 * leaves it (other programs know no custom properties). One source for both, so that they look the same.
 */
import { networkColours, type Palette } from './palette';

export const fontStack =
  "var(--vscode-font-family, system-ui, -apple-system, 'Segoe UI', 'Noto Sans', sans-serif)";
/** For pictures on their own. */
export const plainFonts = "system-ui, -apple-system, 'Segoe UI', 'Noto Sans', sans-serif";

export function figureRules(palette: Palette, fonts: string = plainFonts): string {
  const perNetwork = networkColours.map((name, i) => {
    const colour = palette[name];
    return `
.sk .n${i}.line,.sk .n${i}.arc{stroke:${colour}}
.sk .n${i}.fill,.sk .n${i}.mark.solid{fill:${colour}}
.sk .n${i}.mark,.sk .n${i}.spread{stroke:${colour}}`;
  });
  return `
.sk{font-family:${fonts};font-size:12px;font-variant-numeric:tabular-nums}
.sk text{fill:${palette.ink};dominant-baseline:central}
.sk text.muted{fill:${palette.muted}}
.sk text.strong{font-weight:600}
.sk tspan.note{fill:${palette.muted};font-weight:400;font-size:11px}
.sk text.halo{paint-order:stroke;stroke:${palette.ground};stroke-width:3px}
.sk text.small{font-size:11px}
.sk text.tiny{font-size:10px}
.sk text.end{text-anchor:end}
.sk text.middle{text-anchor:middle}
.sk .ground{fill:${palette.ground}}
.sk .band{fill:${palette.band}}
.sk .band.chosen{fill:${palette.chosen}}
.sk .band.found{fill:${palette.hover}}
.sk .chain{stroke:${palette.faint};stroke-width:2}
.sk .grid{stroke:${palette.faint};stroke-width:1;shape-rendering:crispEdges}
.sk .frame{fill:none;stroke:${palette.faint};stroke-width:1;shape-rendering:crispEdges}
.sk .glyph{fill:${palette.ground};stroke:${palette.ink};stroke-width:1.3}
.sk .glyph.loose{fill:${palette.muted};stroke:${palette.muted}}
.sk .glyph.hollow{fill:${palette.ground};stroke:${palette.muted}}
.sk .chevron{fill:${palette.muted}}
.sk .bracket{fill:none;stroke:${palette.muted};stroke-width:1.2}
.sk .arc{fill:none;stroke-linecap:butt}
.sk .arc.identity{}
.sk .arc.projection{stroke-dasharray:5 2.5}
.sk .arc.pad{stroke-dasharray:2 2}
.sk .arc.pool,.sk .arc.gate,.sk .arc.other{stroke-dasharray:7 2 2 2}
.sk .box{fill:${palette.box};stroke:${palette.boxEdge};stroke-width:.8}
.sk .branch{fill:${palette.branch}}
.sk .line{fill:none;stroke-width:1.5;stroke-linejoin:round}
.sk .line.start{stroke-width:1;stroke-dasharray:3 3;opacity:.75}
.sk .line.other{stroke:${palette.muted};opacity:.55;stroke-width:1}
.sk .whisker{fill:none;stroke-width:1.2}
.sk .spread{fill-opacity:.28;stroke-width:.6}
.sk .spreadLine{fill:none;stroke:${palette.ink};stroke-width:1}
.sk .mark{stroke-width:1.5;fill:${palette.ground}}
.sk .scrub{stroke:${palette.ink};stroke-width:1.4}
.sk .scrubHead{fill:${palette.ink}}
.sk .evaluation{stroke-width:1.4;fill:${palette.ground}}
${perNetwork.join('')}
`;
}
