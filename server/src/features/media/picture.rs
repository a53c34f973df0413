//! Makes of a picture that was sent pictures that can be shown to everybody, in a confined process.
//!
//! What it does there is `adda-pictures`, which knows nothing of the server. All that is made is written
//! into one file, one version after the other; what is answered says which bytes of it are which.

use std::fs::File;

use serde::{Deserialize, Serialize};

use super::error::MediaError;
use crate::confined::Refusal;

/// The command of this program that is [`remake_here`].
pub(crate) const REMAKE: &str = "remake-picture";
/// The command of this program that is [`square_here`].
pub(crate) const SQUARE: &str = "square-picture";

/// What the process answers.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Answer<T> {
    Made(T),
    /// It is HEIC or AVIF: no decoder of these is good enough yet.
    Heif,
}

impl<T> Answer<T> {
    /// # Errors
    /// [`MediaError::HeifNotTaken`].
    pub(super) fn made(self) -> Result<T, MediaError> {
        match self {
            Self::Made(made) => Ok(made),
            Self::Heif => Err(MediaError::HeifNotTaken),
        }
    }
}

/// Why no picture was made.
pub(super) fn refused(refusal: Refusal) -> MediaError {
    match refusal {
        Refusal::Unreadable => MediaError::NotAPicture,
        Refusal::TooMuch => MediaError::PictureTooLarge,
        Refusal::Io(error) => error.into(),
    }
}

/// Makes the versions of the picture in a file, and writes them into another, which is empty; what was made is
/// answered as JSON, an [`Answer`].
///
/// # Errors
/// [`Refusal::Unreadable`] for what is no picture that is taken, [`Refusal::TooMuch`] for one with too many
/// pixels or frames.
pub(crate) fn remake_here(file: File, into: File) -> Result<Vec<u8>, Refusal> {
    answer(adda_pictures::remake(file, into))
}

/// The same for the small square that stands beside a name.
///
/// # Errors
/// Those of [`remake_here`].
pub(crate) fn square_here(file: File, into: File) -> Result<Vec<u8>, Refusal> {
    answer(adda_pictures::square(file, into))
}

fn answer<T: Serialize>(made: Result<T, adda_pictures::Refusal>) -> Result<Vec<u8>, Refusal> {
    use adda_pictures::Refusal as Of;
    let answer = match made {
        Ok(made) => Answer::Made(made),
        Err(Of::Heif) => Answer::Heif,
        Err(Of::Unreadable) => return Err(Refusal::Unreadable),
        Err(Of::TooMuch) => return Err(Refusal::TooMuch),
        Err(Of::Io(error)) => return Err(Refusal::Io(error)),
    };
    serde_json::to_vec(&answer).map_err(|error| Refusal::Io(error.into()))
}
