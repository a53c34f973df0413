//! Recordings in the very frame of a message, in base64, as in the original system.

use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::frame::Frame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};
use uuid::Uuid;

use crate::on_both_databases;
use crate::support::{Person, Storage, TestServer, nothing_is_left_in};

fn sound(name: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sounds").join(name)).unwrap()
}

fn speaks(room: &str, data: &str) -> Value {
    json!({
        "type": "message.send", "room": room, "client_id": Uuid::new_v4(),
        "audio": {"mime": "audio/webm;codecs=opus", "data": data},
    })
}

fn lying(server: &TestServer, folder: &str) -> usize {
    let folder = server.installation.folder.path().join("media").join(folder);
    std::fs::read_dir(folder).map_or(0, Iterator::count)
}

async fn private_room(mira: &Person, ravi: &Person) -> String {
    let room = mira.put(&format!("/users/{}/private-room", ravi.id), Value::Null).await;
    room.expect(201)["name"].as_str().unwrap().to_owned()
}

on_both_databases! {
    async fn a_voice_message_in_a_frame_is_heard_once_however_often_it_is_sent(storage: Storage) {
        let mut server = TestServer::start(storage).await;
        let (mira, ravi) = (server.person("mira").await, server.person("ravi").await);
        let recording = STANDARD.encode(sound("mono-48k-opus.webm"));
        let prefixed = format!("data:audio/webm;codecs=opus;base64,{recording}");
        let private = private_room(&mira, &ravi).await;
        let (mut hers, mut his) = (mira.connects().await, ravi.connects().await);
        for (room, data) in [("general", &recording), (&private, &prefixed)] {
            let frame = speaks(room, data);
            let sent = hers.asks(frame.clone()).await;
            assert_eq!(sent["duplicate"], false, "{sent:#}");
            his.is_told_of(&sent["message"]).await;
            let audio = &sent["message"]["audio"];
            assert!((450..600).contains(&audio["duration_ms"].as_i64().unwrap()), "{audio:#}");
            assert_eq!(audio["sources"][1]["mime"], "audio/wav");

            let again = hers.asks(frame.clone()).await;
            assert_eq!((&again["duplicate"], &again["message"]), (&json!(true), &sent["message"]));
            let mut other = frame.clone();
            other["audio"]["data"] = json!(STANDARD.encode(sound("mono-8k-mulaw.wav")));
            hers.is_refused(other, 409, "client_id_reused").await;
        }
        // What was sent in vain is removed with the next look, the others stay.
        server.stop().await;
        server.start_again().await;
        crate::support::eventually("what nobody hears is gone", || lying(&server, "audio") == 4).await;
        nothing_is_left_in(&server.installation.folder.path().join("media/incoming")).await;
    }
}

