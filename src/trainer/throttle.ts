/** Passes on at most ten values a second and never loses the last one. */
export class Throttle<T> {
  private waiting: { value: T } | undefined;
  private sentAt = -Infinity;

  constructor(
    private readonly send: (value: T) => void,
    private readonly interval = 100,
    private readonly now: () => number = () => performance.now(),
  ) {}

  offer(value: T): void {
    if (this.now() - this.sentAt >= this.interval) {
      this.waiting = undefined;
      this.sentAt = this.now();
      this.send(value);
    } else this.waiting = { value };
  }

  /** Sends what is held back. */
  flush(): void {
    if (!this.waiting) return;
    const { value } = this.waiting;
    this.waiting = undefined;
    this.sentAt = this.now();
    this.send(value);
  }
}
