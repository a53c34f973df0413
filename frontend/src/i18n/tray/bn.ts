// যা পাঠানো হবে, তার কথাগুলি।
import type { TrayWords } from './en';

const n = (count: number) => count.toLocaleString('bn');

export const bn: TrayWords = {
  picked: 'বার্তার সঙ্গে যাবে',
  remove: (name) => `${name} বাদ দিন`,
  tooMany: (most) => `একটি বার্তায় সর্বোচ্চ ${n(most)}টি যায়; বাকিগুলি নেওয়া হয়নি।`,
  tooLarge: (name, most) => `“${name}” ${most}-এর চেয়ে বড়। ছোট একটি বেছে নিন।`,
  pictureTooLarge: (name, most) =>
    `“${name}” ${most}-এর চেয়ে বড়। ছোট একটি ছবি বেছে নিন, অথবা এটি ফাইল হিসেবে যোগ করুন।`,
  full: (name, bytes, used, quota) =>
    `“${name}” (${bytes}) আঁটবে না: এখানে আপনার ${quota}-এর মধ্যে ${used} ব্যবহার হয়ে গেছে। আগে আপনার কিছু ভয়েস বার্তা, ছবি বা ফাইল মুছে ফেলুন।`,
  serverFull: (name, bytes) =>
    `“${name}” (${bytes}) আঁটবে না: সবার পাঠানো জিনিস রাখার এত জায়গা সার্ভারে আর নেই। প্রশাসককে জানান।`,
  empty: (name) => `“${name}” খালি, অথবা একটি ফোল্ডার। পাঠানোর মতো কিছু নেই।`,
  unshown: (name) =>
    `“${name}” একটি HEIC বা AVIF ছবি, যা সবাই দেখতে পাবেন না। এটি JPEG হিসেবে পাঠান (আইফোনের ক্যামেরার সেটিংয়ে Most Compatible বেছে নিলে ছবি JPEG হয়), অথবা ফাইল হিসেবে যোগ করুন।`,
  alsoLeftOut: (count) => `আরও ${n(count)}টি নেওয়া হয়নি।`,
};
