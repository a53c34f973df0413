//! From a frame to the feature that does it.

use adda_protocol::command::{ClientFrame, Resume, TypingKind};
use adda_protocol::event::{Done, Pong, ServerFrame};
use adda_protocol::{Code, Problem, RoomName, UserId, input};
use adda_realtime::Topic;
use bytes::Bytes;
use serde_json::Value;
use tokio::task::spawn_blocking;
use tokio::time::Instant;

use super::MAX_FRAME_BYTES;
use super::close::End;
use super::connection::Connection;
use super::session::Session;
use crate::budget::costs;
use crate::features::media::Owner;
use crate::features::messages::{self, Target, Uploader};
use crate::features::{inbox, presence};

/// A typing notice of the same socket and room is passed on at most this often.
const TYPING_EVERY: std::time::Duration = std::time::Duration::from_secs(1);

/// The `ref` of a frame, where there is a sound one.
fn reference(value: &Value) -> Option<String> {
    value.get("ref")?.as_str().filter(|text| is_sound(text)).map(str::to_owned)
}

/// The `ref` of a frame that is not done, also of one that cannot be read.
fn reference_in(json: &[u8]) -> Option<String> {
    match input::value(json) {
        Ok(value) => reference(&value),
        Err(_) => input::find_string(json, "ref").filter(|text| is_sound(text)),
    }
}

fn is_sound(reference: &str) -> bool {
    reference.chars().count() <= 64
}

fn parse(json: &[u8]) -> Result<ClientFrame, (Option<String>, Problem)> {
    let is_large = json.len() > MAX_FRAME_BYTES;
    if is_large && input::bytes_beside_longest_string(json) > MAX_FRAME_BYTES {
        return Err((input::find_string(json, "ref").filter(|text| is_sound(text)), too_large()));
    }
    let value = input::value(json).map_err(|problem| (reference_in(json), problem))?;
    let reference = reference(&value);
    let kind = value.get("type").and_then(Value::as_str);
    match kind {
        Some(kind) if !ClientFrame::TYPES.contains(&kind) => {
            let sentence = format!(
                "The server knows no such frame; `type` must be one of {}.",
                ClientFrame::TYPES.join(", ")
            );
            Err((reference, Problem::new(Code::UnknownType, sentence)))
        }
        _ => match input::parse_value(value, json) {
            Ok(frame) if is_large && !has_media(&frame) => Err((reference, too_large())),
            parsed => parsed.map_err(|problem| (reference, problem)),
        },
    }
}

/// Whether a frame has a recording or a picture in it.
fn has_media(frame: &ClientFrame) -> bool {
    matches!(frame, ClientFrame::MessageSend(command) if command.audio.is_some() || command.image.is_some())
}

fn too_large() -> Problem {
    Problem::new(
        Code::TooLarge,
        "A frame has 128 KiB at most, and 3 MiB with a voice message or a picture in it; send less.",
    )
}

/// What a command that is done at once answers: nothing, unless it was given a `ref`.
fn done(reference: Option<String>) -> Option<ServerFrame> {
    reference.map(|reference| {
        ServerFrame::Ok(Done { reference: Some(reference), message: None, duplicate: None })
    })
}

fn not_open_here() -> Problem {
    Problem::new(
        Code::NotFound,
        "There is no such room on this connection; join it first, or open it on its own address.",
    )
}

