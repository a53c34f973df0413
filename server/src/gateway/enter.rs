//! The way into a socket: who it is, which rooms it is about, and its end.

use std::sync::Arc;
use std::time::Duration;

use adda_protocol::command::{Auth, ClientFrame, Resume};
use adda_protocol::event::{Draining, Refused, ServerFrame};
use adda_protocol::{Code, Problem, RoomName, input};
use adda_realtime::{CloseReason, Topic};
use tokio::time::sleep;

use super::Gateway;
use super::close::End;
use super::connection::{Connection, Message};
use super::large_frames::LargeFrames;
use super::read_permits::ReadPermit;
use super::session::{Session, text_frames_only};
use super::slots::SocketSlot;
use crate::budget::{Asks, costs};
use crate::features::accounts::{AccountError, Person};
use crate::features::rooms::RoomError;
use crate::peer::Peer;

/// Whoever comes back with many devices at once waits for so long rather than being refused.
const SIGN_IN_PATIENCE: Duration = Duration::from_secs(2);

/// Which rooms a socket is about.
#[derive(Clone, Debug)]
pub(super) enum Scope {
    /// All of the person's.
    EveryRoom,
    /// One; `None` for a name that no room can have.
    OneRoom(Option<RoomName>),
}

/// What a socket begins with.
pub(super) struct Start {
    pub(super) gateway: Arc<Gateway>,
    pub(super) connection: Connection,
    pub(super) scope: Scope,
    /// Who, when the handshake carried a token.
    pub(super) person: Option<Person>,
    /// Where from.
    pub(super) peer: Peer,
    pub(super) slot: SocketSlot,
}

/// Runs a socket to its end.
pub(super) async fn run(start: Start) {
    let Start { gateway, mut connection, scope, person, peer, slot } = start;
    // The way in is boxed: its future is large and short-lived, the loop's small and long-lived.
    let entered = Box::pin(enter(&gateway, &mut connection, scope, person, peer)).await;
    let end = match entered {
        Ok((mut session, place_of_user)) => {
            let end = session.live(&mut connection).await;
            drop((session, place_of_user));
            end
        }
        Err(end) => end,
    };
    tracing::debug!(%peer, ?end, "a socket ends");
    if end == End::Draining {
        connection.queue_text(&draining(gateway.open_sockets()));
    }
    // Room that is made in a while is none.
    let farewell = if end == End::MadeRoom { Duration::ZERO } else { gateway.timing.farewell };
    Box::pin(connection.close(end, farewell)).await;
    drop(slot);
}

/// Says when to come back: each socket at another time, so that not all come at once. Of very many sockets no
/// more than two thousand a second do.
fn draining(sockets: usize) -> String {
    let most = u64::try_from(sockets / 2).unwrap_or(u64::MAX).clamp(5_000, 60_000);
    let retry_after_ms = rand::random_range(500..most);
    ServerFrame::Draining(Draining { retry_after_ms }).encode()
}

/// Signs in and subscribes. Answers the running session, or why there is none.
async fn enter(
    gateway: &Arc<Gateway>,
    connection: &mut Connection,
    scope: Scope,
    person: Option<Person>,
    peer: Peer,
) -> Result<(Session, SocketSlot), End> {
    let SignedIn { person, resume, mut permit, as_of } =
        sign_in(gateway, connection, person, peer).await?;
    let Ok(slot) = gateway.slots.of_user(person.id) else { return Err(End::RateLimited) };
    let payer = gateway.budgets.person(person.id, peer);
    let uploads = gateway.services.media.incoming().clone();
    let large_frames = LargeFrames::new(uploads, person.id, peer.network(), gateway.timing.pace);
    connection.signed_in(payer.clone(), large_frames);
    let Ok(pause) = payer.admit(costs::SIGN_IN, Asks::InTurn(SIGN_IN_PATIENCE)) else {
        return Err(End::RateLimited);
    };
    if !pause.is_zero() {
        drop(permit);
        sleep(pause).await;
        permit = gateway.read_permits.take().await;
    }

    let only_room = match scope {
        Scope::EveryRoom => None,
        Scope::OneRoom(name) => Some(one_room(gateway, &person, name).await?),
    };
    let mut session = Session::new(gateway, &person, payer, only_room);
    // What this person is told from now on arrives, and what was told before is read.
    gateway.broker.subscribe(&[Topic::of_user(person.id)]).await;
    // From here on this socket hears when its session ends. Whether it did before is asked where anybody's
    // may have, or the way in took as long as somebody held the room's lock.
    if gateway.hub.user_changes() != as_of || only_room.is_some() {
        still_stands(gateway, &person).await?;
    }
    if gateway.draining.is_cancelled() {
        // The order to close went to the sockets that were known by then; this one was not.
        session.outbox.close(CloseReason::Draining);
    }
    session.begin(connection, &person, resume, permit).await?;
    Ok((session, slot))
}

