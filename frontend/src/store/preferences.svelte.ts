// What somebody chose for this browser: the language and the colours.
import { LOCALES, type Locale } from '../i18n/locales';

export type Scheme = 'system' | 'light' | 'dark';

const KEY = 'adda.preferences';

interface Stored {
  scheme?: Scheme;
  locale?: Locale;
}

export class Preferences {
  scheme = $state<Scheme>('system');
  /** `null`: as the browser says. */
  chosenLocale = $state<Locale | null>(null);

  constructor() {
    this.read(localStorage.getItem(KEY));
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
    const { scheme, chosenLocale } = this;
    const stored: Stored = { scheme, ...(chosenLocale === null ? {} : { locale: chosenLocale }) };
    localStorage.setItem(KEY, JSON.stringify(stored));
  }

  private read(text: string | null): void {
    try {
      const { scheme = 'system', locale = null } = JSON.parse(text ?? '{}') as Stored;
      this.scheme = scheme;
      this.chosenLocale = locale;
    } catch {
      // Somebody else's writing: as if nothing were chosen.
    }
  }
}
