/**
 * What was last measured of the models in a file: the newest step of the newest run that trained one of them, by
 * scope, for hovers. Old as soon as the text differs from what was trained.
 */
import { statSync } from 'node:fs';
import type * as vscode from 'vscode';
import { t } from '../../base/localize';
import type { NetworkDescription } from '../../protocol/description';
import type { StepNumbers } from '../../protocol/trainer';
import { replicatedNetworks } from '../../runs/replicas';
import { openRun } from '../../runs/runReader';
import type { Measured } from '../../source';
import { lastNumbers } from '../../workspace/recordedRun';
import type { Session } from '../session/session';
import type { RunLibrary } from '../views/runLibrary';

interface Kept {
  readonly network: NetworkDescription;
  readonly numbers: Pick<StepNumbers, 'vectors'>;
  readonly step: number;
  readonly time: number;
}

export class MeasuredModels implements vscode.Disposable {
  /** By file; undefined for a file that no run is of. */
  private readonly kept = new Map<string, Kept | undefined>();
  private readonly subscriptions: { dispose(): void }[];

  constructor(
    session: Session,
    private readonly library: RunLibrary,
  ) {
    this.subscriptions = [
      session.onStep.event(({ run, event }) => {
        const file = fileOf(run.settings.networks);
        const network = run.started?.networks[0];
        if (file !== undefined && network)
          this.kept.set(file, { network, numbers: event.networks[0], step: event.step, time: Date.now() });
      }),
    ];
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  async of(document: vscode.TextDocument): Promise<Measured | undefined> {
    const file = document.uri.fsPath;
    if (!this.kept.has(file)) this.kept.set(file, await this.find(file));
    const kept = this.kept.get(file);
    if (!kept) return undefined;
    return {
      step: kept.step,
      age: ageOf(Date.now() - kept.time),
      isOld: document.isDirty || changedAt(file) > kept.time,
      byScope: norms(kept),
    };
  }

  /** The newest record of a network that was read from this file. */
  private async find(file: string): Promise<Kept | undefined> {
    for (const { recorded } of await this.library.rows()) {
      if (!recorded?.readable) continue;
      if (fileOf(recorded.description.settings.networks) !== file) continue;
      const run = await openRun(recorded.folder);
      const [first] = replicatedNetworks(run.description);
      const last = first && (await lastNumbers(run, first));
      if (!last) continue;
      return { network: first.description as unknown as NetworkDescription, ...last };
    }
    return undefined;
  }
}

/** The source file of the first network, `FILE#MODEL`. */
function fileOf(networks: unknown): string | undefined {
  const first: unknown = Array.isArray(networks) ? networks[0] : undefined;
  if (typeof first !== 'object' || first === null || !('network' in first)) return undefined;
  const name = String(first.network);
  const at = name.lastIndexOf('#');
  return at > 0 ? name.slice(0, at) : undefined;
}

function changedAt(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

function norms({ network, numbers }: Kept): Measured['byScope'] {
  const result = new Map<string, { activationGradient?: number; weightGradient?: number }>();
  const add = (scope: string, more: { activationGradient?: number; weightGradient?: number }) =>
    result.set(scope, { ...result.get(scope), ...more });
  network.vectors.activationGradientNorm?.forEach((scope, i) => {
    add(scope, { activationGradient: numbers.vectors.activationGradientNorm?.[i] });
  });
  const places = new Map(
    network.layers.flatMap((layer) => layer.parameterNames.map((name) => [name, layer.scope] as const)),
  );
  const squares = new Map<string, number>();
  network.vectors.weightGradientNorm?.forEach((name, i) => {
    const scope = places.get(name);
    const norm = numbers.vectors.weightGradientNorm?.[i] ?? 0;
    if (scope !== undefined) squares.set(scope, (squares.get(scope) ?? 0) + norm * norm);
  });
  for (const [scope, square] of squares) add(scope, { weightGradient: Math.sqrt(square) });
  return result;
}

function ageOf(milliseconds: number): string {
  const minutes = Math.floor(milliseconds / 60_000);
  if (minutes < 1) return t('just now');
  if (minutes < 60) return t('{0} min ago', minutes);
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? t('{0} h ago', hours) : t('{0} days ago', Math.floor(hours / 24));
}
