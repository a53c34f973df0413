// The desktop notifications of this tab: one a room, gone once the room is read.

/** What the browser lets the page do; `unable` where it knows no notifications of a page. */
export type Permission = NotificationPermission | 'unable';

export function permission(): Permission {
  return typeof Notification === 'function' ? Notification.permission : 'unable';
}

/** Asks the person, as a consequence of a press of theirs. */
export async function askPermission(): Promise<Permission> {
  if (permission() !== 'default') return permission();
  try {
    return await Notification.requestPermission();
  } catch {
    return 'unable';
  }
}

export interface Notice {
  /** One notice stands for each of these; a newer one takes the place of the older. */
  room: string;
  title: string;
  body: string;
  icon?: string;
  onPress: () => void;
}

export class Notices {
  private readonly shown = new Map<string, Notification>();

  /** Shows it; nothing where it may not be shown. */
  show({ room, title, body, icon, onPress }: Notice): void {
    if (permission() !== 'granted') return;
    let notification: Notification;
    try {
      // Its sound is the app's own.
      const options = { body, tag: room, silent: true, ...(icon === undefined ? {} : { icon }) };
      notification = new Notification(title, options);
    } catch {
      // Phones show them only through a service worker.
      return;
    }
    this.shown.set(room, notification);
    notification.onclick = () => {
      window.focus();
      notification.close();
      onPress();
    };
  }

  rooms(): readonly string[] {
    return [...this.shown.keys()];
  }

  close(room: string): void {
    this.shown.get(room)?.close();
    this.shown.delete(room);
  }

  closeAll(): void {
    for (const room of this.rooms()) this.close(room);
  }
}
