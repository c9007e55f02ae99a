/** Stages of blocks under `stage1/block1`, numbered through; how a family calls them is its own affair. */
import type { Builder } from '../ir/builder';
import type { Value } from '../ir/graph';

export interface BlockPlace {
  /** From 1, within the network. */
  readonly stage: number;
  /** From 1, within the stage. */
  readonly block: number;
  /** From 1, over all stages. */
  readonly index: number;
  /** `block1`, below the stage's scope. */
  readonly scope: string;
  /** The block's parameter-name segment below the stage's: `0` in torchvision. */
  readonly name: string;
}

export interface StageNames {
  /** `layer1` in torchvision; '' where blocks carry the whole name. */
  stage(stage: number): string;
  block(stage: number, block: number): string;
}

export const torchvisionStages: StageNames = {
  stage: (stage) => `layer${stage}`,
  block: (_, block) => String(block - 1),
};

/** Calls `build` for every block of every stage in turn; `counts` holds the blocks a stage. */
export function buildStages(
  b: Builder,
  x: Value,
  counts: readonly number[],
  names: StageNames,
  build: (x: Value, place: BlockPlace) => Value,
): Value {
  let y = x;
  let index = 0;
  for (const [i, count] of counts.entries())
    b.within(
      `stage${i + 1}`,
      () => {
        for (let block = 1; block <= count; block++)
          y = build(y, {
            stage: i + 1,
            block,
            index: ++index,
            scope: `block${block}`,
            name: names.block(i + 1, block),
          });
      },
      names.stage(i + 1),
    );
  return y;
}
