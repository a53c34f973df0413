// Bengali: what is said of formatted texts.
import type { FormatWords } from './en';

export const bn: FormatWords = {
  code: 'কোড',
  copyCode: 'কোড কপি করুন',
  message: 'বার্তা',
  showAll: 'পুরোটা দেখান',
  showLess: 'কম দেখান',
};
