//! What joins the features: the router and what every answer gets, the two specifications, who
//! pays for a request, health, and the delivery of the web app.

mod docs;
mod elsewhere;
mod frontend;
mod health;
mod router;
mod spec;
mod tolls;

pub(crate) use docs::{asyncapi_text, openapi_text};
pub(crate) use health::Health;
pub(crate) use router::{Parts, routes};
