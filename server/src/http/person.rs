//! The person extractor: an operation that takes a [`Bearer`] is one for people who are signed in.

use std::sync::{Arc, OnceLock};

use adda_protocol::{Problem, UserId};
use poem::Request;
use poem::http::StatusCode;
use poem_openapi::SecurityScheme;
use poem_openapi::auth::Bearer as BearerToken;

use super::answers::Answering;
use super::problem::problem_error;
use crate::features::accounts::{Accounts, Person};

/// The access token of `POST /auth/login`, `register` or `refresh`: `Authorization: Bearer …`.
#[derive(SecurityScheme, Debug)]
#[oai(rename = "bearer", ty = "bearer", bearer_format = "JWT", checker = "check")]
pub struct Bearer(pub Person);

/// Whose a request is, as soon as that is proven; for what is counted by person.
#[derive(Clone, Debug, Default)]
pub(super) struct Asker(Arc<OnceLock<UserId>>);

impl Asker {
    pub(super) fn of(request: &Request) -> Option<UserId> {
        request.data::<Self>().and_then(|asker| asker.0.get().copied())
    }
}

async fn check(request: &Request, bearer: BearerToken) -> poem::Result<Person> {
    let accounts: &Arc<Accounts> = request.data().ok_or_else(|| {
        poem::Error::from_string("the accounts are not wired", StatusCode::INTERNAL_SERVER_ERROR)
    })?;
    let person = accounts.authenticate(&bearer.token).await;
    let person = person.map_err(|error| problem_error(Problem::from(error)))?;
    if let Some(asker) = request.data::<Asker>() {
        let _ = asker.0.set(person.id);
    }
    if let Some(answering) = request.data::<Arc<Answering>>() {
        answering.is_of(person.id).map_err(problem_error)?;
    }
    Ok(person)
}
