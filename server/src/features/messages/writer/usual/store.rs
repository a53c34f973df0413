//! How the usual batch is stored: by calls on SQLite, by one statement on PostgreSQL.

use std::collections::BTreeMap;

use rusqlite::OptionalExtension;
use sea_orm::{DatabaseBackend, DbErr, FromQueryResult, Value};

use super::Usual;
use crate::db::{self, Db, Direct, DirectResult, RowList};
use crate::features::rooms::{join_writers, people_since};

/// The most messages in one statement of PostgreSQL: in larger batches, several statements are few for
/// each message.
const LARGEST_STATEMENT: usize = 16;

/// A message that was stored, and what was read with it.
#[derive(Debug, FromQueryResult)]
pub(in crate::features::messages::writer) struct StoredRow {
    pub(in crate::features::messages::writer) room_id: i64,
    pub(in crate::features::messages::writer) seq: i64,
    pub(in crate::features::messages::writer) members_version: i64,
    pub(in crate::features::messages::writer) sender_id: i64,
    pub(in crate::features::messages::writer) username: String,
    pub(in crate::features::messages::writer) display_name: String,
    pub(in crate::features::messages::writer) avatar: Option<String>,
}

impl Usual<'_> {
    /// Stores the batch if it is a usual one; answers its messages in their order, or none. `sent_at` is
    /// now, by a time that never goes back.
    ///
    /// # Errors
    /// What the database says; whether it is stored is unknown then, as with any commit.
    pub(in crate::features::messages::writer) async fn store(
        &self,
        db: &Db,
        sent_at: i64,
    ) -> Result<Vec<StoredRow>, DbErr> {
        if db.backend() == DatabaseBackend::Sqlite {
            let stored = db.commit_directly(|connection| self.store_on_sqlite(connection)).await?;
            return Ok(stored.unwrap_or_default());
        }
        if self.messages.len() > LARGEST_STATEMENT {
            return Ok(Vec::new());
        }
        self.store_on_postgres(db, sent_at).await
    }

    /// Statement by statement: each is a call, and nobody else writes meanwhile.
    fn store_on_sqlite(&self, connection: &Direct) -> DirectResult<Option<Vec<StoredRow>>> {
        let (rooms, table) = (self.family.rooms(), self.family.messages());
        let writers = join_writers("JOIN", self.family, "r.id", "?2");
        let mut context = connection.prepare_cached(&format!(
            "SELECT r.last_seq, r.members_version, u.username, u.display_name, u.avatar, \
             EXISTS (SELECT 1 FROM {table} x WHERE x.sender_id = ?2 AND x.room_id = ?1 \
                 AND x.client_id = ?3) \
             FROM {rooms} r {writers} WHERE r.id = ?1"
        ))?;
        let mut insert = connection.prepare_cached(&format!(
            "INSERT INTO {table} (id, room_id, seq, changed_seq, client_id, client_digest, \
             sender_id, text, others_before, created_at) \
             VALUES (?1, ?2, ?3, ?3, ?4, ?5, ?6, ?7, ?8, ?9)"
        ))?;
        let mut newest = connection.prepare_cached(&format!(
            "SELECT seq, sender_id, others_before FROM {table} WHERE room_id = ?1 \
             ORDER BY seq DESC LIMIT 1"
        ))?;
        let mut stored = Vec::with_capacity(self.messages.len());
        let mut heads = BTreeMap::new();
        for it in &self.messages {
            let parameters = (it.room_id, it.sender_id, it.client_id.as_bytes());
            let mut rows = context.query(parameters)?;
            let Some(row) = rows.next()? else { return Ok(None) };
            let (head, is_repeat): (i64, bool) = (row.get(0)?, row.get(5)?);
            if is_repeat || head < people_since(self.family) {
                return Ok(None);
            }
            let seq = head + it.nth_in_room;
            heads.insert(it.room_id, seq);
            // What came before it in the batch is in the table by now.
            let others_before = newest
                .query_row((it.room_id,), |row| {
                    let (seq, sender_id, before): (i64, i64, Option<i64>) =
                        (row.get(0)?, row.get(1)?, row.get(2)?);
                    Ok(if sender_id == it.sender_id { before } else { Some(seq) })
                })
                .optional()?
                .unwrap_or(Some(0));
            insert.execute((
                it.id.as_bytes(),
                it.room_id,
                seq,
                it.client_id.as_bytes(),
                it.client_digest,
                it.sender_id,
                it.text,
                others_before,
                self.created_at,
            ))?;
            stored.push(StoredRow {
                room_id: it.room_id,
                seq,
                members_version: row.get(1)?,
                sender_id: it.sender_id,
                username: row.get(2)?,
                display_name: row.get(3)?,
                avatar: row.get(4)?,
            });
        }
        let sql = format!("UPDATE {rooms} SET last_seq = ?2 WHERE id = ?1");
        let mut move_head = connection.prepare_cached(&sql)?;
        for head in heads {
            move_head.execute(head)?;
        }
        Ok(Some(stored))
    }

    /// One statement. It sees one moment, and the rooms that it then locks, in the order of their ids, may
    /// be newer than that: so a room counts only as long as both are the same. One that was given up and is
    /// still on its way when it is found out what became of it stores nothing ([`Committer::settle`]).
    ///
    /// [`Committer::settle`]: crate::features::messages::writer::batch::Committer::settle
    async fn store_on_postgres(&self, db: &Db, sent_at: i64) -> Result<Vec<StoredRow>, DbErr> {
        let (rooms, table) = (self.family.rooms(), self.family.messages());
        let writers = join_writers("JOIN", self.family, "asked.room_id", "asked.sender_id");
        let mut list = RowList::<9>::new();
        for it in &self.messages {
            list.push([
                it.id.into(),
                it.room_id.into(),
                it.nth_in_room.into(),
                Value::BigInt(it.others_nth),
                it.sender_id.into(),
                it.client_id.into(),
                it.client_digest.into(),
                it.text.into(),
                self.created_at.into(),
            ]);
        }
        let (asked, mut values) = list.into_values(db.backend());
        values.push(sent_at.into());
        let sent_at = format!("${}", values.len());
        let people_since = people_since(self.family);
        // A message alone is the whole of its batch and its room's head; the database need not count that.
        let (usual, whole, heads) = if self.messages.len() == 1 {
            ("fitting", "", "(SELECT room_id, seq AS last_seq FROM fitting)")
        } else {
            (
                "usual",
                "usual AS MATERIALIZED (SELECT * FROM fitting \
                     WHERE (SELECT COUNT(*) FROM fitting) = (SELECT COUNT(*) FROM asked)),",
                "(SELECT room_id, MAX(seq) AS last_seq FROM usual GROUP BY room_id)",
            )
        };
        let sql = format!(
            "WITH asked (id, room_id, nth, others_nth, sender_id, client_id, client_digest, text, created_at) \
                 AS (VALUES {asked}), \
             locked AS MATERIALIZED (SELECT id, last_seq, members_version FROM {rooms} \
                 WHERE id IN (SELECT room_id FROM asked) AND settled_at <= {sent_at} \
                 ORDER BY id FOR NO KEY UPDATE), \
             fitting AS MATERIALIZED (SELECT asked.*, head.last_seq + asked.nth AS seq, \
                 CASE WHEN asked.others_nth IS NOT NULL THEN head.last_seq + asked.others_nth \
                     WHEN newest.sender_id = asked.sender_id THEN newest.others_before \
                     ELSE COALESCE(newest.seq, 0) END AS others_before, \
                 head.members_version, u.username, u.display_name, u.avatar \
                 FROM asked JOIN locked head ON head.id = asked.room_id \
                 JOIN {rooms} seen ON seen.id = head.id AND seen.last_seq = head.last_seq \
                     AND seen.members_version = head.members_version \
                 {writers} \
                 LEFT JOIN LATERAL (SELECT n.seq, n.sender_id, n.others_before FROM {table} n \
                     WHERE n.room_id = head.id ORDER BY n.seq DESC LIMIT 1) newest ON TRUE \
                 WHERE NOT EXISTS (SELECT 1 FROM {table} x WHERE x.sender_id = asked.sender_id \
                     AND x.room_id = asked.room_id AND x.client_id = asked.client_id) \
                     AND head.last_seq >= {people_since}), \
             {whole} \
             moved AS (UPDATE {rooms} SET last_seq = heads.last_seq FROM {heads} heads \
                 WHERE {rooms}.id = heads.room_id), \
             stored AS (INSERT INTO {table} (id, room_id, seq, changed_seq, client_id, \
                     client_digest, sender_id, text, others_before, created_at) \
                 SELECT id, room_id, seq, seq, client_id, client_digest, sender_id, text, \
                     others_before, created_at FROM {usual}) \
             SELECT room_id, seq, members_version, sender_id, username, display_name, avatar \
             FROM {usual}"
        );
        db::parse(&db.commit_statement(sql, values).await?)
    }
}
