//! What everything costs, in one place: about the time that a processor spends on it, and more where it
//! also takes the one writer of the database, a place on the disk or other people's attention.

use std::time::Duration;

use adda_protocol::command::ClientFrame;
use adda_websocket::Event;
use poem::http::Method;

const fn micros(count: u64) -> Duration {
    Duration::from_micros(count)
}

/// A change that is stored for good: it takes the writer, the disk, and the eyes of those who see it.
pub(crate) const CHANGE: Duration = micros(4_000);
/// A mark, which is stored together with many others.
const MARK: Duration = micros(1_000);
/// A few rows of the database that are found by their keys.
const LOOK: Duration = micros(1_000);
/// A search by parts of names, which reads all of them.
const SEARCH: Duration = micros(5_000);
/// A search in messages.
const MESSAGES_SEARCH: Duration = micros(8_000);
/// A page of a list; the guess is of a page of the largest messages.
const PAGE: Toll = Toll { guess: micros(5_000), least: micros(1_000) };
/// A recording or a picture that is received; how long it is decoded comes on top.
const MEDIA: Duration = micros(20_000);
/// A picture that is decoded and made anew.
const PICTURE: Duration = micros(40_000);
/// A file of the app, or a document.
const FILE: Duration = micros(300);
/// The handshake of a socket.
const HANDSHAKE: Duration = micros(1_000);

/// A socket that signs in: its person is looked up, and all their rooms.
pub(crate) const SIGN_IN: Duration = micros(2_000);
/// A room that a socket subscribes to, or that a client names.
const ROOM: Duration = micros(30);
/// A person whom a socket watches.
const WATCHED: Duration = micros(20);
/// A command of a socket that is about what is in memory.
pub(crate) const COMMAND: Duration = micros(500);
/// A page of catching up, without its bytes.
pub(crate) const SYNC_PAGE: Duration = micros(700);

/// Something read from a connection, be it one byte.
const READ: Duration = micros(10);
/// A piece of a message.
const FRAGMENT: Duration = micros(20);
/// A ping that is answered, or a pong.
const HEARTBEAT: Duration = micros(100);
/// A byte that comes in is read, unmasked and parsed.
const BYTE_IN: Duration = Duration::from_nanos(20);
/// A byte of a file that is received goes to the disk as it is.
const FILE_BYTE_IN: Duration = Duration::from_nanos(2);
/// A byte that goes out was read from the database and encoded.
const BYTE_OUT: Duration = Duration::from_nanos(10);

/// One more socket that is told of something, and a byte of what it is told.
const DELIVERY: Duration = micros(5);
const DELIVERED_BYTE: Duration = Duration::from_nanos(1);

/// What a request costs, as far as can be known before it is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Toll {
    /// What is paid before.
    pub guess: Duration,
    /// What it costs at least; what its answer has in bytes comes on top.
    pub least: Duration,
}

impl From<Duration> for Toll {
    fn from(cost: Duration) -> Self {
        Self { guess: cost, least: cost }
    }
}

fn times(cost: Duration, count: usize) -> Duration {
    cost.saturating_mul(u32::try_from(count).unwrap_or(u32::MAX))
}

/// A request to any address.
#[must_use]
pub(crate) fn request(method: &Method, path: &str) -> Toll {
    if let Some(path) = path.strip_prefix("/api/v1/") {
        // What is no operation is answered with a problem.
        return operation(method, path).unwrap_or_else(|| LOOK.into());
    }
    if path == "/ws" || path.starts_with("/ws/") { HANDSHAKE.into() } else { FILE.into() }
}

