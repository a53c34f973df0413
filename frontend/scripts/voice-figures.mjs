// Measures a voice message of ten seconds between two real Chromiums and a real server.
//
//   node scripts/voice-figures.mjs            needs target/release/adda with the app in it
//
// It is a benchmark, not a test: nothing here fails for being slow.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { chromium } from '@playwright/test';

import { chromiumArgs, executablePath, fakeMicrophone } from './chromium.mjs';
import { freePort, register, report, signIn, startServer } from './measuring.mjs';

const ROUNDS = 7;
const SECONDS = 10;

const folder = await mkdtemp(join(tmpdir(), 'adda-voice-'));
const port = await freePort();
const origin = `http://localhost:${port}`;
const server = await startServer(folder, port);
const browsers = await Promise.all(
    [[], []].map(() =>
        chromium.launch({ executablePath, args: [...chromiumArgs, ...fakeMicrophone] }),
    ),
);
try {
    const open = async (browser, name) => {
        await register(origin, name);
        const page = await browser.newPage();
        // The moment in which the whole frame is handed to the socket: its last byte leaves no earlier.
        await page.addInitScript(() => {
            const send = WebSocket.prototype.send;
            WebSocket.prototype.send = function (frame) {
                if (frame.includes('"audio"')) {
                    window.sent = performance.timeOrigin + performance.now();
                    window.frame = frame.length;
                }
                send.call(this, frame);
            };
        });
        await signIn(page, origin, name);
        await page.goto(`${origin}/rooms/general`);
        await page.locator('[role="log"].placed').waitFor();
        return page;
    };
    const speaker = await open(browsers[0], 'speaker');
    const listener = await open(browsers[1], 'listener');
    await listener.bringToFront();

    const times = [];
    let frame = 0;
    for (let round = 0; round < ROUNDS; round += 1) {
        const shown = listener.evaluate(
            (before) =>
                new Promise((done) => {
                    const buttons = () =>
                        document.querySelectorAll('[role="log"] .voice button[aria-label^="Play"]');
                    const look = () => {
                        if (buttons().length <= before) return false;
                        requestAnimationFrame(() =>
                            done(performance.timeOrigin + performance.now()),
                        );
                        return true;
                    };
                    const observer = new MutationObserver(() => {
                        if (look()) observer.disconnect();
                    });
                    observer.observe(document, { subtree: true, childList: true });
                }),
            round,
        );
        await speaker.getByRole('button', { name: 'Record a voice message' }).click();
        const bar = speaker.getByRole('group', { name: 'Recording a voice message' });
        await bar.getByText(`0:${SECONDS}`).waitFor({ timeout: 20_000 });
        await bar.getByRole('button', { name: 'Send the voice message' }).click();
        const at = await shown;
        const sent = await speaker.evaluate(() => [window.sent, window.frame]);
        times.push(at - sent[0]);
        frame = sent[1];
    }
    times.sort((a, b) => a - b);
    report(
        `from the frame of a voice message of ${SECONDS} s to the other's play button`,
        times[Math.floor(ROUNDS / 2)].toFixed(0),
        'ms',
        `median of ${ROUNDS}, ${times[0].toFixed(0)} to ${times[ROUNDS - 1].toFixed(0)}; at most 300`,
    );
    report('the frame that sends it', (frame / 1_000).toFixed(1), 'kB', 'base64, uncompressed');

    // What is loaded to hear all of it.
    const session = await listener.context().newCDPSession(listener);
    await session.send('Network.enable');
    const loaded = new Map();
    session.on('Network.responseReceived', ({ requestId, response }) => {
        if (new URL(response.url).pathname.startsWith('/media/')) {
            loaded.set(requestId, { type: response.mimeType, bytes: 0 });
        }
    });
    session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
        const file = loaded.get(requestId);
        if (file) file.bytes = encodedDataLength;
    });
    // The last: after any other the next one follows by itself.
    const voice = listener.locator('[role="log"] .voice').last();
    await voice.getByRole('button', { name: 'Play the voice message' }).click();
    await voice.getByRole('button', { name: 'Pause the voice message' }).waitFor();
    await voice
        .getByRole('button', { name: 'Play the voice message' })
        .waitFor({ timeout: 30_000 });
    const files = [...loaded.values()];
    report(
        'bytes loaded to hear it',
        (files.reduce((sum, { bytes }) => sum + bytes, 0) / 1_000).toFixed(1),
        'kB',
        `${files.length} requests, ${[...new Set(files.map(({ type }) => type))].join(', ')}`,
    );
} finally {
    await Promise.all(browsers.map((browser) => browser.close()));
    server.kill('SIGTERM');
    await new Promise((done) => server.once('exit', done));
    await rm(folder, { recursive: true, force: true });
}
