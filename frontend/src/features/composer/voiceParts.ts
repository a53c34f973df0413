// What recording needs: loaded when somebody is about to record.
export { default as HoldBar } from './HoldBar.svelte';
export { default as RecordingBar } from './RecordingBar.svelte';
export { default as VoiceProblem } from './VoiceProblem.svelte';
export { microphone, Recorder } from '../../store/recorder.svelte';
