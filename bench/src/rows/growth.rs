//! What must not grow with a history: the list of one's own rooms, signing in, and a page, for somebody
//! who writes all of a room and reads none of it, as it becomes a hundred times as long.

use serde_json::{Value, json};

use super::{filling, quantiles};
use crate::api::Api;
use crate::clock;
use crate::failure::{Result, fail};
use crate::histogram::Histogram;
use crate::layouts;
use crate::noise;
use crate::report::{Measure, figure};
use crate::server::Server;
use crate::site::Site;
use crate::ws::Connection;

const WARM_UP: u32 = 20;
const TIMES: u32 = 300;
const PAGE: u64 = 50;

/// What is done again and again.
#[derive(Clone, Copy)]
enum Action {
    List,
    SignIn,
    Page,
}

impl Action {
    const ALL: [Self; 3] = [Self::List, Self::SignIn, Self::Page];

    fn name(self) -> &'static str {
        match self {
            Self::List => "list of one's own rooms",
            Self::SignIn => "signing in",
            Self::Page => "history page",
        }
    }
}

pub(crate) async fn run(site: &mut Site) -> Result<Vec<Measure>> {
    let newcomers = site.newcomers(2).await?;
    let (writer, reader) = (newcomers.start, newcomers.start + 1);
    let (mut measures, mut head) = (Vec::new(), 0);
    for part in [100, 10, 1] {
        let mut server = site.start_with(0).await?;
        let rooms = layouts::monologue(&mut site.people, &server.api()?, writer, reader).await?;
        head = filling::fill(site, &mut server, &rooms, head, site.messages / part).await?;
        server.stop()?;
        let mut server = site.start_with(0).await?;
        for action in Action::ALL {
            let token = site.people.token(writer).to_owned();
            measures.push(measure(site, &mut server, &token, action, head).await?);
        }
        server.stop()?;
    }
    Ok(measures)
}

async fn measure(
    site: &Site,
    server: &mut Server,
    token: &str,
    action: Action,
    head: u32,
) -> Result<Measure> {
    let api = server.api()?;
    for _ in 0..WARM_UP {
        act(server, &api, token, action, head).await?;
    }
    let start = server.meter().read()?;
    let mut latency = Histogram::default();
    for _ in 0..TIMES {
        let began = clock::now();
        act(server, &api, token, action, head).await?;
        latency.record(clock::now() - began);
    }
    let cpu = server.meter().read()?.since(start);
    server.require_running()?;
    let cost = cpu.server * 1e3 / f64::from(TIMES);
    let messages = figure(f64::from(head));
    Ok(Measure {
        row: format!("{} at {messages} messages of one's own: cost", action.name()),
        database: site.database,
        value: Ok(cost),
        unit: "CPU-ms",
        target: None,
        note: format!("{TIMES} times, one after the other"),
        details: json!({"messages": head, "latency_ms": quantiles(&latency)}),
    })
}

/// Does it once, and sees that it was done right.
async fn act(server: &Server, api: &Api, token: &str, action: Action, head: u32) -> Result<()> {
    match action {
        Action::List => {
            let list: Value = serde_json::from_slice(&api.get_bytes("/rooms", token).await?)?;
            let rooms = list["items"].as_array().map(Vec::as_slice).unwrap_or_default();
            let room = rooms.iter().find(|room| room["name"] == layouts::MONOLOGUE);
            let is_right = room.is_some_and(|room| {
                room["unread"] == 0 && room["last_message"]["seq"] == u64::from(head)
            });
            if !is_right {
                return fail(format!("a wrong list: {room:?}"));
            }
        }
        Action::SignIn => {
            let mut connection = Connection::open(server.address(), "/ws").await?;
            connection.authenticate(token).await?;
        }
        Action::Page => {
            let before = PAGE + 1 + noise::next() % (u64::from(head) - PAGE);
            let room = layouts::MONOLOGUE;
            let path = format!("/rooms/{room}/messages?before={before}&limit={PAGE}");
            let page: Value = serde_json::from_slice(&api.get_bytes(&path, token).await?)?;
            let items = page["items"].as_array().map(Vec::as_slice).unwrap_or_default();
            let numbers = items.iter().map(|item| item["seq"].as_u64());
            if !numbers.eq((before - PAGE..before).map(Some)) {
                return fail(format!("{path} did not answer the {PAGE} messages before {before}"));
            }
        }
    }
    Ok(())
}
