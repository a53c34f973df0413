// মানুষ ও ঘরের তালিকার কথাগুলি।
import type { DirectoryWords } from './en';

const n = (count: number) => count.toLocaleString('bn');

export const bn: DirectoryWords = {
  hint: 'এখানে যাঁদের অ্যাকাউন্ট আছে, সবাই। আলাদা করে লিখতে পারেন।',
  search: 'নাম দিয়ে খুঁজুন',
  here: 'এখন আছেন',
  hereNone: 'এই মুহূর্তে আর কেউ নেই।',
  everybody: 'সবাই',
  found: (count) => `${n(count)} জন`,
  none: (query) => `“${query}” নামে কেউ নেই।`,
  noneHint: 'কম অক্ষর দিয়ে, অথবা ব্যবহারকারীর নাম দিয়ে খুঁজে দেখুন।',
  showAll: 'সবাইকে দেখান',
  alone: 'এখানে এখনও আর কারও অ্যাকাউন্ট নেই। বন্ধুদের এই ঠিকানাটি পাঠান।',
  copyAddress: 'ঠিকানা কপি করুন',
  notLoaded: 'মানুষের তালিকা আনা যায়নি।',
  rooms: {
    find: 'ঘর খুঁজুন',
    hint: 'সবার জন্য খোলা ঘর। এখানকার যে কেউ পড়তে ও যোগ দিতে পারেন।',
    empty: 'এখনও কোনো ঘর নেই। প্রথমটি আপনিই বানান।',
    none: (query) => `“${query}” নামে কোনো ঘর নেই।`,
    found: (count) => `${n(count)}টি ঘর`,
    notLoaded: 'ঘরগুলি আনা যায়নি।',
  },
};
