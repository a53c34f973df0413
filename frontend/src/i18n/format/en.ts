// English: what is said of formatted texts.
export const en = {
  code: 'Code',
  copyCode: 'Copy the code',
  message: 'message',
};

export type FormatWords = typeof en;
