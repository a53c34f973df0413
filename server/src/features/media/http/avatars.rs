//! Pictures of people.

use std::sync::Arc;

use adda_protocol::Problem;
use adda_protocol::accounts::Me;
use poem::web::{Data, Path};
use poem::{Response, handler};
use poem_openapi::OpenApi;
use poem_openapi::payload::Json;

use super::delivery::answer;
use crate::budget::Payer;
use crate::features::accounts::{Accounts, AccountsTag, Bearer, pay_for_telling_everybody};
use crate::features::media::add::admit;
use crate::features::media::kind::Kind;
use crate::features::media::service::Media;
use crate::http::{BASE, FORBIDDEN, Fails, SIGNED_IN, Upload, WITH_BODY, problem_response};

#[derive(Clone, Copy, Debug)]
pub(crate) struct AvatarsApi;

#[OpenApi(tag = "AccountsTag::Accounts")]
impl AvatarsApi {
    /// Change one's picture.
    ///
    /// Up to 50 million pixels and 25 MiB of JPEG, PNG, WebP or GIF. Its middle is made a small square, and
    /// nothing else of it is kept.
    #[oai(path = "/users/me/avatar", method = "put", operation_id = "setAvatar")]
    async fn set_avatar(
        &self,
        media: Data<&Arc<Media>>,
        accounts: Data<&Arc<Accounts>>,
        payer: Data<&Payer>,
        bearer: Bearer,
        file: Upload,
    ) -> Result<Json<Me>, Fails<{ BASE | WITH_BODY | SIGNED_IN | FORBIDDEN }>> {
        media.may_change_avatar(&bearer.0)?;
        let admit = |_: Option<&str>, bytes| Ok(admit(Kind::Image, bytes)?);
        let file = file.receive(bearer.0.id, admit).await;
        let me = media.set_avatar(&bearer.0, file.map_err(Problem::from)?.path()).await?;
        pay_for_telling_everybody(&payer, accounts.audience(), &bearer.0.me(), &me);
        Ok(Json(me))
    }

    /// Remove one's picture.
    #[oai(path = "/users/me/avatar", method = "delete", operation_id = "removeAvatar")]
    async fn remove_avatar(
        &self,
        media: Data<&Arc<Media>>,
        accounts: Data<&Arc<Accounts>>,
        payer: Data<&Payer>,
        bearer: Bearer,
    ) -> Result<Json<Me>, Fails<{ BASE | SIGNED_IN | FORBIDDEN }>> {
        let me = media.remove_avatar(&bearer.0).await?;
        pay_for_telling_everybody(&payer, accounts.audience(), &bearer.0.me(), &me);
        Ok(Json(me))
    }
}

/// `GET /media/avatars/{name}`: a picture, for ever under its name.
#[handler]
pub(crate) async fn serve_avatar(media: Data<&Arc<Media>>, name: Path<String>) -> Response {
    match media.open_avatar(&name.0).await {
        Ok(opened) => answer(opened),
        Err(error) => problem_response(error.into()),
    }
}
