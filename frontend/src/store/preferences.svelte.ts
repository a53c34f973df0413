// What somebody chose for this browser: the language, the colours, and the list at the side.
import { local } from '../lib/local';
import { LOCALES, type Locale } from '../lib/locales';

export type Scheme = 'system' | 'light' | 'dark';
/** What the list at the side shows of one's rooms. */
export const FILTERS = ['all', 'unread', 'people', 'rooms'] as const;
export type Filter = (typeof FILTERS)[number];

/** How wide the list may be, in pixels. */
export const LIST_WIDTH = { least: 260, usual: 320, most: 420 } as const;

const KEY = 'adda.preferences';

interface Stored {
  scheme?: Scheme;
  locale?: Locale;
  filter?: Filter;
  listWidth?: number;
  notices?: boolean;
  sound?: boolean;
}

export class Preferences {
  scheme = $state<Scheme>('system');
  /** `null`: as the browser says. */
  chosenLocale = $state<Locale | null>(null);
  filter = $state<Filter>('all');
  /** In pixels, where there is space for it. */
  listWidth = $state<number>(LIST_WIDTH.usual);
  /** Whether desktop notifications are wanted; `null`: nobody has asked yet. */
  notices = $state<boolean | null>(null);
  /** Whether what calls for attention is heard. */
  sound = $state(true);

  constructor() {
    this.read(local.getItem(KEY));
    // What is chosen in one tab holds in all.
    addEventListener('storage', (event) => {
      if (event.key === KEY) this.read(event.newValue);
    });
  }

  get locale(): Locale {
    const said = [this.chosenLocale, ...navigator.languages.map((tag) => tag.split('-')[0])];
    return said.find((tag): tag is Locale => LOCALES.some((locale) => locale === tag)) ?? 'en';
  }

  save(): void {
    const { scheme, chosenLocale, filter, listWidth, notices, sound } = this;
    const locale = chosenLocale === null ? {} : { locale: chosenLocale };
    const asked = notices === null ? {} : { notices };
    const stored: Stored = { scheme, ...locale, filter, listWidth, ...asked, sound };
    local.setItem(KEY, JSON.stringify(stored));
  }

  private read(text: string | null): void {
    try {
      const stored = JSON.parse(text ?? '{}') as Stored;
      const { scheme = 'system', locale = null, filter, listWidth } = stored;
      const { notices = null, sound = true } = stored;
      this.scheme = scheme;
      this.chosenLocale = locale;
      this.filter = FILTERS.find((one) => one === filter) ?? 'all';
      this.listWidth = widthOf(listWidth);
      this.notices = notices;
      this.sound = sound;
    } catch {
      // Somebody else's writing: as if nothing were chosen.
    }
  }
}

/** A width that the list may have. */
export function widthOf(wanted: number = LIST_WIDTH.usual): number {
  const { least, usual, most } = LIST_WIDTH;
  return Number.isFinite(wanted) ? Math.min(most, Math.max(least, Math.round(wanted))) : usual;
}
