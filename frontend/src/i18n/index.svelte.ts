// The sentences and formats of the chosen language.
import { getContext, setContext } from 'svelte';

import { en, type Catalogue } from './en';
import { isolating } from '../lib/bidi';
import type { Locale } from '../lib/locales';

/** The other languages are loaded when they are wanted. */
const catalogues: Record<Exclude<Locale, 'en'>, () => Promise<Catalogue>> = {
  bn: async () => (await import('./bn')).bn,
};

export class I18n {
  locale = $state<Locale>('en');
  /** The sentences. */
  t = $state.raw<Catalogue>(isolating(en));

  /** Changes the language, once its sentences are here. */
  async use(locale: Locale): Promise<void> {
    const catalogue = locale === 'en' ? en : await catalogues[locale]();
    this.locale = locale;
    this.t = isolating(catalogue);
    document.documentElement.lang = locale;
    if (locale === 'bn') await import('../styles/bengali.css');
  }

  /** The language as the browser's region writes it: 14:05 in one, 2:05 PM in another. */
  private readonly tag = $derived(
    navigator.languages.find((tag) => tag.split('-')[0] === this.locale) ?? this.locale,
  );

  private readonly formats = $derived({
    time: new Intl.DateTimeFormat(this.tag, { timeStyle: 'short' }),
    full: new Intl.DateTimeFormat(this.tag, { dateStyle: 'full', timeStyle: 'medium' }),
    day: new Intl.DateTimeFormat(this.tag, { weekday: 'long', day: 'numeric', month: 'long' }),
    date: new Intl.DateTimeFormat(this.tag, { dateStyle: 'long' }),
    weekday: new Intl.DateTimeFormat(this.tag, { weekday: 'short' }),
    short: new Intl.DateTimeFormat(this.tag, { day: 'numeric', month: 'short' }),
    number: new Intl.NumberFormat(this.tag),
    seconds: new Intl.NumberFormat(this.tag, { minimumIntegerDigits: 2 }),
    percent: new Intl.NumberFormat(this.tag, { style: 'percent' }),
    bytes: (['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const).map((unit) => {
      // The short word for a byte has no plural.
      const unitDisplay = unit === 'byte' ? 'long' : this.t.formats.units;
      const style = { style: 'unit', unit, unitDisplay, maximumFractionDigits: 1 } as const;
      return new Intl.NumberFormat(this.tag, style);
    }),
    relative: new Intl.RelativeTimeFormat(this.tag, { numeric: 'auto' }),
  });

  /** 14:05 */
  time(at: string | number): string {
    return this.inWords(this.formats.time, at);
  }

  /** Sunday, 22 November 2026 at 14:05:09 */
  full(at: string | number): string {
    return this.inWords(this.formats.full, at);
  }

  /** The heading of a day. */
  day(at: string | number, now: number): string {
    const days = daysBetween(at, now);
    if (days === 0) return this.t.timeline.today;
    if (days === 1) return this.t.timeline.yesterday;
    return this.inWords(Math.abs(days) < 300 ? this.formats.day : this.formats.date, at);
  }

  /** The shortest that is enough: a time today, within a week the day of it, else a date. */
  brief(at: string | number, now: number): string {
    const days = daysBetween(at, now);
    const { time, weekday, short } = this.formats;
    return this.inWords(days === 0 ? time : days > 0 && days < 7 ? weekday : short, at);
  }

  /** Three hours ago. */
  ago(at: string | number, now: number): string {
    const minutes = Math.round((new Date(at).getTime() - now) / 60_000);
    if (Number.isNaN(minutes)) return '';
    if (minutes > -60) return this.formats.relative.format(Math.min(0, minutes), 'minute');
    if (minutes > -60 * 24) return this.formats.relative.format(Math.round(minutes / 60), 'hour');
    return this.formats.relative.format(Math.round(minutes / 60 / 24), 'day');
  }

  number(value: number): string {
    return this.formats.number.format(value);
  }

  /** 40 %, of 0.4. */
  percent(share: number): string {
    return this.formats.percent.format(share);
  }

  /** 2.5 MB, as most systems count: by 1,024. */
  bytes(count: number): string {
    const { bytes } = this.formats;
    const step = [1, 2, 3].filter((power) => count >= 1_024 ** power).length;
    return bytes[step]?.format(count / 1_024 ** step) ?? '';
  }

  /** 1:05, of milliseconds. */
  duration(ms: number): string {
    const seconds = Math.floor(Math.max(0, ms) / 1_000);
    const { format } = this.formats.seconds;
    return `${this.number(Math.floor(seconds / 60))}:${format(seconds % 60)}`;
  }

  /** A time that is none is not worth a view: the formats throw at it. */
  private inWords(format: Intl.DateTimeFormat, at: string | number): string {
    const date = new Date(at);
    return Number.isNaN(date.getTime()) ? '' : this.t.formats.written(format, date);
  }
}

/** How many midnights lie between. */
function daysBetween(at: string | number, now: number): number {
  const midnight = (time: Date) => new Date(time).setHours(0, 0, 0, 0);
  return Math.round((midnight(new Date(now)) - midnight(new Date(at))) / 86_400_000);
}

const KEY = Symbol('i18n');

export function provideI18n(i18n: I18n): void {
  setContext(KEY, i18n);
}

export function useI18n(): I18n {
  return getContext<I18n>(KEY);
}
