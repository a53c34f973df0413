// What the field of the composer has beyond writing: loaded once there is time for it.
export { default as Completion } from './Completion.svelte';
export { marks } from './marking';
export { pasted } from './pasting';
