// Everything that formatted texts take, in one file to be loaded.
export { plain } from '../../lib/format/plain';
export { default as Text } from './FormattedText.svelte';
