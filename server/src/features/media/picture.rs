//! Makes of a picture that was sent pictures that can be shown to everybody, in a confined process.
//!
//! What it does there is `adda-pictures`, which knows nothing of the server. All that is made is written
//! into one file, one version after the other; what is answered says which bytes of it are which.

use std::fs::File;

use adda_pictures::Remade;
use serde::{Deserialize, Serialize};

use crate::confined::{self, Meter};

/// The command of this program that is [`remake_here`].
pub(crate) const COMMAND: &str = "remake-picture";

/// Why nothing was made of a picture.
#[derive(Debug, thiserror::Error)]
pub(super) enum Refusal {
    /// It is HEIC or AVIF: no decoder of these is good enough yet.
    #[error("HEIC or AVIF")]
    HeifNotTaken,
    /// It is no picture that is taken, or takes too much.
    #[error(transparent)]
    Confined(#[from] confined::Refusal),
}

/// What the process answers.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Answer {
    Remade(Remade),
    Heif,
}

/// Makes the versions of the picture in a file in a process of its own, and writes them into another, which
/// is empty.
pub(super) async fn remake(file: File, into: File, meter: &Meter) -> Result<Remade, Refusal> {
    let answer = confined::run_into(COMMAND, file, into, meter).await?;
    match serde_json::from_slice(&answer) {
        Ok(Answer::Remade(remade)) => Ok(remade),
        Ok(Answer::Heif) => Err(Refusal::HeifNotTaken),
        Err(_) => Err(confined::Refusal::Unreadable.into()),
    }
}

/// The same, in this process; what was made is answered as JSON.
///
/// # Errors
/// [`confined::Refusal::Unreadable`] for what is no picture that is taken, [`confined::Refusal::TooMuch`]
/// for one with too many pixels or frames.
pub(crate) fn remake_here(file: File, into: File) -> Result<Vec<u8>, confined::Refusal> {
    use adda_pictures::Refusal;
    let answer = match adda_pictures::remake(file, into) {
        Ok(remade) => Answer::Remade(remade),
        Err(Refusal::Heif) => Answer::Heif,
        Err(Refusal::Unreadable) => return Err(confined::Refusal::Unreadable),
        Err(Refusal::TooMuch) => return Err(confined::Refusal::TooMuch),
        Err(Refusal::Io(error)) => return Err(confined::Refusal::Io(error)),
    };
    serde_json::to_vec(&answer).map_err(|error| confined::Refusal::Io(error.into()))
}
