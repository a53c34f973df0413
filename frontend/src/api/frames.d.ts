// Generated from openapi/asyncapi.json by `make generate`. Do not edit.

export type paths = Record<string, never>;
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /**
         * Audio
         * @description A voice message.
         */
        Audio: {
            /**
             * Format: int64
             * @description How long it is, in milliseconds.
             */
            duration_ms: number;
            /**
             * Format: uuid
             * @description Its id, which is also the name of its files.
             */
            id: string;
            /**
             * Format: date-time
             * @description When it was listened to, in a private room where neither hid by then what they have read.
             * @example 2026-11-22T10:00:00.000Z
             */
            listened_at?: string;
            /** @description The recording as it was sent, which is small, and last a WAV file, which plays everywhere. */
            sources: components["schemas"]["Source"][];
            /** @description How loud it is in each of 64 parts of the same length, from 0 to 31, which is the loudest of all. */
            waveform: number[];
        };
        /**
         * Auth
         * @description The first frame, within 5 s, unless the handshake carried a Bearer token. A later one renews the
         *     token without reconnecting and is answered `ok`.
         */
        Auth: {
            /** @description Echoed in the answer. */
            ref?: string;
            /** @description Where to go on; absent to begin at the heads of the rooms. Ignored in a later frame. */
            resume?: components["schemas"]["Resume"];
            /** @description The access token. */
            token: string;
        };
        /** @description A frame from the client. Each may carry a `ref`, which its answer echoes. */
        ClientFrame: components["schemas"]["ClientFrame_Auth"] | components["schemas"]["ClientFrame_ResumeCommand"] | components["schemas"]["ClientFrame_MessageSend"] | components["schemas"]["ClientFrame_MessageEdit"] | components["schemas"]["ClientFrame_MessageDelete"] | components["schemas"]["ClientFrame_MessageListened"] | components["schemas"]["ClientFrame_Typing"] | components["schemas"]["ClientFrame_Delivered"] | components["schemas"]["ClientFrame_Read"] | components["schemas"]["ClientFrame_PresenceWatch"] | components["schemas"]["ClientFrame_RoomOpen"] | components["schemas"]["ClientFrame_RoomClose"] | components["schemas"]["ClientFrame_Ping"];
        /** @description A frame from the client. Each may carry a `ref`, which its answer echoes. */
        ClientFrame_Auth: {
            /**
             * @example auth
             * @enum {string}
             */
            type: "auth";
        } & components["schemas"]["Auth"];
        /** @description A frame from the client. Each may carry a `ref`, which its answer echoes. */
        ClientFrame_Delivered: {
            /**
             * @example delivered
             * @enum {string}
             */
            type: "delivered";
        } & components["schemas"]["Delivered"];
        /** @description A frame from the client. Each may carry a `ref`, which its answer echoes. */
        ClientFrame_MessageDelete: {
            /**
             * @example message.delete
             * @enum {string}
             */
            type: "message.delete";
        } & components["schemas"]["MessageDelete"];
        /** @description A frame from the client. Each may carry a `ref`, which its answer echoes. */
        ClientFrame_MessageEdit: {
            /**
             * @example message.edit
             * @enum {string}
             */
            type: "message.edit";
        } & components["schemas"]["MessageEdit"];
        /** @description A frame from the client. Each may carry a `ref`, which its answer echoes. */
        ClientFrame_MessageListened: {
            /**
             * @example message.listened
             * @enum {string}
             */
            type: "message.listened";
        } & components["schemas"]["MessageListened"];
        /** @description A frame from the client. Each may carry a `ref`, which its answer echoes. */
        ClientFrame_MessageSend: {
            /**
             * @example message.send
             * @enum {string}
             */
            type: "message.send";
        } & components["schemas"]["MessageSend"];
        /** @description A frame from the client. Each may carry a `ref`, which its answer echoes. */
        ClientFrame_Ping: {
            /**
             * @example ping
             * @enum {string}
             */
            type: "ping";
        } & components["schemas"]["Ping"];
        /** @description A frame from the client. Each may carry a `ref`, which its answer echoes. */
        ClientFrame_PresenceWatch: {
            /**
             * @example presence.watch
             * @enum {string}
             */
            type: "presence.watch";
        } & components["schemas"]["PresenceWatch"];
        /** @description A frame from the client. Each may carry a `ref`, which its answer echoes. */
        ClientFrame_Read: {
            /**
             * @example read
             * @enum {string}
             */
            type: "read";
        } & components["schemas"]["Read"];
        /** @description A frame from the client. Each may carry a `ref`, which its answer echoes. */
        ClientFrame_ResumeCommand: {
            /**
             * @example resume
             * @enum {string}
             */
            type: "resume";
        } & components["schemas"]["ResumeCommand"];
        /** @description A frame from the client. Each may carry a `ref`, which its answer echoes. */
        ClientFrame_RoomClose: {
            /**
             * @example room.close
             * @enum {string}
             */
            type: "room.close";
        } & components["schemas"]["RoomClose"];
        /** @description A frame from the client. Each may carry a `ref`, which its answer echoes. */
        ClientFrame_RoomOpen: {
            /**
             * @example room.open
             * @enum {string}
             */
            type: "room.open";
        } & components["schemas"]["RoomOpen"];
        /** @description A frame from the client. Each may carry a `ref`, which its answer echoes. */
        ClientFrame_Typing: {
            /**
             * @example typing
             * @enum {string}
             */
            type: "typing";
        } & components["schemas"]["Typing"];
        /**
         * @description The stable word of a problem. Clients branch on it; the sentences beside it may change.
         * @enum {string}
         */
        Code: "invalid_input" | "unknown_type" | "unauthorized" | "token_expired" | "invalid_credentials" | "invalid_refresh_token" | "forbidden" | "not_a_member" | "registration_closed" | "account_disabled" | "origin_not_allowed" | "not_found" | "method_not_allowed" | "request_timeout" | "name_taken" | "client_id_reused" | "message_deleted" | "offset_mismatch" | "protocol_version" | "too_large" | "quota_exceeded" | "storage_full" | "unsupported_media_type" | "range_not_satisfiable" | "upgrade_required" | "rate_limited" | "unavailable" | "internal";
        /**
         * Delivered
         * @description `delivered`: everything up to `seq` has reached this device. In private rooms, at most once a
         *     second; what was read was delivered. Not answered unless it carries a `ref`.
         */
        Delivered: {
            /** @description Echoed in the answer. */
            ref?: string;
            /**
             * RoomName
             * @description The room.
             * @example general
             */
            room: string;
            /**
             * Format: int64
             * @description The number of the last message that came.
             */
            seq: number;
        };
        /**
         * Done
         * @description The answer to what was done.
         */
        Done: {
            /** @description Whether the `client_id` had been stored before. */
            duplicate?: boolean;
            /** @description The message written, edited or deleted. */
            message?: components["schemas"]["Message"];
            /** @description The command's `ref`. */
            ref?: string;
        };
        /**
         * Draining
         * @description The server is about to stop: reconnect after the given time.
         */
        Draining: {
            /**
             * Format: uint64
             * @description Milliseconds to wait, different for each connection so that not all come back at once.
             */
            retry_after_ms: number;
        };
        /**
         * FieldError
         * @description One field that was not as asked.
         */
        FieldError: {
            /** @description What would be accepted. */
            detail: string;
            /** @description Where: the field's path, as `username` or `resume.rooms.general`. */
            field: string;
        };
        /**
         * File
         * @description A file that is downloaded, and shown by nobody.
         */
        File: {
            /**
             * Format: int64
             * @description Its length.
             */
            bytes: number;
            /**
             * Format: uuid
             * @description Its id.
             */
            id: string;
            /** @description What its name says that it is; it is delivered as bytes. */
            mime: string;
            /** @description What it is called. */
            name: string;
            /** @description Where it is, for ten to twenty minutes; the message, read anew, has fresh addresses. */
            url: string;
        };
        /**
         * Image
         * @description A picture. It was decoded and made anew: upright, without anything of where and with what it was taken.
         */
        Image: {
            /** @description Whether it moves. Its smaller sizes stand still. */
            animated: boolean;
            /**
             * Format: int64
             * @description Its length.
             */
            bytes: number;
            /**
             * Format: uint32
             * @description How high it is, in pixels.
             */
            height: number;
            /**
             * Format: uuid
             * @description Its id, which is also the name of its files.
             */
            id: string;
            /** @description Its type. */
            mime: string;
            /** @description What the file was called. */
            name?: string;
            /** @description Smaller ones of it, the smallest first; none where it is small itself. */
            sizes: components["schemas"]["ImageSize"][];
            /** @description Where the smallest of `sizes` is, or the picture itself where it is small. */
            thumb_url: string;
            /** @description A blurred image of it in some 25 bytes (thumbhash), in base64, to be shown until it is there. */
            thumbhash: string;
            /** @description Where it is, for ten to twenty minutes; the message, read anew, has fresh addresses. */
            url: string;
            /**
             * Format: uint32
             * @description How wide it is, in pixels.
             */
            width: number;
        };
        /**
         * ImageSize
         * @description A smaller one of a picture.
         */
        ImageSize: {
            /**
             * Format: int64
             * @description Its length.
             */
            bytes: number;
            /**
             * Format: uint32
             * @description How high it is, in pixels.
             */
            height: number;
            /** @description Its type. */
            mime: string;
            /** @description Where it is, as long as the picture itself. */
            url: string;
            /**
             * Format: uint32
             * @description How wide it is, in pixels.
             */
            width: number;
        };
        /**
         * InlineMedia
         * @description A recording or a picture within a frame.
         */
        InlineMedia: {
            /** @description Its bytes in base64, at most 2 MiB of them, with or without `data:…;base64,` before. */
            data: string;
            /** @description What the file is called. */
            filename?: string;
            /** @description What its sender takes it for; what it is shows when it is decoded. */
            mime?: string;
        };
        /**
         * Limits
         * @description The limits that a client should keep to.
         */
        Limits: {
            /**
             * Format: uint64
             * @description The largest frame that the server reads, in bytes.
             */
            max_frame_bytes: number;
            /**
             * Format: uint64
             * @description Commands of one connection that may wait for their answer; further ones wait their turn.
             */
            max_in_flight: number;
            /**
             * Format: uint64
             * @description The largest frame with a recording or a picture in it.
             */
            max_media_frame_bytes: number;
            /**
             * Format: uint64
             * @description Resuming after more changes than this answers with `reset`.
             */
            max_resume_changes: number;
            /**
             * Format: uint64
             * @description The longest message, in Unicode scalar values.
             */
            max_text_chars: number;
            /**
             * Format: uint64
             * @description The server pings a silent connection this often, in milliseconds.
             */
            ping_ms: number;
            /**
             * Format: uint64
             * @description A connection that says nothing for so long is closed (4001).
             */
            silence_ms: number;
            /**
             * Format: uint64
             * @description A typing notice is to be forgotten after so long.
             */
            typing_ttl_ms: number;
        };
        /**
         * Link
         * @description A stretch of the text that a client makes clickable.
         */
        Link: {
            /**
             * Format: uint32
             * @description One past the last character.
             */
            end: number;
            /**
             * Format: uint32
             * @description The first character, counted in Unicode scalar values.
             */
            start: number;
            /** @description Where it leads; `http` or `https` only. */
            url: string;
        };
        /**
         * Mark
         * @description How far somebody has got in a private room.
         */
        Mark: {
            /**
             * Format: int64
             * @description Up to where the messages have reached a device of theirs.
             */
            delivered_seq: number;
            /**
             * Format: int64
             * @description Up to where they have read.
             */
            read_seq: number;
            /**
             * Format: int64
             * @description Who.
             */
            user_id: number;
        };
        /**
         * Me
         * @description One's own account.
         */
        Me: {
            /** @description The address of the picture, on this server; absent without one. */
            avatar_url?: string;
            /**
             * Format: date-time
             * @description When the account was made.
             * @example 2026-11-22T10:00:00.000Z
             */
            created_at: string;
            /** @description The name that people see. */
            display_name: string;
            /**
             * @description Whether others are not told when this person is online and was last seen, nor this person when
             *     others are.
             */
            hide_last_seen: boolean;
            /**
             * @description Whether others are not told what reached this person and what they have read, nor this person
             *     what reached others.
             */
            hide_receipts: boolean;
            /**
             * Format: int64
             * @description The user's number.
             */
            id: number;
            /** @description Whether this person administers the server. */
            is_admin: boolean;
            /** @description The username. */
            username: string;
        };
        /**
         * Mention
         * @description A stretch of the text, `@` and a username or `@room`, that means somebody who may read the room, or everybody
         *     in it.
         */
        Mention: {
            /**
             * Format: uint32
             * @description One past the last character of the username.
             */
            end: number;
            /** @description `true` where everybody in the room is meant, absent else. It counts for each member but who wrote it. */
            everybody?: boolean;
            /**
             * Format: uint32
             * @description Where the `@` stands, counted in Unicode scalar values.
             */
            start: number;
            /**
             * Format: int64
             * @description Who is meant; absent where everybody is.
             */
            user_id?: number;
        };
        /**
         * Message
         * @description A message in its present state. A deleted one stays as a tombstone without content.
         */
        Message: {
            /** @description The voice message that it is; absent once deleted. */
            audio?: components["schemas"]["Audio"];
            /**
             * Format: int64
             * @description The number of its latest change.
             */
            changed_seq: number;
            /**
             * Format: uuid
             * @description The id that the sender's client gave it.
             */
            client_id: string;
            /**
             * Format: date-time
             * @description When it was written.
             * @example 2026-11-22T10:00:00.000Z
             */
            created_at: string;
            /**
             * Format: date-time
             * @description When it was deleted; absent if it stands.
             * @example 2026-11-22T10:00:00.000Z
             */
            deleted_at?: string;
            /**
             * Format: date-time
             * @description When it was last edited; absent if never.
             * @example 2026-11-22T10:00:00.000Z
             */
            edited_at?: string;
            /** @description The files in it, in their order. */
            files: components["schemas"]["File"][];
            /**
             * Format: uuid
             * @description The message's id (UUID v7).
             */
            id: string;
            /** @description The pictures in it, in their order. */
            images: components["schemas"]["Image"][];
            /** @description The links in the text. */
            links: components["schemas"]["Link"][];
            /** @description Who is mentioned in the text. */
            mentions: components["schemas"]["Mention"][];
            /** @description The room's name. */
            room: string;
            /** @description Who wrote it. */
            sender: components["schemas"]["UserRef"];
            /**
             * Format: int64
             * @description The number the message was created with: where it stands in its room.
             */
            seq: number;
            /** @description What was written; absent once deleted, and where something else was sent alone. */
            text?: string;
        };
        /**
         * MessageCreated
         * @description A message was written.
         */
        MessageCreated: {
            /** @description The message in the state that this change gave it. */
            message: components["schemas"]["Message"];
            /** @description The room. */
            room: string;
            /**
             * Format: int64
             * @description This change's own number. Live numbers of a room have no holes.
             */
            seq: number;
        };
        /**
         * MessageDelete
         * @description `message.delete`, answered `ok` with the tombstone.
         */
        MessageDelete: {
            /**
             * Format: uuid
             * @description Which message.
             */
            message_id: string;
            /** @description Echoed in the answer. */
            ref?: string;
            /**
             * RoomName
             * @description The room.
             * @example general
             */
            room: string;
        };
        /**
         * MessageDeleted
         * @description A message was deleted; what is left of it is its tombstone.
         */
        MessageDeleted: {
            /** @description The message in the state that this change gave it. */
            message: components["schemas"]["Message"];
            /** @description The room. */
            room: string;
            /**
             * Format: int64
             * @description This change's own number. Live numbers of a room have no holes.
             */
            seq: number;
        };
        /**
         * MessageEdit
         * @description `message.edit`, answered `ok` with the message.
         */
        MessageEdit: {
            /**
             * Format: uuid
             * @description Which message.
             */
            message_id: string;
            /** @description Echoed in the answer. */
            ref?: string;
            /**
             * RoomName
             * @description The room.
             * @example general
             */
            room: string;
            /**
             * WrittenText
             * @description What it shall say instead.
             * @example see https://example.org
             */
            text: string;
        };
        /**
         * MessageListened
         * @description `message.listened`, answered `ok` with the message: the voice message of the other person of a private room
         *     was played. In public rooms, and where one of the two hides what they have read, nothing changes.
         */
        MessageListened: {
            /**
             * Format: uuid
             * @description Which message.
             */
            message_id: string;
            /** @description Echoed in the answer. */
            ref?: string;
            /**
             * RoomName
             * @description The room.
             * @example general
             */
            room: string;
        };
        /**
         * MessageSend
         * @description `message.send`, answered `ok` with the message once it is stored for good. Messages take their places in the
         *     order of their frames, but for one with `audio` or `image`: it takes its place once that was decoded, and what
         *     is sent after it does not wait.
         */
        MessageSend: {
            /** @description A voice message in this very frame, instead of one that was uploaded. */
            audio?: components["schemas"]["InlineMedia"];
            /**
             * Format: uuid
             * @description An id that the client makes; the same one is the same message for ever. Best
             *     a UUID of version 7, whose order is that of time: the server finds those fastest.
             */
            client_id: string;
            /** @description A picture in this very frame, instead of one that was uploaded. */
            image?: components["schemas"]["InlineMedia"];
            /** @description What was uploaded (`POST /media`) and is to be carried: pictures and files, or one voice message. */
            media?: string[];
            /** @description Echoed in the answer. */
            ref?: string;
            /**
             * RoomName
             * @description The room.
             * @example general
             */
            room: string;
            /**
             * WrittenText
             * @description What to say; may be absent where something is attached.
             * @example see https://example.org
             */
            text?: string;
        };
        /**
         * MessageUpdated
         * @description A message was edited.
         */
        MessageUpdated: {
            /** @description The message in the state that this change gave it. */
            message: components["schemas"]["Message"];
            /** @description The room. */
            room: string;
            /**
             * Format: int64
             * @description This change's own number. Live numbers of a room have no holes.
             */
            seq: number;
        };
        /**
         * MeUpdated
         * @description One's own account changed, on whichever device.
         */
        MeUpdated: {
            /** @description It, as it is now. */
            user: components["schemas"]["Me"];
        };
        /**
         * @description What of a room somebody wants to hear of.
         * @enum {string}
         */
        Notifications: "all" | "mentions" | "nothing";
        /**
         * PeerMark
         * @description How far the other person of a private room has got.
         */
        PeerMark: {
            /**
             * Format: int64
             * @description Up to where the messages have reached a device of theirs.
             */
            delivered_seq: number;
            /**
             * Format: int64
             * @description Up to where they have read.
             */
            read_seq: number;
        };
        /**
         * PersonPresence
         * @description Somebody is online or no longer. Sent for the other people of one's private rooms and for whom
         *     one watches: once as it is, then as it changes. Who is not named is offline.
         */
        PersonPresence: {
            /**
             * Format: date-time
             * @description When their last device went; absent while online and before the first visit.
             * @example 2026-11-22T10:00:00.000Z
             */
            last_seen_at?: string;
            /** @description Whether a device of theirs is connected. */
            online: boolean;
            /**
             * Format: int64
             * @description Who.
             */
            user_id: number;
        };
        /**
         * Ping
         * @description `ping`, answered `pong`.
         */
        Ping: {
            /** @description Echoed in the answer. */
            ref?: string;
        };
        /**
         * Pong
         * @description The answer to `ping`.
         */
        Pong: {
            /** @description The command's `ref`. */
            ref?: string;
        };
        /**
         * PresenceWatch
         * @description `presence.watch`: answered by a `presence` frame for each of these people; changes follow. The
         *     list replaces the last one; the other people of one's private rooms need not be on it.
         */
        PresenceWatch: {
            /** @description Echoed in the answer. */
            ref?: string;
            /** @description Who: the people in view. */
            user_ids: number[];
        };
        /**
         * Problem
         * @description A problem object of RFC 9457.
         */
        Problem: {
            /** @description The stable word to branch on. */
            code: components["schemas"]["Code"];
            /** @description A sentence for a person: what happened here and what to do. */
            detail: string;
            /** @description The fields at fault, where the input was invalid. */
            errors?: components["schemas"]["FieldError"][];
            /** @description The request's id, to be found in the server's log. Absent on the socket. */
            request_id?: string;
            /**
             * Format: uint64
             * @description Milliseconds to wait before the same is tried again.
             */
            retry_after_ms?: number;
            /**
             * Format: uint16
             * @description The HTTP status, on the socket too.
             */
            status: number;
            /** @description The same words for the same code, always. */
            title: string;
            /** @description A URI that names the kind of problem: `urn:adda:problem:<code>`. */
            type: string;
        };
        /**
         * Read
         * @description `read`: everything up to `seq` was seen; takes back that the room was marked as unread. Not answered unless it carries a `ref`.
         */
        Read: {
            /** @description Echoed in the answer. */
            ref?: string;
            /**
             * RoomName
             * @description The room.
             * @example general
             */
            room: string;
            /**
             * Format: int64
             * @description The number of the last message seen.
             */
            seq: number;
        };
        /**
         * Ready
         * @description Signed in: from now on the rooms' events arrive.
         */
        Ready: {
            /** @description The server's epoch; numbers of another epoch mean nothing. */
            epoch: string;
            /** @description What to keep to. */
            limits: components["schemas"]["Limits"];
            /** @description This person's rooms on this socket. */
            rooms: components["schemas"]["RoomSummary"][];
            /**
             * Format: uuid
             * @description The session that the token belongs to.
             */
            session_id: string;
            /**
             * Format: date-time
             * @description When the token ends; send `auth` with a new one before.
             * @example 2026-11-22T10:00:00.000Z
             */
            token_expires_at: string;
            /** @description Who. */
            user: components["schemas"]["Me"];
        };
        /**
         * Receipt
         * @description Somebody's marks moved: one's own, told to one's devices together with what is unread after them;
         *     in a private room those of the
         *     other person; in a public room the greatest read marks, at most every two seconds: the greatest
         *     that is not one's own is how far somebody else has read.
         */
        Receipt: {
            /**
             * Format: int64
             * @description Up to where the messages have reached a device of theirs; in private rooms alone.
             */
            delivered_seq?: number;
            /**
             * Format: int64
             * @description One's own alone: the room's head when that was counted.
             */
            last_seq?: number;
            /**
             * Format: int64
             * @description One's own alone: how many of them mention this person; counting stops at 100.
             */
            mentions?: number;
            /**
             * Format: int64
             * @description Up to where they have read.
             */
            read_seq: number;
            /** @description The room. */
            room: string;
            /**
             * Format: int64
             * @description One's own alone: the others' undeleted messages after it; counting stops at 100.
             */
            unread?: number;
            /**
             * Format: int64
             * @description Whose marks.
             */
            user_id: number;
        };
        /**
         * Refused
         * @description The answer to what was not done.
         */
        Refused: {
            /** @description Why, and what to do. */
            error: components["schemas"]["Problem"];
            /** @description The command's `ref`, where it could be read. */
            ref?: string;
        };
        /**
         * Resume
         * @description Where an earlier connection ended.
         */
        Resume: {
            /** @description The server's epoch at that time; a client that keeps nothing across restores may leave it out. */
            epoch?: string;
            /** @description For each room, the greatest number seen. At most 1,000 rooms. */
            rooms: {
                [key: string]: number;
            };
        };
        /**
         * ResumeCommand
         * @description `resume`, for clients that authenticated in the handshake.
         */
        ResumeCommand: {
            /** @description The server's epoch at that time; a client that keeps nothing across restores may leave it out. */
            epoch?: string;
            /** @description Echoed in the answer. */
            ref?: string;
            /** @description For each room, the greatest number seen. At most 1,000 rooms. */
            rooms: {
                [key: string]: number;
            };
        };
        /**
         * RoomAdded
         * @description This person is now in the room; its events follow.
         */
        RoomAdded: {
            /** @description The room. */
            room: components["schemas"]["RoomSummary"];
        };
        /**
         * RoomClose
         * @description `room.close`.
         */
        RoomClose: {
            /** @description Echoed in the answer. */
            ref?: string;
            /**
             * RoomName
             * @description The room.
             * @example general
             */
            room: string;
        };
        /**
         * @description Which family a room belongs to.
         * @enum {string}
         */
        RoomKind: "public" | "private";
        /**
         * RoomOpen
         * @description `room.open`: answered by `room.presence` with who is here; changes follow until `room.close`.
         */
        RoomOpen: {
            /** @description Echoed in the answer. */
            ref?: string;
            /**
             * RoomName
             * @description The room.
             * @example general
             */
            room: string;
        };
        /**
         * RoomPreferences
         * @description What somebody keeps about one of their rooms. It is gone with the membership.
         */
        RoomPreferences: {
            /**
             * @description Whether the person marked it as unread, to come back to it. Moving the read mark, also to where it
             *     is, takes this back.
             */
            marked_unread: boolean;
            /** @description What of it the person wants to hear of. */
            notifications: components["schemas"]["Notifications"];
            /** @description Whether the room stays at the top of the list. */
            pinned: boolean;
        };
        /**
         * RoomPreferencesChanged
         * @description What this person keeps about the room, all of it as it is now: changed on whichever device, or by
         *     reading a room that was marked as unread.
         */
        RoomPreferencesChanged: {
            /** @description Whether the person marked it as unread. */
            marked_unread: boolean;
            /** @description What of it the person wants to hear of. */
            notifications: components["schemas"]["Notifications"];
            /** @description Whether it stays at the top of the list. */
            pinned: boolean;
            /** @description The room. */
            room: string;
        };
        /**
         * RoomPresence
         * @description Who is here: a snapshot (`online`) after `room.open`, then changes (`joined`, `left`). Above 250
         *     people, only the count.
         */
        RoomPresence: {
            /**
             * Format: uint64
             * @description How many of the room are connected.
             */
            count: number;
            /** @description Who came since the last frame. */
            joined?: number[];
            /** @description Who went since the last frame. */
            left?: number[];
            /** @description Everybody of the room who is connected. */
            online?: number[];
            /** @description The room. */
            room: string;
        };
        /**
         * RoomRemoved
         * @description This person is no longer in the room; forget it.
         */
        RoomRemoved: {
            /** @description The room. */
            room: string;
        };
        /**
         * RoomSummary
         * @description One of one's own rooms.
         */
        RoomSummary: {
            /** @description An emoji that stands for the room; absent in private rooms, and where none was chosen. */
            emoji?: string;
            /** @description Public or private. */
            kind: components["schemas"]["RoomKind"];
            /** @description The latest message by `seq`; absent in an empty room and on the socket. */
            last_message?: components["schemas"]["Message"];
            /**
             * Format: int64
             * @description The number of the room's latest change.
             */
            last_seq: number;
            /**
             * Format: int64
             * @description How many of them mention this person or everybody in the room; counting stops at 100.
             */
            mentions: number;
            /** @description The room's name and address. */
            name: string;
            /** @description The other person of a private room. */
            peer?: components["schemas"]["UserRef"];
            /** @description How far the other person of a private room has got; absent where either keeps that to themselves. */
            peer_mark?: components["schemas"]["PeerMark"];
            /** @description What this person keeps about the room, the same on all their devices. */
            preferences: components["schemas"]["RoomPreferences"];
            /**
             * Format: int64
             * @description Up to where this person has read.
             */
            read_seq: number;
            /** @description The room's title; in a private room the other person's display name. */
            title: string;
            /** @description What the room is about. */
            topic?: string;
            /**
             * Format: int64
             * @description The others' undeleted messages after `read_seq`; counting stops at 100.
             */
            unread: number;
        };
        /**
         * RoomUpdated
         * @description The room's title, topic or emoji changed.
         */
        RoomUpdated: {
            /** @description Its emoji now. */
            emoji?: string;
            /** @description The room. */
            room: string;
            /** @description Its title now. */
            title: string;
            /** @description Its topic now. */
            topic?: string;
        };
        /** @description A frame from the server. Clients ignore types and fields that they do not know. */
        ServerFrame: components["schemas"]["ServerFrame_Ready"] | components["schemas"]["ServerFrame_Sync"] | components["schemas"]["ServerFrame_Done"] | components["schemas"]["ServerFrame_Refused"] | components["schemas"]["ServerFrame_MessageCreated"] | components["schemas"]["ServerFrame_MessageUpdated"] | components["schemas"]["ServerFrame_MessageDeleted"] | components["schemas"]["ServerFrame_TypingNotice"] | components["schemas"]["ServerFrame_RoomPresence"] | components["schemas"]["ServerFrame_PersonPresence"] | components["schemas"]["ServerFrame_Receipt"] | components["schemas"]["ServerFrame_RoomAdded"] | components["schemas"]["ServerFrame_RoomUpdated"] | components["schemas"]["ServerFrame_RoomPreferencesChanged"] | components["schemas"]["ServerFrame_RoomRemoved"] | components["schemas"]["ServerFrame_UserUpdated"] | components["schemas"]["ServerFrame_MeUpdated"] | components["schemas"]["ServerFrame_Pong"] | components["schemas"]["ServerFrame_Draining"];
        /** @description A frame from the server. Clients ignore types and fields that they do not know. */
        ServerFrame_Done: {
            /**
             * @example ok
             * @enum {string}
             */
            type: "ok";
        } & components["schemas"]["Done"];
        /** @description A frame from the server. Clients ignore types and fields that they do not know. */
        ServerFrame_Draining: {
            /**
             * @example draining
             * @enum {string}
             */
            type: "draining";
        } & components["schemas"]["Draining"];
        /** @description A frame from the server. Clients ignore types and fields that they do not know. */
        ServerFrame_MessageCreated: {
            /**
             * @example message.created
             * @enum {string}
             */
            type: "message.created";
        } & components["schemas"]["MessageCreated"];
        /** @description A frame from the server. Clients ignore types and fields that they do not know. */
        ServerFrame_MessageDeleted: {
            /**
             * @example message.deleted
             * @enum {string}
             */
            type: "message.deleted";
        } & components["schemas"]["MessageDeleted"];
        /** @description A frame from the server. Clients ignore types and fields that they do not know. */
        ServerFrame_MessageUpdated: {
            /**
             * @example message.updated
             * @enum {string}
             */
            type: "message.updated";
        } & components["schemas"]["MessageUpdated"];
        /** @description A frame from the server. Clients ignore types and fields that they do not know. */
        ServerFrame_MeUpdated: {
            /**
             * @example me.updated
             * @enum {string}
             */
            type: "me.updated";
        } & components["schemas"]["MeUpdated"];
        /** @description A frame from the server. Clients ignore types and fields that they do not know. */
        ServerFrame_PersonPresence: {
            /**
             * @example presence
             * @enum {string}
             */
            type: "presence";
        } & components["schemas"]["PersonPresence"];
        /** @description A frame from the server. Clients ignore types and fields that they do not know. */
        ServerFrame_Pong: {
            /**
             * @example pong
             * @enum {string}
             */
            type: "pong";
        } & components["schemas"]["Pong"];
        /** @description A frame from the server. Clients ignore types and fields that they do not know. */
        ServerFrame_Ready: {
            /**
             * @example ready
             * @enum {string}
             */
            type: "ready";
        } & components["schemas"]["Ready"];
        /** @description A frame from the server. Clients ignore types and fields that they do not know. */
        ServerFrame_Receipt: {
            /**
             * @example receipt
             * @enum {string}
             */
            type: "receipt";
        } & components["schemas"]["Receipt"];
        /** @description A frame from the server. Clients ignore types and fields that they do not know. */
        ServerFrame_Refused: {
            /**
             * @example error
             * @enum {string}
             */
            type: "error";
        } & components["schemas"]["Refused"];
        /** @description A frame from the server. Clients ignore types and fields that they do not know. */
        ServerFrame_RoomAdded: {
            /**
             * @example room.added
             * @enum {string}
             */
            type: "room.added";
        } & components["schemas"]["RoomAdded"];
        /** @description A frame from the server. Clients ignore types and fields that they do not know. */
        ServerFrame_RoomPreferencesChanged: {
            /**
             * @example room.preferences
             * @enum {string}
             */
            type: "room.preferences";
        } & components["schemas"]["RoomPreferencesChanged"];
        /** @description A frame from the server. Clients ignore types and fields that they do not know. */
        ServerFrame_RoomPresence: {
            /**
             * @example room.presence
             * @enum {string}
             */
            type: "room.presence";
        } & components["schemas"]["RoomPresence"];
        /** @description A frame from the server. Clients ignore types and fields that they do not know. */
        ServerFrame_RoomRemoved: {
            /**
             * @example room.removed
             * @enum {string}
             */
            type: "room.removed";
        } & components["schemas"]["RoomRemoved"];
        /** @description A frame from the server. Clients ignore types and fields that they do not know. */
        ServerFrame_RoomUpdated: {
            /**
             * @example room.updated
             * @enum {string}
             */
            type: "room.updated";
        } & components["schemas"]["RoomUpdated"];
        /** @description A frame from the server. Clients ignore types and fields that they do not know. */
        ServerFrame_Sync: {
            /**
             * @example sync
             * @enum {string}
             */
            type: "sync";
        } & components["schemas"]["Sync"];
        /** @description A frame from the server. Clients ignore types and fields that they do not know. */
        ServerFrame_TypingNotice: {
            /**
             * @example typing
             * @enum {string}
             */
            type: "typing";
        } & components["schemas"]["TypingNotice"];
        /** @description A frame from the server. Clients ignore types and fields that they do not know. */
        ServerFrame_UserUpdated: {
            /**
             * @example user.updated
             * @enum {string}
             */
            type: "user.updated";
        } & components["schemas"]["UserUpdated"];
        /**
         * Source
         * @description A file that can be played or shown.
         */
        Source: {
            /**
             * Format: int64
             * @description Its length.
             */
            bytes: number;
            /** @description Its type. */
            mime: string;
            /** @description Where it is, for ten to twenty minutes; the message, read anew, has fresh addresses. */
            url: string;
        };
        /**
         * Sync
         * @description What is new in a room, by `changed_seq`, each message in its present state. Sent when resuming
         *     and whenever the connection was too slow for the live events; live events follow after the one
         *     with `more: false`.
         */
        Sync: {
            /**
             * Format: int64
             * @description The room's head when this was read. With `more: false`, the number to go on from.
             */
            last_seq: number;
            /** @description At most 100 messages, or about 64 KiB of them. */
            messages: components["schemas"]["Message"][];
            /** @description Whether another `sync` of this room follows. */
            more: boolean;
            /** @description How far the two people of a private room have got; in the frame with `more: false`. */
            receipts?: components["schemas"]["Mark"][];
            /** @description Whether the client must discard what it has of this room: the messages are its newest page. */
            reset: boolean;
            /** @description The room. */
            room: string;
        };
        /**
         * Typing
         * @description `typing`. Not answered unless it carries a `ref`; repeat it every few seconds while it is true.
         */
        Typing: {
            /** @description Text where absent. */
            kind?: components["schemas"]["TypingKind"];
            /** @description Echoed in the answer. */
            ref?: string;
            /**
             * RoomName
             * @description The room.
             * @example general
             */
            room: string;
        };
        /**
         * @description What somebody is making.
         * @enum {string}
         */
        TypingKind: "text" | "voice";
        /**
         * TypingNotice
         * @description Somebody is writing, for `expires_in_ms` at most.
         */
        TypingNotice: {
            /**
             * Format: uint64
             * @description Milliseconds after which the notice is to be forgotten.
             */
            expires_in_ms: number;
            /** @description Typing or recording. */
            kind: components["schemas"]["TypingKind"];
            /** @description The room. */
            room: string;
            /**
             * Format: int64
             * @description Who.
             */
            user_id: number;
        };
        /**
         * UserRef
         * @description Somebody, as shown beside what they do.
         */
        UserRef: {
            /** @description The address of their picture, on this server; absent without one. */
            avatar_url?: string;
            /** @description The name that people see. */
            display_name: string;
            /**
             * Format: int64
             * @description The user's number.
             */
            id: number;
            /** @description The username. */
            username: string;
        };
        /**
         * UserUpdated
         * @description Somebody's profile changed.
         */
        UserUpdated: {
            /** @description Who, as they are now. */
            user: components["schemas"]["UserRef"];
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export type operations = Record<string, never>;
