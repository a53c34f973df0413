// The blurred picture that stands where one will be; what makes it is loaded when there is one to show.

/** As an address; `null` where it says nothing. */
export async function blurred(thumbhash: string): Promise<string | null> {
  try {
    const { thumbHashToDataURL } = await import('thumbhash');
    return thumbHashToDataURL(Uint8Array.from(atob(thumbhash), (letter) => letter.charCodeAt(0)));
  } catch {
    return null;
  }
}
