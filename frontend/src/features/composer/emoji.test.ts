import { describe, expect, it } from 'vitest';

import { LOCALES } from '../../lib/locales';
import { found, grouped, loadEmoji } from './emoji';

const groups = grouped(
  [
    { unicode: '👍', label: 'thumbs up', tags: ['yes', 'like'], group: 1, order: 2 },
    { unicode: '😀', label: 'grinning face', tags: ['happy'], group: 0, order: 1 },
    { unicode: '🏻', label: 'light skin tone', group: 2, order: 3 },
    { unicode: '🇦', label: 'regional indicator A' },
    { unicode: '👎', label: 'thumbs down', tags: ['no'], group: 1, order: 1 },
  ],
  [
    { key: 'smileys-emotion', message: 'smileys & emotion', order: 0 },
    { key: 'people-body', message: 'people & body', order: 1 },
    { key: 'component', message: 'components', order: 2 },
  ],
);
const texts = (query: string) => found(groups, query).map((emoji) => emoji.text);

describe('emoji', () => {
  it('stand in their groups and order, without the parts that are none', () => {
    expect(groups.map((group) => [group.name, group.emoji.map((emoji) => emoji.text)])).toEqual([
      ['Smileys & emotion', ['😀']],
      ['People & body', ['👎', '👍']],
    ]);
  });

  it('are found by the beginnings of their words', () => {
    expect(texts('thu')).toEqual(['👎', '👍']);
    expect(texts('LIKE')).toEqual(['👍']);
    expect(texts('up thumbs')).toEqual(['👍']);
    expect(texts('umbs')).toEqual([]);
  });

  it.each(LOCALES)('have names and groups in %s', async (locale) => {
    const all = await loadEmoji(locale);
    expect(all.length).toBe(9);
    for (const group of all) expect(group.emoji.length, group.key).toBeGreaterThan(50);
  });
});
