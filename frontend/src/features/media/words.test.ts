import { expect, it } from 'vitest';

import { en } from '../../i18n/en';
import { inOneLine } from './words';

const image = {
  id: 'i',
  width: 4,
  height: 3,
  thumbhash: '',
  animated: false,
  url: '',
  mime: 'image/webp',
  bytes: 1,
  thumb_url: '',
  sizes: [],
};
const file = { id: 'f', name: 'tea.pdf', mime: 'application/pdf', bytes: 1, url: '' };
const said = (images: number, files: number, text?: string) =>
  inOneLine(
    {
      images: Array.from({ length: images }, () => image),
      files: Array.from({ length: files }, () => file),
      ...(text === undefined ? {} : { text }),
    },
    en,
  );

it('says in one line what a message says, or else what it carries', () => {
  expect(said(3, 1, 'look')).toBe('look');
  expect(said(1, 0)).toBe('Photo');
  expect(said(3, 0)).toBe('3 photos');
  expect(said(0, 1)).toBe('tea.pdf');
  expect(said(0, 2)).toBe('2 files');
  expect(said(2, 1)).toBe('2 photos, tea.pdf');
  expect(said(0, 0)).toBe('');
});
