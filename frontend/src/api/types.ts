// The names under which the rest of the app knows the generated types.
import type { components as frames } from './frames';
import type { components } from './schema';

type Schemas = components['schemas'];

export type Code = Schemas['Code'];
export type DirectoryRoom = Schemas['DirectoryRoom'];
export type Me = Schemas['Me'];
export type Member = Schemas['Member'];
export type Message = Schemas['Message'];
export type MessagePage = Schemas['MessagePage'];
export type Problem = Schemas['Problem'];
export type Room = Schemas['Room'];
export type RoomPreferences = Schemas['RoomPreferences'];
export type RoomSummary = Schemas['RoomSummary'];
export type SearchHit = Schemas['SearchHit'];
export type SearchPage = Schemas['SearchPage'];
export type Device = Schemas['Session'];
export type SharedRooms = Schemas['SharedRooms'];
export type TextMatch = Schemas['TextMatch'];
export type User = Schemas['User'];
export type UserRef = Schemas['UserRef'];

/** What the server says on the socket, told apart by `type`. */
export type ServerFrame = frames['schemas']['ServerFrame'];
/** What a client may say there. */
export type ClientFrame = frames['schemas']['ClientFrame'];
export type ReadyFrame = frames['schemas']['ServerFrame_Ready'];
