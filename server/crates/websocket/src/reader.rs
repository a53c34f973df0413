//! Messages out of what was read, however the network cut it.

use std::borrow::Cow;

use crate::header::{self, Header};
use crate::{Closed, Event, Fault, Opcode, Role, mask};

/// Reads what the other end sent.
///
/// A message is refused as soon as its frames announce more than the limit, and a text as soon as it
/// cannot become UTF-8. Memory is taken for what has arrived, never for what is announced: at most the
/// limit and a control frame of 125 bytes, and nothing between two messages.
#[derive(Debug)]
pub struct Reader {
    role: Role,
    limit: usize,
    /// The beginning of a head that is incomplete.
    head: [u8; header::MAX_BYTES],
    head_size: u8,
    /// The frame of which payload is missing.
    frame: Option<Frame>,
    message: Option<Message>,
    control: Vec<u8>,
    /// The peer closed, or did something wrong.
    has_ended: bool,
}

/// A frame that is arriving.
#[derive(Clone, Copy, Debug)]
struct Frame {
    is_final: bool,
    opcode: Opcode,
    /// Turned so that it begins with what the next byte needs.
    mask: [u8; 4],
    missing: usize,
}

/// A message that is arriving.
#[derive(Debug)]
struct Message {
    opcode: Opcode,
    payload: Vec<u8>,
    /// How much of a text is known to be UTF-8.
    valid: usize,
}

impl Reader {
    /// Reads for this end messages of at most so many bytes.
    #[must_use]
    pub const fn new(role: Role, limit: usize) -> Self {
        Self {
            role,
            limit,
            head: [0; header::MAX_BYTES],
            head_size: 0,
            frame: None,
            message: None,
            control: Vec::new(),
            has_ended: false,
        }
    }

    /// Reads messages of another size from the next frame on.
    pub const fn set_limit(&mut self, limit: usize) {
        self.limit = limit;
    }

    /// The bytes of memory that it holds beside itself.
    #[must_use]
    pub fn held(&self) -> usize {
        let message = self.message.as_ref().map_or(0, |message| message.payload.capacity());
        message + self.control.capacity()
    }

    /// How many bytes of an incomplete message have arrived.
    #[must_use]
    pub fn arrived(&self) -> usize {
        self.message.as_ref().map_or(0, |message| message.payload.len())
    }

