//! Texts with rules: each is checked once, where it enters, and carries its proof in its type.
//!
//! The rule stands twice on purpose, as code and as a JSON schema (length and pattern), because
//! clients generated from the specs check by the schema. Lengths count Unicode scalar values.

use std::borrow::Cow;
use std::fmt;

use poem_openapi::registry::{MetaSchema, MetaSchemaRef};
use poem_openapi::types::{
    ParseError, ParseFromJSON, ParseFromParameter, ParseResult, ToJSON, Type,
};
use serde_json::Value;

use crate::UserId;
use crate::emoji::is_emoji;
use crate::opaque::opaque_string;
use crate::seen;

/// What a text type promises. `check` normalises the input or says in one sentence what is asked.
trait Rule {
    const NAME: &'static str;
    const ABOUT: &'static str;
    const MIN: usize;
    const MAX: usize;
    const PATTERN: Option<&'static str>;
    const EXAMPLE: &'static str;
    const FORMAT: Option<&'static str> = None;
    fn check(input: &str) -> Result<String, String>;
}

/// One line that is not blank. Like the other patterns, in what all dialects of regular expressions share.
const LINE: &str = r"^[^\x00-\x1f\x7f-\x9f]*[^\x00-\x1f\x7f-\x9f\s][^\x00-\x1f\x7f-\x9f]*$";
/// No control characters.
const ONE_LINE: &str = r"^[^\x00-\x1f\x7f-\x9f]*$";
/// Lines, perhaps none. Carriage returns may come in and never go out: they are made line breaks.
const LINES: &str = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]*$";
/// Lines that are not all blank.
const SOME_LINES: &str = concat!(
    r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]*[^\x00-\x1f\x7f-\x9f\s]",
    r"[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]*$",
);

macro_rules! text_type {
    ($(#[$meta:meta])* $name:ident) => {
        $(#[$meta])*
        #[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(String);

        impl $name {
            /// Checks the input and normalises it.
            ///
            /// # Errors
            /// A sentence that says what would be accepted.
            pub fn parse(input: &str) -> Result<Self, String> {
                <Self as Rule>::check(input).map(Self)
            }

            /// The checked text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// The checked text, owned.
            #[must_use]
            pub fn into_string(self) -> String {
                self.0
            }
        }

        impl Type for $name {
            const IS_REQUIRED: bool = true;
            type RawValueType = Self;
            type RawElementValueType = Self;

            fn name() -> Cow<'static, str> {
                Cow::Borrowed(<Self as Rule>::NAME)
            }

            fn schema_ref() -> MetaSchemaRef {
                MetaSchemaRef::Inline(Box::new(MetaSchema {
                    title: Some(<Self as Rule>::NAME.to_owned()),
                    description: Some(<Self as Rule>::ABOUT),
                    format: <Self as Rule>::FORMAT,
                    min_length: Some(<Self as Rule>::MIN),
                    max_length: Some(<Self as Rule>::MAX),
                    pattern: <Self as Rule>::PATTERN.map(str::to_owned),
                    example: Some(Value::from(<Self as Rule>::EXAMPLE)),
                    ..MetaSchema::new("string")
                }))
            }

            fn as_raw_value(&self) -> Option<&Self::RawValueType> {
                Some(self)
            }

            fn raw_element_iter<'a>(
                &'a self,
            ) -> Box<dyn Iterator<Item = &'a Self::RawElementValueType> + 'a> {
                Box::new(std::iter::once(self))
            }
        }

        impl ParseFromJSON for $name {
            fn parse_from_json(value: Option<Value>) -> ParseResult<Self> {
                match value {
                    Some(Value::String(text)) => Self::parse(&text).map_err(ParseError::custom),
                    _ => Err(ParseError::custom("must be a string")),
                }
            }
        }

        impl ParseFromParameter for $name {
            fn parse_from_parameter(value: &str) -> ParseResult<Self> {
                Self::parse(value).map_err(ParseError::custom)
            }
        }

        impl ToJSON for $name {
            fn to_json(&self) -> Option<Value> {
                Some(Value::String(self.0.clone()))
            }
        }
    };
}

macro_rules! plain_debug {
    ($($name:ident),*) => {$(
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(&self.0, f)
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )*};
}

