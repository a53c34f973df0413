use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use adda_fold::folded;
use adda_protocol::RoomName;
use adda_protocol::search::SearchPage;
use rand::prelude::*;
use uuid::Uuid;

use super::blocks::Sizes;
use super::cursor::Cursor;
use super::error::SearchError;
use super::indexer::{Indexer, Round};
use super::service::{Search, SearchRequest};
use crate::clock::Clock;
use crate::db::Family;
use crate::features::accounts::Person;
use crate::features::messages::{MessageEncoder, Operation};
use crate::features::rooms::RoomRef;
use crate::testing::{Storage, World, addresses, create, edit, on_both_databases};

/// So small that a few messages make many blocks.
const SMALL: Sizes = Sizes { behind: 4, backlog: 9, middle: 12, large: 40, of_edits: 3 };

/// A message as the test remembers it.
#[derive(Clone, Debug)]
struct Written {
    room: usize,
    id: Uuid,
    seq: i64,
    at: i64,
    text: Option<String>,
}

/// People, rooms, and everything that was written.
struct Talk {
    world: World,
    search: Search,
    mira: Person,
    rooms: Vec<RoomRef>,
    /// Rooms that Mira is no member of, or may not even read.
    of_others: RoomRef,
    written: Vec<Written>,
    indexer: Indexer,
    now: i64,
}

impl Talk {
    async fn new(world: World) -> Self {
        let mira = world.person("mira").await;
        let (ravi, tara) = (world.person("ravi").await, world.person("tara").await);
        let mut rooms = Vec::new();
        for name in ["tea", "rust"] {
            rooms.push(world.room(name, &[&mira, &ravi]).await);
        }
        rooms.push(world.private_room(&mira, &ravi).await);
        let of_others = world.private_room(&ravi, &tara).await;
        let clock = Clock::Manual(world.now.clone());
        let encoder = MessageEncoder::new(addresses(&clock));
        let search = Search::new(world.db.clone(), world.rooms.clone(), encoder);
        let indexer = Indexer::new(world.db.clone(), clock).with_sizes(SMALL);
        world.does(&tara, &of_others, create("tea, আড্ডা, 你好, a secret")).await.unwrap();
        Self { world, search, mira, rooms, of_others, written: vec![], indexer, now: 0 }
    }

    async fn writes(&mut self, room: usize, text: &str) {
        self.now += 1;
        self.world.is_at(self.now);
        let accepted = self.world.does(&self.mira, &self.rooms[room], create(text)).await.unwrap();
        let (id, seq, at) = (accepted.row.id, accepted.row.seq, accepted.row.created_at);
        self.written.push(Written { room, id, seq, at, text: Some(text.to_owned()) });
    }

    async fn edits(&mut self, which: usize, text: &str) {
        let Written { room, id, .. } = self.written[which];
        self.world.does(&self.mira, &self.rooms[room], edit(id, text)).await.unwrap();
        self.written[which].text = Some(text.to_owned());
    }

    async fn deletes(&mut self, which: usize) {
        let Written { room, id: message_id, .. } = self.written[which];
        let operation = Operation::Delete { message_id };
        self.world.does(&self.mira, &self.rooms[room], operation).await.unwrap();
        self.written[which].text = None;
    }

    /// Does what there is to do for the index.
    async fn indexes(&self) {
        for family in Family::ALL {
            while self.indexer.round(family).await.unwrap() == Round::Worked {}
        }
    }

    /// What a scan of everything finds, the newest first.
    fn scan(&self, room: Option<usize>, query: &str) -> Vec<Uuid> {
        let words: Vec<String> = query.split_whitespace().map(folded).collect();
        let words: Vec<&String> = words.iter().filter(|word| !word.is_empty()).collect();
        if words.is_empty() {
            return Vec::new();
        }
        let mut found: Vec<&Written> = self
            .written
            .iter()
            .filter(|written| room.is_none_or(|room| written.room == room))
            .filter(|written| {
                let text = written.text.as_deref().map(folded);
                text.is_some_and(|text| words.iter().all(|word| text.contains(*word)))
            })
            .collect();
        match room {
            Some(_) => found.sort_by_key(|written| std::cmp::Reverse(written.seq)),
            None => found.sort_by_key(|written| std::cmp::Reverse((written.at, written.id))),
        }
        found.into_iter().map(|written| written.id).collect()
    }