impl Session {
    /// Does what a frame asks for.
    pub(super) async fn dispatch(
        &mut self,
        connection: &mut Connection,
        json: String,
    ) -> Result<(), End> {
        let bytes = json.len().min(MAX_FRAME_BYTES);
        // A large one takes long enough to be read where nobody waits for the thread. It is not held while it
        // is done.
        let parsed = if json.len() > MAX_FRAME_BYTES {
            let parsed = spawn_blocking(move || parse(json.as_bytes())).await;
            parsed.unwrap_or_else(|_| Err((None, Problem::internal())))
        } else {
            parse(json.as_bytes())
        };
        let (reference, frame) = match parsed {
            Ok(frame) => (reference_of(&frame), frame),
            Err((reference, problem)) => {
                let problem = self.may(connection, costs::COMMAND).err().unwrap_or(problem);
                return self.refuse(connection, reference, problem).await;
            }
        };
        let has_media = has_media(&frame);
        if let Err(problem) = self.may(connection, costs::command(&frame)) {
            return self.refuse(connection, reference, problem).await;
        }
        let answer = match frame {
            ClientFrame::MessageSend(command) => {
                let target = self.target(&command.room);
                let told = command.text.as_ref().map_or(0, |text| text.as_str().len());
                self.pay_for_telling(connection, &target, told);
                let messages = &self.gateway.services.messages;
                let (bytes, answer) = if has_media {
                    // What is in it is accounted for by the right to keep it.
                    let uploader = self.uploader(connection);
                    let answer = messages::send_inline(messages, target, command, uploader).await;
                    (0, answer.map(|answer| self.gateway.apart(self.user_id, answer)))
                } else {
                    (bytes, messages::send(messages, target, command).await)
                };
                return self.later(connection, bytes, reference, answer).await;
            }
            ClientFrame::MessageEdit(command) => {
                let target = self.target(&command.room);
                self.pay_for_telling(connection, &target, command.text.as_str().len());
                let answer = messages::edit(&self.gateway.services.messages, target, command).await;
                return self.later(connection, bytes, reference, answer).await;
            }
            ClientFrame::MessageDelete(command) => {
                let target = self.target(&command.room);
                self.pay_for_telling(connection, &target, 0);
                let answer =
                    messages::delete(&self.gateway.services.messages, target, command).await;
                return self.later(connection, bytes, reference, answer).await;
            }
            ClientFrame::MessageListened(command) => {
                let target = self.target(&command.room);
                self.pay_for_telling(connection, &target, 0);
                let _permit = self.payer.permit().await;
                let messages = &self.gateway.services.messages;
                let answer = messages::listened(messages, self.user_id, command).await;
                return self.later(connection, bytes, reference, answer).await;
            }
            ClientFrame::Auth(command) => self.renew(&command.token).await?.map(|()| {
                Some(ServerFrame::Ok(Done {
                    reference: command.reference,
                    message: None,
                    duplicate: None,
                }))
            }),
            ClientFrame::Resume(command) => {
                let resume = Resume { epoch: command.epoch, rooms: command.rooms };
                let gone = self.resume(resume);
                gone.iter().for_each(|json| connection.queue_text(json));
                self.write(connection).await?;
                Ok(done(reference.clone()))
            }
            ClientFrame::Typing(command) => {
                let kind = command.kind.unwrap_or(TypingKind::Text);
                self.typing(connection, &command.room, kind).map(|()| done(reference.clone()))
            }
            ClientFrame::Delivered(command) => {
                let _permit = self.payer.permit().await;
                let told = inbox::delivered(&self.gateway.services.inbox, self.user_id, &command);
                told.await.map(|()| done(reference.clone()))
            }
            ClientFrame::Read(command) => {
                let _permit = self.payer.permit().await;
                let read = inbox::read(&self.gateway.services.inbox, self.user_id, &command).await;
                read.map(|()| done(reference.clone()))
            }
            ClientFrame::PresenceWatch(command) => match self.watch(command.user_ids).await {
                Ok(frames) => {
                    frames.iter().for_each(|json| connection.queue_text(json));
                    self.write(connection).await?;
                    Ok(done(reference.clone()))
                }
                Err(problem) => Err(problem),
            },
            ClientFrame::RoomOpen(command) => {
                let snapshot = self.open(&command.room).await;
                match snapshot {
                    Ok(frame) => {
                        connection.queue(frame);
                        self.write(connection).await?;
                        Ok(done(reference.clone()))
                    }
                    Err(problem) => Err(problem),
                }
            }
            ClientFrame::RoomClose(command) => {
                self.close(&command.room);
                Ok(done(reference.clone()))
            }
            ClientFrame::Ping(_) => {
                Ok(Some(ServerFrame::Pong(Pong { reference: reference.clone() })))
            }
        };
        match answer {
            Ok(Some(frame)) => {
                connection.queue_text(&frame.encode());
                self.write(connection).await
            }
            Ok(None) => Ok(()),
            Err(problem) => self.refuse(connection, reference, problem).await,
        }
    }

