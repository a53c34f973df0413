import { describe, expect, it } from 'vitest';

import { bn as attentionBn } from './attention/bn';
import { en as attentionEn } from './attention/en';
import { bn } from './bn';
import { en } from './en';
import { bn as listBn } from './list/bn';
import { en as listEn } from './list/en';
import { LOCALE_NAMES, LOCALES } from '../lib/locales';
import { bn as completionBn } from './completion/bn';
import { en as completionEn } from './completion/en';
import { bn as directoryBn } from './directory/bn';
import { en as directoryEn } from './directory/en';
import { bn as emojiBn } from './emoji/bn';
import { en as emojiEn } from './emoji/en';
import { bn as formatBn } from './format/bn';
import { en as formatEn } from './format/en';
import { bn as keysBn } from './keys/bn';
import { en as keysEn } from './keys/en';
import { plural } from './plural';
import { bn as peopleBn } from './people/bn';
import { en as peopleEn } from './people/en';
import { bn as recordingBn } from './recording/bn';
import { en as recordingEn } from './recording/en';
import { bn as searchBn } from './search/bn';
import { en as searchEn } from './search/en';
import { bn as settingsBn } from './settings/bn';
import { en as settingsEn } from './settings/en';
import { bn as switcherBn } from './switcher/bn';
import { en as switcherEn } from './switcher/en';
import { bn as trayBn } from './tray/bn';
import { en as trayEn } from './tray/en';
import { bn as viewerBn } from './viewer/bn';
import { en as viewerEn } from './viewer/en';

type Leaf = [name: string, value: unknown];

/** Every sentence with the name under which it is found. */
function leaves(value: object, path = ''): Leaf[] {
  return Object.entries(value).flatMap(([key, inner]): Leaf[] =>
    typeof inner === 'object' && inner !== null
      ? leaves(inner as object, `${path}${key}.`)
      : [[path + key, inner]],
  );
}

/** What a sentence says, whatever it needs. */
function say(value: unknown, ...given: unknown[]): string {
  return typeof value === 'function' ? String(value(...given)) : String(value);
}

const numbers = (value: unknown): value is (count: number) => string =>
  typeof value === 'function' &&
  /\(count|\(left|\(seconds|^(count|left|seconds)/.test(String(value));

const all = {
  en: {
    ...en,
    attention: attentionEn,
    completion: completionEn,
    directory: directoryEn,
    doing: listEn,
    emoji: emojiEn,
    formatted: formatEn,
    keys: keysEn,
    of: peopleEn,
    recording: recordingEn,
    search: searchEn,
    setting: settingsEn,
    switching: switcherEn,
    tray: trayEn,
    viewer: viewerEn,
  },
  bn: {
    ...bn,
    attention: attentionBn,
    completion: completionBn,
    directory: directoryBn,
    doing: listBn,
    emoji: emojiBn,
    formatted: formatBn,
    keys: keysBn,
    of: peopleBn,
    recording: recordingBn,
    search: searchBn,
    setting: settingsBn,
    switching: switcherBn,
    tray: trayBn,
    viewer: viewerBn,
  },
};

describe.each([
  ['English', all.en, 'en'],
  ['Bengali', all.bn, 'bn'],
] as const)('in %s', (_, catalogue, locale) => {
  it('no sentence is empty or has spaces at its ends', () => {
    for (const [name, value] of leaves(catalogue)) {
      if (typeof value === 'function') continue;
      expect(value, name).toBeTypeOf('string');
      expect(String(value).trim(), name).not.toBe('');
      expect(String(value), name).toBe(String(value).trim());
    }
  });

  it('every number is said, in the digits of the language', () => {
    const counted = leaves(catalogue).filter(([, value]) => numbers(value));
    expect(counted.length).toBeGreaterThan(5);
    for (const [name, value] of counted) {
      for (const count of name === 'connection.waiting' ? [1, 5] : [0, 1, 2, 5, 1_234]) {
        expect(say(value, count), name).toContain(count.toLocaleString(locale));
      }
      expect(say(value, 1), name).not.toBe(say(value, 2));
    }
  });

  it('who is typing is said with every name', () => {
    const { typing } = catalogue.presence;
    const said = [typing(['Mira'], 0), typing(['Mira', 'Rahul'], 0), typing(['A', 'B', 'C'], 4)];
    expect(new Set(said).size).toBe(3);
    expect(said[1]).toContain('Mira');
    expect(said[1]).toContain('Rahul');
    expect(said[2]).toContain((4).toLocaleString(locale));
    expect(said.join()).not.toContain('undefined');
  });

  it('what is put into a sentence stands in it', () => {
    expect(catalogue.doing.leaveQuestion('চা')).toContain('চা');
    expect(catalogue.directory.rooms.none('চা')).toContain('চা');
    expect(catalogue.directory.none('চা')).toContain('চা');
    expect(catalogue.switching.none('চা')).toContain('চা');
    expect(catalogue.search.chip.from('চা')).toContain('চা');
    expect(catalogue.search.remove('চা')).toContain('চা');
    expect(catalogue.timeline.label('চা')).toContain('চা');
    expect(catalogue.composer.label('চা')).toContain('চা');
  });
});

describe('the two catalogues', () => {
  it('have the same sentences', () => {
    // The server says its refusals in English; only the others say them again.
    const isRefusal = (name: string) => name.startsWith('problems.codes.');
    const names = (catalogue: object) =>
      leaves(catalogue)
        .map(([name]) => name)
        .filter((name) => !isRefusal(name))
        .sort();
    expect(Object.keys(bn.problems.codes)).toEqual(
      expect.arrayContaining(Object.keys(en.problems.codes)),
    );
    expect(names(all.bn)).toEqual(names(all.en));
  });

  it('say it each in its own words', () => {
    const english = new Map(leaves(all.en));
    const same = leaves(all.bn).filter(
      ([name, value]) => typeof value === 'string' && value === english.get(name),
    );
    expect(same).toEqual([]);
  });

  it('are the languages that can be chosen', () => {
    expect(Object.keys(LOCALE_NAMES)).toEqual([...LOCALES]);
  });
});

describe('a plural', () => {
  const forms = { one: 'one', other: 'other' };

  it('follows the language', () => {
    expect([0, 1, 2].map((count) => plural('en', count, forms))).toEqual(['other', 'one', 'other']);
    expect([0, 1, 2].map((count) => plural('bn', count, forms))).toEqual(['one', 'one', 'other']);
  });

  it('falls back on the form that is always there', () => {
    expect(plural('en', 1, { other: 'other' })).toBe('other');
  });
});
