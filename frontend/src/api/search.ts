// What the search answers, and how it is asked. Written by hand until the generated description has it.
import type { Api } from './client';
import type { Message, RoomSummary, UserRef } from './types';

/** Where a match is in a text, in Unicode scalar values. */
export interface TextMatch {
  start: number;
  end: number;
}

/** Where a match is in the name of a picture or a file. */
export interface FileMatch extends TextMatch {
  media_id: string;
}

export interface SearchHit {
  message: Message;
  room: { name: string; kind: RoomSummary['kind']; title: string; peer?: UserRef };
  matches: TextMatch[];
  file_matches: FileMatch[];
}

export interface SearchPage {
  /** The newest first. */
  items: SearchHit[];
  next_cursor?: string;
  /** Time was over: there may be more than was found. */
  partial: boolean;
  /** Older messages are still being made ready to be found. */
  indexing: boolean;
}

export interface SearchQuery {
  q: string;
  cursor?: string;
  limit: number;
  utc_offset: number;
}

/** Asks for a page: of one room, or of all that are the person's. */
export function search(
  api: Pick<Api, 'call'>,
  room: string | null,
  query: SearchQuery,
  signal: AbortSignal,
): Promise<SearchPage> {
  const call = api.call.bind(api) as unknown as (
    method: string,
    path: string,
    options: object,
  ) => Promise<SearchPage>;
  return room === null
    ? call('get', '/search', { query, signal })
    : call('get', '/rooms/{room}/search', { path: { room }, query, signal });
}
