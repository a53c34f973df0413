/** What a phone or a screen makes is made as small as the server needs it, before it travels. */

/** Twice the side that the server keeps. */
const SIDE = 640;

/**
 * The middle of a picture as a square, upright as its camera says. What is small already travels as it is,
 * and so does what this browser cannot read: the server says what is wrong with it.
 */
export async function photograph(file: File): Promise<Blob> {
  const picture = await createImageBitmap(file).catch(() => null);
  if (!picture) return file;
  try {
    const { width, height } = picture;
    if (Math.max(width, height) <= 2 * SIDE) return file;
    const middle = Math.min(width, height);
    const side = Math.min(middle, SIDE);
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [side, side];
    const context = canvas.getContext('2d');
    if (!context) return file;
    context.imageSmoothingQuality = 'high';
    const [left, top] = [(width - middle) / 2, (height - middle) / 2];
    context.drawImage(picture, left, top, middle, middle, 0, 0, side, side);
    // Where a browser writes no WebP it writes PNG.
    const small = await new Promise<Blob | null>((done) => canvas.toBlob(done, 'image/webp', 0.9));
    return small ?? file;
  } finally {
    picture.close();
  }
}