/// Somebody whose token was good.
struct SignedIn {
    person: Person,
    /// Where they go on.
    resume: Option<Resume>,
    /// With which the rest may be read.
    permit: ReadPermit,
    /// [`adda_realtime::Hub::user_changes`] before the token was looked at.
    as_of: u64,
}

async fn sign_in(
    gateway: &Gateway,
    connection: &mut Connection,
    person: Option<Person>,
    peer: Peer,
) -> Result<SignedIn, End> {
    if let Some(person) = person {
        let permit = gateway.read_permits.take().await;
        let as_of = gateway.hub.user_changes();
        // The upgrade takes as long as the client wants.
        still_stands(gateway, &person).await?;
        return Ok(SignedIn { person, resume: None, permit, as_of });
    }
    let stranger = gateway.slots.stranger(peer);
    let auth = tokio::select! {
        auth = first_frame(connection) => auth?,
        () = sleep(gateway.timing.auth_within) => return Err(End::AuthTimeout),
        () = stranger.must_leave() => return Err(End::MadeRoom),
        () = gateway.draining.cancelled() => return Err(End::Draining),
    };
    drop(stranger);
    let permit = gateway.read_permits.take().await;
    let as_of = gateway.hub.user_changes();
    let person = gateway.services.accounts.authenticate(&auth.token).await;
    let person = person.map_err(|error| sign_in_failed(&error))?;
    Ok(SignedIn { person, resume: auth.resume, permit, as_of })
}

fn sign_in_failed(error: &AccountError) -> End {
    match error {
        AccountError::Disabled => End::AccountDisabled,
        AccountError::TokenExpired => End::TokenExpired,
        AccountError::Database(_) => End::Internal,
        _ => End::AuthFailed,
    }
}

async fn still_stands(gateway: &Gateway, person: &Person) -> Result<(), End> {
    match gateway.services.accounts.look_again(person.session_id).await {
        Ok(()) => Ok(()),
        Err(AccountError::Disabled) => Err(End::AccountDisabled),
        Err(AccountError::Database(_)) => Err(End::Internal),
        Err(_) => Err(End::SessionRevoked),
    }
}

async fn first_frame(connection: &mut Connection) -> Result<Auth, End> {
    let problem = loop {
        let text = match connection.next().await? {
            Message::Text(text) => text,
            Message::Binary => break text_frames_only(),
            Message::Heartbeat => {
                connection.flush().await?;
                continue;
            }
        };
        match input::parse::<ClientFrame>(text.as_bytes()) {
            Ok(ClientFrame::Auth(auth)) => return Ok(auth),
            Err(problem) => break problem,
            Ok(_) => {
                let sentence = "The first frame must be `auth` with an access token.";
                break Problem::new(Code::Unauthorized, sentence);
            }
        }
    };
    let refused = ServerFrame::Error(Refused { reference: None, error: problem });
    connection.queue_text(&refused.encode());
    connection.flush().await?;
    Err(End::ProtocolError)
}

/// Opening a public room joins it; a room that may not be seen is refused.
async fn one_room(
    gateway: &Gateway,
    person: &Person,
    name: Option<RoomName>,
) -> Result<Topic, End> {
    let name = name.ok_or(End::RoomForbidden)?;
    match gateway.services.rooms.join(person, &name).await {
        Ok(access) => Ok(access.room.topic()),
        Err(RoomError::NotFound) => Err(End::RoomForbidden),
        Err(RoomError::TooOften(_)) => Err(End::RateLimited),
        Err(error) => {
            tracing::warn!(%error, "a socket's room could not be opened");
            Err(End::Internal)
        }
    }
}
