// The sentences of recording, in English: loaded with what shows them.
export const en = {
  recording: 'Recording a voice message',
  hold: 'Pause the recording',
  goOn: 'Go on recording',
  cancel: 'Throw the recording away',
  cancelQuestion: (length: string) =>
    `Throw away what you recorded (${length})? It cannot be brought back.`,
  keep: 'Keep it',
  throwAway: 'Throw away',
  send: 'Send the voice message',
  listen: 'Listen to the recording',
  quiet: 'Stop listening',
  slide: 'Slide to cancel',
  lock: 'Slide up to go on without holding',
  whileRecording: 'Nothing is played while you record. Pause the recording first.',
  recorded: (length: string) => `Recorded: ${length}`,
  denied: 'Adda may not use the microphone. Allow it in the browser’s settings for this page.',
  full: (used: string, quota: string) =>
    `A voice message may not fit: you use ${used} of the ${quota} that you may have here. Delete some of your voice messages, pictures and files first.`,
  insecure:
    'Browsers record only where the address begins with https://. Open Adda there, or ask whoever runs it.',
  serverFull:
    'A voice message may not fit: this server has hardly any space left for what people send. Tell its administrator.',
  unable: 'There is no microphone that this browser can record from.',
};

export type RecordingWords = typeof en;
