// ছবি দেখার কথাগুলি।
import type { ViewerWords } from './en';

const n = (count: number) => count.toLocaleString('bn');

export const bn: ViewerWords = {
  viewer: (title) => `${title} ঘরের ছবি`,
  next: 'পরের ছবি',
  previous: 'আগের ছবি',
  larger: 'বড় করুন',
  smaller: 'ছোট করুন',
  save: 'ডাউনলোড করুন',
  gone: 'ছবিটি আর নেই।',
  looking: 'আরও ছবি খোঁজা হচ্ছে…',
  place: (at, of) => `${n(of)}টির মধ্যে ${n(at)}`,
};