text_type! {
    /// A person's username, lower-cased on input, unique.
    Username
}
text_type! {
    /// The name that people see: any Unicode, one line.
    DisplayName
}
text_type! {
    /// A new password in clear and in its one form (RFC 8265), on its way to the hash. Its `Debug`
    /// hides it.
    Password
}
text_type! {
    /// A room's name, which is also its address: public (`general`) or private (`private_1_2`).
    RoomName
}
text_type! {
    /// A room's title: any Unicode, one line.
    RoomTitle
}
text_type! {
    /// What a room is about: any Unicode; line breaks are allowed.
    RoomTopic
}
text_type! {
    /// An emoji that stands for a room, or nothing.
    RoomEmoji
}
text_type! {
    /// The text of a message: trimmed at both ends, never empty, otherwise as it was written.
    MessageText
}
text_type! {
    /// What somebody writes into a message: like [`MessageText`], but for one that carries media it may be empty.
    WrittenText
}
text_type! {
    /// What a person types into a search field; may be empty.
    SearchText
}
plain_debug!(
    Username,
    DisplayName,
    RoomName,
    RoomTitle,
    RoomTopic,
    RoomEmoji,
    MessageText,
    WrittenText,
    SearchText
);

impl RoomEmoji {
    /// The emoji, unless it is none.
    #[must_use]
    pub fn chosen(self) -> Option<String> {
        Some(self.0).filter(|emoji| !emoji.is_empty())
    }
}

impl WrittenText {
    /// The text, unless it is empty.
    #[must_use]
    pub fn into_message_text(self) -> Option<MessageText> {
        (!self.0.is_empty()).then_some(MessageText(self.0))
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[hidden]")
    }
}

/// What the text type of this name says to an input; `None` where there is no such type.
pub(crate) fn judge(type_name: &str, input: &str) -> Option<Result<String, String>> {
    fn of<T: Rule>(type_name: &str, input: &str) -> Option<Result<String, String>> {
        (T::NAME == type_name).then(|| T::check(input))
    }
    of::<Username>(type_name, input)
        .or_else(|| of::<DisplayName>(type_name, input))
        .or_else(|| of::<Password>(type_name, input))
        .or_else(|| of::<RoomName>(type_name, input))
        .or_else(|| of::<RoomTitle>(type_name, input))
        .or_else(|| of::<RoomTopic>(type_name, input))
        .or_else(|| of::<RoomEmoji>(type_name, input))
        .or_else(|| of::<MessageText>(type_name, input))
        .or_else(|| of::<WrittenText>(type_name, input))
        .or_else(|| of::<SearchText>(type_name, input))
}

fn length_between(text: &str, min: usize, max: usize) -> bool {
    // Bytes bound scalar values from above by a factor of four, so a long text is not walked whole.
    text.len() <= max * 4 && (min..=max).contains(&text.chars().count())
}

/// What is said of a text that has nothing in it to see.
const NOTHING_TO_SEE: &str = "must have something in it that can be seen";

/// A name or title, as it can stand among others.
fn name(input: &str, min: usize, max: usize) -> Result<String, String> {
    let text = one_line(&seen::without_turns(input, ' '), min, max)?;
    shown(text)
}

/// A text that is shown to everybody, if it has something to see and stays within its row.
fn shown(text: String) -> Result<String, String> {
    if !seen::has_anything(&text) {
        return Err(NOTHING_TO_SEE.into());
    }
    if seen::has_piles(&text) {
        return Err("must not pile more than five marks on one letter".into());
    }
    Ok(text)
}

fn one_line(input: &str, min: usize, max: usize) -> Result<String, String> {
    let text = input.trim();
    if !length_between(text, min, max) || text.chars().any(char::is_control) {
        return Err(format!(
            "must be {min} to {max} characters on one line, without control characters"
        ));
    }
    Ok(text.to_owned())
}

/// A line ends the same however the system of whoever wrote it says so.
fn with_plain_line_breaks(input: &str) -> Cow<'_, str> {
    if input.contains('\r') {
        input.replace("\r\n", "\n").replace('\r', "\n").into()
    } else {
        input.into()
    }
}

fn lines(input: &str, min: usize, max: usize) -> Result<String, String> {
    let input = with_plain_line_breaks(input);
    let text = input.trim();
    if !length_between(text, min, max) {
        return Err(format!("must be {min} to {max} characters, not counting blanks at both ends"));
    }
    if text.chars().any(|c| c.is_control() && c != '\n' && c != '\t') {
        return Err("must not contain control characters other than line breaks and tabs".into());
    }
    Ok(text.to_owned())
}

