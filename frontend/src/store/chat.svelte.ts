// Where the state is held: one immutable value at a time, so that what depends on it is computed
// anew exactly when it changed. It can be read everywhere, and changes only here.
import { untrack } from 'svelte';

import { EMPTY, type ChatState } from './model';

/** The next state from this one and from what happened. */
type Apply<Args extends unknown[]> = (state: ChatState, ...args: Args) => ChatState;

export class ChatStore {
  #state = $state.raw<ChatState>(EMPTY);
  readonly #listeners = new Set<() => void>();

  get state(): ChatState {
    return this.#state;
  }

  /** Applies something that happened; whoever listens hears of it when it changed anything. */
  update<Args extends unknown[]>(apply: Apply<Args>, ...args: Args): void {
    // Whoever asks for a change does not thereby depend on the state.
    untrack(() => {
      const next = apply(this.#state, ...args);
      if (next === this.#state) return;
      this.#state = next;
      this.#listeners.forEach((run) => run());
    });
  }

  /** Runs after each change; what it returns ends that. */
  onChange(run: () => void): () => void {
    this.#listeners.add(run);
    return () => this.#listeners.delete(run);
  }
}
