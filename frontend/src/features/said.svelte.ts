// One short sentence about what was just done, for as long as it takes to read it.
import { copyText } from '../ui/copy';
import type { I18n } from '../i18n/index.svelte';

/** So long it is shown. */
const SHOWN_MS = 4_000;

class Said {
  text = $state<string | null>(null);
  private timer: ReturnType<typeof setTimeout> | undefined;

  say(text: string): void {
    this.text = text;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => (this.text = null), SHOWN_MS);
  }
}

export const said = new Said();

/** Copies a text, and says whether that was done. */
export async function copyAndSay(i18n: I18n, text: string): Promise<boolean> {
  try {
    await copyText(text);
    said.say(i18n.t.timeline.copied);
    return true;
  } catch {
    said.say(i18n.t.app.copyFailed);
    return false;
  }
}