/// An operation of the REST API; nothing for what is none.
#[must_use]
pub(crate) fn operation(method: &Method, path: &str) -> Option<Toll> {
    let segments: Vec<_> = path.split('/').collect();
    let toll = match (method.as_str(), segments.as_slice()) {
        ("GET", ["openapi.json" | "asyncapi.json"]) => FILE.into(),
        ("GET", ["auth", "sessions"]) => LOOK.into(),
        ("POST" | "DELETE", ["auth", ..]) => CHANGE.into(),
        ("GET", ["users"] | ["directory", "rooms"]) => SEARCH.into(),
        ("GET", ["search"] | ["rooms", _, "search"]) => MESSAGES_SEARCH.into(),
        ("GET", ["users", _]) => LOOK.into(),
        ("GET", ["users", _, "shared-rooms"]) => PAGE,
        ("PUT", ["users", "me", "avatar"]) => PICTURE.into(),
        ("DELETE", ["users", "me", "avatar"]) => CHANGE.into(),
        ("PATCH", ["users", "me"]) => CHANGE.into(),
        ("PUT", ["users", _, "private-room"]) => CHANGE.into(),
        ("POST", ["media"]) => MEDIA.into(),
        ("GET", ["media", _]) => LOOK.into(),
        ("OPTIONS", ["media", "uploads"]) => FILE.into(),
        ("HEAD", ["media", "uploads", _]) => LOOK.into(),
        ("POST", ["media", "uploads"]) | ("DELETE", ["media", "uploads", _]) => CHANGE.into(),
        ("PATCH", ["media", "uploads", _]) => MEDIA.into(),
        ("GET", ["rooms", _, "members"]) => SEARCH.into(),
        ("GET", ["rooms"] | ["rooms", _, "receipts" | "messages" | "changes"]) => PAGE,
        ("GET", ["rooms", _] | ["rooms", _, "messages", _]) => LOOK.into(),
        ("PUT", ["rooms", _, "read"]) => MARK.into(),
        ("PUT", ["rooms", _, "messages", _, "listened"]) => CHANGE.into(),
        ("POST", ["rooms"] | ["rooms", _, "messages"]) => CHANGE.into(),
        ("PATCH", ["rooms", _] | ["rooms", _, "preferences"]) => CHANGE.into(),
        ("PATCH" | "DELETE", ["rooms", _, "messages", _]) => CHANGE.into(),
        ("PUT" | "DELETE", ["rooms", _, "membership"]) => CHANGE.into(),
        _ => return None,
    };
    Some(toll)
}

/// A body, or what else comes in.
#[must_use]
pub(crate) fn bytes_in(count: usize) -> Duration {
    times(BYTE_IN, count)
}

/// A piece of a file.
#[must_use]
pub(crate) fn file_bytes_in(count: usize) -> Duration {
    times(FILE_BYTE_IN, count)
}

/// An answer.
#[must_use]
pub(crate) fn bytes_out(count: usize) -> Duration {
    times(BYTE_OUT, count)
}

/// Something read from a connection.
#[must_use]
pub(crate) fn read(count: usize) -> Duration {
    READ + bytes_in(count)
}

/// A frame, whatever is in it.
#[must_use]
pub(crate) fn frame(event: &Event) -> Duration {
    if event.is_control() { HEARTBEAT } else { FRAGMENT }
}

/// A command of a socket, beside its bytes.
#[must_use]
pub(crate) fn command(frame: &ClientFrame) -> Duration {
    match frame {
        ClientFrame::MessageSend(command) if command.audio.is_some() || command.image.is_some() => {
            CHANGE + MEDIA
        }
        ClientFrame::MessageSend(_)
        | ClientFrame::MessageEdit(_)
        | ClientFrame::MessageDelete(_)
        | ClientFrame::MessageListened(_) => CHANGE,
        ClientFrame::Auth(_) => LOOK,
        ClientFrame::Resume(command) => COMMAND + times(ROOM, command.rooms.len()),
        ClientFrame::Delivered(_) | ClientFrame::Read(_) => MARK,
        ClientFrame::PresenceWatch(command) => LOOK + times(WATCHED, command.user_ids.len()),
        // The members may have to be read.
        ClientFrame::RoomOpen(_) => LOOK * 2,
        ClientFrame::Typing(_) | ClientFrame::RoomClose(_) | ClientFrame::Ping(_) => COMMAND,
    }
}

/// The rooms that a socket subscribes to when it signs in.
#[must_use]
pub(crate) fn subscriptions(count: usize) -> Duration {
    times(ROOM, count)
}

/// Telling so many sockets so many bytes.
#[must_use]
pub(crate) fn deliveries(sockets: usize, bytes: usize) -> Duration {
    times(DELIVERY + times(DELIVERED_BYTE, bytes), sockets)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_hundred_messages_that_waited_are_within_what_is_saved() {
        let outbox = (CHANGE + read(1_000) + deliveries(100, 1_000)) * 200;
        assert!(outbox < super::super::PERSON.savings, "{outbox:?}");
    }

    #[test]
    fn what_is_larger_or_goes_to_more_costs_more() {
        assert!(bytes_in(128 * 1024) > Duration::from_millis(2));
        assert!(deliveries(5_000, 300) > Duration::from_millis(20));
        assert!(deliveries(usize::MAX, usize::MAX) > Duration::from_secs(3_600));
        assert_eq!(request(&Method::GET, "/assets/index.js"), FILE.into());
        assert_eq!(request(&Method::GET, "/ws/chat/general"), HANDSHAKE.into());
        assert_eq!(request(&Method::GET, "/api/v1/nothing"), LOOK.into());
    }
}
