// What the benchmarks of the app share: a real server and people.
import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { join } from 'node:path';

const binary =
    process.env.ADDA_BIN ?? new URL('../../target/release/adda', import.meta.url).pathname;

export function report(name, value, unit, note = '') {
    process.stdout.write(`${name}: ${value} ${unit}${note && ` (${note})`}\n`);
}

export async function freePort() {
    const server = createServer();
    await new Promise((done) => server.listen(0, '127.0.0.1', done));
    const { port } = server.address();
    await new Promise((done) => server.close(done));
    return port;
}

export async function startServer(folder, port) {
    const env = {
        PATH: process.env.PATH,
        PORT: String(port),
        ADDA_DATA_DIR: folder,
        ADDA_MEDIA_DIR: join(folder, 'media'),
        ADDA_RATE_LIMITS: 'off',
    };
    const child = spawn(binary, { env, cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] });
    await new Promise((ready, failed) => {
        let said = '';
        child.once('exit', () => failed(new Error(`the server ended: ${said}`)));
        child.stdout.on('data', (text) => {
            said += text;
            if (said.includes('ready at')) ready();
        });
    });
    return child;
}

export async function register(origin, username) {
    const response = await fetch(`${origin}/api/v1/auth/register`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ username, password: 'two cups of tea' }),
    });
    return (await response.json()).access_token;
}

export async function rest(origin, token, method, path, body) {
    const response = await fetch(`${origin}/api/v1${path}`, {
        method,
        headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
        ...(body ? { body: JSON.stringify(body) } : {}),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${await response.text()}`);
    return response.status === 204 ? undefined : response.json();
}

export async function signIn(page, origin, username) {
    await page.goto(`${origin}/sign-in`);
    await page.locator('input[autocomplete="username"]').fill(username);
    await page.locator('input[autocomplete="current-password"]').fill('two cups of tea');
    await page.locator('button[type="submit"]').click();
    await page.locator('nav a[href^="/rooms/"]').first().waitFor();
}
