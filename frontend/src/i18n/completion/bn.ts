// বাংলা।
import type { CompletionWords } from './en';

export const bn: CompletionWords = {
  people: 'কাকে বলছেন',
  emoji: 'কোন ইমোজি',
  everybody: 'এই ঘরের সবাইকে',
  here: 'এখন আছেন',
  cut: 'লেখাটা খুব লম্বা: শুধু শুরুর অংশটুকু পেস্ট হয়েছে।',
  everybodyToo: 'সবাই সকল ঘর everybody everyone all channel here',
};
