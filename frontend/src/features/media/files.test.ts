import { describe, expect, it } from 'vitest';

import { halves, iconOf, inShort } from './files';

describe('a file', () => {
  it('has a drawing by what it says that it is', () => {
    expect(iconOf('image/heic', 'a.heic')).toBe('picture');
    expect(iconOf('video/mp4', 'a.mp4')).toBe('film');
    expect(iconOf('audio/mpeg', 'a.mp3')).toBe('sound');
    expect(iconOf('application/pdf', 'a.pdf')).toBe('document');
    expect(iconOf('application/zip', 'a.tar.gz')).toBe('archive');
    expect(iconOf('', 'Makefile')).toBe('file');
  });

  it('with a long name keeps its end, and cuts no letter in two', () => {
    expect(halves('tea.pdf')).toEqual(['tea.pdf', '']);
    const name = 'Everything about the tea stall 2026.pdf';
    const [head, tail] = halves(name);
    expect(head + tail).toBe(name);
    expect(tail).toBe(' 2026.pdf');
    const bengali = 'চায়ের দোকানের সব হিসাব এই বছরের জন্য শ্রী.pdf';
    expect(halves(bengali).join('')).toBe(bengali);
    expect(halves(bengali)[1].endsWith('শ্রী.pdf')).toBe(true);
  });

  it('with a very long name is told of by its beginning and its end', () => {
    expect(inShort('Everything about the tea.pdf')).toBe('Everything about the tea.pdf');
    expect(inShort(`${'a'.repeat(300)} 2026.pdf`)).toBe(`${'a'.repeat(24)}… 2026.pdf`);
  });
});
