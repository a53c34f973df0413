// The time as it is written beside things: whatever asks for it is drawn again each minute.
import { createSubscriber } from 'svelte/reactivity';

const eachMinute = createSubscriber((update) => {
  const timer = setInterval(update, 60_000);
  return () => clearInterval(timer);
});

/** Now, for a text such as "three minutes ago". */
export function thisMinute(): number {
  eachMinute();
  return Date.now();
}
