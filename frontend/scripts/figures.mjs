// Measures the app in a real Chromium against a real server, and prints what performance asks for.
//
//   node scripts/figures.mjs [--quick]        needs target/release/adda with the app in it
//
// It is a benchmark, not a test: nothing here fails for being slow.
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';

import { chromium } from '@playwright/test';
import lighthouse from 'lighthouse';

import { chromiumArgs, executablePath } from './chromium.mjs';
import { freePort, register, report, rest, signIn, startServer } from './measuring.mjs';

const isQuick = process.argv.includes('--quick');
/** Writes messages, as many at a time as a crowd would; `perSecond` bounds the rate. */
async function write(origin, token, room, count, perSecond = Infinity) {
    const began = performance.now();
    let next = 1;
    const work = async () => {
        while (next <= count) {
            const number = next++;
            const due = began + (number / perSecond) * 1_000;
            if (due > performance.now()) await delay(due - performance.now());
            const text = `Message ${number}: the kettle is on, and there is cake on the second shelf.`;
            const client_id = randomUUID();
            await rest(origin, token, 'POST', `/rooms/${room}/messages`, { client_id, text });
        }
    };
    await Promise.all(Array.from({ length: 64 }, work));
}

async function metrics(session) {
    const { metrics } = await session.send('Performance.getMetrics');
    return Object.fromEntries(metrics.map(({ name, value }) => [name, value]));
}

async function heap(session) {
    await session.send('HeapProfiler.collectGarbage');
    const { usedSize } = await session.send('Runtime.getHeapUsage');
    return usedSize / 1024 / 1024;
}

/** A Chromium of its own, as a person starts it: Lighthouse sees nothing painted in a driven one. */
async function judge(address) {
    const profile = await mkdtemp(join(tmpdir(), 'adda-lighthouse-'));
    const child = spawn(
        executablePath,
        [
            '--headless=new',
            '--remote-debugging-port=0',
            `--user-data-dir=${profile}`,
            ...chromiumArgs,
        ],
        { stdio: ['ignore', 'ignore', 'pipe'] },
    );
    const debugPort = await new Promise((found, failed) => {
        let said = '';
        child.once('exit', () => failed(new Error(`Chromium ended: ${said}`)));
        child.stderr.on('data', (text) => {
            said += text;
            const port = /DevTools listening on ws:\/\/[^:]+:(\d+)/.exec(said)?.[1];
            if (port !== undefined) found(Number(port));
        });
    });
    try {
        const { lhr } = await lighthouse(address, {
            port: debugPort,
            output: 'json',
            logLevel: 'error',
            onlyCategories: ['performance', 'accessibility', 'best-practices'],
        });
        if (lhr.runtimeError) throw new Error(lhr.runtimeError.message);
        return lhr;
    } finally {
        const ended = new Promise((done) => child.once('exit', done));
        child.kill();
        await ended;
        await rm(profile, { recursive: true, force: true });
    }
}

