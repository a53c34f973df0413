// The sentences of the viewer of pictures, in English: loaded with what shows them.
const n = (count: number) => count.toLocaleString('en');

export const en = {
  viewer: (title: string) => `Pictures in ${title}`,
  next: 'Next picture',
  previous: 'Previous picture',
  larger: 'Larger',
  smaller: 'Smaller',
  save: 'Download',
  gone: 'This picture is not there any more.',
  looking: 'Looking for more pictures…',
  place: (at: number, of: number) => `${n(at)} of ${n(of)}`,
};

export type ViewerWords = typeof en;
