/** Holds the state, applies actions, and tells listeners once a batch: drawing happens when the browser is ready. */
import { type Action, blank, reduce, type State } from './state';

export class Store {
  state: State = blank;
  private readonly listeners = new Set<(state: State, before: State) => void>();

  dispatch(action: Action): void {
    const before = this.state;
    this.state = reduce(before, action);
    if (this.state !== before) for (const listener of this.listeners) listener(this.state, before);
  }

  subscribe(listener: (state: State, before: State) => void): void {
    this.listeners.add(listener);
  }
}