#[tokio::test]
async fn a_repeat_is_one_also_where_there_is_no_room_for_it_once_more() {
    let settings = [("ADDA_MEDIA_QUOTA_MB", "1")];
    let server = TestServer::start_with(Storage::Sqlite, &settings).await;
    let mira = server.person("mira").await;
    let spec = hound::WavSpec {
        channels: 1,
        sample_rate: 16_000,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut recording = std::io::Cursor::new(Vec::new());
    let mut writer = hound::WavWriter::new(&mut recording, spec).unwrap();
    (0..16_000 * 20).for_each(|_| writer.write_sample(1_000_i16).unwrap());
    writer.finalize().unwrap();
    let frame = speaks("general", &STANDARD.encode(recording.into_inner()));
    let (mut one, mut other) = (mira.connects().await, mira.connects().await);
    // At once, and once more.
    let (first, second) = tokio::join!(one.asks(frame.clone()), other.asks(frame.clone()));
    let third = one.asks(frame.clone()).await;
    assert_eq!(first["message"]["id"], second["message"]["id"], "{second:#}");
    assert_eq!(first["message"]["id"], third["message"]["id"]);
    assert_eq!(third["duplicate"], true);
    // Another one is too much.
    let mut another = frame;
    another["client_id"] = json!(Uuid::new_v4());
    one.is_refused(another, 413, "quota_exceeded").await;
}

#[tokio::test]
async fn a_picture_in_a_frame_is_shown_with_its_words() {
    let server = TestServer::start(Storage::Sqlite).await;
    let mira = server.person("mira").await;
    let picture = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pictures/progressive.jpg");
    let picture = STANDARD.encode(std::fs::read(picture).unwrap());
    let mut socket = mira.connects().await;
    let sent = socket
        .asks(json!({
            "type": "message.send", "room": "general", "client_id": Uuid::new_v4(), "text": "tea",
            "image": {"mime": "image/jpeg", "data": picture, "filename": "tea.jpg"},
        }))
        .await;
    let message = &sent["message"];
    assert_eq!(
        (&message["images"][0]["name"], &message["text"]),
        (&json!("tea.jpg"), &json!("tea"))
    );
}

#[tokio::test]
async fn what_cannot_be_read_is_refused_by_the_name_of_its_field() {
    let server = TestServer::start(Storage::Sqlite).await;
    let mira = server.person("mira").await;
    let mut socket = mira.connects().await;
    for data in ["!", "Y", "aGVsbG8", "", "data:audio/webm,abc"] {
        let refused = socket.is_refused(speaks("general", data), 400, "invalid_input").await;
        let problem = &refused["error"];
        assert_eq!(problem["errors"][0]["field"], "audio.data", "{data}: {problem:#}");
    }
    let recording = STANDARD.encode(sound("mono-48k-opus.webm"));
    for (field, value) in [
        ("image", json!({"data": recording})),
        ("media", json!([Uuid::new_v4()])),
        ("audio", json!({"mime": "audio/webm"})),
        ("audio", json!(recording)),
    ] {
        let mut frame = speaks("general", &recording);
        frame[field] = value;
        socket.is_refused(frame, 400, "invalid_input").await;
    }
    socket.is_refused(speaks("nowhere", &recording), 404, "not_found").await;
    let more = STANDARD.encode(vec![7; (2 << 20) + 1]);
    let refused = socket.is_refused(speaks("general", &more), 413, "too_large").await;
    let problem = &refused["error"];
    assert!(problem["detail"].as_str().unwrap().contains("POST /media"), "{problem:#}");
    // As much as may be, and no sound.
    let most = STANDARD.encode(vec![7; 2 << 20]);
    socket.is_refused(speaks("general", &most), 400, "invalid_input").await;
    socket.writes("general", "still here").await;
    assert_eq!(lying(&server, "audio"), 0);
    nothing_is_left_in(&server.installation.folder.path().join("media/incoming")).await;
}

#[tokio::test]
async fn one_person_has_two_large_frames_under_way_and_the_third_waits() {
    let server = TestServer::start(Storage::Sqlite).await;
    let mira = server.person("mira").await;
    let large = speaks("general", &"A".repeat(1_000_000)).to_string();
    let part = |kind, bytes: &[u8], is_last| {
        Message::Frame(Frame::message(bytes.to_vec(), OpCode::Data(kind), is_last))
    };
    let (first, rest) = large.as_bytes().split_at(500_000);
    let mut begun = Vec::new();
    for _ in 0..2 {
        let mut socket = mira.connects().await;
        socket.say_raw(part(Data::Text, first, false)).await;
        // Answered once what came before it was read.
        socket.say_raw(Message::Ping(Vec::new().into())).await;
        socket.hears_pong().await;
        begun.push(socket);
    }
    let mut third = mira.connects().await;
    third.say_raw(part(Data::Text, first, false)).await;
    third.say_raw(Message::Ping(Vec::new().into())).await;
    // Others are heard meanwhile, and nothing more is read of this one: the ping after its part stays there.
    let mut fourth = mira.connects().await;
    for turn in 0..20 {
        fourth.writes("general", &format!("small {turn}")).await;
    }
    assert!(third.has_said_nothing().await);
    begun[0].say_raw(part(Data::Continue, rest, true)).await;
    begun[0].hears("error").await;
    third.hears_pong().await;
}
