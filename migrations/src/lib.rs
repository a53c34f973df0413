//! The schema, one file per change, run forwards at start and by `adda migrate`; each can be undone.
//!
//! Migrations never import the entities: those follow the present, these record the past.

use sea_orm_migration::prelude::*;

mod columns;
mod m0001_server_state;
mod m0002_accounts;
mod m0003_rooms;
mod m0004_messages;
mod m0005_deliveries;
mod m0006_profiles;
mod m0007_mentions;
mod m0008_name_keys;
mod m0009_refresh_rules;
mod m0010_server_id;
mod m0011_commit_marks;
mod m0012_others_before;
mod m0013_settled_at;
mod m0014_media;
mod m0015_partial_uploads;
mod m0016_media_total;
mod m0017_folded_names;
mod m0018_search;
mod m0019_room_preferences_additive;
mod m0020_demo_additive;

/// All migrations in order.
#[derive(Debug)]
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001_server_state::Migration),
            Box::new(m0002_accounts::Migration),
            Box::new(m0003_rooms::Migration),
            Box::new(m0004_messages::Migration),
            Box::new(m0005_deliveries::Migration),
            Box::new(m0006_profiles::Migration),
            Box::new(m0007_mentions::Migration),
            Box::new(m0008_name_keys::Migration),
            Box::new(m0009_refresh_rules::Migration),
            Box::new(m0010_server_id::Migration),
            Box::new(m0011_commit_marks::Migration),
            Box::new(m0012_others_before::Migration),
            Box::new(m0013_settled_at::Migration),
            Box::new(m0014_media::Migration),
            Box::new(m0015_partial_uploads::Migration),
            Box::new(m0016_media_total::Migration),
            Box::new(m0017_folded_names::Migration),
            Box::new(m0018_search::Migration),
            Box::new(m0019_room_preferences_additive::Migration),
            Box::new(m0020_demo_additive::Migration),
        ]
    }
}
