// What somebody chose for this browser: the language, the colours and what is folded.
import { local } from '../lib/local';
import { LOCALES, type Locale } from '../lib/locales';

export type Scheme = 'system' | 'light' | 'dark';
/** The parts of the sidebar. */
export type Part = 'rooms' | 'conversations';

const KEY = 'adda.preferences';

interface Stored {
  scheme?: Scheme;
  locale?: Locale;
  folded?: Part[];
  notices?: boolean;
  sound?: boolean;
}

export class Preferences {
  scheme = $state<Scheme>('system');
  /** `null`: as the browser says. */
  chosenLocale = $state<Locale | null>(null);
  folded = $state.raw<readonly Part[]>([]);
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

  /** Folds a part of the sidebar, or opens it again. */
  fold(part: Part): void {
    const others = this.folded.filter((other) => other !== part);
    this.folded = others.length < this.folded.length ? others : [...others, part];
    this.save();
  }

  save(): void {
    const { scheme, chosenLocale, folded, notices, sound } = this;
    const locale = chosenLocale === null ? {} : { locale: chosenLocale };
    const asked = notices === null ? {} : { notices };
    const stored: Stored = { scheme, ...locale, folded: [...folded], ...asked, sound };
    local.setItem(KEY, JSON.stringify(stored));
  }

  private read(text: string | null): void {
    try {
      const stored = JSON.parse(text ?? '{}') as Stored;
      const { scheme = 'system', locale = null, folded = [] } = stored;
      const { notices = null, sound = true } = stored;
      this.scheme = scheme;
      this.chosenLocale = locale;
      this.folded = folded;
      this.notices = notices;
      this.sound = sound;
    } catch {
      // Somebody else's writing: as if nothing were chosen.
    }
  }
}
