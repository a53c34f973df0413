//! The accounts of a run: registered once for each database, with tokens that stay valid.
//!
//! Registering hashes a password, which is slow on purpose, so the rows share the accounts.
//! Access tokens live ten minutes; before a load they are renewed when they are half as old.

use std::collections::HashSet;
use std::future::Future;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::api::Api;
use crate::failure::{Context, Failure, Result};

/// How many calls are under way at the same time.
const AT_ONCE: usize = 8;
const RENEW_AFTER: Duration = Duration::from_secs(5 * 60);

struct Person {
    id: u64,
    access: String,
    refresh: String,
    renewed: Instant,
}

/// Everybody who has an account, by their place in the order of registration.
#[derive(Default)]
pub(crate) struct People {
    list: Vec<Person>,
    assembled: HashSet<String>,
}

impl People {
    /// Registers people until there are `count` of them, and renews the tokens of all.
    pub(crate) async fn gather(&mut self, api: &Api, count: usize) -> Result<()> {
        self.renew(api).await?;
        let missing = self.list.len()..count;
        if missing.is_empty() {
            return Ok(());
        }
        eprintln!("  registering {} people", missing.len());
        let password = uuid::Uuid::new_v4().to_string();
        let joined = all(missing.map(|place| {
            let (api, password) = (api.clone(), password.clone());
            async move {
                let account = json!({"username": format!("bench{place:04}"), "password": password,
                    "display_name": format!("Bench {place:04}")});
                Person::from_answer(&api.post("/auth/register", None, &account).await?)
            }
        }));
        self.list.extend(joined.await.context("registering")?);
        Ok(())
    }

    /// Renews the tokens that will not last.
    async fn renew(&mut self, api: &Api) -> Result<()> {
        let old = |person: &Person| person.renewed.elapsed() > RENEW_AFTER;
        let places: Vec<usize> =
            (0..self.list.len()).filter(|&place| old(&self.list[place])).collect();
        let renewed = all(places.iter().map(|&place| {
            let (api, id) = (api.clone(), self.list[place].id);
            let token = json!({"refresh_token": self.list[place].refresh});
            async move { Person::with_id(id, &api.post("/auth/refresh", None, &token).await?) }
        }));
        for (place, person) in places.iter().zip(renewed.await.context("renewing tokens")?) {
            self.list[*place] = person;
        }
        Ok(())
    }

    /// How many there are.
    pub(crate) fn count(&self) -> usize {
        self.list.len()
    }

    /// One person's id on the server.
    pub(crate) fn id(&self, place: usize) -> u64 {
        self.list[place].id
    }

    /// Everybody's access tokens.
    pub(crate) fn tokens(&self) -> Vec<String> {
        self.list.iter().map(|person| person.access.clone()).collect()
    }

    /// One person's access token.
    pub(crate) fn token(&self, place: usize) -> &str {
        &self.list[place].access
    }

    /// Makes the room `name` of exactly these people, unless it was made before.
    pub(crate) async fn assemble(
        &mut self,
        api: &Api,
        name: &str,
        members: &[usize],
    ) -> Result<()> {
        if self.assembled.contains(name) {
            return Ok(());
        }
        let Some((&creator, others)) = members.split_first() else { return Ok(()) };
        let room = json!({"name": name, "title": format!("Benchmark {name}")});
        api.post("/rooms", Some(self.token(creator)), &room).await?;
        let path = format!("/rooms/{name}/membership");
        all(others.iter().map(|&member| {
            let (api, path, token) = (api.clone(), path.clone(), self.token(member).to_owned());
            async move { api.put(&path, &token).await }
        }))
        .await
        .context("joining")?;
        self.assembled.insert(name.to_owned());
        Ok(())
    }

    /// Makes the private rooms of these pairs and answers their names. Both open theirs: who has
    /// not may write there only after the other's first message.
    pub(crate) async fn pair(
        &mut self,
        api: &Api,
        pairs: &[(usize, usize)],
    ) -> Result<Vec<String>> {
        let ids = |(one, other): (usize, usize)| (self.list[one].id, self.list[other].id);
        let name =
            |(one, other): (u64, u64)| format!("private_{}_{}", one.min(other), one.max(other));
        let names: Vec<String> = pairs.iter().map(|&pair| name(ids(pair))).collect();
        let missing = pairs.iter().zip(&names).filter(|(_, name)| !self.assembled.contains(*name));
        all(missing.map(|(&pair, _)| {
            let (api, (one, other)) = (api.clone(), ids(pair));
            let tokens = [self.token(pair.0).to_owned(), self.token(pair.1).to_owned()];
            async move {
                for (token, peer) in tokens.iter().zip([other, one]) {
                    api.put(&format!("/users/{peer}/private-room"), token).await?;
                }
                Ok(())
            }
        }))
        .await
        .context("opening private rooms")?;
        self.assembled.extend(names.iter().cloned());
        Ok(names)
    }
}

impl Person {
    fn from_answer(answer: &Value) -> Result<Self> {
        let id = answer["user"]["id"]
            .as_u64()
            .ok_or_else(|| Failure::new("an account without an id"))?;
        Self::with_id(id, answer)
    }

    fn with_id(id: u64, answer: &Value) -> Result<Self> {
        let token = |name: &str| {
            let token = answer[name].as_str().map(str::to_owned);
            token.ok_or_else(|| Failure::new(format!("an answer without {name}")))
        };
        Ok(Self {
            id,
            access: token("access_token")?,
            refresh: token("refresh_token")?,
            renewed: Instant::now(),
        })
    }
}

/// Runs all the calls, a few at a time, and answers their results in order.
pub(crate) async fn all<T, F>(calls: impl IntoIterator<Item = F>) -> Result<Vec<T>>
where
    T: Send + 'static,
    F: Future<Output = Result<T>> + Send + 'static,
{
    let mut running = JoinSet::new();
    let mut done: Vec<(usize, T)> = Vec::new();
    for (place, call) in calls.into_iter().enumerate() {
        if running.len() >= AT_ONCE
            && let Some(result) = running.join_next().await
        {
            done.push(result??);
        }
        running.spawn(async move { call.await.map(|value| (place, value)) });
    }
    while let Some(result) = running.join_next().await {
        done.push(result??);
    }
    done.sort_by_key(|(place, _)| *place);
    Ok(done.into_iter().map(|(_, value)| value).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn results_come_in_the_order_of_the_calls_and_few_run_at_once() {
        let running = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
        let calls = (0..50_usize).map(|number| {
            let running = running.clone();
            async move {
                let before = running.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
                assert!(before < AT_ONCE);
                for _ in 0..(50 - number) {
                    tokio::task::yield_now().await;
                }
                running.fetch_sub(1, std::sync::atomic::Ordering::SeqCst);
                Ok(number)
            }
        });
        assert_eq!(all(calls).await.unwrap(), (0..50).collect::<Vec<_>>());
    }

    #[tokio::test]
    async fn the_first_error_is_the_answer() {
        let calls = (0..20).map(|number| async move {
            if number == 11 { Err(Failure::new("no")) } else { Ok(number) }
        });
        assert_eq!(all(calls).await, Err(Failure::new("no")));
    }
}
