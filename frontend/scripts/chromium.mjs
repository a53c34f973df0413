// The browser of the journeys and of the benchmarks, and how it is started.
export const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';

/** It asks nobody else for anything. */
export const chromiumArgs = [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
];

/** A microphone that beeps, and that everybody may use. */
export const fakeMicrophone = [
    '--use-fake-device-for-media-stream',
    '--use-fake-ui-for-media-stream',
];
