// Serves the built app as a host of static files does, with the policy that the app is made for.
// It can hand the API on to a server, for a binary that was built without the app.
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import {
  createServer,
  request,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect, type Socket } from 'node:net';
import { extname, join, resolve } from 'node:path';

const DIST = resolve(process.env['ADDA_DIST'] ?? 'dist');
const TYPES: Record<string, string> = {
  '.css': 'text/css',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.webmanifest': 'application/manifest+json',
  '.woff2': 'font/woff2',
};

function policy(api: string): string {
  const sockets = api.replace(/^http/, 'ws');
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    `connect-src 'self' ${api} ${sockets}`.trim(),
    "img-src 'self' data: blob:",
    "media-src 'self' blob:",
    "worker-src 'self'",
    "manifest-src 'self'",
    "font-src 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    'trusted-types svelte-trusted-html',
  ].join('; ');
}

interface Kind {
  /** The port of a server to which the API's addresses are handed on. */
  proxy?: number;
  /** What `site.json` names as the API's host. */
  api?: string;
}

export class StaticHost {
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    private readonly kind: Kind,
  ) {}

  static async start(kind: Kind = {}): Promise<StaticHost> {
    const server = createServer();
    const host = new StaticHost(server, kind);
    server.on('connection', (socket) => {
      host.sockets.add(socket);
      socket.on('close', () => host.sockets.delete(socket));
    });
    server.on('request', (asked, answer) => void host.answer(asked, answer));
    server.on('upgrade', (asked: IncomingMessage, socket: Socket) => host.upgrade(asked, socket));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return host;
  }

  /** Names the API's host from now on. */
  set api(api: string) {
    this.kind.api = api;
  }

  get origin(): string {
    return `http://localhost:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.sockets.forEach((socket) => socket.destroy());
    this.server.close();
    await once(this.server, 'close');
  }

  private async answer(asked: IncomingMessage, answer: ServerResponse): Promise<void> {
    const path = new URL(asked.url ?? '/', 'http://localhost').pathname;
    if (this.kind.proxy !== undefined && /^\/(api|media)\//.test(path)) {
      this.handOn(asked, answer, this.kind.proxy);
      return;
    }
    if (path === '/site.json') {
      answer.setHeader('content-type', 'application/json');
      answer.end(JSON.stringify({ api: this.kind.api ?? '' }));
      return;
    }
    const name = extname(path) === '' ? 'index.html' : path;
    try {
      const bytes = await readFile(join(DIST, name));
      answer.setHeader('content-type', TYPES[extname(name)] ?? 'application/octet-stream');
      answer.setHeader('content-security-policy', policy(this.kind.api ?? ''));
      answer.end(bytes);
    } catch {
      answer.statusCode = 404;
      answer.end();
    }
  }

  private handOn(asked: IncomingMessage, answer: ServerResponse, port: number): void {
    const { method, url: path, headers } = asked;
    const passed = request({ host: '127.0.0.1', port, method, path, headers }, (said) => {
      answer.writeHead(said.statusCode ?? 502, said.headers);
      said.pipe(answer);
    });
    passed.on('error', () => answer.destroy());
    asked.pipe(passed);
  }

  private upgrade(asked: IncomingMessage, socket: Socket): void {
    if (this.kind.proxy === undefined) {
      socket.destroy();
      return;
    }
    const server = connect(this.kind.proxy, '127.0.0.1', () => {
      const headers = asked.rawHeaders.reduce(
        (text, part, at) => text + part + (at % 2 === 0 ? ': ' : '\r\n'),
        '',
      );
      server.write(`${asked.method} ${asked.url} HTTP/1.1\r\n${headers}\r\n`);
      socket.pipe(server).pipe(socket);
    });
    const end = () => {
      socket.destroy();
      server.destroy();
    };
    [socket, server].forEach((side) => side.on('error', end).on('close', end));
  }
}
