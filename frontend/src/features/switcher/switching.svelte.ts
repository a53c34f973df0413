// Whether the switcher is open: it is opened from the sidebar and by keys from everywhere.
export const switching = $state({ isOpen: false });
