/** Images a second and seconds left, over the last stretch of steps. */
export class Pace {
  private marks: { step: number; at: number }[] = [];

  /** `imagesPerStep` of all networks and seeds together. */
  constructor(
    private readonly imagesPerStep: number,
    private readonly totalSteps: number,
    firstStep: number,
  ) {
    this.marks.push({ step: firstStep, at: performance.now() / 1000 });
  }

  restart(step: number, at: number): void {
    this.marks = [{ step, at }];
  }

  after(step: number, at: number): { imagesPerSecond: number; secondsLeft: number } {
    this.marks.push({ step, at });
    if (this.marks.length > 20) this.marks.shift();
    const first = this.marks[0];
    const stepsPerSecond = (step - first.step) / Math.max(1e-9, at - first.at);
    return {
      imagesPerSecond: stepsPerSecond * this.imagesPerStep,
      secondsLeft: (this.totalSteps - step) / Math.max(1e-9, stepsPerSecond),
    };
  }
}
