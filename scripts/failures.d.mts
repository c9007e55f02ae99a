/** What is needed here of the report that vitest's JSON reporter writes. */
export interface UnitReport {
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message?: string;
    readonly assertionResults: readonly {
      readonly status: string;
      readonly title: string;
      readonly ancestorTitles: readonly string[];
      readonly failureMessages: readonly string[];
    }[];
  }[];
}

export function unitFailures(report: UnitReport, root: string): string[];
export function firstLine(message: unknown): string;
export function listOfFailures(failures: readonly string[], limit?: number): string;
