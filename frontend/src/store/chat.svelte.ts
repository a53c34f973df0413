// Where the state is held: one immutable value at a time, so that what depends on it is computed
// anew exactly when it changed.
import type { ConnectionState } from '../realtime/connection';
import type { Outgoing } from '../offline/db';
import { EMPTY, type ChatState } from './model';

export class ChatStore {
  state = $state.raw<ChatState>(EMPTY);
  connection = $state.raw<ConnectionState>({ phase: 'stopped', code: null });
  /** Messages that the server does not have yet, oldest first. */
  outgoing = $state.raw<readonly Outgoing[]>([]);
}
