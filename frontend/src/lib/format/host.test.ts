import { describe, expect, it } from 'vitest';

import { honest } from './host';

describe('a host that is drawn like another one is shown as the DNS has it', () => {
  it.each([
    ['of Cyrillic letters', 'https://аррӏе.com/login', 'https://xn--80ak6aa92e.com/login'],
    ['of some of them', 'https://pаypal.com', 'https://xn--pypal-4ve.com'],
    ['of Greek ones', 'https://οο.com', 'https://xn--0xaa.com'],
    ['of a letter of phonetics', 'https://ɡoogle.com', 'https://xn--oogle-qmc.com'],
    ['of two scripts', 'https://bankд.com', 'https://xn--bank-t4d.com'],
    [
      'in one of its labels',
      'http://example.раура.org:80/x',
      'http://example.xn--80aa0cbo.org:80/x',
    ],
    ['without a scheme', 'аррӏе.com', 'xn--80ak6aa92e.com'],
    ['in capitals', 'HTTPS://АРРӀЕ.COM', 'HTTPS://xn--80ak6aa92e.COM'],
    ['of wide letters', 'https://ｇｏｏｇｌｅ.com', 'https://google.com'],
    ['of letters of mathematics', 'https://𝐠oogle.com', 'https://google.com'],
  ])('%s', (_, address, shown) => expect(honest(address)).toBe(shown));
});

it.each([
  'https://example.org/аррӏе',
  'https://example.org?q=аррӏе',
  'https://bücher.de',
  'https://café.fr/menü',
  'https://straße.de',
  'https://việt.vn',
  'https://উদাহরণ.বাংলা/পথ',
  'https://例え.jp',
  'https://пример.рф',
  'https://παράδειγμα.ελ',
  'https://نامه‌ای.com',
  'https://adda-আড্ডা.com',
  'https://xn--80ak6aa92e.com',
  'http://[::1]:3000/x',
  'http://localhost:8000',
])('%s stays readable', (address) => expect(honest(address)).toBe(address));
