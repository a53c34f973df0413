import type { I18n } from '../i18n/index.svelte';
import { copyText } from '../ui/copy';
import { toast } from '../ui/toast.svelte';

/** Copies a text, and says whether that was done. */
export async function copyWithToast(i18n: I18n, text: string): Promise<boolean> {
  try {
    await copyText(text);
    toast.show(i18n.t.timeline.copied);
    return true;
  } catch {
    toast.show(i18n.t.app.copyFailed);
    return false;
  }
}
