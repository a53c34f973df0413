// Which picture is looked at, alone and large.

interface Opened {
  message: string;
  image: string;
}

class Lightbox {
  shown = $state.raw<Opened | null>(null);

  open(message: string, image: string): void {
    this.shown = { message, image };
  }

  close(): void {
    this.shown = null;
  }
}

export const lightbox = new Lightbox();
