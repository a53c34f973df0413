//! The person extractor: an operation that takes a [`Bearer`] is one for people who are signed in.

use std::sync::{Arc, OnceLock};

use adda_protocol::{Problem, UserId};
use poem::Request;
use poem_openapi::SecurityScheme;
use poem_openapi::auth::Bearer as BearerToken;
use uuid::Uuid;

use super::answers::Answering;
use super::problem::problem_error;
use crate::features::accounts::{Accounts, Person};
use crate::features::internal_problem;

/// The access token of `POST /auth/login`, `register` or `refresh`: `Authorization: Bearer …`.
#[derive(SecurityScheme, Debug)]
#[oai(rename = "bearer", ty = "bearer", bearer_format = "JWT", checker = "check")]
pub struct Bearer(pub Person);

/// Whose a request is, as soon as that is proven.
#[derive(Clone, Debug, Default)]
pub(super) struct Asker(Arc<OnceLock<Proven>>);

#[derive(Debug)]
struct Proven {
    accounts: Arc<Accounts>,
    user_id: UserId,
    session_id: Uuid,
}

impl Asker {
    pub(super) fn of(request: &Request) -> Self {
        request.data::<Self>().cloned().unwrap_or_default()
    }

    /// For what is counted by person.
    pub(super) fn user_id(&self) -> Option<UserId> {
        self.0.get().map(|proven| proven.user_id)
    }

    /// Looks once more whether the session stands and the account may be used: a body takes its
    /// time, and whoever was signed out meanwhile does nothing any more.
    pub(super) async fn look_again(&self) -> Result<(), Problem> {
        match self.0.get() {
            Some(proven) => Ok(proven.accounts.look_again(proven.session_id).await?),
            None => Ok(()),
        }
    }
}

fn not_wired(what: &str) -> poem::Error {
    tracing::error!(what, "something is not wired");
    problem_error(internal_problem())
}

async fn check(request: &Request, bearer: BearerToken) -> poem::Result<Person> {
    let accounts: &Arc<Accounts> = request.data().ok_or_else(|| not_wired("the accounts"))?;
    let asker: &Asker = request.data().ok_or_else(|| not_wired("who asks"))?;
    let person = accounts.authenticate(&bearer.token).await;
    let person = person.map_err(|error| problem_error(Problem::from(error)))?;
    let (user_id, session_id) = (person.id, person.session_id);
    let _ = asker.0.set(Proven { accounts: accounts.clone(), user_id, session_id });
    if let Some(answering) = request.data::<Arc<Answering>>() {
        answering.is_of(person.id).map_err(problem_error)?;
    }
    Ok(person)
}
