//! Makes of a picture that was sent pictures that can be shown to everybody, in a confined process.
//!
//! What it does there is `adda-pictures`, which knows nothing of the server. All that is made is written
//! into one file, one version after the other; what is answered says which bytes of it are which.

use std::fs::File;

use adda_pictures::{Remade, Version};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::error::MediaError;
use crate::confined::{self, Meter};

/// The command of this program that is [`remake_here`].
pub(crate) const REMAKE: &str = "remake-picture";
/// The command of this program that is [`square_here`].
pub(crate) const SQUARE: &str = "square-picture";

/// What the process answers.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Answer<T> {
    Made(T),
    /// It is HEIC or AVIF: no decoder of these is good enough yet.
    Heif,
}

/// Makes the versions of the picture in a file in a process of its own, and writes them into another, which
/// is empty.
///
/// # Errors
/// [`MediaError::NotAPicture`], [`MediaError::HeifNotTaken`], [`MediaError::PictureTooLarge`], the process.
pub(super) async fn remake(file: File, into: File, meter: &Meter) -> Result<Remade, MediaError> {
    make(REMAKE, file, into, meter).await
}

/// The same for the small square that stands beside a name.
///
/// # Errors
/// Those of [`remake`].
pub(super) async fn square(file: File, into: File, meter: &Meter) -> Result<Version, MediaError> {
    make(SQUARE, file, into, meter).await
}

async fn make<T: DeserializeOwned>(
    command: &str,
    file: File,
    into: File,
    meter: &Meter,
) -> Result<T, MediaError> {
    let answer =
        confined::run_into(command, file, into, meter).await.map_err(|refusal| match refusal {
            confined::Refusal::Unreadable => MediaError::NotAPicture,
            confined::Refusal::TooMuch => MediaError::PictureTooLarge,
            confined::Refusal::Io(error) => error.into(),
        })?;
    match serde_json::from_slice(&answer) {
        Ok(Answer::Made(made)) => Ok(made),
        Ok(Answer::Heif) => Err(MediaError::HeifNotTaken),
        Err(_) => Err(MediaError::NotAPicture),
    }
}

/// [`remake`], in this process; what was made is answered as JSON.
///
/// # Errors
/// [`confined::Refusal::Unreadable`] for what is no picture that is taken, [`confined::Refusal::TooMuch`]
/// for one with too many pixels or frames.
pub(crate) fn remake_here(file: File, into: File) -> Result<Vec<u8>, confined::Refusal> {
    answer(adda_pictures::remake(file, into))
}

/// [`square`], in this process.
///
/// # Errors
/// Those of [`remake_here`].
pub(crate) fn square_here(file: File, into: File) -> Result<Vec<u8>, confined::Refusal> {
    answer(adda_pictures::square(file, into))
}

fn answer<T: Serialize>(
    made: Result<T, adda_pictures::Refusal>,
) -> Result<Vec<u8>, confined::Refusal> {
    use adda_pictures::Refusal;
    let answer = match made {
        Ok(made) => Answer::Made(made),
        Err(Refusal::Heif) => Answer::Heif,
        Err(Refusal::Unreadable) => return Err(confined::Refusal::Unreadable),
        Err(Refusal::TooMuch) => return Err(confined::Refusal::TooMuch),
        Err(Refusal::Io(error)) => return Err(confined::Refusal::Io(error)),
    };
    serde_json::to_vec(&answer).map_err(|error| confined::Refusal::Io(error.into()))
}
