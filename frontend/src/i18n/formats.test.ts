import { afterEach, describe, expect, it, vi } from 'vitest';

import { bn } from './bn';
import { I18n } from './index.svelte';

const HOUR = 3_600_000;
const NOON = new Date(2026, 10, 22, 12, 5, 9).getTime();

/** In the language of a browser that is set to this region. */
function of(...tags: string[]): I18n {
  vi.stubGlobal('navigator', { languages: tags });
  const i18n = new I18n();
  if (tags[0]?.startsWith('bn')) Object.assign(i18n, { locale: 'bn', t: bn });
  return i18n;
}

/** Whatever a view shows of times and sizes. */
function everything(i18n: I18n): string[] {
  const hours = Array.from({ length: 48 }, (_, at) => NOON + at * HOUR);
  return [
    ...hours.flatMap((at) => [i18n.time(at), i18n.full(at), i18n.day(at, NOON)]),
    ...hours.flatMap((at) => [i18n.brief(at, NOON), i18n.ago(NOON, at)]),
    ...[0, 5, 2_500, 3_400_000, 5_000_000_000].map((count) => i18n.bytes(count)),
    ...[0, 65_000, 4_000_000].map((ms) => i18n.duration(ms)),
    i18n.number(1_234.5),
    i18n.percent(0.4),
  ];
}

afterEach(() => vi.unstubAllGlobals());

describe('Bengali times and sizes', () => {
  it.each(['bn', 'bn-BD', 'bn-IN'])('are in one script, in %s', (tag) => {
    for (const text of everything(of(tag))) expect(text).not.toMatch(/[A-Za-z0-9]/);
  });

  it('begin with the part of the day, as people say them', () => {
    const i18n = of('bn-BD');
    const at = (hour: number) => i18n.time(new Date(2026, 10, 22, hour, 5).getTime());
    expect([0, 5, 9, 14, 17, 19, 23].map(at)).toEqual([
      'রাত ১২:০৫',
      'ভোর ৫:০৫',
      'সকাল ৯:০৫',
      'দুপুর ২:০৫',
      'বিকাল ৫:০৫',
      'সন্ধ্যা ৭:০৫',
      'রাত ১১:০৫',
    ]);
    expect(i18n.full(NOON)).toContain('দুপুর ১২:০৫:০৯');
  });

  it('have no part of the day where the browser counts to twenty-four', () => {
    expect(of('bn-BD-u-hc-h23').time(NOON + 2 * HOUR)).toBe('১৪:০৫');
  });
});

describe('the shortest that says when', () => {
  const DAY = 24 * HOUR;
  const brief = (i18n: I18n, ago: number) => i18n.brief(NOON - ago, NOON);

  it('is a time today, a day within the week before, and then a date', () => {
    const i18n = of('en-GB');
    expect(brief(i18n, HOUR)).toBe('11:05');
    expect([1, 2, 6].map((days) => brief(i18n, days * DAY))).toEqual(['Sat', 'Fri', 'Mon']);
    expect(brief(i18n, 7 * DAY)).toBe('15 Nov');
    expect(brief(of('bn-BD'), DAY)).toBe('শনি');
  });

  it('names no day of a week that is still to come', () => {
    expect(brief(of('en-GB'), -2 * DAY)).toBe('24 Nov');
  });
});

describe('English times', () => {
  it('are written as the region does', () => {
    expect(of('en-GB').time(NOON + 2 * HOUR)).toBe('14:05');
    expect(of('en-US').time(NOON + 2 * HOUR)).toMatch(/^2:05\sPM$/);
  });
});
