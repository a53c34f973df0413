// The question that is asked before a session ends with which something would be lost.
import type { Waiting } from './waiting';

interface Asked {
  waiting: Waiting;
  run: () => Promise<void>;
}

class Leaving {
  asked = $state.raw<Asked | null>(null);

  ask(waiting: Waiting, run: () => Promise<void>): void {
    this.asked = { waiting, run };
  }
}

export const leaving = new Leaving();
