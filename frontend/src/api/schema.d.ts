// Generated from openapi/openapi.json by `make generate`. Do not edit.

export interface paths {
    "/auth/login": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sign in.
         * @description The answer to an unknown name and to a wrong password is the same.
         */
        post: operations["login"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/logout": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sign out.
         * @description Ends this session and closes its sockets.
         */
        post: operations["logout"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Change one's password.
         * @description Ends all sessions, the one that asks too, and closes their sockets. The answer is a new session,
         *     as of a sign-in.
         */
        post: operations["changePassword"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/refresh": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Get the next tokens.
         * @description Takes the current refresh token in the body or, from a browser, as the cookie, and makes the
         *     next one current. The token before it still answers the same next one for ten seconds (two
         *     tabs), and later for as long as neither that nor an access token that came with it has been
         *     used (a lost answer). Anything else ends the session, and so do three tokens in a row that were
         *     each used twice.
         */
        post: operations["refresh"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/register": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Create an account.
         * @description Signs it in at once; everybody joins the room `general`. With the one-time `setup_token` that
         *     the server prints until there is an administrator, the account is the administrator's.
         */
        post: operations["register"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List one's devices. */
        get: operations["listSessions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/sessions/{session_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Sign a device out.
         * @description Its sockets are closed within five seconds.
         */
        delete: operations["endSession"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/directory/rooms": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Find public rooms.
         * @description All public rooms whose name or title contains the text, the lively ones first: those in which somebody
         *     is online, then by the latest message, then by how many members there are. The pages neither repeat nor
         *     lose one while that changes.
         */
        get: operations["listPublicRooms"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/media": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Upload a recording, a picture or a file.
         * @description Attach it by its id to a message within a day. What it shall be is said by `kind`;
         *     without it, by how the file begins.
         *
         *     - `audio`: up to 15 minutes, 8 channels and 10 MiB of WebM, Ogg, MP4, WAV, MP3 or FLAC. It is decoded, and
         *     made into a WAV file beside it that plays everywhere.
         *     - `image`: up to 50 million pixels and 25 MiB of JPEG, PNG, WebP or GIF. It is decoded and made anew,
         *     upright and without its metadata, in several sizes. What a decoder must hold as a whole, progressive or
         *     interlaced pictures, WebP and GIF, may have six to twelve million pixels.
         *     - `file`: anything up to 50 MiB. It is delivered as a download and never shown.
         */
        post: operations["uploadMedia"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/media/{media_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get fresh addresses.
         * @description Of what a message carries, for whoever may read its room; of what no message carries yet, for whoever
         *     uploaded it.
         */
        get: operations["getMedia"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/media/uploads": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Begin an upload that can go on where it stopped.
         * @description For what is large, or comes over a bad line: it comes by `PATCH` to the address that is answered, in as
         *     many requests as it takes, the first of it within an hour and all of it within a day. Whether it may come is
         *     said now: its kind, its length and what the person may have are looked at before. When all of it is here it becomes what `POST /media` would have
         *     made of it, or is refused with the same problems.
         */
        post: operations["beginUpload"];
        delete?: never;
        /**
         * Ask what of the upload protocol is spoken.
         * @description It is tus 1.0 (<https://tus.io/protocols/resumable-upload>) with `creation`, `expiration` and
         *     `termination`.
         */
        options: operations["describeUploads"];
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/media/uploads/{upload_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Give an upload up.
         * @description What it has received goes, and what was made of it, unless a message carries that.
         */
        delete: operations["cancelUpload"];
        options?: never;
        /**
         * Ask where an upload stands.
         * @description Whoever sends to it at the moment is stopped, so that what is answered stays so.
         */
        head: operations["getUpload"];
        /**
         * Go on with an upload.
         * @description The body is what comes after `Upload-Offset`, as much of it as may come at once. What arrived of a request
         *     that breaks off is kept. The last one is answered when something was made of the whole; repeated, it is
         *     answered the same.
         */
        patch: operations["continueUpload"];
        trace?: never;
    };
    "/media/usage": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * See how much one has, and may have.
         * @description What would be more is refused before it is received: `quota_exceeded`, or `storage_full` where all people
         *     together would have more than they may.
         */
        get: operations["getMediaUsage"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/rooms": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List one's own rooms.
         * @description A page of them, the pinned ones first, then by their latest message, each with its last message,
         *     one's read mark, what is unread and what one keeps about it. While rooms come up because somebody
         *     writes, the pages neither repeat nor lose one.
         */
        get: operations["listRooms"];
        put?: never;
        /**
         * Make a public room.
         * @description Whoever makes it is its first member and may change its title, topic and emoji.
         */
        post: operations["createRoom"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/rooms/{room}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get a room. */
        get: operations["getRoom"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Change a room's title, topic or emoji.
         * @description For who made the room and for administrators.
         */
        patch: operations["updateRoom"];
        trace?: never;
    };
    "/rooms/{room}/changes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read what changed in a room.
         * @description Every message created or changed after a number, in its present state. While `more` is true,
         *     go on after the greatest `changed_seq`; then after `last_seq`.
         */
        get: operations["listChanges"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/rooms/{room}/members": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List a room's members.
         * @description Those who are online first, then by name; with `search`, those whose username or name contains it. The
         *     pages neither repeat nor lose anybody who comes or goes meanwhile.
         */
        get: operations["listMembers"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/rooms/{room}/membership": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Join a public room.
         * @description Idempotent. One's read mark begins at the room's head.
         */
        put: operations["joinRoom"];
        post?: never;
        /**
         * Leave a public room.
         * @description Idempotent. Nothing of the room reaches one's sockets afterwards.
         */
        delete: operations["leaveRoom"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/rooms/{room}/messages": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read a room's history.
         * @description Ascending by `seq`, bounds exclusive except that `around` includes its own number. Without a
         *     bound, the newest page. A page of long texts ends early; `has_before` and `has_after` say what
         *     is left on either side.
         */
        get: operations["listMessages"];
        put?: never;
        /**
         * Write a message.
         * @description Answered once it is stored for good: 201, or 200 for a `client_id` that was stored before.
         */
        post: operations["sendMessage"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/rooms/{room}/messages/{message_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get a message. */
        get: operations["getMessage"];
        put?: never;
        post?: never;
        /**
         * Delete one's own message.
         * @description It stays as a tombstone without content, which is answered. Deleting it again changes nothing.
         */
        delete: operations["deleteMessage"];
        options?: never;
        head?: never;
        /** Edit one's own message. */
        patch: operations["editMessage"];
        trace?: never;
    };
    "/rooms/{room}/messages/{message_id}/listened": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Say that one has listened to a voice message.
         * @description Whoever sent it sees it in a private room where neither of the two hides what they have read; elsewhere
         *     nothing changes.
         */
        put: operations["markListened"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/rooms/{room}/preferences": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Change what one keeps about a room.
         * @description For members. The same on all of one's devices, which hear of it by `room.preferences`; whoever leaves
         *     the room and joins it anew begins anew. One field is there at least.
         */
        patch: operations["updateRoomPreferences"];
        trace?: never;
    };
    "/rooms/{room}/read": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Move one's read mark.
         * @description A mark never moves back, and never past the room's head. A room that was marked as unread
         *     (`marked_unread`) is no longer, also where the mark stays.
         */
        put: operations["markRead"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/rooms/{room}/receipts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List who has read how far.
         * @description The members of a room with their marks; with `seq`, those who have read up to there.
         */
        get: operations["listReceipts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/rooms/{room}/search": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Search a room.
         * @description As everywhere, in one room that one may read.
         */
        get: operations["searchRoom"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/search": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Search one's own rooms.
         * @description The messages of all rooms that one is a member of, the newest first. Each word must stand somewhere in the
         *     text or in the name of a picture or file, as a part of a word too; case, width and accents make no
         *     difference. `"A phrase"` stays whole. `from:username` (`from:me`), `in:room`,
         *     `has:image|audio|file|link`, `before:` and `after:` a day as `2026-11-01` (the day itself belongs to
         *     `after:`) and `mentions:me` choose among them; what is none of these is text, and nothing is an error.
         *     An empty query finds nothing.
         */
        get: operations["search"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/users": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Find people.
         * @description Everybody with an account whose username or display name contains the text, by display name; or
         *     only those who are online now, as far as both sides show that.
         */
        get: operations["listUsers"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/users/{user_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get somebody. */
        get: operations["getUser"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/users/{user_id}/private-room": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Open the private room with somebody.
         * @description Makes it (201), or finds it (200): there is one for the two, whoever asks. The other person
         *     sees it with its first message.
         */
        put: operations["openPrivateRoom"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/users/{user_id}/shared-rooms": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the rooms that one shares with somebody.
         * @description The public rooms in which both are, by title.
         */
        get: operations["listSharedRooms"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/users/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get one's own account. */
        get: operations["getMe"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Change one's profile. */
        patch: operations["updateMe"];
        trace?: never;
    };
    "/users/me/avatar": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Change one's picture.
         * @description Up to 50 million pixels and 25 MiB of JPEG, PNG, WebP or GIF. Its middle is made a small square, and
         *     nothing else of it is kept.
         */
        put: operations["setAvatar"];
        post?: never;
        /** Remove one's picture. */
        delete: operations["removeAvatar"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
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
         * Authenticated
         * @description A signed-in session: who, and the two tokens.
         */
        Authenticated: {
            /** @description A JWT for `Authorization: Bearer` and the socket's `auth` frame. */
            access_token: string;
            /**
             * @description Shows at a later sign-in to this account that the device was signed in before, and opens nothing
             *     by itself; to be kept beyond the session. Absent where it was set as a cookie.
             */
            device_token?: string;
            /**
             * Format: uint64
             * @description Seconds until the access token ends.
             */
            expires_in: number;
            /** @description The token for `POST /auth/refresh`; absent where it was set as a cookie. */
            refresh_token?: string;
            /** @description Who signed in. */
            user: components["schemas"]["Me"];
        };
        /**
         * ChangePage
         * @description What changed in a room since a number.
         */
        ChangePage: {
            /** @description Every message created or changed since, in its present state, ascending by `changed_seq`. */
            items: components["schemas"]["Message"][];
            /**
             * Format: int64
             * @description The number of the room's latest change when the page was read.
             */
            last_seq: number;
            /** @description Whether there is more: go on after the greatest `changed_seq` of `items`. */
            more: boolean;
        };
        /**
         * ChangePasswordRequest
         * @description `POST /auth/password`.
         */
        ChangePasswordRequest: {
            /** @description `true` asks for the refresh token as a cookie instead of in the body (browsers). */
            cookie?: boolean | null;
            /** @description The password until now. */
            current_password: string;
            /**
             * Password
             * Format: password
             * @description The password from now on. All sessions end, this one too; the answer is a new one.
             * @example two cups of tea
             */
            new_password: string;
        };
        /**
         * @description The stable word of a problem. Clients branch on it; the sentences beside it may change.
         * @enum {string}
         */
        Code: "invalid_input" | "unknown_type" | "unauthorized" | "token_expired" | "invalid_credentials" | "invalid_refresh_token" | "forbidden" | "not_a_member" | "registration_closed" | "account_disabled" | "origin_not_allowed" | "not_found" | "method_not_allowed" | "request_timeout" | "name_taken" | "client_id_reused" | "message_deleted" | "offset_mismatch" | "protocol_version" | "too_large" | "quota_exceeded" | "storage_full" | "unsupported_media_type" | "range_not_satisfiable" | "upgrade_required" | "rate_limited" | "unavailable" | "internal";
        /**
         * CreateRoomRequest
         * @description `POST /rooms`.
         */
        CreateRoomRequest: {
            /**
             * RoomEmoji
             * @description An emoji that stands for the room; empty for none.
             * @example 🍵
             */
            emoji?: string | null;
            /**
             * RoomName
             * @description The room's address; names that begin with `private_` are reserved.
             * @example general
             */
            name: string;
            /**
             * RoomTitle
             * @description The room's title; the name where absent.
             * @example General
             */
            title?: string | null;
            /**
             * RoomTopic
             * @description What the room is about.
             * @example Everything and nothing
             */
            topic?: string | null;
        };
        /**
         * DirectoryRoom
         * @description A public room in the directory.
         */
        DirectoryRoom: {
            /** @description An emoji that stands for the room; absent in private rooms, and where none was chosen. */
            emoji?: string;
            /** @description Whether the one who asks is a member. */
            is_member: boolean;
            /**
             * Format: int64
             * @description How many members it has.
             */
            member_count: number;
            /** @description The room's name and address. */
            name: string;
            /**
             * Format: int64
             * @description How many of them are connected now, as far as they let the one who asks see it; of those who are connected
             *     to other servers alone at most 1,024 people are looked for.
             */
            online_count: number;
            /** @description The room's title. */
            title: string;
            /** @description What the room is about. */
            topic?: string;
        };
        /**
         * DirectoryRoomPage
         * @description A page of the directory of public rooms.
         */
        DirectoryRoomPage: {
            /** @description Those in which somebody is online first, then by the latest message, then by how many members there are. */
            items: components["schemas"]["DirectoryRoom"][];
            /** @description Where the next page begins; absent on the last. */
            next_cursor?: string;
        };
        /**
         * EditMessageRequest
         * @description `PATCH /rooms/{room}/messages/{message_id}`.
         */
        EditMessageRequest: {
            /**
             * WrittenText
             * @description What it shall say instead.
             * @example see https://example.org
             */
            text: string;
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
         * FileMatch
         * @description A stretch of the name of a picture or file that was looked for.
         */
        FileMatch: {
            /**
             * Format: uint32
             * @description One past the last character.
             */
            end: number;
            /**
             * Format: uuid
             * @description Which of the message's `images` or `files`.
             */
            media_id: string;
            /**
             * Format: uint32
             * @description The first character of its name, counted in Unicode scalar values.
             */
            start: number;
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
         * LoginRequest
         * @description `POST /auth/login`. Rules of form are not checked here: a wrong password is simply wrong.
         */
        LoginRequest: {
            /** @description `true` asks for the refresh token as a cookie instead of in the body (browsers). */
            cookie?: boolean | null;
            /**
             * @description The `device_token` of an earlier answer to this account, from a client without cookies: what
             *     others try under this name does not keep this device waiting.
             */
            device_token?: string | null;
            /** @description The password. */
            password: string;
            /** @description The username. */
            username: string;
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
         * Media
         * @description What was uploaded: attach it to a message by its id within a day. One of the three is there.
         */
        Media: {
            /** @description A recording; without `listened_at`, which its message alone says. */
            audio?: components["schemas"]["Audio"];
            /** @description Any other file. */
            file?: components["schemas"]["File"];
            /**
             * Format: uuid
             * @description Its id.
             */
            id: string;
            /** @description A picture. */
            image?: components["schemas"]["Image"];
        };
        /**
         * MediaUsage
         * @description How much of what somebody uploaded is kept, and of what all people did.
         */
        MediaUsage: {
            /**
             * Format: uint64
             * @description So many bytes they may have.
             */
            quota_bytes: number;
            /**
             * Format: uint64
             * @description So many bytes all people may have together.
             */
            total_quota_bytes: number;
            /**
             * Format: uint64
             * @description In bytes, what all people have; until its files are removed, also what was deleted.
             */
            total_used_bytes: number;
            /**
             * Format: uint64
             * @description In bytes, as it is stored: also what no message carries yet.
             */
            used_bytes: number;
        };
        /**
         * Member
         * @description A member of a room.
         */
        Member: {
            /** @description The address of their picture, on this server; absent without one. */
            avatar_url?: string;
            /** @description The name that people see. */
            display_name: string;
            /**
             * Format: int64
             * @description The user's number.
             */
            id: number;
            /**
             * Format: date-time
             * @description Since when they are a member.
             * @example 2026-11-22T10:00:00.000Z
             */
            joined_at: string;
            /** @description Whether a device of theirs is connected now. `false` of who keeps that to themselves. */
            online: boolean;
            /** @description The username. */
            username: string;
        };
        /**
         * MemberPage
         * @description A page of a room's members.
         */
        MemberPage: {
            /** @description Those who are online first, then by name. */
            items: components["schemas"]["Member"][];
            /** @description Where the next page begins; absent on the last. */
            next_cursor?: string;
        };
        /**
         * MemberReceipt
         * @description A member of a room and how far they have got.
         */
        MemberReceipt: {
            /**
             * Format: int64
             * @description Up to where the messages have reached a device of theirs; in private rooms alone.
             */
            delivered_seq?: number;
            /**
             * Format: int64
             * @description Up to where this person has read.
             */
            read_seq: number;
            /** @description Who. */
            user: components["schemas"]["UserRef"];
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
         * MessagePage
         * @description A page of a room's history.
         */
        MessagePage: {
            /** @description Whether there are newer messages after the page. */
            has_after: boolean;
            /** @description Whether there are older messages before the page. */
            has_before: boolean;
            /** @description Ascending by `seq`. */
            items: components["schemas"]["Message"][];
            /**
             * Format: int64
             * @description The number of the room's latest change when the page was read.
             */
            last_seq: number;
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
         * ReadMark
         * @description How far one person has read one room.
         */
        ReadMark: {
            /**
             * Format: int64
             * @description How many of them mention this person or everybody in the room; counting stops at 100.
             */
            mentions: number;
            /**
             * Format: int64
             * @description Up to where this person has read.
             */
            read_seq: number;
            /**
             * Format: int64
             * @description The others' undeleted messages after it; counting stops at 100.
             */
            unread: number;
        };
        /**
         * ReadRequest
         * @description `PUT /rooms/{room}/read`.
         */
        ReadRequest: {
            /**
             * Format: int64
             * @description The number of the last message seen. A mark never moves back, and never past the head.
             */
            seq: number;
        };
        /**
         * ReceiptPage
         * @description A page of how far a room's members have got.
         */
        ReceiptPage: {
            /** @description Ordered by username. */
            items: components["schemas"]["MemberReceipt"][];
            /** @description Where the next page begins; absent on the last. */
            next_cursor?: string;
            /**
             * Format: int64
             * @description Up to where somebody else than the one who asks has read.
             */
            others_read_seq: number;
        };
        /**
         * RefreshRequest
         * @description `POST /auth/refresh`.
         */
        RefreshRequest: {
            /** @description The current refresh token; absent when it comes as the cookie. */
            refresh_token?: string | null;
        };
        /**
         * RegisterRequest
         * @description `POST /auth/register`.
         */
        RegisterRequest: {
            /** @description `true` asks for the refresh token as a cookie instead of in the body (browsers). */
            cookie?: boolean | null;
            /**
             * DisplayName
             * @description The name that people see; the username where absent.
             * @example Mira
             */
            display_name?: string | null;
            /**
             * Password
             * Format: password
             * @description The password.
             * @example two cups of tea
             */
            password: string;
            /** @description The one-time token of the set-up link; makes the first administrator. */
            setup_token?: string | null;
            /**
             * Username
             * @description The username to sign in with.
             * @example mira
             */
            username: string;
        };
        /**
         * Room
         * @description A room, as the one who asks sees it.
         */
        Room: {
            /**
             * Format: date-time
             * @description When it was made.
             * @example 2026-11-22T10:00:00.000Z
             */
            created_at: string;
            /**
             * Format: int64
             * @description Who may change title, topic and emoji (beside administrators): the user who made the room.
             */
            created_by?: number;
            /** @description An emoji that stands for the room; absent in private rooms, and where none was chosen. */
            emoji?: string;
            /**
             * Format: int64
             * @description History before this number was pruned; 0 where all of it is there.
             */
            floor_seq: number;
            /** @description Whether the one who asks is a member. */
            is_member: boolean;
            /** @description Public or private. */
            kind: components["schemas"]["RoomKind"];
            /**
             * Format: int64
             * @description The number of its latest change.
             */
            last_seq: number;
            /**
             * Format: int64
             * @description How many members it has.
             */
            member_count: number;
            /** @description The room's name and address. */
            name: string;
            /** @description The other person of a private room. */
            peer?: components["schemas"]["UserRef"];
            /** @description The room's title; in a private room the other person's display name. */
            title: string;
            /** @description What the room is about. */
            topic?: string;
        };
        /**
         * @description Which family a room belongs to.
         * @enum {string}
         */
        RoomKind: "public" | "private";
        /**
         * RoomList
         * @description A page of one's own rooms.
         */
        RoomList: {
            /**
             * @description The pinned ones first, then by the latest message, the newest first; a room without messages
             *     stands where it was joined.
             */
            items: components["schemas"]["RoomSummary"][];
            /** @description For the next page; absent on the last. */
            next_cursor?: string;
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
         * SearchHit
         * @description A message that was found.
         */
        SearchHit: {
            /** @description The same of the names of its pictures and files. */
            file_matches: components["schemas"]["FileMatch"][];
            /** @description What of its text was looked for, ascending and apart from each other; the first hundred places. */
            matches: components["schemas"]["TextMatch"][];
            /** @description The message in its present state; its `seq` opens the history around it. */
            message: components["schemas"]["Message"];
            /** @description Where it stands. */
            room: components["schemas"]["SearchRoom"];
        };
        /**
         * SearchPage
         * @description A page of what was found.
         */
        SearchPage: {
            /** @description Whether older messages are still being indexed, so that some of them may not be found yet. */
            indexing: boolean;
            /** @description The newest first. */
            items: components["schemas"]["SearchHit"][];
            /** @description Asks for the next page; absent on the last one. */
            next_cursor?: string;
            /** @description Whether the search ended early since it took too long: with `next_cursor` it goes on. */
            partial: boolean;
        };
        /**
         * SearchRoom
         * @description The room in which something was found, as the one who asks sees it.
         */
        SearchRoom: {
            /** @description Public or private. */
            kind: components["schemas"]["RoomKind"];
            /** @description The room's name and address. */
            name: string;
            /** @description The other person of a private room. */
            peer?: components["schemas"]["UserRef"];
            /** @description The room's title; in a private room the other person's display name. */
            title: string;
        };
        /**
         * SendMessageRequest
         * @description `POST /rooms/{room}/messages`.
         */
        SendMessageRequest: {
            /**
             * Format: uuid
             * @description An id that the client makes; the same one is the same message for ever. Best
             *     a UUID of version 7, whose order is that of time: the server finds those fastest.
             */
            client_id: string;
            /** @description What was uploaded (`POST /media`) and is to be carried: pictures and files, or one voice message. */
            media?: string[] | null;
            /**
             * WrittenText
             * @description What to say; may be absent where something is attached.
             * @example see https://example.org
             */
            text?: string | null;
        };
        /**
         * Session
         * @description A device that is signed in.
         */
        Session: {
            /**
             * Format: date-time
             * @description When it signed in.
             * @example 2026-11-22T10:00:00.000Z
             */
            created_at: string;
            /** @description Whether it is the one that asks. */
            current: boolean;
            /**
             * Format: date-time
             * @description When it must sign in anew at the latest.
             * @example 2026-11-22T10:00:00.000Z
             */
            expires_at: string;
            /**
             * Format: uuid
             * @description The session's id.
             */
            id: string;
            /**
             * Format: date-time
             * @description When it last fetched an access token.
             * @example 2026-11-22T10:00:00.000Z
             */
            last_used_at: string;
            /** @description What the client called itself when it signed in. */
            user_agent?: string;
        };
        /**
         * SessionList
         * @description All devices that are signed in.
         */
        SessionList: {
            /** @description The latest used first. */
            items: components["schemas"]["Session"][];
        };
        /**
         * SharedRoom
         * @description A public room in which two people are.
         */
        SharedRoom: {
            /** @description An emoji that stands for the room; absent where none was chosen. */
            emoji?: string;
            /** @description The room's name and address. */
            name: string;
            /** @description The room's title. */
            title: string;
        };
        /**
         * SharedRooms
         * @description The public rooms in which two people are.
         */
        SharedRooms: {
            /** @description Ordered by title; 50 at most. */
            items: components["schemas"]["SharedRoom"][];
            /**
             * Format: int64
             * @description How many there are.
             */
            total: number;
        };
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
         * TextMatch
         * @description A stretch of a message's text that was looked for.
         */
        TextMatch: {
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
        };
        /**
         * @description The version of the protocol.
         * @enum {string}
         */
        TusVersion: "1.0.0";
        /**
         * UpdateMeRequest
         * @description `PATCH /users/me`. Absent fields stay as they are.
         */
        UpdateMeRequest: {
            /**
             * DisplayName
             * @description The name that people see.
             * @example Mira
             */
            display_name?: string | null;
            /** @description `true` keeps to oneself when one is online and was last seen, and hides that of others. */
            hide_last_seen?: boolean | null;
            /** @description `true` keeps to oneself what reached one and what one has read, and hides that of others. */
            hide_receipts?: boolean | null;
        };
        /**
         * UpdateRoomPreferencesRequest
         * @description `PATCH /rooms/{room}/preferences`. Absent fields stay as they are; one is there at least.
         */
        UpdateRoomPreferencesRequest: {
            /** @description `true` marks the room as unread, to come back to it. */
            marked_unread?: boolean | null;
            /** @description What of it to hear of; `nothing` mutes the room. */
            notifications?: components["schemas"]["Notifications"];
            /** @description Whether the room stays at the top of the list. */
            pinned?: boolean | null;
        };
        /**
         * UpdateRoomRequest
         * @description `PATCH /rooms/{room}`. Absent fields stay as they are.
         */
        UpdateRoomRequest: {
            /**
             * RoomEmoji
             * @description An emoji that stands for the room; empty takes it away.
             * @example 🍵
             */
            emoji?: string | null;
            /**
             * RoomTitle
             * @description The room's title.
             * @example General
             */
            title?: string | null;
            /**
             * RoomTopic
             * @description What the room is about; empty clears it.
             * @example Everything and nothing
             */
            topic?: string | null;
        };
        /**
         * User
         * @description Somebody in the directory.
         */
        User: {
            /** @description The address of their picture, on this server; absent without one. */
            avatar_url?: string;
            /** @description The name that people see. */
            display_name: string;
            /**
             * Format: int64
             * @description The user's number.
             */
            id: number;
            /**
             * Format: date-time
             * @description When their last device went away; absent while online, before the first visit, and of who
             *     keeps that to themselves.
             * @example 2026-11-22T10:00:00.000Z
             */
            last_seen_at?: string;
            /** @description Whether a device of theirs is connected now. `false` of who keeps that to themselves. */
            online: boolean;
            /** @description The username. */
            username: string;
        };
        /**
         * UserPage
         * @description A page of the directory.
         */
        UserPage: {
            /** @description Ordered by display name. */
            items: components["schemas"]["User"][];
            /** @description Where the next page begins; absent on the last. */
            next_cursor?: string;
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
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    login: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["LoginRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json; charset=utf-8": components["schemas"]["Authenticated"];
                };
            };
            /** @description The input is not as described here; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not signed in, or not any longer. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description This may be seen but not done by this person. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is larger than the limit. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is not of the type that is described here. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too often; wait `retry_after_ms`. */
            429: {
                headers: {
                    /** @description Seconds to wait before the same is tried again. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database is away or the server is stopping; the same may be repeated. */
            503: {
                headers: {
                    /** @description Seconds to wait before the same is tried again. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    logout: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The input is not as described here; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not signed in, or not any longer. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description This may be seen but not done by this person. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too often; wait `retry_after_ms`. */
            429: {
                headers: {
                    /** @description Seconds to wait before the same is tried again. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database is away or the server is stopping; the same may be repeated. */
            503: {
                headers: {
                    /** @description Seconds to wait before the same is tried again. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    changePassword: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChangePasswordRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json; charset=utf-8": components["schemas"]["Authenticated"];
                };
            };
            /** @description The input is not as described here; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not signed in, or not any longer. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description This may be seen but not done by this person. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is larger than the limit. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is not of the type that is described here. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too often; wait `retry_after_ms`. */
            429: {
                headers: {
                    /** @description Seconds to wait before the same is tried again. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database is away or the server is stopping; the same may be repeated. */
            503: {
                headers: {
                    /** @description Seconds to wait before the same is tried again. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    refresh: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RefreshRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json; charset=utf-8": components["schemas"]["Authenticated"];
                };
            };
            /** @description The input is not as described here; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not signed in, or not any longer. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description This may be seen but not done by this person. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is larger than the limit. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is not of the type that is described here. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too often; wait `retry_after_ms`. */
            429: {
                headers: {
                    /** @description Seconds to wait before the same is tried again. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database is away or the server is stopping; the same may be repeated. */
            503: {
                headers: {
                    /** @description Seconds to wait before the same is tried again. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    register: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RegisterRequest"];
            };
        };
        responses: {
            /** @description It was made. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json; charset=utf-8": components["schemas"]["Authenticated"];
                };
            };
            /** @description The input is not as described here; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description This may be seen but not done by this person. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description It collides with what is there; `code` says how. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is larger than the limit. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is not of the type that is described here. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too often; wait `retry_after_ms`. */
            429: {
                headers: {
                    /** @description Seconds to wait before the same is tried again. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database is away or the server is stopping; the same may be repeated. */
            503: {
                headers: {
                    /** @description Seconds to wait before the same is tried again. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listSessions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json; charset=utf-8": components["schemas"]["SessionList"];
                };
            };
            /** @description The input is not as described here; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not signed in, or not any longer. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description This may be seen but not done by this person. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too often; wait `retry_after_ms`. */
            429: {
                headers: {
                    /** @description Seconds to wait before the same is tried again. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database is away or the server is stopping; the same may be repeated. */
            503: {
                headers: {
                    /** @description Seconds to wait before the same is tried again. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    endSession: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The session, as listed. */
                session_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The input is not as described here; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not signed in, or not any longer. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description This may be seen but not done by this person. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such thing, or this person may not see it. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too often; wait `retry_after_ms`. */
            429: {
                headers: {
                    /** @description Seconds to wait before the same is tried again. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database is away or the server is stopping; the same may be repeated. */
            503: {
                headers: {
                    /** @description Seconds to wait before the same is tried again. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listPublicRooms: {
        parameters: {
            query?: {
                /** @description The `next_cursor` of the page before. */
                cursor?: string;
                /** @description The most entries of the page. */
                limit?: number;
                /** @description What the names contain. */
                q?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json; charset=utf-8": components["schemas"]["DirectoryRoomPage"];
                };
            };
            /** @description The input is not as described here; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not signed in, or not any longer. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description This may be seen but not done by this person. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too often; wait `retry_after_ms`. */
            429: {
                headers: {
                    /** @description Seconds to wait before the same is tried again. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database is away or the server is stopping; the same may be repeated. */
            503: {
                headers: {
                    /** @description Seconds to wait before the same is tried again. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    uploadMedia: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "multipart/form-data": {
                    /** Format: binary */
                    file: string;
                    /**
                     * @description What it shall be; without it, what it is decides.
                     * @enum {string}
                     */
                    kind?: "audio" | "image" | "file";
                };
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json; charset=utf-8": components["schemas"]["Media"];
                };
            };
            /** @description The input is not as described here; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not signed in, or not any longer. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description This may be seen but not done by this person. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is larger than the limit. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is not of the type that is described here. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too often; wait `retry_after_ms`. */
            429: {
                headers: {
                    /** @description Seconds to wait before the same is tried again. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database is away or the server is stopping; the same may be repeated. */
            503: {
                headers: {
                    /** @description Seconds to wait before the same is tried again. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getMedia: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Its id. */
                media_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json; charset=utf-8": components["schemas"]["Media"];
                };
            };
            /** @description The input is not as described here; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not signed in, or not any longer. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description This may be seen but not done by this person. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such thing, or this person may not see it. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too often; wait `retry_after_ms`. */
            429: {
                headers: {
                    /** @description Seconds to wait before the same is tried again. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database is away or the server is stopping; the same may be repeated. */
            503: {
                headers: {
                    /** @description Seconds to wait before the same is tried again. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    beginUpload: {
        parameters: {
            query?: never;
            header: {
                /** @description The version of the protocol, `1.0.0`. */
                "Tus-Resumable"?: components["schemas"]["TusVersion"];
                /** @description How long the file is, in bytes. */
                "Upload-Length": number;
                /**
                 * @description `kind` (`audio`, `image` or `file`, as in `POST /media`) and `filename`, each followed by a space and
                 *     its value in base64, with commas between them. Both may be left out.
                 */
                "Upload-Metadata"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It may come now. */
            201: {
                headers: {
                    /** @description Where it is to be sent: the path of this upload. */
                    Location: string;
                    /** @description When it goes if it is not finished. */
                    "Upload-Expires": string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The input is not as described here; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not signed in, or not any longer. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description This may be seen but not done by this person. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description This version of the protocol is not spoken here. */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is larger than the limit. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is not of the type that is described here. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too often; wait `retry_after_ms`. */
            429: {
                headers: {
                    /** @description Seconds to wait before the same is tried again. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database is away or the server is stopping; the same may be repeated. */
            503: {
                headers: {
                    /** @description Seconds to wait before the same is tried again. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    describeUploads: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What is spoken here. */
            204: {
                headers: {
                    /** @description The parts of it that may be left out, and are here. */
                    "Tus-Extension": string;
                    /** @description The longest file, in bytes. */
                    "Tus-Max-Size": number;
                    /** @description The versions of the protocol. */
                    "Tus-Version": string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The input is not as described here; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description This may be seen but not done by this person. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too often; wait `retry_after_ms`. */
            429: {
                headers: {
                    /** @description Seconds to wait before the same is tried again. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database is away or the server is stopping; the same may be repeated. */
            503: {
                headers: {
                    /** @description Seconds to wait before the same is tried again. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    cancelUpload: {
        parameters: {
            query?: never;
            header?: {
                /** @description The version of the protocol, `1.0.0`. */
                "Tus-Resumable"?: components["schemas"]["TusVersion"];
            };
            path: {
                /** @description Its id. */
                upload_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The input is not as described here; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not signed in, or not any longer. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description This may be seen but not done by this person. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such thing, or this person may not see it. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description This version of the protocol is not spoken here. */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too often; wait `retry_after_ms`. */
            429: {
                headers: {
                    /** @description Seconds to wait before the same is tried again. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database is away or the server is stopping; the same may be repeated. */
            503: {
                headers: {
                    /** @description Seconds to wait before the same is tried again. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getUpload: {
        parameters: {
            query?: never;
            header?: {
                /** @description The version of the protocol, `1.0.0`. */
                "Tus-Resumable"?: components["schemas"]["TusVersion"];
            };
            path: {
                /** @description Its id. */
                upload_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description So it stands. */
            200: {
                headers: {
                    /** @description When it goes if it is not finished. */
                    "Upload-Expires"?: string;
                    /** @description How long the whole is. */
                    "Upload-Length": number;
                    /**
                     * @description When all of it is here: the id of what was made of it, for messages to carry it, and for `GET
                     *     /media/{media_id}`.
                     */
                    "Upload-Media-Id"?: string;
                    /** @description How many bytes are here for good: go on after them. */
                    "Upload-Offset": number;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The input is not as described here; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not signed in, or not any longer. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description This may be seen but not done by this person. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such thing, or this person may not see it. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description This version of the protocol is not spoken here. */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too often; wait `retry_after_ms`. */
            429: {
                headers: {
                    /** @description Seconds to wait before the same is tried again. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database is away or the server is stopping; the same may be repeated. */
            503: {
                headers: {
                    /** @description Seconds to wait before the same is tried again. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    continueUpload: {
        parameters: {
            query?: never;
            header: {
                /** @description The version of the protocol, `1.0.0`. */
                "Tus-Resumable"?: components["schemas"]["TusVersion"];
                /** @description Where the body belongs: how much is here already. */
                "Upload-Offset": number;
            };
            path: {
                /** @description Its id. */
                upload_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/offset+octet-stream": string;
            };
        };
        responses: {
            /** @description So much is here for good. */
            204: {
                headers: {
                    /** @description When it goes if it is not finished. */
                    "Upload-Expires"?: string;
                    /**
                     * @description When all of it is here: the id of what was made of it, for messages to carry it, and for `GET
                     *     /media/{media_id}`.
                     */
                    "Upload-Media-Id"?: string;
                    /** @description How many bytes: go on after them. */
                    "Upload-Offset": number;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The input is not as described here; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not signed in, or not any longer. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description This may be seen but not done by this person. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such thing, or this person may not see it. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description It collides with what is there; `code` says how. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description This version of the protocol is not spoken here. */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is larger than the limit. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is not of the type that is described here. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too often; wait `retry_after_ms`. */
            429: {
                headers: {
                    /** @description Seconds to wait before the same is tried again. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database is away or the server is stopping; the same may be repeated. */
            503: {
                headers: {
                    /** @description Seconds to wait before the same is tried again. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getMediaUsage: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json; charset=utf-8": components["schemas"]["MediaUsage"];
                };
            };
            /** @description The input is not as described here; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not signed in, or not any longer. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description This may be seen but not done by this person. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too often; wait `retry_after_ms`. */
            429: {
                headers: {
                    /** @description Seconds to wait before the same is tried again. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database is away or the server is stopping; the same may be repeated. */
            503: {
                headers: {
                    /** @description Seconds to wait before the same is tried again. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listRooms: {
        parameters: {
            query?: {
                /**
                 * @description The `next_cursor` of the page before: it names the rooms that were told, and so grows from page
                 *     to page.
                 */
                cursor?: string;
                /** @description The most entries of the page. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json; charset=utf-8": components["schemas"]["RoomList"];
                };
            };
            /** @description The input is not as described here; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not signed in, or not any longer. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description This may be seen but not done by this person. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too often; wait `retry_after_ms`. */
            429: {
                headers: {
                    /** @description Seconds to wait before the same is tried again. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database is away or the server is stopping; the same may be repeated. */
            503: {
                headers: {
                    /** @description Seconds to wait before the same is tried again. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createRoom: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateRoomRequest"];
            };
        };
        responses: {
            /** @description It was made. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json; charset=utf-8": components["schemas"]["Room"];
                };
            };
            /** @description The input is not as described here; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not signed in, or not any longer. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description This may be seen but not done by this person. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description It collides with what is there; `code` says how. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is larger than the limit. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is not of the type that is described here. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too often; wait `retry_after_ms`. */
            429: {
                headers: {
                    /** @description Seconds to wait before the same is tried again. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database is away or the server is stopping; the same may be repeated. */
            503: {
                headers: {
                    /** @description Seconds to wait before the same is tried again. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getRoom: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The room's name. */
                room: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json; charset=utf-8": components["schemas"]["Room"];
                };
            };
            /** @description The input is not as described here; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not signed in, or not any longer. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description This may be seen but not done by this person. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such thing, or this person may not see it. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too often; wait `retry_after_ms`. */
            429: {
                headers: {
                    /** @description Seconds to wait before the same is tried again. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database is away or the server is stopping; the same may be repeated. */
            503: {
                headers: {
                    /** @description Seconds to wait before the same is tried again. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    updateRoom: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The room's name. */
                room: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UpdateRoomRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json; charset=utf-8": components["schemas"]["Room"];
                };
            };
            /** @description The input is not as described here; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not signed in, or not any longer. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description This may be seen but not done by this person. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such thing, or this person may not see it. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is larger than the limit. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is not of the type that is described here. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too often; wait `retry_after_ms`. */
            429: {
                headers: {
                    /** @description Seconds to wait before the same is tried again. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database is away or the server is stopping; the same may be repeated. */
            503: {
                headers: {
                    /** @description Seconds to wait before the same is tried again. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listChanges: {
        parameters: {
            query?: {
                /** @description The number after which to begin; everything where absent. */
                after?: number;
                /** @description The most messages of the page. */
                limit?: number;
            };
            header?: never;
            path: {
                /** @description The room's name. */
                room: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json; charset=utf-8": components["schemas"]["ChangePage"];
                };
            };
            /** @description The input is not as described here; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not signed in, or not any longer. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description This may be seen but not done by this person. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such thing, or this person may not see it. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too often; wait `retry_after_ms`. */
            429: {
                headers: {
                    /** @description Seconds to wait before the same is tried again. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database is away or the server is stopping; the same may be repeated. */
            503: {
                headers: {
                    /** @description Seconds to wait before the same is tried again. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listMembers: {
        parameters: {
            query?: {
                /** @description The `next_cursor` of the page before. */
                cursor?: string;
                /** @description The most entries of the page. */
                limit?: number;
                /** @description What the usernames or names contain. */
                search?: string;
            };
            header?: never;
            path: {
                /** @description The room's name. */
                room: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json; charset=utf-8": components["schemas"]["MemberPage"];
                };
            };
            /** @description The input is not as described here; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not signed in, or not any longer. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description This may be seen but not done by this person. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such thing, or this person may not see it. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too often; wait `retry_after_ms`. */
            429: {
                headers: {
                    /** @description Seconds to wait before the same is tried again. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database is away or the server is stopping; the same may be repeated. */
            503: {
                headers: {
                    /** @description Seconds to wait before the same is tried again. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    joinRoom: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The room's name. */
                room: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The input is not as described here; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not signed in, or not any longer. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description This may be seen but not done by this person. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such thing, or this person may not see it. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too often; wait `retry_after_ms`. */
            429: {
                headers: {
                    /** @description Seconds to wait before the same is tried again. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database is away or the server is stopping; the same may be repeated. */
            503: {
                headers: {
                    /** @description Seconds to wait before the same is tried again. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    leaveRoom: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The room's name. */
                room: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The input is not as described here; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not signed in, or not any longer. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description This may be seen but not done by this person. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such thing, or this person may not see it. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too often; wait `retry_after_ms`. */
            429: {
                headers: {
                    /** @description Seconds to wait before the same is tried again. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database is away or the server is stopping; the same may be repeated. */
            503: {
                headers: {
                    /** @description Seconds to wait before the same is tried again. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listMessages: {
        parameters: {
            query?: {
                /** @description Only messages whose `seq` is above this. */
                after?: number;
                /** @description The messages on both sides of this `seq`. */
                around?: number;
                /** @description Only messages whose `seq` is below this. */
                before?: number;
                /** @description The most messages of the page. */
                limit?: number;
            };
            header?: never;
            path: {
                /** @description The room's name. */
                room: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json; charset=utf-8": components["schemas"]["MessagePage"];
                };
            };
            /** @description The input is not as described here; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not signed in, or not any longer. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description This may be seen but not done by this person. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such thing, or this person may not see it. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too often; wait `retry_after_ms`. */
            429: {
                headers: {
                    /** @description Seconds to wait before the same is tried again. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database is away or the server is stopping; the same may be repeated. */
            503: {
                headers: {
                    /** @description Seconds to wait before the same is tried again. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    sendMessage: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The room's name. */
                room: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SendMessageRequest"];
            };
        };
        responses: {
            /** @description It had been made before. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json; charset=utf-8": components["schemas"]["Message"];
                };
            };
            /** @description It was made. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json; charset=utf-8": components["schemas"]["Message"];
                };
            };
            /** @description The input is not as described here; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not signed in, or not any longer. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description This may be seen but not done by this person. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such thing, or this person may not see it. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description It collides with what is there; `code` says how. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is larger than the limit. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is not of the type that is described here. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too often; wait `retry_after_ms`. */
            429: {
                headers: {
                    /** @description Seconds to wait before the same is tried again. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database is away or the server is stopping; the same may be repeated. */
            503: {
                headers: {
                    /** @description Seconds to wait before the same is tried again. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getMessage: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The message. */
                message_id: string;
                /** @description The room's name. */
                room: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json; charset=utf-8": components["schemas"]["Message"];
                };
            };
            /** @description The input is not as described here; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not signed in, or not any longer. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description This may be seen but not done by this person. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such thing, or this person may not see it. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too often; wait `retry_after_ms`. */
            429: {
                headers: {
                    /** @description Seconds to wait before the same is tried again. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database is away or the server is stopping; the same may be repeated. */
            503: {
                headers: {
                    /** @description Seconds to wait before the same is tried again. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteMessage: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The message. */
                message_id: string;
                /** @description The room's name. */
                room: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json; charset=utf-8": components["schemas"]["Message"];
                };
            };
            /** @description The input is not as described here; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not signed in, or not any longer. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description This may be seen but not done by this person. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such thing, or this person may not see it. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too often; wait `retry_after_ms`. */
            429: {
                headers: {
                    /** @description Seconds to wait before the same is tried again. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database is away or the server is stopping; the same may be repeated. */
            503: {
                headers: {
                    /** @description Seconds to wait before the same is tried again. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    editMessage: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The message. */
                message_id: string;
                /** @description The room's name. */
                room: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EditMessageRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json; charset=utf-8": components["schemas"]["Message"];
                };
            };
            /** @description The input is not as described here; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not signed in, or not any longer. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description This may be seen but not done by this person. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such thing, or this person may not see it. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description It collides with what is there; `code` says how. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is larger than the limit. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is not of the type that is described here. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too often; wait `retry_after_ms`. */
            429: {
                headers: {
                    /** @description Seconds to wait before the same is tried again. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database is away or the server is stopping; the same may be repeated. */
            503: {
                headers: {
                    /** @description Seconds to wait before the same is tried again. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    markListened: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The message. */
                message_id: string;
                /** @description The room's name. */
                room: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json; charset=utf-8": components["schemas"]["Message"];
                };
            };
            /** @description The input is not as described here; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not signed in, or not any longer. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description This may be seen but not done by this person. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such thing, or this person may not see it. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too often; wait `retry_after_ms`. */
            429: {
                headers: {
                    /** @description Seconds to wait before the same is tried again. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database is away or the server is stopping; the same may be repeated. */
            503: {
                headers: {
                    /** @description Seconds to wait before the same is tried again. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    updateRoomPreferences: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The room's name. */
                room: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UpdateRoomPreferencesRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json; charset=utf-8": components["schemas"]["RoomPreferences"];
                };
            };
            /** @description The input is not as described here; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not signed in, or not any longer. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description This may be seen but not done by this person. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such thing, or this person may not see it. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is larger than the limit. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is not of the type that is described here. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too often; wait `retry_after_ms`. */
            429: {
                headers: {
                    /** @description Seconds to wait before the same is tried again. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database is away or the server is stopping; the same may be repeated. */
            503: {
                headers: {
                    /** @description Seconds to wait before the same is tried again. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    markRead: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The room's name. */
                room: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ReadRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json; charset=utf-8": components["schemas"]["ReadMark"];
                };
            };
            /** @description The input is not as described here; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not signed in, or not any longer. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description This may be seen but not done by this person. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such thing, or this person may not see it. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is larger than the limit. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is not of the type that is described here. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too often; wait `retry_after_ms`. */
            429: {
                headers: {
                    /** @description Seconds to wait before the same is tried again. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database is away or the server is stopping; the same may be repeated. */
            503: {
                headers: {
                    /** @description Seconds to wait before the same is tried again. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listReceipts: {
        parameters: {
            query?: {
                /** @description The `next_cursor` of the page before. */
                cursor?: string;
                /** @description The most entries of the page. */
                limit?: number;
                /** @description Only who has read this number. */
                seq?: number;
            };
            header?: never;
            path: {
                /** @description The room's name. */
                room: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json; charset=utf-8": components["schemas"]["ReceiptPage"];
                };
            };
            /** @description The input is not as described here; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not signed in, or not any longer. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description This may be seen but not done by this person. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such thing, or this person may not see it. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too often; wait `retry_after_ms`. */
            429: {
                headers: {
                    /** @description Seconds to wait before the same is tried again. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database is away or the server is stopping; the same may be repeated. */
            503: {
                headers: {
                    /** @description Seconds to wait before the same is tried again. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    searchRoom: {
        parameters: {
            query?: {
                /** @description The `next_cursor` of the page before. */
                cursor?: string;
                /** @description The most hits of the page; 20 where absent. */
                limit?: number;
                /** @description What was typed so far; nothing where absent. */
                q?: string;
                /** @description How many minutes one's clock is ahead of UTC, for the days of `before:` and `after:`. */
                utc_offset?: number;
            };
            header?: never;
            path: {
                /** @description The room's name. */
                room: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json; charset=utf-8": components["schemas"]["SearchPage"];
                };
            };
            /** @description The input is not as described here; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not signed in, or not any longer. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description This may be seen but not done by this person. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such thing, or this person may not see it. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too often; wait `retry_after_ms`. */
            429: {
                headers: {
                    /** @description Seconds to wait before the same is tried again. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database is away or the server is stopping; the same may be repeated. */
            503: {
                headers: {
                    /** @description Seconds to wait before the same is tried again. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    search: {
        parameters: {
            query?: {
                /** @description The `next_cursor` of the page before. */
                cursor?: string;
                /** @description The most hits of the page; 20 where absent. */
                limit?: number;
                /** @description What was typed so far; nothing where absent. */
                q?: string;
                /** @description How many minutes one's clock is ahead of UTC, for the days of `before:` and `after:`. */
                utc_offset?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json; charset=utf-8": components["schemas"]["SearchPage"];
                };
            };
            /** @description The input is not as described here; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not signed in, or not any longer. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description This may be seen but not done by this person. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too often; wait `retry_after_ms`. */
            429: {
                headers: {
                    /** @description Seconds to wait before the same is tried again. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database is away or the server is stopping; the same may be repeated. */
            503: {
                headers: {
                    /** @description Seconds to wait before the same is tried again. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listUsers: {
        parameters: {
            query?: {
                /** @description The `next_cursor` of the page before. */
                cursor?: string;
                /** @description The most entries of the page. */
                limit?: number;
                /** @description `true`: only who is online now. */
                online?: boolean;
                /** @description What the names contain. */
                q?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json; charset=utf-8": components["schemas"]["UserPage"];
                };
            };
            /** @description The input is not as described here; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not signed in, or not any longer. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description This may be seen but not done by this person. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too often; wait `retry_after_ms`. */
            429: {
                headers: {
                    /** @description Seconds to wait before the same is tried again. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database is away or the server is stopping; the same may be repeated. */
            503: {
                headers: {
                    /** @description Seconds to wait before the same is tried again. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getUser: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The user's number. */
                user_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json; charset=utf-8": components["schemas"]["User"];
                };
            };
            /** @description The input is not as described here; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not signed in, or not any longer. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description This may be seen but not done by this person. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such thing, or this person may not see it. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too often; wait `retry_after_ms`. */
            429: {
                headers: {
                    /** @description Seconds to wait before the same is tried again. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database is away or the server is stopping; the same may be repeated. */
            503: {
                headers: {
                    /** @description Seconds to wait before the same is tried again. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    openPrivateRoom: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The other person. */
                user_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It had been made before. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json; charset=utf-8": components["schemas"]["Room"];
                };
            };
            /** @description It was made. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json; charset=utf-8": components["schemas"]["Room"];
                };
            };
            /** @description The input is not as described here; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not signed in, or not any longer. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description This may be seen but not done by this person. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such thing, or this person may not see it. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too often; wait `retry_after_ms`. */
            429: {
                headers: {
                    /** @description Seconds to wait before the same is tried again. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database is away or the server is stopping; the same may be repeated. */
            503: {
                headers: {
                    /** @description Seconds to wait before the same is tried again. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listSharedRooms: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The other person. */
                user_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json; charset=utf-8": components["schemas"]["SharedRooms"];
                };
            };
            /** @description The input is not as described here; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not signed in, or not any longer. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description This may be seen but not done by this person. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such thing, or this person may not see it. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too often; wait `retry_after_ms`. */
            429: {
                headers: {
                    /** @description Seconds to wait before the same is tried again. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database is away or the server is stopping; the same may be repeated. */
            503: {
                headers: {
                    /** @description Seconds to wait before the same is tried again. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getMe: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json; charset=utf-8": components["schemas"]["Me"];
                };
            };
            /** @description The input is not as described here; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not signed in, or not any longer. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description This may be seen but not done by this person. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too often; wait `retry_after_ms`. */
            429: {
                headers: {
                    /** @description Seconds to wait before the same is tried again. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database is away or the server is stopping; the same may be repeated. */
            503: {
                headers: {
                    /** @description Seconds to wait before the same is tried again. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    updateMe: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UpdateMeRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json; charset=utf-8": components["schemas"]["Me"];
                };
            };
            /** @description The input is not as described here; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not signed in, or not any longer. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description This may be seen but not done by this person. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is larger than the limit. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is not of the type that is described here. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too often; wait `retry_after_ms`. */
            429: {
                headers: {
                    /** @description Seconds to wait before the same is tried again. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database is away or the server is stopping; the same may be repeated. */
            503: {
                headers: {
                    /** @description Seconds to wait before the same is tried again. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    setAvatar: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "multipart/form-data": {
                    /** Format: binary */
                    file: string;
                };
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json; charset=utf-8": components["schemas"]["Me"];
                };
            };
            /** @description The input is not as described here; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not signed in, or not any longer. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description This may be seen but not done by this person. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body did not arrive in time. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is larger than the limit. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is not of the type that is described here. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too often; wait `retry_after_ms`. */
            429: {
                headers: {
                    /** @description Seconds to wait before the same is tried again. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database is away or the server is stopping; the same may be repeated. */
            503: {
                headers: {
                    /** @description Seconds to wait before the same is tried again. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    removeAvatar: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json; charset=utf-8": components["schemas"]["Me"];
                };
            };
            /** @description The input is not as described here; `errors` names the fields. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not signed in, or not any longer. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description This may be seen but not done by this person. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too often; wait `retry_after_ms`. */
            429: {
                headers: {
                    /** @description Seconds to wait before the same is tried again. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The database is away or the server is stopping; the same may be repeated. */
            503: {
                headers: {
                    /** @description Seconds to wait before the same is tried again. */
                    "Retry-After"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
}
