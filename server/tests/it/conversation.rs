//! Two people talk.

use serde_json::json;

use crate::on_both_databases;
use crate::support::{Storage, TestServer};

on_both_databases! {
    async fn what_one_writes_the_other_hears(storage: Storage) {
        let server = TestServer::start(storage).await;
        let (mira, ravi) = (server.person("mira").await, server.person("ravi").await);
        let (mut hers, mut his) = (mira.connects().await, ravi.connects().await);

        let message = hers.writes("general", "see https://example.org").await;
        let heard = his.hears("message.created").await;

        assert_eq!(heard["message"], message);
        assert_eq!(message["sender"]["username"], "mira");
        assert_eq!(message["links"], json!([{"start": 4, "end": 23, "url": "https://example.org"}]));
        let page = ravi.get("/rooms/general/messages").await.expect(200);
        assert_eq!(page["items"].as_array().unwrap().last(), Some(&message));
    }
}
