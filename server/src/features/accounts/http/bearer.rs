//! The person extractor: an operation that takes a [`Bearer`] is one for people who are signed in.

use std::sync::Arc;

use adda_protocol::{Problem, UserId};
use poem::Request;
use poem_openapi::SecurityScheme;
use poem_openapi::auth::Bearer as BearerToken;
use uuid::Uuid;

use crate::features::accounts::person::Person;
use crate::features::accounts::service::Accounts;
use crate::http::{Asker, Recognised, problem_error};

/// The access token of `POST /auth/login`, `register` or `refresh`: `Authorization: Bearer …`.
#[derive(SecurityScheme, Debug)]
#[oai(rename = "bearer", ty = "bearer", bearer_format = "JWT", checker = "check")]
pub(crate) struct Bearer(pub Person);

#[derive(Debug)]
struct Proven {
    accounts: Arc<Accounts>,
    user_id: UserId,
    session_id: Uuid,
}

#[async_trait::async_trait]
impl Recognised for Proven {
    fn user_id(&self) -> UserId {
        self.user_id
    }

    async fn look_again(&self) -> Result<(), Problem> {
        Ok(self.accounts.look_again(self.session_id).await?)
    }
}

fn not_wired(what: &str) -> poem::Error {
    tracing::error!(what, "something is not wired");
    problem_error(Problem::internal())
}

async fn check(request: &Request, bearer: BearerToken) -> poem::Result<Person> {
    let accounts: &Arc<Accounts> = request.data().ok_or_else(|| not_wired("the accounts"))?;
    let asker: &Asker = request.data().ok_or_else(|| not_wired("who asks"))?;
    let person = accounts.authenticate(&bearer.token).await;
    let person = person.map_err(|error| problem_error(Problem::from(error)))?;
    let (user_id, session_id) = (person.id, person.session_id);
    let proven = Proven { accounts: accounts.clone(), user_id, session_id };
    asker.is(proven, request).map_err(problem_error)?;
    Ok(person)
}
