//! The person extractor: an operation that takes a [`Bearer`] is one for people who are signed in.

use std::sync::Arc;

use adda_protocol::Problem;
use poem::Request;
use poem::http::StatusCode;
use poem_openapi::SecurityScheme;
use poem_openapi::auth::Bearer as BearerToken;

use super::problem::problem_error;
use crate::features::accounts::{Accounts, Person};

/// The access token of `POST /auth/login`, `register` or `refresh`: `Authorization: Bearer …`.
#[derive(SecurityScheme, Debug)]
#[oai(rename = "bearer", ty = "bearer", bearer_format = "JWT", checker = "check")]
pub struct Bearer(pub Person);

async fn check(request: &Request, bearer: BearerToken) -> poem::Result<Person> {
    let accounts: &Arc<Accounts> = request.data().ok_or_else(|| {
        poem::Error::from_string("the accounts are not wired", StatusCode::INTERNAL_SERVER_ERROR)
    })?;
    accounts.authenticate(&bearer.token).await.map_err(|error| problem_error(Problem::from(error)))
}
