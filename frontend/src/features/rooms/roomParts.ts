// What parts.svelte.ts loads.
export { default as AddMenu } from './AddMenu.svelte';
export { default as Edges } from './Edges.svelte';
export { default as JoinBar } from './JoinBar.svelte';
export { default as ListEdge } from './ListEdge.svelte';
export { default as Nothing } from './Nothing.svelte';
export { default as RoomMenus } from './RoomMenus.svelte';
export { default as RowMenuButton } from './RowMenuButton.svelte';
export { default as UnreadElsewhere } from './UnreadElsewhere.svelte';
