/** What views may ask for; the inspector does it, with the host where it takes one. */
import type { PanelRequests } from '../../src/protocol/panel';
import type { Action, State } from '../store/state';

export interface Actions {
  dispatch(action: Action): void;
  /** As it is now, drawn or not. */
  state(): State;
  /** A refusal becomes a notice at the foot of the panel; cancelling says nothing. */
  ask<K extends keyof PanelRequests>(method: K, params: PanelRequests[K]['params']): Promise<void>;
  measure(): void;
  /** Opens the card of the run's data. */
  showData(): void;
  /** Opens the networks' figures. */
  showFigures(): void;
  /** Which of the two there is something for. */
  offers(): { readonly data: boolean; readonly figures: boolean };
  savePicture(format: 'svg' | 'png'): void;
  exportRun(format: 'csv' | 'html' | 'run'): void;
  /** False in a report that lies on somebody's disk. */
  readonly hasHost: boolean;
}
