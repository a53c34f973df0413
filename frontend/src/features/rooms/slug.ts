// An address for a room from its title: pure.

/** Letters that are no Latin letter with a mark on it. */
const LETTERS: Record<string, string> = {
  ...{ ß: 'ss', æ: 'ae', œ: 'oe', ø: 'o', ł: 'l', đ: 'd', ð: 'd', þ: 'th', ı: 'i' },
  ...{ অ: 'o', আ: 'a', ই: 'i', ঈ: 'i', উ: 'u', ঊ: 'u', ঋ: 'ri', এ: 'e', ঐ: 'oi', ও: 'o', ঔ: 'ou' },
  ...{
    'া': 'a',
    'ি': 'i',
    'ী': 'i',
    'ু': 'u',
    'ূ': 'u',
    'ৃ': 'ri',
    'ে': 'e',
    'ৈ': 'oi',
    'ো': 'o',
    'ৌ': 'ou',
  },
  ...{ 'ং': 'ng', 'ঃ': '', 'ঁ': '', ৎ: 't', '্': '' },
  ...{ '০': '0', '১': '1', '২': '2', '৩': '3', '৪': '4' },
  ...{ '৫': '5', '৬': '6', '৭': '7', '৮': '8', '৯': '9' },
};

/** Bengali consonants, which carry a vowel of their own unless another sign follows. */
const CONSONANTS: Record<string, string> = {
  ...{ ক: 'k', খ: 'kh', গ: 'g', ঘ: 'gh', ঙ: 'ng', চ: 'ch', ছ: 'chh', জ: 'j', ঝ: 'jh', ঞ: 'n' },
  ...{ ট: 't', ঠ: 'th', ড: 'd', ঢ: 'dh', ণ: 'n', ত: 't', থ: 'th', দ: 'd', ধ: 'dh', ন: 'n' },
  ...{ প: 'p', ফ: 'ph', ব: 'b', ভ: 'bh', ম: 'm', য: 'j', র: 'r', ল: 'l' },
  ...{ শ: 'sh', ষ: 'sh', স: 's', হ: 'h' },
  ...{ '\u09dc': 'r', '\u09dd': 'rh', '\u09df': 'y' },
};

const LONGEST = 64;

/** At most 64 of a–z, 0–9 and hyphens; empty where the title has nothing of the kind. */
export function slug(title: string): string {
  const letters = [
    ...title
      .normalize('NFC')
      .toLowerCase()
      .replace(/[ডঢয]\u09bc/g, dotted),
  ];
  const spelt = letters.map((letter, at) => {
    const consonant = CONSONANTS[letter];
    if (consonant === undefined) return LETTERS[letter] ?? letter;
    const next = letters[at + 1];
    if (next === undefined) return consonant;
    if (next in CONSONANTS) return `${consonant}a`;
    return /[অ-ঔ]/.test(next) ? `${consonant}o` : consonant;
  });
  return spelt
    .join('')
    .normalize('NFKD')
    .replace(/[\u0300-\u036f'’]/g, '')
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, LONGEST)
    .replace(/^-+|-+$/g, '');
}

/** NFC takes these three letters apart; here they are one. */
function dotted(letter: string): string {
  return { ড: '\u09dc', ঢ: '\u09dd', য: '\u09df' }[letter.charAt(0)] ?? letter;
}
