//! HTTP: accepting connections, routing, and what every answer has in common.

mod answers;
mod body;
mod connections;
mod cookies;
mod cors;
mod docs;
mod elsewhere;
mod forwarded;
mod frontend;
mod health;
mod hosts;
mod in_flight;
pub(crate) mod kernel;
mod lent;
mod patience;
mod person;
mod problem;
mod routes;
mod serve;
mod spec;
mod tolls;
mod turns;
mod unread;
mod upload;

pub use body::Body;
pub use connections::{Connections, Place};
pub use cookies::{CookieOwner, Cookies};
pub use cors::Origins;
pub use docs::{asyncapi_text, openapi_text};
pub use forwarded::Proxies;
pub use health::Health;
pub use hosts::Hosts;
pub(crate) use lent::Lent;
pub(crate) use patience::{Patience, Patient};
pub use person::Bearer;
pub use problem::{
    BASE, CONFLICT, Created, FORBIDDEN, Fails, Made, NOT_FOUND, NoContent, SIGNED_IN, WITH_BODY,
    problem_response,
};
pub use routes::{Parts, routes};
pub use serve::{Listener, SocketUpgrade};
pub use upload::{ReceivedFile, Upload, UploadError, Uploads};