    /// Pays for telling everybody in a room of a change of so many bytes.
    fn pay_for_telling(&self, connection: &mut Connection, target: &Target<'_>, bytes: usize) {
        if let Some(room) = &target.known {
            self.pay_for_delivery(connection, room.topic(), bytes);
        }
    }

    fn pay_for_delivery(&self, connection: &mut Connection, topic: Topic, bytes: usize) {
        let sockets = self.gateway.hub.subscriber_count(topic);
        connection.rest(self.payer.charge(costs::deliveries(sockets, bytes)));
    }

    /// What adds what stood in the last frame.
    fn uploader(&self, connection: &mut Connection) -> Uploader {
        Uploader {
            media: self.gateway.services.media.clone(),
            owner: Owner::new(self.user_id, self.outbox.session_id),
            turn: connection.upload_permit(),
        }
    }

    fn target(&self, room: &RoomName) -> Target<'_> {
        let known = self.subscriptions.get(room.as_str()).map(|known| known.room.clone());
        Target { user_id: self.user_id, known, rooms: &self.gateway.services.rooms }
    }

    async fn later(
        &mut self,
        connection: &mut Connection,
        bytes: usize,
        reference: Option<String>,
        answer: Result<messages::Answer, Problem>,
    ) -> Result<(), End> {
        match answer {
            Ok(answer) => {
                self.keep(bytes, reference, answer);
                Ok(())
            }
            Err(problem) => self.refuse(connection, reference, problem).await,
        }
    }

    fn typing(
        &mut self,
        connection: &mut Connection,
        room: &RoomName,
        kind: TypingKind,
    ) -> Result<(), Problem> {
        let now = Instant::now();
        let subscription = self.subscriptions.by_name(room.as_str()).ok_or_else(not_open_here)?;
        if subscription.typed_at.is_some_and(|at| now < at + TYPING_EVERY) {
            return Ok(());
        }
        subscription.typed_at = Some(now);
        let (room, version) = (&subscription.room, subscription.members_version);
        let topic = room.topic();
        presence::typing(&self.gateway.services.presence, self.user_id, room, version, kind);
        self.pay_for_delivery(connection, topic, 0);
        Ok(())
    }

    /// Watches these people and no longer those of the last list.
    async fn watch(&mut self, mut users: Vec<UserId>) -> Result<Vec<String>, Problem> {
        users.sort_unstable();
        users.dedup();
        let peers = self.peers();
        let is_over = |user: &UserId| users.binary_search(user).is_err() && !peers.contains(user);
        let over: Vec<_> = self.watched.iter().copied().filter(is_over).collect();
        self.gateway.services.presence.unwatch(&over, &self.outbox);
        self.watched = users.into();
        let _permit = self.payer.permit().await;
        presence::watch(&self.gateway.services.presence, &self.watched, &self.outbox).await
    }

    async fn open(&mut self, room: &RoomName) -> Result<Bytes, Problem> {
        let subscription = self.subscriptions.by_name(room.as_str()).ok_or_else(not_open_here)?;
        let _permit = self.payer.permit().await;
        let snapshot =
            self.gateway.services.presence.open(&subscription.room, &self.outbox).await?;
        subscription.is_open = true;
        Ok(snapshot)
    }

    fn close(&mut self, room: &RoomName) {
        if let Some(subscription) = self.subscriptions.by_name(room.as_str())
            && std::mem::take(&mut subscription.is_open)
        {
            self.gateway.services.presence.close(subscription.room.topic(), &self.outbox);
        }
    }
}

fn reference_of(frame: &ClientFrame) -> Option<String> {
    match frame {
        ClientFrame::Auth(command) => &command.reference,
        ClientFrame::Resume(command) => &command.reference,
        ClientFrame::MessageSend(command) => &command.reference,
        ClientFrame::MessageEdit(command) => &command.reference,
        ClientFrame::MessageDelete(command) => &command.reference,
        ClientFrame::MessageListened(command) => &command.reference,
        ClientFrame::Typing(command) => &command.reference,
        ClientFrame::Delivered(command) => &command.reference,
        ClientFrame::Read(command) => &command.reference,
        ClientFrame::PresenceWatch(command) => &command.reference,
        ClientFrame::RoomOpen(command) => &command.reference,
        ClientFrame::RoomClose(command) => &command.reference,
        ClientFrame::Ping(command) => &command.reference,
    }
    .clone()
}
