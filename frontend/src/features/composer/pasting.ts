// What is pasted into the field.
import { completionWords } from '../../i18n/completion';
import type { I18n } from '../../i18n/index.svelte';
import { toast } from '../../ui/toast.svelte';

/** Says so where the field does not take all that is pasted. */
export function pasted({ clipboardData }: ClipboardEvent, field: HTMLTextAreaElement, i18n: I18n) {
  const words = clipboardData?.getData('text/plain').replaceAll('\r\n', '\n') ?? '';
  const { value, selectionStart, selectionEnd, maxLength } = field;
  const room = maxLength - value.length + (selectionEnd - selectionStart);
  if (words.length > room) toast.show(completionWords(i18n).cut);
}
