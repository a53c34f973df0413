// বাংলা.
import type { Catalogue } from './en';

const n = (count: number) => count.toLocaleString('bn');

/** সার্ভার কোন ঘরটি নেয়নি, আর কী চায়। */
const FIELDS: Record<string, string> = {
  username: 'a–z, 0–9, বিন্দু, হাইফেন ও আন্ডারস্কোর; ২ থেকে ৩২টি অক্ষর, শুরু ও শেষ a–z বা 0–9 দিয়ে।',
  password: '৮ থেকে ১২৮টি অক্ষর দিন।',
  new_password: '৮ থেকে ১২৮টি অক্ষর দিন।',
  current_password: 'এখনকার পাসওয়ার্ডটি ভুল।',
  file: 'ছবিটি দেখানো যায় না। JPEG, PNG, WebP বা GIF ছবি দিন।',
  display_name: 'এক লাইনে ১ থেকে ৬৪টি অক্ষর দিন।',
  name: 'a–z ও 0–9 দিয়ে শুরু; হাইফেন ও আন্ডারস্কোর চলে; সর্বোচ্চ ৬৪টি অক্ষর।',
  title: 'এক লাইনে ১ থেকে ৮০টি অক্ষরের একটি শিরোনাম দিন।',
  topic: 'সর্বোচ্চ ৫০০টি অক্ষর লিখুন।',
  emoji: 'একটিই ইমোজি দিন, অথবা কিছুই নয়।',
  text: '১ থেকে ৮,০০০টি অক্ষর লিখুন।',
  setup_token: 'লিঙ্কটি ঠিক নয়, অথবা আগেই ব্যবহার হয়েছে।',
};

/** নাম, শিরোনাম বা লেখা যেভাবে দেখায়, তাতে যা চলে না; সার্ভারের কথার একটি অংশ দিয়ে চেনা যায়। */
const RULES: readonly [said: string, sentence: string][] = [
  ['guess', 'এটি সহজেই আন্দাজ করা যায়। অন্যটি দিন, যেমন কয়েকটি শব্দ।'],
  ['can be seen', 'এতে চোখে দেখা যায়, এমন কিছু দিন।'],
  ["Adda's own", 'এটি আড্ডার নিজের নাম। অন্য একটি দিন।'],
  ['pile', 'একটি অক্ষরের উপরে-নিচে পাঁচটির বেশি চিহ্ন দেওয়া যায় না।'],
];

/** প্রতিটি প্রহর যে ঘণ্টা থেকে। */
const PERIODS = [
  [20, 'রাত'],
  [18, 'সন্ধ্যা'],
  [16, 'বিকাল'],
  [12, 'দুপুর'],
  [6, 'সকাল'],
  [4, 'ভোর'],
  [0, 'রাত'],
] as const;

/** “২:০৫ PM” নয়, “দুপুর ২:০৫”: প্রহর সময়ের আগে, একই হরফে। */
function written(format: Intl.DateTimeFormat, date: Date): string {
  const parts = format.formatToParts(date);
  const half = parts.findIndex(({ type }) => type === 'dayPeriod');
  if (half < 0) return format.format(date);
  const period = PERIODS.find(([from]) => date.getHours() >= from)?.[1];
  return parts
    .filter((_, at) => at !== half)
    .map(({ type, value }) => (type === 'hour' ? `${period} ${value}` : value))
    .join('')
    .trim();
}

