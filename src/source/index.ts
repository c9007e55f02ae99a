/** Reading networks out of source text: the room's door. */
export { type AnalyzeOptions, analyze, analyzeDocument, concernsUs, LONGEST_TEXT } from './analyze';
export { type CodeLens, codeLenses } from './editor/codeLenses';
export { type Hover, hoverAt, type Measured } from './editor/hover';
export { type InlayHint, type InlayMode, inlayHints } from './editor/inlayHints';
export { type QuickFix, quickFixes } from './editor/quickFixes';
export type { Fix, Severity } from './interpreter/machine';
export { lowerToNetwork } from './lowering/network';
export { lowerRead, type Reading, sourceNetwork } from './lowering/sourceNetwork';
export type { Analysis, LayerCall, Model, ParameterCount, Place, Problem, SkipInfo } from './models/analysis';
export { parseInput } from './models/inputs';
export { parseDocument, type SourceDocument } from './reading/document';
export type { Language } from './reading/form';
export { mainModel, type ShapesReport, selectModels, shapesReport, shapesTable } from './report';
export { formatShape } from './values/format';
