// The line of a train: what goes over it is counted, and it is cut as a tunnel does it. The browser loses its
// connections, and the server hears nothing of that.
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

import { freePort } from './server';

export class Line {
  /** How many bytes the browser has sent. */
  sent = 0;
  private isDown = false;
  private cutAt = Infinity;
  private whenCut = () => {};
  private readonly near = new Set<Socket>();
  private readonly far = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    /** The port to which it leads. */
    readonly port: number,
  ) {
    server.on('connection', (socket) => this.join(socket));
  }

  static async open(): Promise<Line> {
    const line = new Line(createServer(), await freePort());
    line.server.listen(0, 'localhost');
    await once(line.server, 'listening');
    return line;
  }

  get origin(): string {
    return `http://localhost:${(this.server.address() as AddressInfo).port}`;
  }

  /** Cuts it when the browser has sent so many bytes more; resolves then. */
  cutAfter(bytes: number): Promise<void> {
    this.cutAt = this.sent + bytes;
    return new Promise((resolve) => (this.whenCut = resolve));
  }

  mend(): void {
    this.isDown = false;
  }

  async close(): Promise<void> {
    [...this.near, ...this.far].forEach((socket) => socket.destroy());
    this.server.close();
    await once(this.server, 'close');
  }

  private join(near: Socket): void {
    if (this.isDown) {
      near.destroy();
      return;
    }
    const far = connect(this.port, 'localhost');
    this.near.add(near);
    this.far.add(far);
    near.on('error', () => {}).on('close', () => this.near.delete(near));
    far.on('error', () => {}).on('close', () => this.far.delete(far));
    near.on('data', (bytes) => {
      this.sent += bytes.length;
      if (!far.write(bytes)) near.pause();
      if (this.sent >= this.cutAt) this.cut();
    });
    far.on('drain', () => near.resume());
    far.on('data', (bytes) => near.write(bytes));
    far.on('end', () => near.end());
    // In a tunnel nobody says good-bye.
    near.on('end', () => this.isDown || far.end());
  }

  private cut(): void {
    [this.isDown, this.cutAt] = [true, Infinity];
    this.near.forEach((socket) => socket.destroy());
    this.whenCut();
  }
}
