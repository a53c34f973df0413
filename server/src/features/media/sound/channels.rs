//! Several channels become one.

use crate::confined::Refusal;

/// More channels than this has no recording of a voice.
pub(super) const MOST_CHANNELS: usize = 8;

/// Adds the mean of all channels.
///
/// # Errors
/// [`Refusal::Unreadable`] for no channel or too many.
pub(super) fn mix(
    interleaved: &[f32],
    channels: usize,
    mono: &mut Vec<f32>,
) -> Result<(), Refusal> {
    if channels == 0 || channels > MOST_CHANNELS {
        return Err(Refusal::Unreadable);
    }
    let frames = interleaved.chunks_exact(channels);
    mono.extend(frames.map(|frame| frame.iter().sum::<f32>() / channels as f32));
    Ok(())
}
