// ঘর ও মানুষ খোঁজার জানালার কথাগুলি।
import type { SwitcherWords } from './en';

const n = (count: number) => count.toLocaleString('bn');

export const bn: SwitcherWords = {
  placeholder: 'ঘর বা মানুষ খুঁজুন',
  recent: 'সাম্প্রতিক',
  own: 'আপনার ঘর ও আলাপ',
  publicRooms: 'সবার জন্য খোলা ঘর',
  found: (count) => `${n(count)}টি পাওয়া গেছে`,
  none: (query) => `“${query}” নামে কেউ বা কোনো ঘর নেই।`,
  noneHint: 'কম অক্ষর দিয়ে খুঁজে দেখুন।',
  failed: 'শুধু আপনার ঘরগুলি দেখানো হচ্ছে; বাকিগুলি আনা যায়নি।',
};
