//! Whose a request is. Who somebody is, the accounts know; here is what their word means for the
//! rest of the request: what is counted by person, and whether the person may still go on later.

use std::fmt::Debug;
use std::sync::{Arc, OnceLock};

use adda_protocol::{Problem, UserId};
use poem::Request;

use super::answers::Answering;

/// Somebody who proved who they are.
#[async_trait::async_trait]
pub(crate) trait Recognised: Debug + Send + Sync {
    fn user_id(&self) -> UserId;

    /// Looks once more whether they may go on.
    async fn look_again(&self) -> Result<(), Problem>;
}

/// Whose a request is, as soon as that is proven.
#[derive(Clone, Debug, Default)]
pub(crate) struct Asker(Arc<OnceLock<Box<dyn Recognised>>>);

impl Asker {
    #[must_use]
    pub(crate) fn of(request: &Request) -> Self {
        request.data::<Self>().cloned().unwrap_or_default()
    }

    /// The request is this person's.
    ///
    /// # Errors
    /// Too much waits to be read by them already.
    pub(crate) fn is(
        &self,
        person: impl Recognised + 'static,
        request: &Request,
    ) -> Result<(), Problem> {
        let user_id = person.user_id();
        let _ = self.0.set(Box::new(person));
        match request.data::<Arc<Answering>>() {
            Some(answering) => answering.is_of(user_id),
            None => Ok(()),
        }
    }

    /// For what is counted by person.
    #[must_use]
    pub(crate) fn user_id(&self) -> Option<UserId> {
        self.0.get().map(|person| person.user_id())
    }

    /// Looks once more whether the session stands and the account may be used: a body takes its
    /// time, and whoever was signed out meanwhile does nothing any more.
    ///
    /// # Errors
    /// They may not go on.
    pub(crate) async fn look_again(&self) -> Result<(), Problem> {
        match self.0.get() {
            Some(person) => person.look_again().await,
            None => Ok(()),
        }
    }
}
