// A real Adda of its own for a test: the binary, an empty data folder and a free port.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import { StaticHost } from './static-host';

const BINARY = resolve(
  process.env['ADDA_BIN'] ?? process.env['ADDA_BINARY'] ?? '../target/debug/adda',
);

export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('There is no port.');
  return address.port;
}

export class Server {
  private child: ChildProcess | null = null;
  private front: StaticHost | null = null;
  private said = '';

  private constructor(
    readonly port: number,
    private readonly folder: string,
    private readonly settings: Record<string, string>,
  ) {}

  static async start(settings: Record<string, string> = {}, port?: number): Promise<Server> {
    const folder = await mkdtemp(join(tmpdir(), 'adda-journey-'));
    const server = new Server(port ?? (await freePort()), folder, settings);
    await server.run();
    const page = await (await fetch(`${server.api}/`)).text();
    const isBare = process.env['ADDA_DIST'] !== undefined || !page.includes('id="app"');
    if (isBare) server.front = await StaticHost.start({ proxy: server.port });
    return server;
  }

  /** Where the API is. */
  get api(): string {
    return `http://localhost:${this.port}`;
  }

  /** Where the app is. */
  get origin(): string {
    return this.front?.origin ?? this.api;
  }

  /** The path of the set-up link that it printed. */
  get setupPath(): string {
    const token = /\/setup#(\S+)/.exec(this.said)?.[1];
    if (token === undefined) throw new Error(`No set-up link in: ${this.said}`);
    return `/setup#${token}`;
  }

  /** Starts it, also again after it was killed: on the same port, with what it had stored. */
  async run(): Promise<void> {
    const child = spawn(BINARY, {
      cwd: this.folder,
      env: {
        PATH: process.env['PATH'],
        PORT: String(this.port),
        ADDA_DATA_DIR: this.folder,
        ADDA_MEDIA_DIR: join(this.folder, 'media'),
        ADDA_RATE_LIMITS: 'off',
        ...this.settings,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child = child;
    this.said = '';
    await new Promise<void>((ready, failed) => {
      child.once('exit', () => failed(new Error(`The server ended: ${this.said}`)));
      const hear = (text: Buffer) => {
        this.said += text.toString();
        // Where there is a set-up token, its link is still to come.
        const last = this.said.includes('set-up token') ? '/setup#' : 'ready at';
        if (this.said.includes(last)) ready();
      };
      child.stdout.on('data', hear);
      child.stderr.on('data', hear);
    });
  }

  /** Takes the power away. */
  async kill(): Promise<void> {
    const child = this.child;
    this.child = null;
    if (child === null || child.exitCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }

  async close(): Promise<void> {
    await this.front?.close();
    await this.kill();
    await rm(this.folder, { recursive: true, force: true });
  }
}
