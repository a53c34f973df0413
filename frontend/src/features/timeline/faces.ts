// Whose face stands beside which rows: one for each group of somebody else's messages. Pure.
import type { UserRef } from '../../api/types';
import type { Row } from './rows';

/** Where a row is, in pixels. */
interface Placed {
  index: number;
  start: number;
  end: number;
}

export interface Face {
  /** The group's. */
  key: string;
  person: UserRef;
  top: number;
  height: number;
}

/** The faces of the rows that are drawn: of a group that begins further up, beside the rest of it. */
export function facesOf(placed: readonly Placed[], rows: readonly Row[]): Face[] {
  const faces: Face[] = [];
  for (const { index, start, end } of placed) {
    const row = rows[index];
    if (row?.kind !== 'message' || row.isOwn) continue;
    const last = faces.at(-1);
    if (last?.key === row.group) last.height = end - last.top;
    else
      faces.push({ key: row.group, person: row.message.sender, top: start, height: end - start });
  }
  return faces;
}