    async fn page(
        &self,
        room: Option<usize>,
        query: &str,
        limit: u16,
        cursor: Option<String>,
    ) -> SearchPage {
        let (text, limit) = (query.to_owned(), Some(limit));
        let request = SearchRequest { text, cursor, limit, utc_offset: 0 };
        match room {
            Some(room) => {
                let name = RoomName::parse(&self.rooms[room].name).unwrap();
                self.search.in_room(&self.mira, &name, request).await.unwrap()
            }
            None => self.search.everywhere(&self.mira, request).await.unwrap(),
        }
    }

    /// What the search finds, page after page.
    async fn finds(&self, room: Option<usize>, query: &str, limit: u16) -> Vec<Uuid> {
        let (mut found, mut cursor) = (Vec::new(), None);
        loop {
            let page = self.page(room, query, limit, cursor).await;
            assert!(!page.partial);
            assert!(page.items.len() <= usize::from(limit));
            for hit in &page.items {
                assert_ne!(hit.room.name, &*self.of_others.name);
                assert!(!hit.matches.is_empty(), "{query:?} in {:?}", hit.message.text);
            }
            found.extend(page.items.into_iter().map(|hit| hit.message.id));
            match page.next_cursor {
                Some(next) => cursor = Some(next),
                None => return found,
            }
        }
    }

    /// What the search finds where most pages have no time, and the index is worked on between them.
    async fn finds_in_a_hurry(
        &self,
        room: Option<usize>,
        query: &str,
        limit: u16,
        random: &mut StdRng,
    ) -> Vec<Uuid> {
        let of_room = room.map(|room| (self.rooms[room].family, self.rooms[room].id));
        let (text, limit) = (query.to_owned(), Some(limit));
        let mut request = SearchRequest { text, cursor: None, limit, utc_offset: 0 };
        let mut found = Vec::new();
        for pages in 0.. {
            assert!(pages < 1_000, "{query:?} in {room:?} comes to no end: {found:?}");
            let cursor = request.cursor.as_deref().map(|cursor| Cursor::decode(cursor).unwrap());
            let plan = self.search.plan(&self.mira, of_room, &request, cursor).await.unwrap();
            let Some(plan) = plan else { break };
            if random.random_bool(0.2) {
                let family = *Family::ALL.choose(random).unwrap();
                self.indexer.round(family).await.unwrap();
            }
            let time =
                if random.random_bool(0.8) { Duration::ZERO } else { Duration::from_secs(60) };
            let read = self.search.read(&plan, Instant::now() + time).await.unwrap();
            let page = self.search.page(self.mira.id, plan, read).await.unwrap();
            found.extend(page.items.into_iter().map(|hit| hit.message.id));
            request.cursor = page.next_cursor;
            if request.cursor.is_none() {
                break;
            }
        }
        found
    }

    async fn finds_as_a_scan_does(&self, room: Option<usize>, query: &str, limit: u16) {
        let (found, scanned) = (self.finds(room, query, limit).await, self.scan(room, query));
        assert_eq!(found, scanned, "{query:?} in {room:?}, {limit} a page");
    }
}

const TOKENS: [&str; 44] = [
    "tea",
    "Teatime",
    "JOSÉ",
    "jose\u{301}",
    "straße",
    "STRASSE",
    "a",
    "I",
    "naïve",
    "ﬁnal",
    "ＡＤＤＡ",
    "আড্ডা",
    "সময়",
    "সময\u{9bc}",
    "কি",
    "কী",
    "চা",
    "سلام",
    "عليكم",
    "شاي",
    "चाय",
    "कितना",
    "की",
    "ชา",
    "ที่นี่",
    "你好",
    "茶",
    "喝茶吗",
    "お茶",
    "ｶﾞラス",
    "カフェ",
    "한글",
    "차",
    "👩🏽‍🚀",
    "👍🏿",
    "🎉",
    "https://example.org/tea?q=1",
    "let x = vec![1; 2];",
    "foo_bar()",
    "100%",
    "a\\b",
    "O'Neil",
    "e\u{301}",
    "ΟΔΟΣ",
];

fn random_text(random: &mut StdRng) -> String {
    let separators = [" ", " ", "", ", ", "\n", "—"];
    let mut text = String::new();
    for _ in 0..random.random_range(1..7) {
        text.push_str(TOKENS.choose(random).unwrap());
        text.push_str(separators.choose(random).unwrap());
    }
    let text = text.trim().to_owned();
    if text.is_empty() { "tea".to_owned() } else { text }
}