export const bn: Catalogue = {
  formats: { written, units: 'long' },
  app: {
    name: 'আড্ডা',
    tagline: 'বন্ধুদের লম্বা আলাপ।',
    loading: 'লোড হচ্ছে…',
    unreachable: 'সার্ভারের সঙ্গে যোগাযোগ করা যাচ্ছে না।',
    unanswered: 'সার্ভার উত্তর দেয়নি। আবার চেষ্টা করুন।',
    copyFailed: 'কপি করা যায়নি। লেখাটি বেছে নিয়ে নিজে কপি করুন।',
    tryAgain: 'আবার চেষ্টা করুন',
    close: 'বন্ধ করুন',
    cancel: 'বাতিল',
    save: 'সংরক্ষণ করুন',
    saved: 'সংরক্ষিত হয়েছে',
    back: 'ফিরে যান',
    skipToConversation: 'সরাসরি আলাপে যান',
    keys: 'কিবোর্ড শর্টকাট',
    notFound: 'এই ঠিকানায় কিছু নেই।',
    goHome: 'আপনার ঘরগুলিতে যান',
    somethingFailed: 'কাজটি হয়নি। আবার চেষ্টা করুন।',
    notShown: 'এটি এখানে দেখানো যাচ্ছে না।',
    partFailed: 'পাতার এই অংশটি আটকে গেছে। বাকিটা চলছে।',
    cannotRun: 'এই ব্রাউজারে আড্ডা চলে না। ব্রাউজারটি হালনাগাদ করুন, নয়তো অন্য একটি দিয়ে চেষ্টা করুন।',
  },
  elsewhere: {
    title: 'আড্ডা অন্য ঠিকানায় আছে',
    notHere: (here: string) => `${here} এই সার্ভারের ঠিকানা নয়। বরং এটি খুলুন:`,
    forAdministrator: (here: string) =>
      `প্রশাসকের জন্য: লোকে এখান থেকেও ব্যবহার করবে, এমন চাইলে ADDA_ALLOWED_ORIGINS-এ ${here} যোগ করুন।`,
  },
  browser: {
    noCookies: 'আপনার ব্রাউজার কোনো কুকি রাখে না: এই পাতা বন্ধ করা পর্যন্তই আপনি ভেতরে থাকবেন।',
    noDatabase: 'আপনার ব্রাউজার আড্ডার জন্য কিছু রাখে না: যা পাঠানো হয়নি, পাতা বন্ধ করলে তা হারাবে।',
    noSpace: 'আপনার ব্রাউজারে আর জায়গা নেই: যা পাঠানো হয়নি, পাতা বন্ধ করলে তা হারাবে।',
    superseded: 'অন্য একটি ট্যাবে আড্ডার নতুন সংস্করণ খোলা আছে।',
    reload: 'এখানেও পেতে আবার লোড করুন',
    understood: 'ঠিক আছে',
  },
  auth: {
    signIn: 'প্রবেশ করুন',
    signUp: 'অ্যাকাউন্ট খুলুন',
    signInTitle: 'আবার স্বাগতম',
    signUpTitle: 'অ্যাকাউন্ট খুলুন',
    setupTitle: 'আড্ডা শুরু করুন',
    setupHint: 'এটিই প্রথম অ্যাকাউন্ট, প্রশাসকের অ্যাকাউন্ট।',
    setupWithoutToken: 'লিঙ্কটি অসম্পূর্ণ। সার্ভার যে পুরো লিঙ্কটি দেখিয়েছে সেটি খুলুন।',
    username: 'ব্যবহারকারীর নাম',
    usernameHint: 'a–z, 0–9, বিন্দু, হাইফেন ও আন্ডারস্কোর; ২ থেকে ৩২টি।',
    displayName: 'নাম',
    displayNameHint: 'অন্যরা যে নামে দেখবেন। পরে বদলানো যাবে।',
    password: 'পাসওয়ার্ড',
    passwordHint: 'অন্তত ৮টি অক্ষর। একটি বাক্য হলে ভালো।',
    showPassword: 'পাসওয়ার্ড দেখান',
    hidePassword: 'পাসওয়ার্ড লুকান',
    newHere: 'নতুন এসেছেন?',
    hasAccount: 'আগে থেকেই অ্যাকাউন্ট আছে?',
    signOut: 'বেরিয়ে যান',
    signedOutElsewhere: 'এই যন্ত্র থেকে আপনাকে বের করা হয়েছে। চালিয়ে যেতে আবার প্রবেশ করুন।',
  },
  rooms: {
    yours: 'আপনার ঘর',
    none: 'আপনি এখনও কোনো ঘরে নেই।',
    browse: 'ঘর দেখুন',
    create: 'নতুন ঘর',
    directory: 'ঘর',
    search: 'বার্তা খুঁজুন',
    join: 'যোগ দিন',
    open: 'খুলুন',
    members: (count) => `${n(count)} জন সদস্য`,
    unread: (count) => `${n(count)}টি অপঠিত বার্তা`,
    unreadMany: '৯৯টির বেশি অপঠিত বার্তা',
    you: 'আপনি',
    deleted: 'বার্তা মুছে ফেলা হয়েছে',
    noMessages: 'এখনও কোনো বার্তা নেই',
    more: 'আরও দেখান',
    gone: 'ঘরটি নেই, অথবা এটি আপনার দেখার নয়।',
    details: 'এই ঘর সম্পর্কে',
    about: (title) => `${title} সম্পর্কে`,
    loadFailed: 'ঘরটি আনা যায়নি।',
    noneHint: 'ঘুরে দেখুন: একটা চেয়ার সব সময়ই খালি থাকে।',
    account: 'আপনার অ্যাকাউন্ট',
    mentions: (count) => `${n(count)}টিতে আপনার নাম আছে`,
    unknownHint: 'লিঙ্কটি হয়তো পুরোনো, বা পুরোটা কপি হয়নি।',
  },
  list: {
    show: 'যা দেখাবে',
    filters: { all: 'সব', unread: 'অপঠিত', people: 'মানুষ', rooms: 'ঘর' },
    withUnread: (count) => `(${n(count)}টিতে অপঠিত কিছু আছে)`,
    add: 'নতুন মানুষ বা ঘর',
    draft: 'খসড়া',
    typing: 'লিখছেন…',
    recording: 'রেকর্ড করছেন…',
    pinned: 'উপরে আটকানো',
    muted: 'নীরব',
    markedUnread: 'অপঠিত বলে চিহ্নিত',
  },
  timeline: {
    label: (title) => `${title} ঘরের বার্তা`,
    today: 'আজ',
    yesterday: 'গতকাল',
    unreadFrom: 'নতুন বার্তা',
    beginning: (title) => `এখানেই ${title} ঘরের শুরু।`,
    beginningWith: (name) => `${name}-এর সঙ্গে আপনার কথা এখান থেকে শুরু।`,
    empty: 'এখনও কেউ কিছু বলেননি। আলাপ শুরু করুন।',
    toLatest: 'সর্বশেষ বার্তায়',
    newMessages: (count) => `${n(count)}টি নতুন বার্তা`,
    loadingOlder: 'পুরোনো বার্তা আসছে…',
    failedToLoad: 'বার্তাগুলি আনা যায়নি।',
    edited: 'সম্পাদিত',
    deleted: 'বার্তাটি মুছে ফেলা হয়েছে।',
    edit: 'সম্পাদনা',
    addCaption: 'ক্যাপশন যোগ করুন',
    remove: 'মুছুন',
    removeQuestion: 'বার্তাটি মুছবেন? এখানে যে কিছু ছিল, তা সবাই দেখবেন।',
    showWritten: 'যেমন লেখা তেমন দেখান',
    showFormatted: 'সাজিয়ে দেখান',
    copyText: 'লেখা কপি করুন',
    copyLink: 'লিঙ্ক কপি করুন',
    copied: 'কপি হয়েছে',
    actions: 'কী করবেন',
    sending: 'পাঠানো হচ্ছে',
    waiting: 'সংযোগের অপেক্ষায়',
    ticks: {
      sent: 'পাঠানো হয়েছে',
      delivered: 'পৌঁছেছে',
      read: 'পড়া হয়েছে',
      'read-by-some': 'কেউ পড়েছেন',
    },
    readBy: 'কে কে পড়েছেন',
    readByNobody: 'এখনও কেউ পড়েননি।',
    failed: 'পাঠানো যায়নি',
    retry: 'আবার চেষ্টা করুন',
    discard: 'বাদ দিন',
    notSentYet: 'এখনও পাঠানো হয়নি',
    unreadable: 'সার্ভার এটি পড়তে পারছে না।',
  },
  composer: {
    label: (title) => `${title} ঘরে লিখুন`,
    placeholder: 'বার্তা লিখুন',
    send: 'পাঠান',
    emoji: 'ইমোজি',
    emojiLoading: 'ইমোজি আসছে…',
    editing: 'আপনার বার্তা সম্পাদনা করছেন',
    saveEdit: 'সংরক্ষণ করুন',
    notSaved: 'পরিবর্তনটি সংরক্ষণ করা যায়নি। আপনার লেখা এখানেই আছে; আবার চেষ্টা করুন।',
    tooLong: (left) => `${n(left)}টি অক্ষর বেশি হয়েছে`,
    left: (left) => `আর ${n(left)}টি`,
  },
  presence: {
    here: (count) => `${n(count)} জন আছেন`,
    online: 'এখন আছেন',
    offline: 'এখন নেই',
    lastSeen: (when) => `শেষ দেখা গেছে ${when}`,
    typing: (names, others) => {
      if (others > 0) return `${names.join(', ')} ও আরও ${n(others)} জন লিখছেন…`;
      if (names.length === 1) return `${names[0]} লিখছেন…`;
      return `${names.slice(0, -1).join(', ')} ও ${names.at(-1)} লিখছেন…`;
    },
    recording: (names, others) => {
      if (others > 0) return `${names.join(', ')} ও আরও ${n(others)} জন রেকর্ড করছেন…`;
      if (names.length === 1) return `${names[0]} রেকর্ড করছেন…`;
      return `${names.slice(0, -1).join(', ')} ও ${names.at(-1)} রেকর্ড করছেন…`;
    },
  },
  people: {
    find: 'মানুষ খুঁজুন',
    title: 'মানুষ',
  },
  voice: {
    message: 'ভয়েস বার্তা',
    play: 'ভয়েস বার্তা শুনুন',
    pause: 'ভয়েস বার্তা থামান',
    position: 'ভয়েস বার্তার কোথায়',
    of: (at, whole) => `${whole}-এর মধ্যে ${at}`,
    speed: (speed) => `গতি ${speed}×; বদলান`,
    failed: 'রেকর্ডিং শোনানো গেল না। আবার চেষ্টা করুন।',
    listened: 'শোনা হয়েছে',
    show: 'বার্তাটি দেখুন',
    end: 'থামিয়ে বন্ধ করুন',
    record: 'ভয়েস বার্তা রেকর্ড করুন',
    kept: 'এই রেকর্ডিং এখনও পাঠানো হয়নি।',
    longest: 'ভয়েস বার্তা এর চেয়ে লম্বা হয় না। এটি এখনও পাঠানো হয়নি।',
    cut: 'মাইক্রোফোনটি আর নেই। তার আগে যা রেকর্ড হয়েছে, তা এখনও পাঠানো হয়নি।',
  },
  media: {
    photo: 'ছবি',
    photos: (count) => `${n(count)}টি ছবি`,
    files: (count) => `${n(count)}টি ফাইল`,
    pictureFrom: (name) => `${name}-এর পাঠানো ছবি`,
    attach: 'ছবি বা ফাইল যোগ করুন',
    attachPictures: 'ছবি',
    attachFiles: 'ফাইল',
    afterEdit: 'যে বার্তাটি এখন বদলাচ্ছেন তার সঙ্গে নয়, পরের বার্তার সঙ্গে যাবে।',
    changed:
      'এটি আর পড়া যাচ্ছে না: বেছে নেওয়ার পর এটি বদলানো, সরানো বা মুছে ফেলা হয়েছে। বার্তাটি বাদ দিয়ে এটি আবার যোগ করুন।',
    drop: (title) => `${title} ঘরে পাঠাতে এখানে ছেড়ে দিন`,
    uploading: (percent) => `আপলোড হচ্ছে: ${percent}`,
    cancel: 'আপলোড বাতিল করুন',
    download: (name) => `${name} ডাউনলোড করুন`,
    open: (what) => `${what}; বড় করে দেখুন`,
    play: 'অ্যানিমেশন চালান',
    failed: 'ছবিটি আনা যায়নি।',
    notDownloaded: 'ফাইলটি আনা যায়নি। আবার চেষ্টা করুন।',
  },
  switcher: {
    title: 'কোথায় যাবেন',
    open: 'আলাপ খুঁজুন',
  },
  connection: {
    connecting: 'সংযোগ করা হচ্ছে…',
    offline: 'ইন্টারনেট নেই। যা লিখবেন, সংযোগ ফিরলে পাঠানো হবে।',
    waiting: (seconds) =>
      seconds <= 0 ? 'আবার সংযোগ করা হচ্ছে…' : `সংযোগ নেই। ${n(seconds)} সেকেন্ড পরে আবার চেষ্টা হবে।`,
    now: 'এখনই',
    stopped: 'সার্ভার সংযোগ বন্ধ করে দিয়েছে।',
    again: 'আবার সংযোগ করুন',
  },
  settings: {
    title: 'সেটিংস',
    language: 'ভাষা',
  },
  problems: {
    required: 'এটি আবশ্যক',
    field: (name, detail) => {
      const rule = RULES.find(([said]) => detail.includes(said));
      return rule?.[1] ?? FIELDS[name] ?? 'এটি ঠিকভাবে দেওয়া হয়নি।';
    },
    codes: {
      invalid_input: 'কিছু একটা ঠিকভাবে দেওয়া হয়নি।',
      unauthorized: 'আগে প্রবেশ করুন।',
      invalid_credentials: 'ব্যবহারকারীর নাম বা পাসওয়ার্ড ভুল।',
      forbidden: 'এটি করার অনুমতি আপনার নেই।',
      not_a_member: 'আগে ঘরে যোগ দিন।',
      registration_closed: 'এখানে এখন নতুন অ্যাকাউন্ট খোলা যায় না।',
      account_disabled: 'এই অ্যাকাউন্টটি বন্ধ করে দেওয়া হয়েছে।',
      not_found: 'এটি পাওয়া যায়নি।',
      name_taken: 'নামটি আগেই নেওয়া হয়েছে, বা সংরক্ষিত। অন্য একটি দিন।',
      too_large: 'এটি বেশি বড়।',
      quota_exceeded: 'আপনার জায়গা ফুরিয়ে গেছে। আগে কিছু ভয়েস বার্তা, ছবি বা ফাইল মুছুন।',
      storage_full: 'সার্ভারে আর জায়গা নেই। প্রশাসককে জানান।',
      rate_limited: 'বড্ড ঘন ঘন হয়ে যাচ্ছে। একটু পরে আবার চেষ্টা করুন।',
      unavailable: 'সার্ভার এখন ব্যস্ত। একটু পরে আবার চেষ্টা করুন।',
      message_deleted: 'বার্তাটি আগেই মুছে ফেলা হয়েছে।',
      client_id_reused: 'বার্তাটি আগেই অন্য কথায় পাঠানো হয়েছে।',
      request_timeout: 'বড্ড দেরি হয়ে গেল। আবার চেষ্টা করুন।',
      internal: 'সার্ভারে গোলমাল হয়েছে। আবার চেষ্টা করুন।',
      unknown_type: 'সার্ভার এটি চেনে না। পাতাটি আবার খুলুন।',
      token_expired: 'অনুমতির সময় পেরিয়ে গেছে। আবার চেষ্টা করুন।',
      invalid_refresh_token: 'এই যন্ত্রে আপনার প্রবেশের মেয়াদ শেষ। আবার প্রবেশ করুন।',
      origin_not_allowed: 'এই ঠিকানা থেকে সার্ভারটি ব্যবহার করা যায় না।',
      method_not_allowed: 'এখানে এটি করা যায় না।',
      offset_mismatch: 'ফাইলটি মাঝপথে আটকে গেছে। আবার চেষ্টা করুন।',
      protocol_version: 'অ্যাপটি পুরোনো হয়ে গেছে। পাতাটি আবার খুলুন।',
      unsupported_media_type: 'এই ধরনের জিনিস সার্ভার নেয় না।',
      range_not_satisfiable: 'ফাইলটির এই অংশ সার্ভারে নেই।',
      upgrade_required: 'এখানে শুধু সরাসরি সংযোগ চলে। পাতাটি আবার খুলুন।',
    },
    media: {
      image: {
        invalid_input:
          'সার্ভার এই ছবিটি পড়তে পারছে না। এটি JPEG, PNG, WebP বা GIF হিসেবে পাঠান, অথবা ফাইল হিসেবে যোগ করুন।',
        too_large:
          'ছবিটিতে পিক্সেল বড্ড বেশি, অথবা অ্যানিমেশনটি বড্ড লম্বা। ছোট একটি পাঠান, অথবা এটি ফাইল হিসেবে যোগ করুন।',
      },
      audio: {
        invalid_input: 'সার্ভার এই রেকর্ডিংটি বাজাতে পারছে না। আবার রেকর্ড করুন।',
        too_large: 'রেকর্ডিংটি বড্ড লম্বা: সর্বোচ্চ ১৫ মিনিট যায়। ভাগ করে পাঠান।',
      },
      file: {
        too_large: 'ফাইলটি বেশি বড়। ছোট একটি পাঠান।',
      },
    },
  },
};
