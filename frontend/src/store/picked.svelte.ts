// What somebody picked to be sent: pictures with their size, and files. What cannot be sent is said at once,
// before anything is uploaded.
import type { Attachment } from '../offline/outgoing';
import { uuid } from '../lib/uuid';
import type { Usage } from './space';

/** A message carries so many. */
export const MOST = 10;
/** The server takes so many bytes of each. */
export const MOST_BYTES = { image: 25 * 2 ** 20, file: 50 * 2 ** 20 } as const;
/** What the server makes a picture of; anything else is sent as a file. */
export const PICTURES = ['image/jpeg', 'image/png', 'image/webp', 'image/gif'];

/** Pictures that the server makes nothing of; some browsers do not know their types. */
const UNSHOWN = /^image\/(hei[cf]|avif)\b|\.(hei[cf]|avif)$/i;
/** What breaks a line, or turns the direction of what stands after it: with it a program reads as a picture. */
const ODD = /[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu;

/** Something that was picked, and the address under which this page shows it, of a picture. */
export interface Pick {
  id: string;
  attachment: Attachment;
  url: string | null;
}

/** Why something was left out. */
export type Trouble =
  | { kind: 'many' }
  | { kind: 'empty'; name: string }
  /** It is a picture that hardly anybody could see. */
  | { kind: 'unshown'; name: string }
  | { kind: 'large'; name: string; most: number; isPicture: boolean }
  /** It is more than the person may have on the server … */
  | ({ kind: 'full'; name: string; bytes: number } & Usage)
  /** … or than all people together may. */
  | { kind: 'serverFull'; name: string; bytes: number };

interface Size {
  width: number;
  height: number;
}

/** The part of a browser that is used. */
export interface PickWorld {
  /** The size of a picture that this browser can show. */
  measure(url: string): Promise<Size | null>;
  lend(file: Blob): string;
  takeBack(url: string): void;
}

/** How much the person has sent and may send; `null` where nobody says so. */
type AskSpace = () => Promise<Usage | null>;

export class Picked {
  items = $state.raw<readonly Pick[]>([]);
  troubles = $state.raw<readonly Trouble[]>([]);
  /** Resolves when all that was picked is measured, and known to fit. */
  private measured: Promise<unknown> | null = $state.raw(null);
  /** Which turn it is: what is measured for an earlier one was thrown away meanwhile. */
  private turn = 0;

  constructor(
    private readonly world: PickWorld,
    private readonly space: AskSpace,
  ) {}

  get isMeasuring(): boolean {
    return this.measured !== null;
  }

  /** Adds as many as there is space for; pictures are files too where that is wished. */
  async add(files: readonly File[], isAsFile = false): Promise<void> {
    const troubles: Trouble[] = [];
    const fitting = files.filter((file) => {
      const { size } = file;
      const name = nameOf(file);
      const asPicture = isPicture(file) && !isAsFile;
      const most = MOST_BYTES[asPicture ? 'image' : 'file'];
      const isUnshown = !isAsFile && [file.type, name].some((it) => UNSHOWN.test(it));
      if (size === 0) troubles.push({ kind: 'empty', name });
      else if (isUnshown) troubles.push({ kind: 'unshown', name });
      else if (size > most) troubles.push({ kind: 'large', name, most, isPicture: asPicture });
      return size > 0 && size <= most && !isUnshown;
    });
    const { turn, measured: before } = this;
    // Whoever picks a thousand has the browser read no more than can go.
    const first = fitting.slice(0, MOST);
    const measuring = Promise.all(first.map((file) => this.measure(file, isAsFile))).then(
      async (picks) => {
        await before;
        const free = turn === this.turn ? MOST - this.items.length : 0;
        picks.slice(free).forEach((pick) => this.takeBack(pick));
        if (turn !== this.turn) return;
        this.items = [...this.items, ...picks.slice(0, free)];
        if (fitting.length > free) troubles.unshift({ kind: 'many' });
        // What was left out while this was measured has not been read yet.
        this.troubles = before ? [...this.troubles, ...troubles] : troubles;
        if (picks.length > 0) await this.fit(turn);
        if (this.measured === measuring) this.measured = null;
      },
    );
    this.measured = measuring;
    await measuring;
  }

  /** Resolves when what was picked can be sent. */
  async settled(): Promise<void> {
    while (this.measured) await this.measured;
  }

  remove(id: string): void {
    this.items.filter((pick) => pick.id === id).forEach((pick) => this.takeBack(pick));
    this.items = this.items.filter((pick) => pick.id !== id);
    this.troubles = [];
  }

  /** Hands over what was picked, and begins anew. */
  take(): readonly Attachment[] {
    const attachments = this.items.map(({ attachment }) => attachment);
    this.empty();
    return attachments;
  }

  /** Throws away what was picked, also what is being measured. */
  clear(): void {
    this.turn += 1;
    this.measured = null;
    this.empty();
  }

  private empty(): void {
    this.items.forEach((pick) => this.takeBack(pick));
    this.items = [];
    this.troubles = [];
  }

  /** Takes out what does not fit on the server any more. */
  private async fit(turn: number): Promise<void> {
    const usage = await this.space();
    if (!usage || turn !== this.turn) return;
    let { used, free } = usage;
    const reasons = new Map<Pick, Trouble>();
    for (const pick of this.items) {
      const { name, file } = pick.attachment;
      const bytes = file.size;
      if (used + bytes > usage.quota) reasons.set(pick, { kind: 'full', name, bytes, ...usage });
      else if (bytes > free) reasons.set(pick, { kind: 'serverFull', name, bytes });
      else [used, free] = [used + bytes, free - bytes];
    }
    reasons.forEach((_, pick) => this.takeBack(pick));
    this.items = this.items.filter((pick) => !reasons.has(pick));
    this.troubles = [...this.troubles, ...reasons.values()];
  }

  private async measure(file: File, isAsFile: boolean): Promise<Pick> {
    const name = nameOf(file);
    const id = uuid();
    if (isPicture(file) && !isAsFile) {
      const url = this.world.lend(file);
      const size = await this.world.measure(url);
      if (size) return { id, url, attachment: { kind: 'image', file, name, media: null, ...size } };
      this.world.takeBack(url);
    }
    return { id, url: null, attachment: { kind: 'file', file, name, media: null } };
  }

  private takeBack({ url }: Pick): void {
    if (url !== null) this.world.takeBack(url);
  }
}

/** What was picked in each room: whoever looks elsewhere finds it again, for as long as the page stands. */
export class Picks {
  private readonly rooms = new Map<string, Picked>();

  constructor(
    private readonly space: AskSpace,
    private readonly world: PickWorld = browser,
  ) {}

  in(room: string): Picked {
    const picked = this.rooms.get(room) ?? new Picked(this.world, this.space);
    this.rooms.set(room, picked);
    return picked;
  }

  /** How many things wait in all rooms. */
  get count(): number {
    return [...this.rooms.values()].reduce((sum, { items }) => sum + items.length, 0);
  }

  /** Nobody is signed in any more. */
  close(): void {
    this.rooms.forEach((picked) => picked.clear());
    this.rooms.clear();
  }
}

/** What a file is called here, as the server will call it: in one line, and in its own order. */
function nameOf({ name }: File): string {
  return name.replace(ODD, '');
}

function isPicture(file: File): boolean {
  return PICTURES.includes(file.type);
}

const browser: PickWorld = {
  measure: (url) =>
    new Promise((resolve) => {
      const picture = new Image();
      picture.onload = () => {
        const { naturalWidth: width, naturalHeight: height } = picture;
        resolve(width > 0 && height > 0 ? { width, height } : null);
      };
      picture.onerror = () => resolve(null);
      picture.src = url;
    }),
  lend: (file) => URL.createObjectURL(file),
  takeBack: (url) => URL.revokeObjectURL(url),
};
