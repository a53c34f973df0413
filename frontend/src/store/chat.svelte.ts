// Where the state is held: one immutable value at a time, so that what depends on it is computed
// anew exactly when it changed. It can be read everywhere, and changes only here.
import { untrack } from 'svelte';

import type { Outgoing } from '../offline/outgoing';
import { EMPTY, type ChatState, type ConnectionState } from './model';

/** The next state from this one and from what happened. */
type Apply<Args extends unknown[]> = (state: ChatState, ...args: Args) => ChatState;

export class ChatStore {
  #state = $state.raw<ChatState>(EMPTY);
  #connection = $state.raw<ConnectionState>({ phase: 'stopped', code: null });
  #outgoing = $state.raw<readonly Outgoing[]>([]);
  readonly #listeners = new Set<() => void>();

  get state(): ChatState {
    return this.#state;
  }

  get connection(): ConnectionState {
    return this.#connection;
  }

  /** Messages that the server does not have yet, oldest first. */
  get outgoing(): readonly Outgoing[] {
    return this.#outgoing;
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

  setConnection(connection: ConnectionState): void {
    this.#connection = connection;
  }

  setOutgoing(outgoing: readonly Outgoing[]): void {
    this.#outgoing = outgoing;
  }
}