    /// Takes bytes from the beginning of `input` until a frame is complete, which it hands on; `None` when
    /// all are taken and more are needed. What comes after a close frame or a fault is taken and ignored.
    ///
    /// # Errors
    /// What the peer did wrong.
    pub fn read<'a>(&mut self, input: &mut &'a [u8]) -> Result<Option<Event<'a>>, Fault> {
        if self.has_ended {
            *input = &[];
            return Ok(None);
        }
        let event = self.take(input);
        self.has_ended = matches!(event, Err(_) | Ok(Some(Event::Close(_))));
        if self.has_ended {
            (self.message, self.control) = (None, Vec::new());
        }
        event
    }

    fn take<'a>(&mut self, input: &mut &'a [u8]) -> Result<Option<Event<'a>>, Fault> {
        let mut frame = match self.frame.take() {
            Some(frame) => frame,
            None => {
                let Some(header) = self.take_header(input)? else { return Ok(None) };
                let frame = self.begin(header)?;
                // What is masked has to be copied.
                if self.role == Role::Client
                    && frame.is_final
                    && frame.opcode != Opcode::Continuation
                    && let Some((payload, rest)) = input.split_at_checked(frame.missing)
                {
                    *input = rest;
                    return event(frame.opcode, Cow::Borrowed(payload)).map(Some);
                }
                frame
            }
        };
        let (piece, rest) = input.split_at(frame.missing.min(input.len()));
        *input = rest;
        self.keep(&mut frame, piece)?;
        if frame.missing > 0 {
            self.frame = Some(frame);
            return Ok(None);
        }
        self.complete(frame).map(Some)
    }

    fn take_header(&mut self, input: &mut &[u8]) -> Result<Option<Header>, Fault> {
        let before = usize::from(self.head_size);
        let space = &mut self.head[before..];
        let taken = space.len().min(input.len());
        space[..taken].copy_from_slice(&input[..taken]);
        let header = Header::parse(&self.head[..before + taken], self.role)?;
        let of_head = header.map_or(taken, |header| header.size - before);
        *input = &input[of_head..];
        self.head_size = if header.is_some() { 0 } else { (before + taken) as u8 };
        Ok(header)
    }

    /// Judges a frame before its payload arrives.
    fn begin(&mut self, header: Header) -> Result<Frame, Fault> {
        let Header { is_final, opcode, mask, length, .. } = header;
        let is_continued = opcode == Opcode::Continuation;
        if !opcode.is_control() {
            if is_continued != self.message.is_some() {
                return Err(Fault::Order);
            }
            let collected = self.message.as_ref().map_or(0, |message| message.payload.len());
            if length > self.limit.saturating_sub(collected) {
                return Err(Fault::TooLarge);
            }
        }
        Ok(Frame { is_final, opcode, mask, missing: length })
    }

    /// Keeps a piece of a frame's payload.
    fn keep(&mut self, frame: &mut Frame, piece: &[u8]) -> Result<(), Fault> {
        frame.missing -= piece.len();
        if frame.opcode.is_control() {
            append(&mut self.control, piece, frame.mask, 125);
        } else {
            let message = self.message.get_or_insert_with(|| Message {
                opcode: frame.opcode,
                payload: Vec::new(),
                valid: 0,
            });
            append(&mut message.payload, piece, frame.mask, self.limit);
            let is_complete = frame.is_final && frame.missing == 0;
            if message.opcode == Opcode::Text && !is_complete {
                message.validate()?;
            }
        }
        frame.mask.rotate_left(piece.len() % 4);
        Ok(())
    }

    fn complete(&mut self, frame: Frame) -> Result<Event<'static>, Fault> {
        if frame.opcode.is_control() {
            return event(frame.opcode, Cow::Owned(std::mem::take(&mut self.control)));
        }
        match self.message.take_if(|_| frame.is_final) {
            Some(message) => event(message.opcode, Cow::Owned(message.payload)),
            None => Ok(Event::Fragment),
        }
    }
}

impl Message {
    /// Judges the text that has arrived; its last character may be incomplete.
    fn validate(&mut self) -> Result<(), Fault> {
        match std::str::from_utf8(&self.payload[self.valid..]) {
            Ok(valid) => self.valid += valid.len(),
            Err(error) if error.error_len().is_none() => self.valid += error.valid_up_to(),
            Err(_) => return Err(Fault::NotUtf8),
        }
        Ok(())
    }
}

/// Appends a piece without its mask. Many pieces are copied a few times at most, and no more memory is taken
/// than the limit.
fn append(payload: &mut Vec<u8>, piece: &[u8], mask: [u8; 4], limit: usize) {
    let start = payload.len();
    let needed = start + piece.len();
    if needed > payload.capacity() {
        let capacity = needed.max(limit.min(2 * payload.capacity()));
        payload.reserve_exact(capacity - start);
    }
    payload.extend_from_slice(piece);
    mask::apply(mask, &mut payload[start..]);
}

/// What a control frame or a whole message is.
fn event(opcode: Opcode, payload: Cow<'_, [u8]>) -> Result<Event<'_>, Fault> {
    Ok(match opcode {
        Opcode::Text => Event::Text(text(payload).ok_or(Fault::NotUtf8)?),
        Opcode::Binary | Opcode::Continuation => Event::Binary(payload),
        Opcode::Ping => Event::Ping(payload),
        Opcode::Pong => Event::Pong(payload),
        Opcode::Close => Event::Close(Closed::parse(&payload)?),
    })
}

fn text(payload: Cow<'_, [u8]>) -> Option<Cow<'_, str>> {
    Some(match payload {
        Cow::Borrowed(payload) => Cow::Borrowed(std::str::from_utf8(payload).ok()?),
        Cow::Owned(payload) => Cow::Owned(String::from_utf8(payload).ok()?),
    })
}