/// A part of something that was written, or of what might have been; often two.
fn random_query(random: &mut StdRng, written: &[Written]) -> String {
    let mut words = Vec::new();
    for _ in 0..random.random_range(1..3) {
        let text = match written.choose(random).and_then(|written| written.text.clone()) {
            Some(text) if random.random_bool(0.8) => text,
            _ => random_text(random),
        };
        let chars: Vec<char> = text.chars().collect();
        let from = random.random_range(0..chars.len());
        let length = *[1, 1, 2, 2, 3, 4, 6, 12].choose(random).unwrap();
        words.push(chars[from..chars.len().min(from + length)].iter().collect::<String>());
    }
    // Neither quotation marks nor colons, which have a meaning of their own.
    words.join(" ").replace(['"', ':'], " ").trim().to_owned()
}

/// Writes, edits, deletes, indexes and searches at random, and holds each search against a scan.
async fn agrees_with_a_scan(world: World, seed: u64, steps: usize) {
    let mut talk = Talk::new(world).await;
    let mut random = StdRng::seed_from_u64(seed);
    for _ in 0..steps {
        match random.random_range(0..100) {
            0..50 => {
                let (room, text) = (random.random_range(0..3), random_text(&mut random));
                talk.writes(room, &text).await;
            }
            action @ 50..70 => {
                let living: Vec<usize> =
                    (0..talk.written.len()).filter(|at| talk.written[*at].text.is_some()).collect();
                let Some(which) = living.choose(&mut random).copied() else { continue };
                if action < 60 {
                    let text = random_text(&mut random);
                    talk.edits(which, &text).await;
                } else {
                    talk.deletes(which).await;
                }
            }
            70..80 => {
                let family = *Family::ALL.choose(&mut random).unwrap();
                talk.indexer.round(family).await.unwrap();
            }
            80..83 => talk.indexes().await,
            // Another server works on.
            83 => {
                let clock = Clock::Manual(talk.world.now.clone());
                talk.now += 60_000;
                talk.world.is_at(talk.now);
                talk.indexer = Indexer::new(talk.world.db.clone(), clock).with_sizes(SMALL);
            }
            // The index that there is answers until the new one is whole.
            84 if talk.is_whole().await => talk.indexer.begin_anew().await.unwrap(),
            _ => {
                if random.random_bool(0.5) {
                    talk.indexes().await;
                }
                let room = [None, Some(0), Some(1), Some(2)].choose(&mut random).copied().unwrap();
                let query = random_query(&mut random, &talk.written);
                let limit = random.random_range(1..20);
                talk.finds_as_a_scan_does(room, &query, limit).await;
                let found = talk.finds_in_a_hurry(room, &query, limit, &mut random).await;
                assert_eq!(
                    found,
                    talk.scan(room, &query),
                    "{query:?} in {room:?}, {limit}, hurried"
                );
            }
        }
    }
    talk.indexes().await;
    for _ in 0..steps / 4 {
        let room = [None, Some(0), Some(1), Some(2)].choose(&mut random).copied().unwrap();
        let query = random_query(&mut random, &talk.written);
        talk.finds_as_a_scan_does(room, &query, random.random_range(1..20)).await;
    }
}

impl Talk {
    async fn is_whole(&self) -> bool {
        for family in Family::ALL {
            let state = super::store::index::state(self.world.db.read(), family).await.unwrap();
            if state.backlog.is_some() {
                return false;
            }
        }
        true
    }

    /// How many blocks are kept of which index.
    async fn kept(&self, family: Family) -> BTreeMap<i64, usize> {
        let sql = format!("SELECT generation FROM {}_blocks", family.search());
        let rows = crate::db::query(self.world.db.read(), sql, vec![]).await.unwrap();
        let mut kept = BTreeMap::new();
        for row in rows {
            *kept.entry(row.try_get("", "generation").unwrap()).or_default() += 1;
        }
        kept
    }

    async fn blocks(&self, family: Family) -> Vec<(bool, i64, i64)> {
        let db = self.world.db.read();
        let (state, blocks) = super::store::index::layout(db, family).await.unwrap();
        let blocks = blocks.into_iter().filter(|block| block.generation == state.generation);
        blocks.map(|block| (block.of_edits, block.first_doc, block.docs)).collect()
    }
}

