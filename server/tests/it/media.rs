//! Voice messages: uploaded, carried by messages, played by whoever may, and gone with them.

use std::path::Path;

use reqwest::header::{
    CONTENT_RANGE, CONTENT_TYPE, ETAG, HeaderMap, IF_NONE_MATCH, IF_RANGE, RANGE,
};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::on_both_databases;
use crate::support::{Person, Storage, TestServer, nothing_is_left_in};

pub(crate) fn sound(name: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sounds").join(name)).unwrap()
}

fn picture(name: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pictures").join(name)).unwrap()
}

/// A photograph of this size.
pub(crate) fn photograph(wide: u32, high: u32) -> Vec<u8> {
    let pixels = image::RgbImage::from_fn(wide, high, |x, y| {
        image::Rgb([x, y, x ^ y].map(|value| u8::try_from(value % 256).unwrap()))
    });
    let mut jpeg = std::io::Cursor::new(Vec::new());
    pixels.write_to(&mut jpeg, image::ImageFormat::Jpeg).unwrap();
    jpeg.into_inner()
}

/// Uploads a file as a recording.
pub(crate) async fn sends(person: &Person, file: &[u8]) -> (u16, Value) {
    sends_as(person, Some("audio"), "a", file).await
}

pub(crate) async fn sends_as(
    person: &Person,
    kind: Option<&str>,
    name: &str,
    file: &[u8],
) -> (u16, Value) {
    tries_to_send_as(person, kind, name, file).await.unwrap()
}

/// The same, where the server may end meanwhile.
pub(crate) async fn tries_to_send_as(
    person: &Person,
    kind: Option<&str>,
    name: &str,
    file: &[u8],
) -> reqwest::Result<(u16, Value)> {
    let kind = kind.map(|kind| {
        format!("--cut\r\nContent-Disposition: form-data; name=\"kind\"\r\n\r\n{kind}\r\n")
    });
    let head = format!(
        "{}--cut\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n",
        kind.unwrap_or_default()
    );
    let body = [head.as_bytes(), file, b"\r\n--cut--\r\n"].concat();
    let url = format!("http://{}/api/v1/media", person.address);
    let request = reqwest::Client::new().post(url).bearer_auth(&person.access_token);
    let request = request.header(CONTENT_TYPE, "multipart/form-data; boundary=cut").body(body);
    let answer = request.send().await?;
    Ok((answer.status().as_u16(), answer.json().await?))
}

pub(crate) async fn uploads(person: &Person, name: &str) -> Value {
    let (status, media) = sends(person, &sound(name)).await;
    assert_eq!(status, 200, "{media:#}");
    media
}

