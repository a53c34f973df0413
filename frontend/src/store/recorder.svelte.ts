// Records voice messages: asks for the microphone, pauses and goes on, and hands over what was recorded.
// Each piece is kept as it comes, until the recording is sent or thrown away.
import type { Left, Piece, Recordings } from '../offline/recordings';
import { waveformOf } from './levels';
import type { Take } from './player.svelte';

export interface Recording {
  id: string;
  blob: Blob;
  durationMs: number;
  waveform: readonly number[];
}

export type RecorderState =
  | 'idle'
  /** The browser asks the person. */
  | 'asking'
  | 'recording'
  | 'paused'
  /** The person, or the browser, does not allow it. */
  | 'denied'
  /** Browsers give a microphone only to a page that came over HTTPS, or from the same machine. */
  | 'insecure'
  /** There is no microphone, or this browser cannot record. */
  | 'unable';

/** The part of a `MediaRecorder` that is used. */
export type Capture = Pick<
  MediaRecorder,
  'start' | 'pause' | 'resume' | 'requestData' | 'stop' | 'state' | 'mimeType' | 'addEventListener'
>;

/** Where what is recorded is kept. */
export type Keeper = Pick<Recordings, 'begin' | 'keep' | 'forget' | 'leave'>;

/** The part of the browser that a recorder needs. */
export interface RecorderWorld {
  /** Whether the page came by a way that browsers trust. */
  readonly isSecure: boolean;
  /** Asks for the microphone. */
  microphone(): Promise<MediaStream>;
  /** Records a stream. */
  capture(stream: MediaStream): Capture;
  /** How loud it is, from 0 to 1, told now and then until it is ended. */
  listen(stream: MediaStream, hear: (level: number) => void): () => void;
  /** A time that goes on evenly, in milliseconds. */
  now(): number;
}

/** The server takes no longer ones. */
export const LONGEST_MS = 15 * 60_000 - 5_000;

export class Recorder {
  state = $state.raw<RecorderState>('idle');
  /** How long it is so far. */
  durationMs = $state(0);
  /** How loud it is now, from 0 to 1. */
  level = $state(0);
  /** How loud it was so far, a tenth of a second each. */
  levels = $state.raw<readonly number[]>([]);
  /** Nothing more can be recorded into it: an earlier page left it, or the microphone is gone. */
  isOver = $state(false);
  /** The microphone went away while it was recorded. */
  isCut = $state(false);
  /** What was recorded so far. */
  private pieces = $state.raw<readonly Piece[]>([]);
  /** The levels that belong to no piece yet. */
  private fresh: number[] = [];
  private id = '';
  private mimeType = '';
  private capture: Capture | null = null;
  /** Resolves once it has stopped. */
  private stopping: Promise<void> | null = null;
  private stream: MediaStream | null = null;
  private unlisten = () => {};
  /** How long it was when it was paused last, and when it went on. */
  private before = 0;
  private since = 0;
  /** Which recording it is: what comes for an earlier one is late. */
  private turn = 0;

  constructor(
    private readonly world: RecorderWorld,
    private readonly keeper: Keeper,
    private readonly room: string,
  ) {}

  get isOpen(): boolean {
    return ['asking', 'recording', 'paused'].includes(this.state);
  }

  get canGoOn(): boolean {
    return this.state === 'paused' && !this.isOver && !this.isFull;
  }

  /** It is as long as one can be. */
  get isFull(): boolean {
    return this.durationMs >= LONGEST_MS;
  }

  /** What can be heard of it before it is sent; `null` while it is recorded. */
  get preview(): Take | null {
    if (this.state !== 'paused' || this.pieces.length === 0) return null;
    return { id: this.id, room: this.room, recording: this.blob() };
  }

  /** Begins, once the person has allowed it. */
  async start(): Promise<void> {
    if (this.isOpen) return;
    const turn = this.clear();
    this.state = 'asking';
    try {
      const stream = await this.world.microphone();
      if (turn !== this.turn) {
        stream.getTracks().forEach((track) => track.stop());
        return;
      }
      this.stream = stream;
      const capture = this.world.capture(stream);
      this.capture = capture;
      this.id = this.keeper.begin(this.room);
      capture.addEventListener('dataavailable', ({ data }) => {
        if (turn === this.turn && data.size > 0) this.has(data);
      });
      capture.addEventListener('stop', () => {
        if (turn === this.turn) this.ended();
      });
      this.listens(stream);
      // In pieces, so that no long recording is lost with its last one.
      capture.start(1_000);
      this.mimeType = capture.mimeType;
      this.since = this.world.now();
      this.state = 'recording';
    } catch (error) {
      if (turn !== this.turn) return;
      this.cancel();
      const isDenied = error instanceof DOMException && error.name === 'NotAllowedError';
      this.state = !this.world.isSecure ? 'insecure' : isDenied ? 'denied' : 'unable';
    }
  }

  /** Takes up what was left behind, if nothing is being recorded; answers whether it does. */
  takeUp({ id, pieces }: Left): boolean {
    if (this.isOpen) return false;
    this.clear();
    [this.id, this.pieces, this.isOver] = [id, pieces, true];
    this.mimeType = pieces[0]?.data.type ?? '';
    this.levels = pieces.flatMap(({ levels }) => levels);
    this.before = this.durationMs = pieces.at(-1)?.durationMs ?? 0;
    this.state = 'paused';
    return true;
  }