impl Rule for Username {
    const NAME: &'static str = "Username";
    const ABOUT: &'static str = "A person's username. Upper case is lower-cased on input. It begins and ends with a \
        letter or digit.";
    const MIN: usize = 2;
    const MAX: usize = 32;
    const PATTERN: Option<&'static str> = Some("^[A-Za-z0-9][A-Za-z0-9_.-]{0,30}[A-Za-z0-9]$");
    const EXAMPLE: &'static str = "mira";

    fn check(input: &str) -> Result<String, String> {
        let is_at_an_end = |b: Option<&u8>| b.is_some_and(u8::is_ascii_alphanumeric);
        let bytes = input.as_bytes();
        match Self::known(input) {
            Some(handle) if is_at_an_end(bytes.first()) && is_at_an_end(bytes.last()) => {
                Ok(handle.0)
            }
            Some(_) => Err("must begin and end with a letter or digit".into()),
            None => Err("must be 2 to 32 of the characters a-z 0-9 _ . -".into()),
        }
    }
}

impl Username {
    /// A handle as an account may have it, also one from before handles had to begin and end with a letter or
    /// digit.
    #[must_use]
    pub fn known(input: &str) -> Option<Self> {
        let allowed = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'-');
        let is_one = (Self::MIN..=Self::MAX).contains(&input.len()) && input.bytes().all(allowed);
        is_one.then(|| Self(input.to_ascii_lowercase()))
    }
}

impl Rule for DisplayName {
    const NAME: &'static str = "DisplayName";
    const ABOUT: &'static str = "The name that people see, on one line; trimmed at both ends. It has something \
        to see, and at most five combining marks on one letter; what turns the direction of a text is taken out.";
    const MIN: usize = 1;
    const MAX: usize = 64;
    const PATTERN: Option<&'static str> = Some(LINE);
    const EXAMPLE: &'static str = "Mira";

    fn check(input: &str) -> Result<String, String> {
        name(input, Self::MIN, Self::MAX)
    }
}

impl Rule for Password {
    const NAME: &'static str = "Password";
    const ABOUT: &'static str = "8 to 128 characters of any kind but control \
        characters; passwords that are easily guessed are refused. Composed and decomposed letters, \
        and blanks of every kind, are the same (RFC 8265, OpaqueString).";
    const MIN: usize = 8;
    const MAX: usize = 128;
    const PATTERN: Option<&'static str> = Some(ONE_LINE);
    const EXAMPLE: &'static str = "two cups of tea";
    const FORMAT: Option<&'static str> = Some("password");

    fn check(input: &str) -> Result<String, String> {
        // A letter is composed of a handful of code points at the very most.
        let is_near = input.len() <= Self::MAX * 4 * 4;
        let password = if is_near { opaque_string(input) } else { String::new() };
        if !length_between(&password, Self::MIN, Self::MAX) {
            return Err("must be 8 to 128 characters".into());
        }
        if password.chars().any(char::is_control) {
            return Err("must not contain control characters".into());
        }
        Ok(password)
    }
}

impl Rule for RoomName {
    const NAME: &'static str = "RoomName";
    const ABOUT: &'static str = "A room's name, which is also its address.";
    const MIN: usize = 1;
    const MAX: usize = 64;
    const PATTERN: Option<&'static str> = Some("^[a-z0-9][a-z0-9_-]{0,63}$");
    const EXAMPLE: &'static str = "general";

    fn check(input: &str) -> Result<String, String> {
        let allowed =
            |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'_' | b'-');
        let starts_well = input.bytes().next().is_some_and(|b| b.is_ascii_alphanumeric());
        if input.len() > Self::MAX || !starts_well || !input.bytes().all(allowed) {
            return Err(
                "must be 1 to 64 of the characters a-z 0-9 _ - and begin with a letter or digit"
                    .into(),
            );
        }
        Ok(input.to_owned())
    }
}

impl RoomName {
    /// The prefix that is reserved for private rooms.
    pub const PRIVATE_PREFIX: &'static str = "private_";

    /// Whether the name stands in the space of private rooms.
    #[must_use]
    pub fn is_private(&self) -> bool {
        self.0.starts_with(Self::PRIVATE_PREFIX)
    }

    /// The name of the private room of two people, whoever of them asks.
    #[must_use]
    pub fn private(one: UserId, other: UserId) -> Self {
        let (lo, hi) = (one.min(other), one.max(other));
        Self(format!("{}{lo}_{hi}", Self::PRIVATE_PREFIX))
    }

