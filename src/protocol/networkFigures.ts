/** What can be counted of networks without running them, side by side, as plain data for panel, report and terminal. */

export interface NetworkFigures {
  readonly name: string;
  readonly title: string;
  /** C, H, W. */
  readonly inputShape: readonly [number, number, number];
  readonly parameters: ParameterFigures;
  /** For one image. */
  readonly macs: number;
  /** Float32 outputs of all layers for one image, which training keeps for the backward pass, in bytes. */
  readonly activationBytes: number;
  /** Layers with weights on the longest way from input to logits: 50 for ResNet-50. */
  readonly depth: number;
  /** How many convolutions have a stride, by kernel: `{ '7x7': 1, '3x3': 3, '1x1': 3 }` for torchvision's ResNet-50. */
  readonly strided: Readonly<Record<string, number>>;
}

export interface ParameterFigures {
  readonly trainable: number;
  readonly nonTrainable: number;
  readonly total: number;
  /** Of the trainable ones: weights of convolutions and dense layers. */
  readonly weights: number;
  readonly convolutionBiases: number;
  readonly denseBiases: number;
  /** Scales and shifts of norms, and single trained scalars. */
  readonly normsAndScalars: number;
}

export interface FiguresTable {
  readonly networks: readonly NetworkFigures[];
  /** Whole sentences: why totals of one architecture differ, and what papers report for these networks. */
  readonly remarks: readonly string[];
}
