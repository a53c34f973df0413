//! The first start: what a new server has before anybody comes.

use sea_orm::DbErr;

use super::error::StartError;
use crate::clock::Clock;
use crate::db::Db;
use crate::features::accounts::Accounts;
use crate::features::messages;
use crate::features::rooms::Rooms;
use crate::features::site::{self, Site};

/// Brings the database up to date and says which server it is, a new one with Adda, the default room
/// and the greeting in it.
pub(crate) async fn prepare(db: &Db, clock: &Clock) -> Result<Site, StartError> {
    db.migrate().await?;
    Ok(begin(db, clock).await?)
}

async fn begin(db: &Db, clock: &Clock) -> Result<Site, DbErr> {
    let transaction = db.begin().await?;
    if site::begin(&transaction).await? {
        let now = clock.now_ms();
        let adda = Accounts::insert_adda(&transaction, now).await?;
        let room_id = Rooms::insert_default(&transaction, now).await?;
        messages::greet(&transaction, clock, adda, room_id).await?;
    }
    transaction.commit().await?;
    site::load(db.read()).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Storage, World, on_both_databases};

    on_both_databases! {
        async fn a_server_is_greeted_once_and_keeps_its_epoch(storage: Storage) {
            let world = World::new(storage).await;
            let first = prepare(&world.db, &Clock::System).await.unwrap();
            let second = prepare(&world.db, &Clock::System).await.unwrap();
            assert_eq!(first, second);
            assert_eq!(world.count("messages").await, 1);
            assert_eq!(world.count("rooms").await, 1);
        }
    }
}
