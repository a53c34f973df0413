import { describe, expect, it } from 'vitest';

import { exactly, languageOf, loadNames, named } from './emojiNames';

const of = async (query: string) => named(await loadNames(languageOf(query)), query, 8);
const texts = async (query: string) => (await of(query)).map(({ text }) => text);

describe('an emoji', () => {
  it.each([
    ['tea', '🍵'],
    ['tada', '🎉'],
    ['joy', '😂'],
    ['+1', '👍️'],
    ['thumbsup', '👍️'],
    ['thumbs_up', '👍️'],
    ['Heart', '❤️'],
    ['hea', '❤️'],
    ['party', '🥳'],
    ['চা', '☕️'],
    ['হাসি', '😀'],
  ])('is first by %s', async (query, expected) => {
    expect((await texts(query))[0]).toBe(expected);
  });

  it('is one of at most eight, each once', async () => {
    const found = await texts('he');
    expect(found).toHaveLength(8);
    expect(new Set(found).size).toBe(8);
    expect(await texts('qqzz')).toEqual([]);
  });

  it('says its name in the language that is typed, and how it is written between colons', async () => {
    const [tea] = await of('tea');
    expect(tea).toMatchObject({ name: 'teacup without handle', codes: ['tea'] });
    const [cup] = await of('চা');
    expect(cup?.name).toBe('গরম পানীয়');
    expect(cup?.codes).toEqual([]);
  });

  it('is known for most of the codes of other chats, also of what is joined', async () => {
    const all = await loadNames('en');
    const with_ = all.filter(({ codes }) => codes.length > 0);
    expect(with_.length).toBeGreaterThan(1_700);
    expect(exactly(all, 'heart_on_fire')?.text).toBe('❤️‍🔥');
    expect(exactly(all, 'tea')?.text).toBe('🍵');
    expect(exactly(all, 'te')).toBeUndefined();
  });
});