    /// The other person of a private room of this name, as one of the two sees it.
    #[must_use]
    pub fn peer_of(name: &str, user_id: UserId) -> Option<UserId> {
        let (lo, hi) = name.strip_prefix(Self::PRIVATE_PREFIX)?.split_once('_')?;
        let (lo, hi): (UserId, UserId) = (lo.parse().ok()?, hi.parse().ok()?);
        match user_id {
            _ if user_id == lo => Some(hi),
            _ if user_id == hi => Some(lo),
            _ => None,
        }
    }

    /// A name that was checked when it was stored.
    #[must_use]
    pub fn stored(name: String) -> Self {
        Self(name)
    }
}

impl Rule for RoomTitle {
    const NAME: &'static str = "RoomTitle";
    const ABOUT: &'static str = "A room's title, on one line; trimmed at both ends. It has something to see, \
        and at most five combining marks on one letter; what turns the direction of a text is taken out.";
    const MIN: usize = 1;
    const MAX: usize = 80;
    const PATTERN: Option<&'static str> = Some(LINE);
    const EXAMPLE: &'static str = "General";

    fn check(input: &str) -> Result<String, String> {
        name(input, Self::MIN, Self::MAX)
    }
}

impl Rule for RoomTopic {
    const NAME: &'static str = "RoomTopic";
    const ABOUT: &'static str = "What a room is about; trimmed at both ends, may be empty, and else has \
        something to see, with at most five combining marks on one letter. What turns the direction of a text is \
        taken out.";
    const MIN: usize = 0;
    const MAX: usize = 500;
    const PATTERN: Option<&'static str> = Some(LINES);
    const EXAMPLE: &'static str = "Everything and nothing";

    fn check(input: &str) -> Result<String, String> {
        let text = lines(&seen::without_turns(input, '\n'), Self::MIN, Self::MAX)?;
        if text.is_empty() { Ok(text) } else { shown(text) }
    }
}

impl Rule for RoomEmoji {
    const NAME: &'static str = "RoomEmoji";
    const ABOUT: &'static str = "One emoji, as one character on the screen, or empty for none.";
    const MIN: usize = 0;
    const MAX: usize = 16;
    const PATTERN: Option<&'static str> = Some(ONE_LINE);
    const EXAMPLE: &'static str = "\u{1F375}";

    fn check(input: &str) -> Result<String, String> {
        let text = input.trim();
        if !length_between(text, Self::MIN, Self::MAX) || !(text.is_empty() || is_emoji(text)) {
            return Err("must be one emoji, or empty for none".into());
        }
        Ok(text.to_owned())
    }
}

impl Rule for MessageText {
    const NAME: &'static str = "MessageText";
    const ABOUT: &'static str = "Trimmed at both ends, then 1 to 8,000 characters, of which something can be seen. Control \
        characters other than line breaks and tabs are refused; a carriage return, with a line feed \
        or alone, is made a line feed. Plain text, never markup.";
    const MIN: usize = 1;
    const MAX: usize = 8_000;
    const PATTERN: Option<&'static str> = Some(SOME_LINES);
    const EXAMPLE: &'static str = "see https://example.org";

    fn check(input: &str) -> Result<String, String> {
        let text = lines(input, Self::MIN, Self::MAX)?;
        if seen::has_anything(&text) { Ok(text) } else { Err(NOTHING_TO_SEE.into()) }
    }
}

impl Rule for WrittenText {
    const NAME: &'static str = "WrittenText";
    const ABOUT: &'static str = "Trimmed at both ends, then up to 8,000 characters. Where nothing of it can be \
        seen it is no text at all, which is taken where the message carries a voice message, pictures or files. \
        Control characters other than line breaks and tabs are refused; a carriage return, with a line feed or \
        alone, is made a line feed. Plain text, never markup.";
    const MIN: usize = 0;
    const MAX: usize = MessageText::MAX;
    const PATTERN: Option<&'static str> = Some(LINES);
    const EXAMPLE: &'static str = MessageText::EXAMPLE;

    fn check(input: &str) -> Result<String, String> {
        let text = lines(input, Self::MIN, Self::MAX)?;
        if seen::has_anything(&text) { Ok(text) } else { Ok(String::new()) }
    }
}

impl Rule for SearchText {
    const NAME: &'static str = "SearchText";
    const ABOUT: &'static str = "What a person typed so far; may be empty.";
    const MIN: usize = 0;
    const MAX: usize = 200;
    const PATTERN: Option<&'static str> = Some(LINES);
    const EXAMPLE: &'static str = "mir";

    fn check(input: &str) -> Result<String, String> {
        lines(input, Self::MIN, Self::MAX)
    }
}

#[cfg(test)]
mod tests;
