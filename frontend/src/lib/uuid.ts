/**
 * A UUID of version 7: milliseconds, then 74 random bits. What one sends has such an id, and the
 * server finds ids that grow with time on few pages of its index. `crypto.randomUUID` makes other ones,
 * and only for pages that came over TLS.
 */
export function uuid(): string {
  const time = Date.now().toString(16).padStart(12, '0');
  const bytes = crypto.getRandomValues(new Uint8Array(10));
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  const variant = (8 + ((bytes[9] ?? 0) & 3)).toString(16);
  const random = `7${hex.slice(0, 3)}-${variant}${hex.slice(3, 6)}-${hex.slice(6, 18)}`;
  return `${time.slice(0, 8)}-${time.slice(8)}-${random}`;
}
