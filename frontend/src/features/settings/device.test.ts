import { expect, test } from 'vitest';

import { deviceName } from './device';

const like = 'AppleWebKit/537.36 (KHTML, like Gecko)';

test.each([
  [`Mozilla/5.0 (X11; Linux x86_64) ${like} Chrome/140.0.0.0 Safari/537.36`, 'Chrome', 'Linux'],
  [
    `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${like} Chrome/140.0 Safari/537.36 Edg/140.0`,
    'Edge',
    'Windows',
  ],
  ['Mozilla/5.0 (Windows NT 10.0; rv:143.0) Gecko/20100101 Firefox/143.0', 'Firefox', 'Windows'],
  [
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15',
    'Safari',
    'macOS',
  ],
  ['curl/8.5.0', 'curl', null],
  ['my-bot', null, null],
  [undefined, null, null],
])('%s', (userAgent, browser, system) => {
  expect(deviceName(userAgent)).toEqual({ browser, system, isPhone: false });
});

test('a phone is told from a tablet', () => {
  const agent = (kind: string) =>
    `Mozilla/5.0 (Linux; Android 15; Pixel) ${like} Chrome/140.0 ${kind}Safari/537.36`;
  expect(deviceName(agent('Mobile ')).isPhone).toBe(true);
  expect(deviceName(agent('')).isPhone).toBe(false);
});
