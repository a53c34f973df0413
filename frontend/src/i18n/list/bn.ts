// ঘর ও ঘরের তালিকা নিয়ে যা যা করা যায়।
import type { ListWords } from './en';

const n = (count: number) => count.toLocaleString('bn');

export const bn: ListWords = {
  allRead: 'সব পড়া হয়েছে। আপনার জন্য কিছু জমে নেই।',
  showAll: 'সব দেখান',
  width: 'তালিকার প্রস্থ',
  widthHint: 'টেনে চওড়া বা সরু করুন; দুবার চাপলে আগের মতো হবে',
  actions: (title) => `${title} নিয়ে কী করবেন`,
  pin: 'উপরে আটকে রাখুন',
  unpin: 'আর আটকে রাখবেন না',
  mute: 'নীরব করুন',
  unmute: 'আর নীরব রাখবেন না',
  markUnread: 'অপঠিত করে রাখুন',
  markRead: 'পড়া হয়েছে বলে ধরুন',
  notChanged: (why) => `বদলানো যায়নি। ${why}`,
  emoji: 'ইমোজি',
  emojiHint: 'সব তালিকায় ঘরটির চিহ্ন। খালিও রাখা যায়।',
  chooseEmoji: 'ইমোজি বাছুন',
  changeEmoji: 'অন্য ইমোজি',
  removeEmoji: 'ইমোজি ছাড়া',
  leave: 'ঘর ছাড়ুন',
  leaveQuestion: (title) => `${title} ছাড়বেন? যেকোনো সময় ফিরে আসতে পারবেন।`,
  leaveConfirm: 'ছাড়ুন',
  name: 'ঠিকানা',
  nameHint: 'ছোট হাতের অক্ষর, অঙ্ক, হাইফেন ও আন্ডারস্কোর। পরে বদলানো যায় না।',
  roomTitle: 'শিরোনাম',
  titleHint: 'যেকোনো ভাষায়। পরে বদলানো যায়।',
  topic: 'কী নিয়ে আলাপ?',
  makeIt: 'ঘর বানান',
  edit: 'ঘরটি বদলান',
  topicHint: 'এক লাইনে। খালিও রাখা যায়।',
  createHint: 'সবার জন্য খোলা ঘর: এখানকার যে কেউ খুঁজে পাবেন, পড়তে ও যোগ দিতে পারবেন।',
  taken: 'ঠিকানাটি আগেই নেওয়া হয়েছে। অন্য একটি দিন।',
  unreadIn: (title: string, others: number) =>
    others === 0 ? `নতুন: ${title}` : `নতুন: ${title} ও আরও ${n(others)}টি`,
  further: { up: '(উপরের দিকে)', down: '(নিচের দিকে)' },
  notMember: 'আপনি শুধু পড়ছেন। লিখতে হলে যোগ দিন।',
  noConversations: 'আপনি এখনও কাউকে আলাদা করে লেখেননি।',
};
