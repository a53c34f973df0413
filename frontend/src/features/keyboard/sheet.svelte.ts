// Whether the sheet of keys is open: it is opened from the account's menu and by keys from everywhere.
export const sheet = $state({ isOpen: false });
