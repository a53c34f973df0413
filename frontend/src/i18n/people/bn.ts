// Bengali, of people and members alone.
import type { PeopleWords } from './en';

const n = (count: number) => count.toLocaleString('bn');

export const bn: PeopleWords = {
  message: 'বার্তা পাঠান',
  writeTo: (name) => `${name}-কে লিখুন`,
  editProfile: 'নিজের প্রোফাইল সম্পাদনা করুন',
  server: 'সার্ভার এই নামে কথা বলে।',
  shared: 'যেসব ঘরে দুজনেই আছেন',
  noneShared: 'এখনও কোনো ঘরে একসঙ্গে নেই।',
  moreShared: (count) => `এবং আরও ${n(count)}টি`,
  notLoaded: 'সবকিছু আনা যায়নি।',
  here: (count) => `এখন এখানে · ${n(count)}`,
  findMember: 'সদস্য খুঁজুন',
  noMember: (query) => `“${query}” নামে কোনো সদস্য নেই।`,
  membersFound: (count) => `${n(count)} জন সদস্য পাওয়া গেছে`,
};
