//! The toolkit below the features: accepting connections, whom a request comes from, bodies and files,
//! cookies, origins, and the shape of answers. It knows no feature and no route.

mod answers;
mod asker;
mod body;
mod connections;
mod continuation;
mod cookies;
mod cors;
mod forwarded;
mod heads;
mod hosts;
mod in_flight;
pub(crate) mod kernel;
mod lent;
mod patience;
mod problem;
mod serve;
pub(crate) mod stream;
mod unread;
mod upload;

pub(crate) use answers::Answers;
pub(crate) use asker::{Asker, Recognised};
pub(crate) use body::Body;
pub(crate) use connections::Connections;
pub(crate) use continuation::{CONTINUATION, Continuation};
pub(crate) use cookies::put_in_order;
pub(crate) use cookies::{CookieOwner, Cookies};
pub(crate) use cors::Origins;
pub(crate) use cors::{Foreign, is_preflight};
pub(crate) use forwarded::Proxies;
pub(crate) use hosts::Hosts;
pub(crate) use in_flight::InFlight;
pub(crate) use lent::Lent;
pub(crate) use patience::{Patience, Patient};
pub(crate) use problem::{
    BASE, CONFLICT, Created, FORBIDDEN, Fails, Made, NOT_FOUND, NoContent, OTHER_VERSION,
    SIGNED_IN, WITH_BODY, problem_response,
};
pub(crate) use problem::{Page, finish, problem_error};
pub(crate) use serve::{Listener, SocketUpgrade};
pub(crate) use stream::Stream;
pub(crate) use upload::Upload;
