// English: what is said of formatted texts.
export const en = {
  code: 'Code',
  copyCode: 'Copy the code',
  message: 'message',
  showAll: 'Show all',
  showLess: 'Show less',
};

export type FormatWords = typeof en;
