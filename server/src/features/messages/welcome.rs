//! The first start: the default room and Adda's greeting in it.

use adda_entities::{server_state, user};
use adda_protocol::MessageText;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, DbErr, EntityTrait, TryInsertResult};
use uuid::Uuid;

use super::content::Content;
use super::row::MessageRow;
use super::writer;
use crate::clock::Clock;
use crate::db::{Db, Family, Transaction};
use crate::features::rooms::Rooms;

const GREETING: &str = "Welcome to Adda! This is the first room; everybody is here. Say hello, or \
     make a room of your own. Whatever is said here stays on this server.";

/// Makes what a new server has from the start, and answers the server's epoch.
///
/// # Errors
/// The database.
pub async fn prepare(db: &Db, clock: &Clock) -> Result<String, DbErr> {
    let transaction = db.begin().await?;
    let random: [u8; 6] = rand::random();
    let fresh = server_state::ActiveModel {
        id: Set(1),
        epoch: Set(Uuid::new_v4().to_string()),
        server_id: Set(random.iter().map(|byte| format!("{byte:02x}")).collect()),
        named_at: Set(0),
    };
    let inserted = server_state::Entity::insert(fresh)
        .on_conflict(OnConflict::column(server_state::Column::Id).do_nothing().to_owned())
        .try_insert()
        .exec_without_returning(&transaction)
        .await?;
    let is_new = matches!(inserted, TryInsertResult::Inserted(1));
    if is_new {
        greet(&transaction, clock).await?;
    }
    transaction.commit().await?;
    let state = server_state::Entity::find_by_id(1).one(db.read()).await?;
    state.map(|state| state.epoch).ok_or_else(|| DbErr::RecordNotFound("server_state".into()))
}

async fn greet(transaction: &Transaction, clock: &Clock) -> Result<(), DbErr> {
    let now = clock.now_ms();
    let adda = user::ActiveModel {
        id: Set(0),
        username: Set("adda".to_owned()),
        display_name: Set("Adda".to_owned()),
        name_key: Set("adda".to_owned()),
        password_hash: Set(None),
        is_admin: Set(false),
        created_at: Set(now),
        ..Default::default()
    };
    user::Entity::insert(adda).exec_without_returning(transaction).await?;
    let room_id = Rooms::insert_default(transaction, now).await?;
    let text = MessageText::parse(GREETING).map_err(DbErr::Custom)?;
    let (client_id, content) = (Uuid::new_v4(), Content::from(text));
    let greeting = MessageRow {
        id: clock.uuid(),
        room_id,
        seq: 1,
        changed_seq: 1,
        client_id,
        client_digest: content.digest(),
        sender_id: 0,
        text: content.text().map(str::to_owned),
        mentions: None,
        created_at: now,
        edited_at: None,
        deleted_at: None,
        username: String::new(),
        display_name: String::new(),
        avatar: None,
    };
    writer::insert(transaction, Family::Public, [(&greeting, Some(0))]).await?;
    writer::set_last_seq(transaction, Family::Public, [(room_id, 1)]).await
}
