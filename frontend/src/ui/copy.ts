// Puts a text on the clipboard, also on an address without TLS, where the browser's own way is shut.

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
  document.execCommand('copy');
  holder.remove();
}
