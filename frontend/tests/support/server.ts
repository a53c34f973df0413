// A real Adda of its own for a test: the binary, an empty data folder and a free port.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, rm } from 'node:fs/promises';
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
    const server = await Server.at(settings, port);
    await server.begin();
    return server;
  }

  /** One that does not run yet, with the demo world in it, whose people have this password. */
  static async withWorld(password: string): Promise<Server> {
    const server = await Server.at({});
    await server.does(['demo', '--password'], password);
    return server;
  }

  /** Another one with all that this one has stored, while this one does not run. */
  async copy(): Promise<Server> {
    const other = await Server.at(this.settings);
    await cp(this.folder, other.folder, { recursive: true });
    await other.begin();
    return other;
  }

  private static async at(settings: Record<string, string>, port?: number): Promise<Server> {
    const folder = await mkdtemp(join(tmpdir(), 'adda-journey-'));
    return new Server(port ?? (await freePort()), folder, settings);
  }

  private async begin(): Promise<void> {
    await this.run();
    const page = await (await fetch(`${this.api}/`)).text();
    const isBare = process.env['ADDA_DIST'] !== undefined || !page.includes('id="app"');
    if (isBare) this.front = await StaticHost.start({ proxy: this.port });
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

  /** Runs a command of the binary to its end, with this on its standard input. */
  private async does(command: string[], input: string): Promise<void> {
    const child = spawn(BINARY, command, { ...this.place, stdio: ['pipe', 'ignore', 'inherit'] });
    child.stdin.end(input);
    const [code] = (await once(child, 'exit')) as [number | null];
    if (code !== 0) throw new Error(`adda ${command.join(' ')} ended with ${code}.`);
  }

  /** Where the binary runs, and with which settings. */
  private get place() {
    return {
      cwd: this.folder,
      env: {
        PATH: process.env['PATH'],
        PORT: String(this.port),
        ADDA_DATA_DIR: this.folder,
        ADDA_MEDIA_DIR: join(this.folder, 'media'),
        ADDA_RATE_LIMITS: 'off',
        ...this.settings,
      },
    };
  }

  /** Starts it, also again after it was killed: on the same port, with what it had stored. */
  async run(): Promise<void> {
    const child = spawn(BINARY, { ...this.place, stdio: ['ignore', 'pipe', 'pipe'] });
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
