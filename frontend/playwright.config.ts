import { defineConfig } from '@playwright/test';

import { chromiumArgs, executablePath } from './scripts/chromium.mjs';
import { type Options } from './tests/support/journey';

/** What is about connections, sessions and other browsers is the same on a phone; `make soak` runs it there too. */
const isLong = process.env['ADDA_TEST_LONG'] !== undefined;
const withoutLayout =
  /(addresses|browsers|hosting|leaving|links|offline|outage|rows|sessions|stuck|tone|train)\.spec\.ts/;

const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

export default defineConfig<Options>({
  testDir: 'tests/journeys',
  outputDir: 'test-results',
  // Each test has a server and several browsers of its own, and waits for them most of the time.
  workers: '150%',
  fullyParallel: true,
  forbidOnly: true,
  // A machine that is shared may starve a browser for a while. Whatever needs its second attempt is
  // named as flaky in the report: look for the cause.
  retries: 1,
  reporter: process.env['CI'] ? 'dot' : 'list',
  timeout: 60_000,
  expect: { timeout: 10_000 },
  use: {
    locale: 'en-GB',
    // What records each step takes as long as the step.
    trace: 'on-first-retry',
    launchOptions: { executablePath, args: [...chromiumArgs] },
  },
  projects: [
    {
      name: 'desktop',
      use: { viewport: { width: 1280, height: 800 } },
      testIgnore: /touch\.spec\.ts/,
    },
    {
      name: 'phone',
      use: phone,
      testIgnore: [
        isLong ? /(addresses|browsers|hosting)\.spec\.ts/ : withoutLayout,
        /pointer\.spec\.ts/,
      ],
      // The history of ten thousand is the same on either.
      grepInvert: /ten thousand|keyboard|skip link/,
    },
  ],
});