pub(crate) struct Fetched {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

/// An address, where the server listens.
fn at(server: &TestServer, address: &str) -> String {
    format!("http://{}{}", server.address, &address[address.find("/media/").unwrap()..])
}

/// Fetches a file by its address, as a browser does: without a token.
pub(crate) async fn fetches(server: &TestServer, address: &str, range: Option<&str>) -> Fetched {
    let mut request = reqwest::Client::new().get(at(server, address));
    if let Some(range) = range {
        request = request.header(RANGE, range);
    }
    let answer = request.send().await.unwrap();
    let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
    Fetched { status, headers, body: answer.bytes().await.unwrap().to_vec() }
}

pub(crate) fn address(audio: &Value, at: usize) -> String {
    audio["sources"][at]["url"].as_str().unwrap().to_owned()
}

pub(crate) fn carrying(media: &[&Value]) -> Value {
    let ids: Vec<_> = media.iter().map(|media| media["id"].clone()).collect();
    json!({"client_id": Uuid::new_v4(), "media": ids})
}

/// What lies in the folder of sounds.
fn lying(server: &TestServer) -> usize {
    let folder = server.installation.folder.path().join("media/audio");
    std::fs::read_dir(folder).map_or(0, Iterator::count)
}

on_both_databases! {
    async fn a_voice_message_is_heard_by_the_others_whole_and_in_parts(storage: Storage) {
        let server = TestServer::start(storage).await;
        let (mira, ravi) = (server.person("mira").await, server.person("ravi").await);
        let recording = sound("mono-48k-opus.webm");
        let media = uploads(&mira, "mono-48k-opus.webm").await;
        let path = format!("/users/{}/private-room", ravi.id);
        let private = mira.put(&path, Value::Null).await.expect(201);
        let private = private["name"].as_str().unwrap().to_owned();
        for (room, media) in
            [("general", media), (private.as_str(), uploads(&mira, "mono-48k-opus.webm").await)]
        {
            let mut his = ravi.connects().await;
            let mut frame = carrying(&[&media]);
            frame["type"] = json!("message.send");
            frame["room"] = json!(room);
            let mut hers = mira.connects().await;
            let sent = hers.asks(frame).await["message"].clone();
            his.is_told_of(&sent).await;
            let audio = &sent["audio"];
            assert_eq!(audio["id"], media["id"]);
            assert!((450..600).contains(&audio["duration_ms"].as_i64().unwrap()), "{audio:#}");
            assert_eq!(audio["waveform"].as_array().unwrap().len(), 64);
            assert!(sent["text"].is_null());

            let as_sent = fetches(&server, &address(audio, 0), None).await;
            assert_eq!((as_sent.status, &as_sent.body), (200, &recording));
            assert_eq!(as_sent.headers[CONTENT_TYPE], "audio/webm");
            assert_eq!(as_sent.headers["x-content-type-options"], "nosniff");
            assert_eq!(as_sent.headers["content-security-policy"], "default-src 'none'; sandbox");
            let wav = fetches(&server, &address(audio, 1), None).await;
            assert_eq!((wav.status, &wav.body[..4]), (200, &b"RIFF"[..]));
            assert_eq!(wav.headers[CONTENT_TYPE], "audio/wav");
            assert_eq!(audio["sources"][1]["bytes"], wav.body.len());
            let length = wav.body.len();
            for (range, part) in [
                ("bytes=100-199", 100..200),
                ("bytes=-50", length - 50..length),
                ("bytes=44-", 44..length),
                ("bytes=0-99999999", 0..length),
            ] {
                let fetched = fetches(&server, &address(audio, 1), Some(range)).await;
                assert_eq!((fetched.status, &fetched.body[..]), (206, &wav.body[part.clone()]));
                let said = format!("bytes {}-{}/{length}", part.start, part.end - 1);
                assert_eq!(fetched.headers[CONTENT_RANGE], said.as_str());
            }
            // Who has the beginning of something else is sent the whole.
            let tag = wav.headers[ETAG].to_str().unwrap();
            for (of, status) in [(tag, 206), ("\"another\"", 200)] {
                let request = reqwest::Client::new().get(at(&server, &address(audio, 1)));
                let request = request.header(RANGE, "bytes=5-9");
                assert_eq!(request.header(IF_RANGE, of).send().await.unwrap().status(), status);
            }
            // Who has the whole is sent nothing.
            for (of, status) in [(tag, 304), ("\"another\"", 200)] {
                let request = reqwest::Client::new().get(at(&server, &address(audio, 1)));
                let answer = request.header(IF_NONE_MATCH, of).send().await.unwrap();
                assert_eq!((answer.status().as_u16(), &answer.headers()[ETAG]), (status, &wav.headers[ETAG]));
            }
            let beyond = fetches(&server, &address(audio, 1), Some("bytes=99999999-")).await;
            assert_eq!(beyond.status, 416);
            assert_eq!(beyond.headers[CONTENT_RANGE], format!("bytes */{length}").as_str());
            let problem: Value = serde_json::from_slice(&beyond.body).unwrap();
            assert_eq!((&problem["status"], &problem["code"]), (&json!(416), &json!("range_not_satisfiable")));

            // As it is read later, and with the room.
            let path = format!("/rooms/{room}/messages");
            let history = ravi.get(&path).await.expect(200);
            assert_eq!(history["items"].as_array().unwrap().last().unwrap()["audio"]["id"], media["id"]);
        }
    }

    async fn an_address_that_was_changed_and_a_message_that_was_deleted_open_nothing(
        storage: Storage
    ) {
        let mut server = TestServer::start(storage).await;
        let mira = server.person("mira").await;
        let media = uploads(&mira, "stereo-48k-aac.m4a").await;
        let sent = mira.post("/rooms/general/messages", carrying(&[&media])).await.expect(201);
        let wav = address(&sent["audio"], 1);
        let (bare, _) = wav.split_once('?').unwrap();
        let nobody = wav.replace(media["id"].as_str().unwrap(), &Uuid::new_v4().to_string());
        for changed in [
            bare.to_owned(),
            format!("{bare}?until=99999999999&signature=AAAAAAAAAAAAAAAAAAAAAA"),
            wav.replace("until=1", "until=2"),
            wav.replace(".wav", ".m4a"),
            wav.replace("/audio/", "/audio/..%2Faudio%2F"),
            nobody,
            "/media/database".to_owned(),
            wav.replace('?', "/?"),
        ] {
            let fetched = fetches(&server, &changed, None).await;
            assert_eq!(fetched.status, 404, "{changed}");
            assert_eq!(fetched.headers[CONTENT_TYPE], "application/problem+json", "{changed}");
        }
        assert_eq!(fetches(&server, &wav, None).await.status, 200);
        // Something else in its place is not passed on.
        let file = server.installation.folder.path().join(&bare[bare.find("/media/").unwrap() + 1..]);
        let whole = std::fs::read(&file).unwrap();
        std::fs::write(&file, "another").unwrap();
        assert_eq!(fetches(&server, &wav, None).await.status, 503);
        std::fs::write(&file, whole).unwrap();
        assert_eq!(lying(&server), 2);

        let message = format!("/rooms/general/messages/{}", sent["id"].as_str().unwrap());
        let tombstone = mira.delete(&message).await.expect(200);
        assert!(tombstone["audio"].is_null(), "{tombstone:#}");
        for at in [0, 1] {
            assert_eq!(fetches(&server, &address(&sent["audio"], at), None).await.status, 404);
        }
        // What is looked for every minute is looked for at start.
        server.stop().await;
        server.start_again().await;
        crate::support::eventually("the files are gone", || lying(&server) == 0).await;
    }

    async fn pictures_are_shown_together_in_several_sizes_and_are_gone_with_their_message(
        storage: Storage
    ) {
        let mut server = TestServer::start(storage).await;
        let mira = server.person("mira").await;
        let large = photograph(3_000, 2_000);
        let (status, one) = sends_as(&mira, Some("image"), "tea.jpg", &large).await;
        assert_eq!(status, 200, "{one:#}");
        let image = &one["image"];
        assert_eq!((&image["width"], &image["height"]), (&json!(2_560), &json!(1_707)));
        assert_eq!((&image["mime"], &image["name"]), (&json!("image/jpeg"), &json!("tea.jpg")));
        assert_eq!(image["animated"], false);
        let (_, two) = sends_as(&mira, None, "wave.gif", &picture("animated.gif")).await;
        assert_eq!(two["image"]["animated"], true, "{two:#}");
        let (_, notes) = sends_as(&mira, Some("file"), "notes.txt", b"one").await;
        let mut album = carrying(&[&one, &two, &notes]);
        album["text"] = json!("at the stall");
        let sent = mira.post("/rooms/general/messages", album).await.expect(201);
        assert_eq!(sent["images"].as_array().unwrap().len(), 2);
        assert_eq!((&sent["files"][0]["name"], &sent["text"]), (&json!("notes.txt"), &json!("at the stall")));

        let image = &sent["images"][0];
        let sizes: Vec<_> = image["sizes"].as_array().unwrap().iter().collect();
        assert_eq!(sizes.iter().map(|size| size["width"].as_u64().unwrap()).collect::<Vec<_>>(), [320, 640, 1_280]);
        assert_eq!(image["thumb_url"], sizes[0]["url"]);
        for version in sizes.into_iter().chain([image]) {
            let fetched = fetches(&server, version["url"].as_str().unwrap(), None).await;
            assert_eq!(fetched.headers[CONTENT_TYPE], "image/jpeg");
            assert_eq!(fetched.headers["x-content-type-options"], "nosniff");
            let shown = image::load_from_memory(&fetched.body).unwrap();
            assert_eq!((version["width"].as_u64(), version["height"].as_u64()), (Some(shown.width().into()), Some(shown.height().into())));
            assert_eq!(version["bytes"], fetched.body.len());
        }
        let folder = server.installation.folder.path().join("media/images");
        let lying = || std::fs::read_dir(&folder).map_or(0, Iterator::count);
        assert!(lying() >= 6);

        let message = format!("/rooms/general/messages/{}", sent["id"].as_str().unwrap());
        let tombstone = mira.delete(&message).await.expect(200);
        assert_eq!((&tombstone["images"], &tombstone["files"]), (&json!([]), &json!([])));
        assert_eq!(fetches(&server, image["url"].as_str().unwrap(), None).await.status, 404);
        server.stop().await;
        server.start_again().await;
        crate::support::eventually("the files are gone", || lying() == 0).await;
    }

    async fn who_sent_a_voice_message_privately_sees_that_it_was_listened_to(storage: Storage) {
        let server = TestServer::start(storage).await;
        let (mira, ravi) = (server.person("mira").await, server.person("ravi").await);
        let private = mira.put(&format!("/users/{}/private-room", ravi.id), Value::Null).await;
        let private = private.expect(201)["name"].as_str().unwrap().to_owned();
        let mut sent = Vec::new();
        for room in [private.as_str(), "general", &private] {
            let media = uploads(&mira, "mono-48k-opus.webm").await;
            let path = format!("/rooms/{room}/messages");
            sent.push(mira.post(&path, carrying(&[&media])).await.expect(201));
        }
        let (mut hers, mut his) = (mira.connects().await, ravi.connects().await);
        let listened = |room: &str, message: &Value| {
            json!({"type": "message.listened", "room": room, "message_id": message["id"]})
        };
        // By whom it was sent, and in public, nothing is told.
        let own = hers.asks(listened(&private, &sent[0])).await;
        assert_eq!(own["message"]["changed_seq"], sent[0]["changed_seq"]);
        let public = his.asks(listened("general", &sent[1])).await;
        assert_eq!(public["message"]["changed_seq"], sent[1]["changed_seq"]);

        let first = his.asks(listened(&private, &sent[0])).await["message"].clone();
        assert!(first["audio"]["listened_at"].is_string(), "{first:#}");
        assert!(first["edited_at"].is_null(), "{first:#}");
        assert_eq!(hers.hears("message.updated").await["message"], first);
        let again = his.asks(listened(&private, &sent[0])).await["message"].clone();
        assert_eq!(again, first, "once");

        // Who hides what they have read is not told of, by neither way.
        ravi.patch("/users/me", json!({"hide_receipts": true})).await.expect(200);
        let path = format!("/rooms/{private}/messages/{}/listened", sent[2]["id"].as_str().unwrap());
        let hidden = ravi.put(&path, Value::Null).await.expect(200);
        assert!(hidden["audio"]["listened_at"].is_null(), "{hidden:#}");
        ravi.patch("/users/me", json!({"hide_receipts": false})).await.expect(200);
        let shown = ravi.put(&path, Value::Null).await.expect(200);
        assert!(shown["audio"]["listened_at"].is_string(), "{shown:#}");
    }

    async fn who_may_have_it_is_given_fresh_addresses(storage: Storage) {
        let server = TestServer::start(storage).await;
        let (mira, ravi) = (server.person("mira").await, server.person("ravi").await);
        let stranger = server.person("nina").await;
        let media = uploads(&mira, "mono-48k-opus.webm").await;
        let path = format!("/media/{}", media["id"].as_str().unwrap());
        assert_eq!(mira.get(&path).await.expect(200)["audio"], media["audio"]);
        ravi.get(&path).await.expect_problem(404, "not_found");
        let private = mira.put(&format!("/users/{}/private-room", ravi.id), Value::Null).await;
        let private = private.expect(201)["name"].as_str().unwrap().to_owned();
        let messages = format!("/rooms/{private}/messages");
        let sent = mira.post(&messages, carrying(&[&media])).await.expect(201);
        let fresh = ravi.get(&path).await.expect(200);
        assert_eq!(fetches(&server, &address(&fresh["audio"], 1), None).await.status, 200);
        stranger.get(&path).await.expect_problem(404, "not_found");
        mira.delete(&format!("{messages}/{}", sent["id"].as_str().unwrap())).await.expect(200);
        for person in [&mira, &ravi] {
            person.get(&path).await.expect_problem(404, "not_found");
        }
    }

    async fn an_upload_is_attached_once_by_whoever_sent_it(storage: Storage) {
        let server = TestServer::start(storage).await;
        let (mira, ravi) = (server.person("mira").await, server.person("ravi").await);
        let (one, other) =
            (uploads(&mira, "stereo-44k1.mp3").await, uploads(&mira, "mono-8k-mulaw.wav").await);
        assert_eq!(other["audio"]["sources"].as_array().unwrap().len(), 1, "{other:#}");
        let path = "/rooms/general/messages";
        ravi.post(path, carrying(&[&one])).await.expect_problem(400, "invalid_input");
        mira.post(path, carrying(&[&one, &other])).await.expect_problem(400, "invalid_input");
        mira.post(path, carrying(&[&one, &one])).await.expect_problem(400, "invalid_input");
        let nothing = json!({"id": Uuid::new_v4()});
        mira.post(path, carrying(&[&nothing])).await.expect_problem(400, "invalid_input");
        let empty = json!({"client_id": Uuid::new_v4()});
        mira.post(path, empty).await.expect_problem(400, "invalid_input");

        let mut with_words = carrying(&[&one]);
        with_words["text"] = json!("listen");
        let sent = mira.post(path, with_words.clone()).await.expect(201);
        assert_eq!((&sent["text"], &sent["audio"]["id"]), (&json!("listen"), &one["id"]));
        let again = mira.post(path, with_words.clone()).await.expect(200);
        assert_eq!(again["id"], sent["id"]);
        with_words["media"] = json!([other["id"]]);
        mira.post(path, with_words).await.expect_problem(409, "client_id_reused");
        mira.post(path, carrying(&[&one])).await.expect_problem(400, "invalid_input");
        // Another text leaves what it carries.
        let message = format!("{path}/{}", sent["id"].as_str().unwrap());
        let edited = mira.patch(&message, json!({"text": "hear"})).await.expect(200);
        assert_eq!(edited["audio"]["id"], one["id"]);
        // Its words can be taken away, those of a message that has nothing else cannot.
        let edited = mira.patch(&message, json!({"text": " "})).await.expect(200);
        assert_eq!((&edited["text"], &edited["audio"]["id"]), (&Value::Null, &one["id"]));
        // What cannot be seen is no text.
        let (_, file) = sends_as(&mira, Some("file"), "tea.txt", b"tea").await;
        let mut unseen = carrying(&[&file]);
        unseen["text"] = json!("\u{200b}");
        let sent = mira.post(path, unseen).await.expect(201);
        assert_eq!((&sent["text"], &sent["files"][0]["id"]), (&Value::Null, &file["id"]));
        mira.patch(&message, json!({})).await.expect_problem(400, "invalid_input");
        let words = json!({"client_id": Uuid::new_v4(), "text": "only words"});
        let words = mira.post(path, words).await.expect(201);
        let message = format!("{path}/{}", words["id"].as_str().unwrap());
        let refused = mira.patch(&message, json!({"text": ""})).await;
        refused.expect_problem(400, "invalid_input");
        let kept = mira.get(&message).await.expect(200);
        assert_eq!(kept["text"], "only words");
    }
}

#[tokio::test]
async fn what_is_no_picture_is_refused_with_a_sentence_and_leaves_nothing() {
    let server = TestServer::start(Storage::Sqlite).await;
    let mira = server.person("mira").await;
    let large = photograph(600, 400);
    let heic = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic";
    let svg = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>";
    for (name, file, word) in [
        ("tea.png", &svg[..], "JPEG, PNG"),
        ("tea.jpg", &large[..large.len() / 2], "JPEG, PNG"),
        ("tea.heic", &heic[..], "HEIC"),
        ("tea.jpg", b"", "JPEG, PNG"),
    ] {
        let (status, problem) = sends_as(&mira, Some("image"), name, file).await;
        assert_eq!((status, &problem["code"]), (400, &json!("invalid_input")), "{problem:#}");
        assert!(problem["errors"][0]["detail"].as_str().unwrap().contains(word), "{problem:#}");
    }
    // Four thousand million pixels in a few bytes.
    let mut bomb = b"GIF89a\xff\xff\xff\xff\x80\0\0\0\0\0\xff\xff\xff".to_vec();
    bomb.extend_from_slice(b",\0\0\0\0\xff\xff\xff\xff\0\x02\x02\x4c\x01\0;");
    let (status, problem) = sends_as(&mira, Some("image"), "bomb.gif", &bomb).await;
    assert_eq!((status, &problem["code"]), (413, &json!("too_large")), "{problem:#}");
    let media = server.installation.folder.path().join("media");
    for folder in ["images", "incoming"] {
        nothing_is_left_in(&media.join(folder)).await;
    }
}

#[tokio::test]
async fn a_file_is_downloaded_under_its_name_and_never_shown() {
    let server = TestServer::start(Storage::Sqlite).await;
    let mira = server.person("mira").await;
    let page = b"<script>alert(1)</script>";
    let (status, one) = sends_as(&mira, Some("file"), "../\u{202e}চা.html", page).await;
    assert_eq!((status, &one["file"]["name"]), (200, &json!("চা.html")), "{one:#}");
    assert_eq!(one["file"]["mime"], "text/html");
    // A recording is a file where that is wanted, and what is nothing else is one by itself.
    let song = sound("stereo-44k1.mp3");
    let (_, song) = sends_as(&mira, Some("file"), "song.mp3", &song).await;
    let (_, notes) = sends_as(&mira, None, "notes.txt", b"one, two").await;
    let path = "/rooms/general/messages";
    let sent = mira.post(path, carrying(&[&one, &song, &notes])).await.expect(201);
    let names: Vec<_> =
        sent["files"].as_array().unwrap().iter().map(|file| file["name"].as_str()).collect();
    assert_eq!(names, [Some("চা.html"), Some("song.mp3"), Some("notes.txt")]);

    let fetched = fetches(&server, sent["files"][0]["url"].as_str().unwrap(), None).await;
    assert_eq!((fetched.status, &fetched.body[..]), (200, &page[..]));
    let header = |name: &str| fetched.headers[name].to_str().unwrap();
    assert_eq!(header("content-type"), "application/octet-stream");
    assert_eq!(
        header("content-disposition"),
        "attachment; filename=\"__.html\"; filename*=UTF-8''%E0%A6%9A%E0%A6%BE.html"
    );
    assert_eq!(header("x-content-type-options"), "nosniff");
    assert_eq!(header("content-security-policy"), "default-src 'none'; sandbox");

    let (status, problem) = sends_as(&mira, Some("virus"), "a", page).await;
    assert_eq!((status, &problem["errors"][0]["field"]), (400, &json!("kind")), "{problem:#}");
}

/// A recording of more than half a MiB.
pub(crate) fn twenty_seconds() -> Vec<u8> {
    let spec = hound::WavSpec {
        channels: 1,
        sample_rate: 16_000,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut large = std::io::Cursor::new(Vec::new());
    let mut writer = hound::WavWriter::new(&mut large, spec).unwrap();
    (0..16_000 * 20).for_each(|_| writer.write_sample(1_000_i16).unwrap());
    writer.finalize().unwrap();
    large.into_inner()
}

#[tokio::test]
async fn who_has_as_much_as_they_may_deletes_something_first() {
    let settings = [("ADDA_MEDIA_QUOTA_MB", "1")];
    let server = TestServer::start_with(Storage::Sqlite, &settings).await;
    let (mira, ravi) = (server.person("mira").await, server.person("ravi").await);
    let large = twenty_seconds();
    let (status, media) = sends(&mira, &large).await;
    assert_eq!(status, 200, "{media:#}");
    let path = "/rooms/general/messages";
    let used = async |person: &Person| {
        let usage = person.get("/media/usage").await.expect(200);
        assert_eq!(usage["quota_bytes"], 1 << 20);
        usage["used_bytes"].as_u64().unwrap()
    };
    // Once as it was sent, and once to be played.
    let both = used(&mira).await;
    assert!((large.len() as u64..3 * large.len() as u64).contains(&both), "{both}");
    assert_eq!(used(&ravi).await, 0);
    let sent = mira.post(path, carrying(&[&media])).await.expect(201);
    assert_eq!(used(&mira).await, both);
    let (status, problem) = sends(&mira, &large).await;
    assert_eq!((status, &problem["code"]), (413, &json!("quota_exceeded")), "{problem:#}");
    mira.delete(&format!("{path}/{}", sent["id"].as_str().unwrap())).await.expect(200);
    assert_eq!(used(&mira).await, 0);
    assert_eq!(sends(&mira, &large).await.0, 200);

    let at_once = futures_util::future::join_all((0..4).map(|_| sends(&ravi, &large))).await;
    let mut statuses: Vec<u16> = at_once.into_iter().map(|(status, _)| status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 413, 413, 413]);
}

on_both_databases! {
    async fn a_server_that_is_full_takes_texts_and_no_more_files_until_some_are_gone(
        storage: Storage
    ) {
        let settings = [("ADDA_MEDIA_TOTAL_MB", "1"), ("ADDA_RATE_LIMITS", "off")];
        let mut server = TestServer::start_with(storage, &settings).await;
        let mut people = Vec::new();
        for name in ["mira", "ravi", "tara", "asha"] {
            people.push(server.person(name).await);
        }
        let large = twenty_seconds();
        let at_once = people.iter().map(|person| sends(person, &large));
        let at_once = futures_util::future::join_all(at_once).await;
        let taken = at_once.iter().position(|(status, _)| *status == 200).unwrap();
        for (at, (status, answer)) in at_once.iter().enumerate().filter(|(at, _)| *at != taken) {
            assert_eq!((*status, &answer["code"]), (413, &json!("storage_full")), "{at}: {answer:#}");
        }
        let path = "/rooms/general/messages";
        let owner = &people[taken];
        let sent = owner.post(path, carrying(&[&at_once[taken].1])).await.expect(201);
        // Said before anything is received, to everybody.
        let usage = people[(taken + 1) % 4].get("/media/usage").await.expect(200);
        assert_eq!((&usage["used_bytes"], &usage["total_quota_bytes"]), (&json!(0), &json!(1 << 20)));
        let left = (1 << 20) - usage["total_used_bytes"].as_u64().unwrap();
        assert!(left < large.len() as u64, "{usage:#}");
        let (status, problem) = sends(&people[3], &large).await;
        assert_eq!((status, &problem["code"]), (413, &json!("storage_full")), "{problem:#}");
        people[3].writes("general", "texts go on").await;

        owner.delete(&format!("{path}/{}", sent["id"].as_str().unwrap())).await.expect(200);
        server.stop().await;
        server.start_again().await;
        let is_taken = async { while sends(&people[3], &large).await.0 != 200 {} };
        let patience = std::time::Duration::from_secs(40);
        tokio::time::timeout(patience, is_taken).await.expect("there is room again");
    }
}

#[tokio::test]
async fn what_is_no_recording_is_refused_with_a_sentence_and_leaves_nothing() {
    let server = TestServer::start(Storage::Sqlite).await;
    let mira = server.person("mira").await;
    let cut = &sound("stereo-44k1-vorbis.ogg")[..200];
    for file in [&b""[..], b"hello", b"<svg xmlns='http://www.w3.org/2000/svg'></svg>", cut] {
        let (status, problem) = sends(&mira, file).await;
        assert_eq!((status, &problem["code"]), (400, &json!("invalid_input")), "{problem:#}");
        assert!(
            problem["errors"][0]["detail"].as_str().unwrap().contains("recording"),
            "{problem:#}"
        );
    }
    // An hour of silence in a few kilobytes.
    let spec = hound::WavSpec {
        channels: 1,
        sample_rate: 4_000,
        bits_per_sample: 8,
        sample_format: hound::SampleFormat::Int,
    };
    let mut longest = std::io::Cursor::new(Vec::new());
    let mut writer = hound::WavWriter::new(&mut longest, spec).unwrap();
    (0..4_000 * 60 * 16).for_each(|_| writer.write_sample(0_i8).unwrap());
    writer.finalize().unwrap();
    let (status, problem) = sends(&mira, longest.get_ref()).await;
    assert_eq!((status, &problem["code"]), (413, &json!("too_large")), "{problem:#}");
    let media = server.installation.folder.path().join("media");
    for folder in ["audio", "incoming"] {
        nothing_is_left_in(&media.join(folder)).await;
    }
}
