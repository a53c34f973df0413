//! From whom a hint is hidden, which is decided where it is delivered: a set of people does not travel.

use std::collections::HashSet;
use std::fmt::Debug;
use std::sync::Arc;

use crate::envelope::HintKind;

/// Knows from whom people hide what.
pub trait HintPolicy: Debug + Send + Sync {
    /// Who is not to have a hint of this kind by this user. Asked with a topic's lock held: never waits.
    fn hidden_from(&self, kind: HintKind, from: i64) -> HiddenFrom;
}

/// Who is not to have something.
#[derive(Clone, Debug)]
pub enum HiddenFrom {
    /// From nobody: everybody may have it.
    Nobody,
    /// From these.
    These(Arc<HashSet<i64>>),
    /// From everybody: nobody may have it.
    Everybody,
}

impl HiddenFrom {
    pub(crate) fn is_from(&self, user: i64) -> bool {
        match self {
            Self::Nobody => false,
            Self::These(users) => users.contains(&user),
            Self::Everybody => true,
        }
    }
}

/// Hides nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct NothingHidden;

impl HintPolicy for NothingHidden {
    fn hidden_from(&self, _kind: HintKind, _from: i64) -> HiddenFrom {
        HiddenFrom::Nobody
    }
}
