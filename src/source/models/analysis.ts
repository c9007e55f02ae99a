/** What an analysis says: plain data with offsets and positions, and the trace that it was read off. */
import type { ShortcutKind } from '../../ir/graph';
import type { Fix, Severity } from '../interpreter/machine';
import type { Framework } from '../recipes/recipe';
import type { Dims } from '../values/dims';
import type { TraceNode } from '../values/trace';
import type { InstanceValue, TensorValue, Value } from '../values/values';
import type { TracedBlock } from './blocks';

/** Offsets, and the line and column of the start, counted from 1. */
export interface Place {
  readonly start: number;
  readonly end: number;
  readonly line: number;
  readonly column: number;
}

export interface ParameterCount {
  readonly trainable: number;
  readonly nonTrainable: number;
}

export interface SkipInfo {
  readonly kind: ShortcutKind;
  readonly skipShape: Dims | undefined;
  readonly branchShape: Dims | undefined;
  readonly forkLine: number | undefined;
}

/** One operation on tensors: a layer's call, a function, an addition. */
export interface LayerCall extends Place {
  readonly scope: string;
  readonly callee: string;
  readonly framework: Framework;
  readonly inputShapes: readonly (Dims | undefined)[];
  readonly outputShape: Dims | undefined;
  /** Why the shape, or a part of it, is not known. */
  readonly reason?: string;
  /** Null where a weight's size is not known. */
  readonly parameters: ParameterCount | null;
  /** Multiply-adds for one example; null where not known. */
  readonly macs: number | null;
  /** Where its layer was made. */
  readonly made?: Place;
  readonly skip?: SkipInfo;
  readonly node: TraceNode;
}

export type InputSource = 'given' | 'comment' | 'declared' | 'found' | 'missing';

export interface Model extends Place {
  readonly name: string;
  /** The class it is an instance of, where the file has it. */
  readonly className?: string;
  readonly framework: Framework;
  readonly inputShape: Dims | undefined;
  readonly inputSource: InputSource;
  readonly parameters: ParameterCount | null;
  readonly macs: number | null;
  readonly layers: readonly LayerCall[];
  readonly trace: ModelTrace;
}

/** What people call it: `Net (m)` for `m = Net()`; a name alone where the class is the framework's. */
export function modelTitle({ name, className }: Pick<Model, 'name' | 'className'>): string {
  return className === undefined || className === name ? name : `${className} (${name})`;
}

/** What the lowering reads. */
export interface ModelTrace {
  readonly instance: InstanceValue;
  readonly inputs: readonly TensorValue[];
  readonly outputs: readonly TensorValue[];
  readonly nodes: readonly TraceNode[];
  /** Scope of every instance below the model, `layer1/0/conv1`. */
  readonly paths: ReadonlyMap<InstanceValue, string>;
  readonly blocks: readonly TracedBlock[];
}

export interface Problem extends Place {
  readonly code: string;
  readonly severity: Severity;
  readonly message: string;
  readonly fix?: Fix;
}

/** A name or layer at a place of the text, with what it stood for each time the reader came by. */
export interface Mention {
  readonly start: number;
  readonly end: number;
  readonly values: readonly Value[];
}

export interface Analysis {
  readonly file: string;
  readonly models: readonly Model[];
  /** Operations outside of every model too, in the order of the text. */
  readonly calls: readonly LayerCall[];
  readonly problems: readonly Problem[];
  readonly mentions: readonly Mention[];
  /** Where the classes and functions of models stand, and which models they give. */
  readonly definitions: readonly (Place & { readonly name: string; readonly models: readonly Model[] })[];
  /** True where nothing in the text concerns us. */
  readonly isSkipped: boolean;
  /** True where the clock ended it: with more time there would be more. */
  readonly isLate: boolean;
}

export function emptyAnalysis(file: string, problems: readonly Problem[] = []): Analysis {
  return {
    file,
    models: [],
    calls: [],
    problems,
    mentions: [],
    definitions: [],
    isSkipped: problems.length === 0,
    isLate: false,
  };
}
