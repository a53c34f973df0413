// Records voice messages: asks for the microphone, pauses and goes on, and hands over what was recorded.

export interface Recording {
  blob: Blob;
  durationMs: number;
}

export type RecorderState =
  | 'idle'
  /** The browser asks the person. */
  | 'asking'
  | 'recording'
  | 'paused'
  /** The person, or the browser, does not allow it. */
  | 'denied'
  /** There is no microphone, or this browser cannot record. */
  | 'unable';

/** The part of a `MediaRecorder` that is used. */
export type Capture = Pick<
  MediaRecorder,
  'start' | 'pause' | 'resume' | 'stop' | 'state' | 'mimeType' | 'addEventListener'
>;

/** The part of the browser that a recorder needs. */
export interface RecorderWorld {
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
  private capture: Capture | null = null;
  private stream: MediaStream | null = null;
  private parts: Blob[] = [];
  private unlisten = () => {};
  /** How long it was when it was paused last, and when it went on. */
  private before = 0;
  private since = 0;
  /** Which recording it is: what comes for an earlier one is late. */
  private turn = 0;

  constructor(private readonly world: RecorderWorld) {}

  get isOpen(): boolean {
    return ['asking', 'recording', 'paused'].includes(this.state);
  }

  /** Begins, once the person has allowed it. */
  async start(): Promise<void> {
    if (this.isOpen) return;
    const turn = ++this.turn;
    this.state = 'asking';
    [this.parts, this.before, this.durationMs, this.level] = [[], 0, 0, 0];
    try {
      const stream = await this.world.microphone();
      if (turn !== this.turn) {
        stream.getTracks().forEach((track) => track.stop());
        return;
      }
      this.stream = stream;
      const capture = this.world.capture(stream);
      this.capture = capture;
      capture.addEventListener('dataavailable', ({ data }) => {
        if (turn === this.turn && data.size > 0) this.parts.push(data);
      });
      this.unlisten = this.world.listen(stream, (level) => this.hears(level));
      // In pieces, so that no long recording is lost with its last one.
      capture.start(1_000);
      this.since = this.world.now();
      this.state = 'recording';
    } catch (error) {
      if (turn !== this.turn) return;
      this.release();
      const isDenied = error instanceof DOMException && error.name === 'NotAllowedError';
      this.state = isDenied ? 'denied' : 'unable';
    }
  }

  pause(): void {
    if (this.state !== 'recording') return;
    this.capture?.pause();
    this.before = this.elapsed();
    this.state = 'paused';
    this.level = 0;
  }

  resume(): void {
    if (this.state !== 'paused' || this.durationMs >= LONGEST_MS) return;
    this.capture?.resume();
    this.since = this.world.now();
    this.state = 'recording';
  }

  /** Throws away what was recorded. */
  cancel(): void {
    this.turn += 1;
    this.release();
    this.state = 'idle';
  }

  /** Ends it; answers what was recorded, if it was anything. */
  async finish(): Promise<Recording | null> {
    const { capture, state } = this;
    if (!capture || (state !== 'recording' && state !== 'paused')) return null;
    const durationMs = state === 'recording' ? this.elapsed() : this.before;
    await new Promise<void>((resolve) => {
      capture.addEventListener('stop', () => resolve());
      capture.stop();
    });
    const blob = new Blob(this.parts, { type: capture.mimeType });
    this.cancel();
    return blob.size > 0 ? { blob, durationMs } : null;
  }

  private elapsed(): number {
    return this.before + this.world.now() - this.since;
  }

  private hears(level: number): void {
    if (this.state !== 'recording') return;
    this.durationMs = this.elapsed();
    this.level = level;
    if (this.durationMs >= LONGEST_MS) this.pause();
  }

  private release(): void {
    this.unlisten();
    this.unlisten = () => {};
    if (this.capture && this.capture.state !== 'inactive') this.capture.stop();
    this.capture = null;
    this.stream?.getTracks().forEach((track) => track.stop());
    this.stream = null;
    this.parts = [];
    this.level = 0;
  }
}

/** What browsers record: MP4 plays everywhere, and what else there is the server makes so. */
const TYPES = ['audio/mp4;codecs=mp4a.40.2', 'audio/webm;codecs=opus', 'audio/ogg;codecs=opus'];

/** This browser's microphone. */
export const microphone: RecorderWorld = {
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
    analyser.fftSize = 512;
    context.createMediaStreamSource(stream).connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    const timer = setInterval(() => {
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