  pause(): void {
    if (this.state !== 'recording') return;
    this.capture?.pause();
    this.before = this.durationMs = this.elapsed();
    this.state = 'paused';
    this.listens(null);
    // What was said since the last piece.
    this.capture?.requestData();
  }

  resume(): void {
    if (!this.canGoOn) return;
    this.listens(this.stream);
    this.capture?.resume();
    this.since = this.world.now();
    this.state = 'recording';
  }

  /** Throws away what was recorded. */
  cancel(): void {
    void this.keeper.forget(this.id);
    this.close();
  }

  /** Ends it; answers what was recorded, if it was anything. It is kept until it is forgotten. */
  async finish(): Promise<Recording | null> {
    if (this.state !== 'recording' && this.state !== 'paused') return null;
    const turn = this.turn;
    await this.stop();
    // It was thrown away, or sent, meanwhile.
    if (turn !== this.turn) return null;
    const waveform = waveformOf(this.levels);
    const recording = { id: this.id, blob: this.blob(), durationMs: this.before, waveform };
    if (recording.blob.size === 0) {
      this.cancel();
      return null;
    }
    this.close();
    return recording;
  }

  /** The room is left: whoever comes back to it finds what was recorded. */
  async leave(): Promise<void> {
    if (this.state === 'asking') this.cancel();
    if (!this.isOpen) return;
    const turn = this.turn;
    await this.stop();
    if (turn !== this.turn) return;
    void this.keeper.leave(this.id);
    this.close();
  }

  private blob(): Blob {
    const parts = this.pieces.map(({ data }) => data);
    return new Blob(parts, { type: this.mimeType });
  }

  private has(data: Blob): void {
    const durationMs = this.state === 'recording' ? this.elapsed() : this.before;
    const piece = { data, durationMs, levels: this.fresh };
    this.keeper.keep(this.id, this.pieces.length, piece);
    [this.pieces, this.fresh] = [[...this.pieces, piece], []];
    // Here, since pieces come each second: the timers of a page that is hidden do not.
    if (this.state === 'recording' && durationMs >= LONGEST_MS) void this.stop();
  }

  private elapsed(): number {
    return this.before + this.world.now() - this.since;
  }

  private hears(level: number): void {
    if (this.state !== 'recording') return;
    this.durationMs = this.elapsed();
    this.level = level;
    this.levels = [...this.levels, level];
    this.fresh.push(level);
  }

  /** Stops the recording, and has its last piece when this resolves. */
  private stop(): Promise<void> {
    const { capture } = this;
    if (!capture) return Promise.resolve();
    // Whoever asks twice waits for the same last piece.
    this.stopping ??= new Promise<void>((resolve) => {
      if (capture.state === 'inactive') {
        resolve();
        return;
      }
      capture.addEventListener('stop', () => resolve());
      capture.stop();
    });
    return this.stopping;
  }

  /** It was stopped, or the microphone was taken away. */
  private ended(): void {
    if (this.state === 'recording') this.before = this.durationMs = this.elapsed();
    this.isCut = this.stopping === null;
    [this.state, this.isOver] = ['paused', true];
    this.giveBack();
  }

  /** Listens to the microphone, or to nothing: then it is muted too, whatever still holds it. */
  private listens(stream: MediaStream | null): void {
    this.unlisten();
    this.unlisten = stream ? this.world.listen(stream, (level) => this.hears(level)) : () => {};
    this.level = 0;
    this.stream?.getTracks().forEach((track) => (track.enabled = stream !== null));
  }

  /** Gives the microphone back. */
  private giveBack(): void {
    this.listens(null);
    this.stream?.getTracks().forEach((track) => track.stop());
    this.stream = null;
  }

  private close(): void {
    this.clear();
    this.state = 'idle';
  }

  /** Has nothing any more; answers which recording is the next. */
  private clear(): number {
    if (this.capture && this.capture.state !== 'inactive') this.capture.stop();
    [this.capture, this.stopping] = [null, null];
    this.giveBack();
    [this.pieces, this.levels, this.fresh] = [[], [], []];
    [this.before, this.durationMs, this.isOver, this.isCut] = [0, 0, false, false];
    this.id = '';
    return ++this.turn;
  }
}

/** What browsers record: MP4 plays everywhere, and what else there is the server makes so. */
const TYPES = ['audio/mp4;codecs=mp4a.40.2', 'audio/webm;codecs=opus', 'audio/ogg;codecs=opus'];

/** This browser's microphone. */
export const microphone: RecorderWorld = {
  get isSecure() {
    return isSecureContext;
  },
  microphone: () =>
    navigator.mediaDevices.getUserMedia({
      audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true },
    }),
  capture(stream) {
    const mimeType = TYPES.find((type) => MediaRecorder.isTypeSupported(type));
    return new MediaRecorder(stream, {
      audioBitsPerSecond: 32_000,
      ...(mimeType === undefined ? {} : { mimeType }),
    });
  },
  listen(stream, hear) {
    const context = new AudioContext();
    const analyser = context.createAnalyser();
    // Nearly all that was heard since the last time.
    analyser.fftSize = 4_096;
    context.createMediaStreamSource(stream).connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    const timer = setInterval(() => {
      // A finger that is held down has allowed no sound yet; recording has by now.
      if (context.state !== 'running') context.resume().catch(() => {});
      analyser.getFloatTimeDomainData(samples);
      const loudest = samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
      // As ears hear it, nearly.
      hear(Math.min(1, Math.sqrt(loudest)));
    }, 100);
    return () => {
      clearInterval(timer);
      void context.close();
    };
  },
  now: () => performance.now(),
};