on_both_databases! {
    async fn whatever_happens_it_finds_what_a_scan_finds(storage: Storage) {
        let seeds = if std::env::var_os("ADDA_TEST_LONG").is_some() { 40 } else { 4 };
        for seed in 0..seeds {
            agrees_with_a_scan(World::new(storage).await, seed, 300).await;
        }
    }

    async fn messages_are_indexed_merged_and_found_in_their_order(storage: Storage) {
        let mut talk = Talk::new(World::new(storage).await).await;
        for n in 0..100 {
            talk.writes(n % 2, &format!("number {n}")).await;
            if n % 5 == 0 {
                talk.indexes().await;
            }
        }
        talk.indexes().await;
        let blocks = talk.blocks(Family::Public).await;
        assert!(blocks.len() < 9 && blocks.iter().any(|block| block.2 > 28), "{blocks:?}");
        let first = blocks.last().unwrap().1;
        let end = blocks.iter().rev().try_fold(first, |end, (_, first, docs)| {
            (*first == end).then_some(first + docs)
        });
        assert!(end.is_some_and(|end| end > 90), "without gaps: {blocks:?}");
        for limit in [1, 7, 50] {
            talk.finds_as_a_scan_does(None, "number", limit).await;
            talk.finds_as_a_scan_does(Some(1), "9", limit).await;
        }
    }

    async fn what_was_there_before_the_index_comes_into_it(storage: Storage) {
        let mut talk = Talk::new(World::new(storage).await).await;
        for n in 0..60 {
            talk.writes(n % 3, &format!("number {n}")).await;
        }
        talk.deletes(7).await;
        // As after an upgrade.
        for (family, prefix) in [(0, "search"), (1, "private_search")] {
            let beyond = match storage {
                Storage::Sqlite => "X'ffffffffffffffffffffffffffffffff'",
                Storage::Postgres => "CAST('ffffffff-ffff-ffff-ffff-ffffffffffff' AS uuid)",
            };
            let rooms = ["rooms", "private_rooms"][family];
            talk.world.run(&format!("DELETE FROM {prefix}_progress")).await;
            talk.world
                .run(&format!(
                    "INSERT INTO {prefix}_progress SELECT id, last_seq, last_seq FROM {rooms}"
                ))
                .await;
            let anew = format!("UPDATE search_indexes SET backlog = {beyond} WHERE family = {family}");
            talk.world.run(&anew).await;
        }
        // Before it is there, it is not found, and that is said; what comes since is.
        talk.writes(0, "number of today").await;
        talk.edits(3, "number three").await;
        let request = || SearchRequest { text: "number".to_owned(), cursor: None, limit: None, utc_offset: 0 };
        let page = talk.search.everywhere(&talk.mira, request()).await.unwrap();
        assert!(page.indexing && page.items.len() == 2, "{page:#?}");
        talk.indexes().await;
        assert!(!talk.search.everywhere(&talk.mira, request()).await.unwrap().indexing);
        talk.finds_as_a_scan_does(None, "number", 7).await;
        talk.finds_as_a_scan_does(None, "number three", 7).await;
        assert!(talk.blocks(Family::Public).await.last().unwrap().1 < 0, "older ones stand below");
    }

    async fn while_the_index_is_made_anew_nothing_is_missing_or_found_twice(storage: Storage) {
        let mut talk = Talk::new(World::new(storage).await).await;
        for n in 0..120 {
            talk.writes(n % 3, &format!("number {n}")).await;
        }
        talk.indexes().await;
        for n in [3, 50, 90] {
            talk.edits(n, &format!("number of an edit {n}")).await;
        }
        talk.writes(1, "number of what is not indexed").await;
        for (room, limit) in [(None, 7), (Some(0), 3), (Some(1), 50), (None, 1)] {
            talk.indexer.begin_anew().await.unwrap();
            let (mut found, mut cursor) = (Vec::new(), None);
            loop {
                let page = talk.page(room, "number", limit, cursor).await;
                assert!(!page.indexing);
                found.extend(page.items.into_iter().map(|hit| hit.message.id));
                cursor = page.next_cursor;
                if cursor.is_none() {
                    break;
                }
                talk.indexer.round(Family::Public).await.unwrap();
                talk.indexer.round(Family::Private).await.unwrap();
            }
            assert_eq!(found, talk.scan(room, "number"), "{limit} a page in {room:?}");
            talk.indexes().await;
        }
    }

    async fn an_index_is_kept_for_as_long_as_somebody_may_read_it(storage: Storage) {
        let mut talk = Talk::new(World::new(storage).await).await;
        for n in 0..40 {
            talk.writes(0, &format!("number {n}")).await;
        }
        talk.indexes().await;
        talk.indexer.begin_anew().await.unwrap();
        talk.indexes().await;
        assert_eq!(talk.kept(Family::Public).await.into_keys().collect::<Vec<_>>(), [0, 1]);
        // Begun twice, the first of them never was one that answered.
        talk.indexer.begin_anew().await.unwrap();
        talk.indexer.begin_anew().await.unwrap();
        talk.indexes().await;
        talk.now += 61_000;
        talk.world.is_at(talk.now);
        talk.indexes().await;
        let blocks = talk.blocks(Family::Public).await.len();
        assert_eq!(talk.kept(Family::Public).await, BTreeMap::from([(3, blocks)]));
        talk.finds_as_a_scan_does(None, "number", 7).await;
    }

    /// Between what says how far the rooms are in the index and the index itself, it may be added to.
    async fn what_is_indexed_while_a_page_is_read_is_not_on_the_next_one_too(storage: Storage) {
        let mut talk = Talk::new(World::new(storage).await).await;
        for room in [None, Some(0)] {
            for n in 0..30 {
                talk.writes(n % 2, &format!("number {n}")).await;
                // Some of it is in the index before.
                if n == 9 {
                    talk.indexes().await;
                }
            }
            let request = SearchRequest { text: "number".to_owned(), cursor: None, limit: Some(4), utc_offset: 0 };
            let of_room = room.map(|room: usize| (talk.rooms[room].family, talk.rooms[room].id));
            let plan = talk.search.plan(&talk.mira, of_room, &request, None).await.unwrap().unwrap();
            talk.indexes().await;
            let deadline = Instant::now() + Duration::from_secs(60);
            let read = talk.search.read(&plan, deadline).await.unwrap();
            let mut page = talk.search.page(talk.mira.id, plan, read).await.unwrap();
            let mut found = Vec::new();
            loop {
                found.extend(page.items.into_iter().map(|hit| hit.message.id));
                let Some(cursor) = page.next_cursor else { break };
                page = talk.page(room, "number", 4, Some(cursor)).await;
            }
            assert_eq!(found, talk.scan(room, "number"), "in {room:?}");
        }
    }

    async fn rooms_that_are_indexed_one_after_the_other_are_told_in_turn(storage: Storage) {
        for limit in [1, 3, 4, 7] {
            let mut talk = Talk::new(World::new(storage).await).await;
            for n in 0..16 {
                talk.now = 10 * n;
                talk.writes(0, &format!("number {n}")).await;
            }
            talk.indexes().await;
            // As old as the others, and not in the index on the first page.
            for n in 0..16 {
                talk.now = 10 * n + 5;
                talk.writes(1, &format!("number {n}")).await;
            }
            let (mut found, mut cursor) = (Vec::new(), None);
            loop {
                let page = talk.page(None, "number", limit, cursor).await;
                found.extend(page.items.into_iter().map(|hit| hit.message.id));
                cursor = page.next_cursor;
                if cursor.is_none() {
                    break;
                }
                talk.indexer.round(Family::Public).await.unwrap();
            }
            assert_eq!(found, talk.scan(None, "number"), "{limit} a page");
        }
    }

    async fn a_search_without_time_says_so_and_goes_on_where_it_was(storage: Storage) {
        let mut talk = Talk::new(World::new(storage).await).await;
        for n in 0..300 {
            // Most have all the grams and not the word.
            let text = if n % 40 == 7 { format!("number {n}") } else { "numb umbe mber".to_owned() };
            talk.writes(n % 3, &text).await;
        }
        talk.indexes().await;
        for n in [1, 5, 120] {
            talk.edits(n, "number of an edit").await;
        }
        for n in 0..4 {
            talk.edits(n * 2, "of no interest").await;
        }
        talk.indexes().await;
        talk.writes(0, "number of what is not indexed").await;
        for (room, limit) in [(None, 3), (Some(1), 50), (None, 50), (Some(2), 1)] {
            let of_room = room.map(|room: usize| (talk.rooms[room].family, talk.rooms[room].id));
            let mut request =
                SearchRequest { text: "number".to_owned(), cursor: None, limit: Some(limit), utc_offset: 0 };
            let (mut found, mut partial) = (Vec::new(), 0);
            for pages in 0.. {
                assert!(pages < 200, "{found:?}");
                let cursor = request.cursor.as_deref().map(|cursor| Cursor::decode(cursor).unwrap());
                let plan = talk.search.plan(&talk.mira, of_room, &request, cursor).await.unwrap().unwrap();
                let read = talk.search.read(&plan, Instant::now()).await.unwrap();
                let page = talk.search.page(talk.mira.id, plan, read).await.unwrap();
                partial += usize::from(page.partial);
                found.extend(page.items.into_iter().map(|hit| hit.message.id));
                request.cursor = page.next_cursor;
                if request.cursor.is_none() {
                    break;
                }
            }
            assert_eq!(found, talk.scan(room, "number"), "in {room:?}");
            assert!(partial > 2, "{partial} were partial");
        }
    }

    async fn what_is_damaged_in_the_index_hides_nothing(storage: Storage) {
        let mut talk = Talk::new(World::new(storage).await).await;
        for n in 0..60 {
            talk.writes(n % 2, &format!("number {n}")).await;
        }
        talk.indexes().await;
        let damage = if storage == Storage::Sqlite { "X'ffffff'" } else { "CAST('\\xffffff' AS bytea)" };
        talk.world.run(&format!("UPDATE search_pages SET bytes = {damage}")).await;
        talk.finds_as_a_scan_does(None, "number", 7).await;
        talk.finds_as_a_scan_does(Some(1), "9", 7).await;
        // Which messages there are is known no more: that is said, until the index is made anew.
        talk.world.run(&format!("UPDATE search_docs SET bytes = {damage}")).await;
        let request = SearchRequest { text: "number".to_owned(), cursor: None, limit: None, utc_offset: 0 };
        let found = talk.search.everywhere(&talk.mira, request).await;
        assert!(matches!(found, Err(SearchError::Damaged { .. })), "{found:?}");
        talk.indexer.begin_anew().await.unwrap();
        talk.indexes().await;
        talk.finds_as_a_scan_does(None, "number", 7).await;
    }

    async fn clocks_that_go_back_lose_nothing(storage: Storage) {
        let mut talk = Talk::new(World::new(storage).await).await;
        for n in 0..40 {
            if n % 10 == 9 {
                talk.now -= 86_400_000;
            }
            talk.writes(n % 2, &format!("number {n}")).await;
            if n % 7 == 0 {
                talk.indexes().await;
            }
        }
        for limit in [1, 3, 50] {
            talk.finds_as_a_scan_does(Some(0), "number", limit).await;
            let mut found = talk.finds(None, "number", limit).await;
            let mut all = talk.scan(None, "number");
            found.sort_unstable();
            all.sort_unstable();
            assert_eq!(found, all, "{limit} a page");
        }
    }

    async fn a_worker_that_was_taken_for_gone_changes_nothing(storage: Storage) {
        let mut talk = Talk::new(World::new(storage).await).await;
        let clock = Clock::Manual(talk.world.now.clone());
        let other = Indexer::new(talk.world.db.clone(), clock).with_sizes(SMALL);
        for n in 0..8 {
            talk.writes(0, &format!("number {n}")).await;
        }
        assert_eq!(talk.indexer.round(Family::Public).await.unwrap(), Round::Worked);
        for n in 8..16 {
            talk.writes(0, &format!("number {n}")).await;
        }
        assert_eq!(other.round(Family::Public).await.unwrap(), Round::Idle, "somebody works");
        talk.now += 60_000;
        talk.world.is_at(talk.now);
        assert_eq!(other.round(Family::Public).await.unwrap(), Round::Worked);
        talk.finds_as_a_scan_does(None, "number", 5).await;
        assert_eq!(talk.indexer.round(Family::Public).await.unwrap(), Round::Idle);
    }
}

#[tokio::test]
async fn it_finds_the_same_in_the_c_locale() {
    agrees_with_a_scan(World::in_the_c_locale().await, 7, 300).await;
}

#[tokio::test]
async fn two_workers_at_once_index_everything_once() {
    let mut talk = Talk::new(World::new(Storage::Postgres).await).await;
    let clock = Clock::Manual(talk.world.now.clone());
    let other = Arc::new(Indexer::new(talk.world.db.clone(), clock).with_sizes(SMALL));
    for n in 0..120 {
        talk.writes(n % 3, &format!("number {n}")).await;
    }
    // Each takes the other for gone, all the time.
    for _ in 0..60 {
        talk.now += 60_000;
        talk.world.is_at(talk.now);
        let (one, two) =
            tokio::join!(talk.indexer.round(Family::Public), other.round(Family::Public));
        one.unwrap();
        two.unwrap();
    }
    talk.now += 60_000;
    talk.world.is_at(talk.now);
    talk.indexes().await;
    let docs: i64 = talk.blocks(Family::Public).await.iter().map(|block| block.2).sum();
    assert!((78..=81).contains(&docs), "{docs}");
    talk.finds_as_a_scan_does(None, "number", 11).await;
}
