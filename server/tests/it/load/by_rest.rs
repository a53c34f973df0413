//! Somebody who writes by REST.

use std::sync::Arc;
use std::time::Instant;

use futures_util::future::join_all;
use tokio::time::sleep;

use super::work::Work;
use super::{Habits, Shared};
use crate::support::Person;

/// Writes until there is nothing more to do.
pub(super) async fn write(
    mut person: Person,
    addresses: Vec<String>,
    habits: Habits,
    shared: Arc<Shared>,
    mut work: Work,
) {
    let (mut failures, mut turn) = (0, 0);
    loop {
        let may_make_new = shared.is_loading();
        let operations: Vec<_> =
            std::iter::from_fn(|| work.next(may_make_new)).take(habits.pipeline / 2).collect();
        if operations.is_empty() {
            return;
        }
        let answers = operations.iter().map(|operation| {
            shared.attempt(operation);
            let attempted = Instant::now();
            let (method, path, body) = operation.request();
            let (person, shared) = (person.clone(), &shared);
            async move {
                let answer = person.tries(method, &path, body).await;
                // At once, since others may be answered long after it.
                if let Ok(answer) = &answer
                    && answer.status.is_success()
                {
                    shared.acknowledge(&answer.body, attempted);
                }
                answer
            }
        });
        let answers = join_all(answers).await;
        let (mut has_failed, mut token_is_over) = (false, false);
        for (operation, answer) in operations.into_iter().zip(answers) {
            match answer {
                Ok(answer) if answer.status.is_success() => {
                    work.done(&operation, &answer.body);
                    continue;
                }
                Ok(answer) if answer.status == 401 => {
                    answer.expect_problem(401, "token_expired");
                    token_is_over = true;
                }
                Ok(answer) => {
                    answer.expect_problem(503, "unavailable");
                    shared.refused.send_modify(|count| *count += 1);
                }
                // No answer: the outcome is unknown, and another server may have one.
                Err(_) => {
                    turn += 1;
                    person.address.clone_from(&addresses[turn % addresses.len()]);
                }
            }
            has_failed = true;
            work.waiting.push_front(operation);
        }
        if token_is_over {
            person.tries_to_renew().await;
        }
        failures = if has_failed { failures + 1 } else { 0 };
        let pause = habits.pace * u32::try_from(habits.pipeline / 2).unwrap_or(1);
        sleep(if has_failed { habits.back_off_after(failures) } else { pause }).await;
    }
}
