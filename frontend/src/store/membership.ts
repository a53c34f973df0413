// Joining rooms and leaving them, and how the person wants those that they are in.
import type { Api } from '../api/client';
import type { RoomPreferences } from '../api/types';
import { applyPreferences, applyRemoved } from './apply';
import type { ChatStore } from './chat.svelte';

/** The changes of a room that are on their way, one after the other. */
interface Course {
  /** What the server said last. */
  standing: RoomPreferences;
  waiting: number;
  last: Promise<unknown>;
}

export class Membership {
  private readonly courses = new Map<string, Course>();

  constructor(
    private readonly store: ChatStore,
    private readonly api: Api,
  ) {}

  /** The room comes with its frame. */
  async join(room: string): Promise<void> {
    await this.api.call('put', '/rooms/{room}/membership', { path: { room } });
  }

  /** The room is gone when this resolves, as its frame will say too: where one goes next is another. */
  async leave(room: string): Promise<void> {
    await this.api.call('delete', '/rooms/{room}/membership', { path: { room } });
    this.store.update(applyRemoved, room);
  }

  /** Shown at once; when the last change is answered, what the server did not take is put back. */
  async prefer(room: string, change: Partial<RoomPreferences>): Promise<void> {
    const known = this.store.state.rooms.get(room);
    if (known === undefined) return;
    const course = this.courses.get(room) ?? {
      standing: known.summary.preferences,
      waiting: 0,
      last: Promise.resolve(),
    };
    this.courses.set(room, course);
    course.waiting += 1;
    this.store.update(applyPreferences, room, change);
    const ask = () =>
      this.api.call('patch', '/rooms/{room}/preferences', { path: { room }, body: change });
    const asked = course.last.then(ask);
    course.last = asked.catch(() => {});
    try {
      course.standing = await asked;
    } finally {
      course.waiting -= 1;
      if (course.waiting === 0) {
        this.courses.delete(room);
        this.store.update(applyPreferences, room, course.standing);
      }
    }
  }
}