const folder = await mkdtemp(join(tmpdir(), 'adda-figures-'));
const port = await freePort();
const origin = `http://localhost:${port}`;
const server = await startServer(folder, port);
const browser = await chromium.launch({ executablePath, args: chromiumArgs });
try {
    const writer = await register(origin, 'writer');
    await register(origin, 'reader');
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
    const page = await context.newPage();
    const session = await context.newCDPSession(page);
    await session.send('Performance.enable');
    await session.send('Network.enable');

    // What travels before somebody can write the first message.
    const scripts = new Map();
    session.on('Network.responseReceived', ({ requestId, type, response }) => {
        if (type === 'Script') scripts.set(requestId, { url: response.url, bytes: 0 });
    });
    session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
        const script = scripts.get(requestId);
        if (script) script.bytes = encodedDataLength;
    });
    const total = () =>
        [...scripts.values()].reduce((sum, script) => sum + script.bytes, 0) / 1_000;
    await page.goto(`${origin}/sign-in`);
    await page.locator('button[type="submit"]').waitFor();
    report(
        'JavaScript of the first page, compressed',
        total().toFixed(1),
        'kB',
        `${scripts.size} files, headers included; at most 100`,
    );
    await signIn(page, origin, 'reader');
    await page.goto(`${origin}/rooms/general`);
    await page.locator('[role="log"] .message').first().waitFor();
    report(
        'JavaScript until a room is shown, compressed',
        total().toFixed(1),
        'kB',
        `${scripts.size} files`,
    );

    for (const room of ['archive', 'busy']) {
        await rest(origin, writer, 'POST', '/rooms', { name: room, title: room });
    }
    const archived = isQuick ? 5_000 : 100_000;
    await write(origin, writer, 'archive', archived);
    const readerToken = await (async () => {
        const response = await fetch(`${origin}/api/v1/auth/login`, {
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify({ username: 'reader', password: 'two cups of tea' }),
        });
        return (await response.json()).access_token;
    })();
    for (const room of ['archive', 'busy']) {
        await rest(origin, readerToken, 'PUT', `/rooms/${room}/membership`);
    }
    await rest(origin, readerToken, 'PUT', '/rooms/archive/read', { seq: archived });

    // From the click to the first paint of a room's messages.
    await page.bringToFront();
    const times = [];
    for (let round = 0; round < 5; round += 1) {
        await page.goto(`${origin}/rooms/general`);
        await page.locator('nav a[href="/rooms/archive"]').waitFor();
        times.push(
            await page.evaluate(
                () =>
                    new Promise((done) => {
                        const link = document.querySelector('nav a[href="/rooms/archive"]');
                        const began = performance.now();
                        const look = () => {
                            const log = document.querySelector('[role="log"].placed');
                            if (log?.textContent.includes('the kettle is on')) {
                                requestAnimationFrame(() =>
                                    setTimeout(() => done(performance.now() - began)),
                                );
                            } else requestAnimationFrame(look);
                        };
                        link.click();
                        look();
                    }),
            ),
        );
    }
    times.sort((a, b) => a - b);
    report(
        `click to first paint, a room with ${archived} messages`,
        times[2].toFixed(0),
        'ms',
        `median of 5, ${times[0].toFixed(0)} to ${times[4].toFixed(0)}`,
    );

    // A thousand messages in a second.
    await page.goto(`${origin}/rooms/busy`);
    await page.locator('[role="log"].placed').waitFor();
    const before = await metrics(session);
    await Promise.all([
        write(origin, writer, 'busy', 1_000, 1_000),
        page.getByText('Message 1000:').last().waitFor(),
    ]);
    const after = await metrics(session);
    const spent = (name) => ((after[name] - before[name]) * 1_000).toFixed(0);
    report(
        'main thread for 1,000 messages in a second',
        spent('TaskDuration'),
        'ms',
        `script ${spent('ScriptDuration')}, layout ${spent('LayoutDuration')}, style ${spent('RecalcStyleDuration')}`,
    );

    // Scrolling back through 10,000.
    await page.goto(`${origin}/rooms/archive`);
    await page.locator('[role="log"].placed').waitFor();
    const still = await heap(session);
    const depth = isQuick ? 2_000 : 10_000;
    const began = performance.now();
    await page.evaluate(
        (target) =>
            new Promise((done) => {
                const log = document.querySelector('[role="log"]');
                const step = () => {
                    const first = /Message (\d+):/.exec(log.textContent)?.[1];
                    if (first !== undefined && Number(first) <= target) done();
                    else {
                        log.scrollTop = Math.max(0, log.scrollTop - 1_200);
                        setTimeout(step, 16);
                    }
                };
                step();
            }),
        archived - depth,
    );
    const scrolled = await heap(session);
    const nodes = await page.evaluate(() => document.querySelectorAll('*').length);
    report(
        `script heap after scrolling through ${depth} messages`,
        scrolled.toFixed(1),
        'MiB',
        `${still.toFixed(1)} before; ${nodes} elements; ${((performance.now() - began) / 1_000).toFixed(0)} s`,
    );

    // Somebody's browser is killed: how long the other of two still sees them here.
    const writerId = (await rest(origin, readerToken, 'GET', '/users?q=writer')).items[0].id;
    const talk = await rest(origin, readerToken, 'PUT', `/users/${writerId}/private-room`);
    const other = await chromium.launchServer({ executablePath, args: chromiumArgs });
    const others = await (await chromium.connect(other.wsEndpoint())).newPage();
    await signIn(others, origin, 'writer');
    await page.goto(`${origin}/rooms/${talk.name}`);
    await page.getByRole('button', { name: /^Here now/ }).waitFor();
    const killed = performance.now();
    other.process().kill('SIGKILL');
    await page.getByRole('button', { name: /^Last seen/ }).waitFor();
    report(
        'a killed browser is shown as away after',
        ((performance.now() - killed) / 1_000).toFixed(1),
        's',
        'ten seconds of grace, two of a round',
    );

    await page.close();
    const lhr = await judge(`${origin}/sign-in`);
    for (const category of Object.values(lhr.categories)) {
        report(
            `Lighthouse, ${category.title.toLowerCase()}, phone`,
            Math.round(category.score * 100),
            'of 100',
        );
    }
    for (const id of [
        'first-contentful-paint',
        'largest-contentful-paint',
        'total-blocking-time',
        'interactive',
    ]) {
        report(`Lighthouse, ${id}`, lhr.audits[id].displayValue, '');
    }
} finally {
    await browser.close();
    server.kill('SIGTERM');
    await new Promise((done) => server.once('exit', done));
    await rm(folder, { recursive: true, force: true });
}
