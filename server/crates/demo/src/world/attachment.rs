//! What messages carry.

use crate::draw;
use crate::random::Random;

/// Something that a message carries. It is drawn when it is wanted.
#[derive(Debug)]
pub struct Attachment {
    /// What its file is called.
    pub name: String,
    kind: Kind,
    seed: u64,
}

#[derive(Debug)]
enum Kind {
    Scene(&'static str),
    Voice(u8),
    Pdf(String),
    Notes(String),
}

impl Attachment {
    /// As it is written in the files; `None` for what cannot be made.
    pub(super) fn parse(word: &str, seed: u64) -> Option<Self> {
        let (first, rest) = word.split_once(' ').unwrap_or((word, ""));
        let (name, kind) = match first {
            "voice" => ("voice.wav".to_owned(), Kind::Voice(rest.parse().ok()?)),
            "pdf" => (format!("{rest}.pdf"), Kind::Pdf(rest.to_owned())),
            "notes" => (format!("{rest}.txt"), Kind::Notes(rest.to_owned())),
            _ => {
                let scene = draw::SCENES.iter().find(|scene| **scene == word)?;
                (format!("{scene}.png"), Kind::Scene(scene))
            }
        };
        Some(Self { name, kind, seed })
    }

    /// Makes the file.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        let random = &mut Random::of(self.seed, &self.name);
        match &self.kind {
            Kind::Scene(scene) => draw::scene(scene, random).unwrap_or_default(),
            Kind::Voice(seconds) => draw::voice(*seconds, random),
            Kind::Pdf(title) => draw::pdf(
                title,
                &[
                    "1. What we decided, and who does it",
                    "2. What it costs, with the receipts of last month",
                    "3. What is still open: keys, chairs, the second kettle",
                    "4. The next date",
                ],
            ),
            Kind::Notes(title) => draw::notes(
                title,
                &[
                    "who brings what",
                    "who has the keys",
                    "what is left in the cupboard",
                    "next time earlier",
                ],
            ),
        }
    }
}
