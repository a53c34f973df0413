// Where a picture stands that is looked at closely: pure. The middle of the frame is the origin; what is under
// the fingers stays there, and no edge of the picture comes away from the frame's for nothing.
import type { Size } from './layout';

export interface View {
  scale: number;
  x: number;
  y: number;
}

export interface Point {
  x: number;
  y: number;
}

/** The frame, and the picture as it fits into it. */
export interface Room {
  frame: Size;
  fitted: Size;
}

export const WHOLE: View = { scale: 1, x: 0, y: 0 };
export const MOST = 8;
/** What a double tap shows. */
export const CLOSE = 2.5;

/** As large as the frame lets it be; what is smaller than the frame is not blown up. */
export function fitted(picture: Size, frame: Size): Size {
  const by = Math.min(1, frame.width / picture.width, frame.height / picture.height);
  return { width: picture.width * by, height: picture.height * by };
}

/** Larger or smaller by a factor, around a point that stays where it is. */
export function zoomed({ scale, x, y }: View, factor: number, at: Point, room: Room): View {
  const next = Math.min(MOST, Math.max(1, scale * factor));
  const by = next / scale;
  return within({ scale: next, x: at.x - (at.x - x) * by, y: at.y - (at.y - y) * by }, room);
}

export function panned(view: View, dx: number, dy: number, room: Room): View {
  return within({ ...view, x: view.x + dx, y: view.y + dy }, room);
}

/** The same view, moved to where the picture fills the frame as far as it can. */
function within({ scale, x, y }: View, { frame, fitted }: Room): View {
  const clamped = (offset: number, picture: number, space: number) => {
    const most = Math.max(0, (picture * scale - space) / 2);
    // Never the zero with a sign, which is another one.
    return Math.min(most, Math.max(-most, offset)) || 0;
  };
  return {
    scale,
    x: clamped(x, fitted.width, frame.width),
    y: clamped(y, fitted.height, frame.height),
  };
}

/** So far a finger goes, in pixels, before it means something. */
const SWIPE_PX = 60;
const AWAY_PX = 110;

/** What a finger meant that moved so far over a picture that is shown whole. */
export function meant(dx: number, dy: number): 'next' | 'previous' | 'away' | null {
  if (Math.abs(dx) > Math.abs(dy)) {
    if (Math.abs(dx) < SWIPE_PX) return null;
    return dx < 0 ? 'next' : 'previous';
  }
  return dy > AWAY_PX ? 'away' : null;
}
