// Puts a text on the clipboard, also on an address without TLS, where the browser's own way is shut.

/** Rejects where the browser does not allow it. */
export async function copyText(text: string): Promise<void> {
  if (window.isSecureContext) {
    await navigator.clipboard.writeText(text);
    return;
  }
  const holder = document.createElement('textarea');
  holder.value = text;
  holder.className = 'visually-hidden';
  document.body.append(holder);
  holder.select();
  const isDone = document.execCommand('copy');
  holder.remove();
  if (!isDone) throw new Error('The browser did not copy.');
}
