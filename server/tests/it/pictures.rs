//! Pictures of people: whatever is sent as one, its cost is bounded, one stays, and none is left over.

use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use reqwest::header::CONTENT_TYPE;
use sea_orm::{ConnectionTrait, Database};
use serde_json::{Value, json};
use tokio::process::Command;
use tokio::task::JoinSet;
use tokio::time::timeout;
use uuid::Uuid;

use crate::media_check::an_hour_passes;
use crate::on_both_databases;
use crate::support::{Person, Storage, TestServer};

const PATIENCE: Duration = Duration::from_secs(30);
const MIB: u64 = 1024 * 1024;

async fn sends(person: &Person, file: &[u8]) -> (u16, Value) {
    tries_to_send(person, file).await.unwrap()
}

/// The same, where the server may end meanwhile.
pub(crate) async fn tries_to_send(person: &Person, file: &[u8]) -> reqwest::Result<(u16, Value)> {
    let head = b"--cut\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\n";
    let body = [&head[..], file, b"\r\n--cut--\r\n"].concat();
    let url = format!("http://{}/api/v1/users/me/avatar", person.address);
    let request = reqwest::Client::new().put(url).bearer_auth(&person.access_token);
    let request = request.header(CONTENT_TYPE, "multipart/form-data; boundary=cut").body(body);
    let answer = request.send().await?;
    Ok((answer.status().as_u16(), answer.json().await?))
}

async fn fetches(client: &reqwest::Client, server: &TestServer, path: &str) -> reqwest::Response {
    client.get(format!("http://{}{path}", server.address)).send().await.unwrap()
}

fn folder(server: &TestServer) -> PathBuf {
    server.installation.folder.path().join("media/avatars")
}

/// What lies in the folder of pictures.
fn lying(server: &TestServer) -> Vec<String> {
    let entries = std::fs::read_dir(folder(server)).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<_> = names.filter(|name| name != "database").collect();
    names.sort();
    names
}

/// The name of the file of the person's picture.
fn name(me: &Value) -> String {
    me["avatar_url"].as_str().unwrap().rsplit('/').next().unwrap().to_owned()
}

async fn until(mut is_so: impl FnMut() -> bool) {
    let mut looks = tokio::time::interval(Duration::from_millis(5));
    let wait = async {
        while !is_so() {
            looks.tick().await;
        }
    };
    timeout(PATIENCE, wait).await.expect("it is so in time");
}

/// A line of what the system says of a process's memory, in bytes; nothing when it has ended.
pub(crate) fn memory(pid: u32, line: &str) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find(|other| other.starts_with(line))?;
    Some(line.split_whitespace().nth(1)?.parse::<u64>().ok()? * 1024)
}

/// The most memory that the server ever had.
fn most_memory(server: &TestServer) -> u64 {
    memory(server.pid(), "VmHWM:").unwrap()
}

/// A picture of one colour; a fresh one each time that it is sent.
pub(crate) fn picture() -> Vec<u8> {
    let mut png = std::io::Cursor::new(Vec::new());
    image::RgbImage::new(50, 40).write_to(&mut png, image::ImageFormat::Png).unwrap();
    png.into_inner()
}

/// A PNG of nothing but zeros, written row by row.
fn png_of_zeros(side: u32, color: png::ColorType, depth: png::BitDepth) -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, side, side);
    encoder.set_color(color);
    encoder.set_depth(depth);
    encoder.set_compression(png::Compression::Fast);
    let row = vec![0; side as usize * color.samples() * (depth as usize) / 8];
    let mut writer = encoder.write_header().unwrap();
    let mut stream = writer.stream_writer().unwrap();
    for _ in 0..side {
        std::io::Write::write_all(&mut stream, &row).unwrap();
    }
    stream.finish().unwrap();
    writer.finish().unwrap();
    file
}

/// A GIF of nothing but zeros: each code of a full table stands for one pixel more than the last.
fn gif_of_zeros(side: u16) -> Vec<u8> {
    let (clear, end) = (4_u32, 5_u32);
    let (mut bits, mut held, mut data) = (0_u32, 0_u64, Vec::new());
    let mut push = |code: u32, width: u32| {
        held |= u64::from(code) << bits;
        bits += width;
        while bits >= 8 {
            data.push(held as u8);
            held >>= 8;
            bits -= 8;
        }
    };
    let mut left = u64::from(side) * u64::from(side);
    while left > 0 {
        push(clear, 3);
        let (mut next, mut width, mut run) = (6_u32, 3_u32, 1_u64);
        while left > 0 && next < 4_095 {
            let run_now = run.min(left);
            push(if run_now == 1 { 0 } else { run_now as u32 + 4 }, width);
            left -= run_now;
            if run > 1 {
                next += 1;
            }
            if next == 1 << width && width < 12 {
                width += 1;
            }
            run += 1;
        }
        if left == 0 {
            push(end, width);
        } else {
            // The clear code comes in the present width.
            push(clear, width);
        }
    }
    push(0, 8);
    let size = side.to_le_bytes();
    let mut file = b"GIF89a".to_vec();
    file.extend([size[0], size[1], size[0], size[1], 0x80, 0, 0, 0, 0, 0, 255, 255, 255]);
    file.extend([0x2c, 0, 0, 0, 0, size[0], size[1], size[0], size[1], 0, 2]);
    for block in data.chunks(255) {
        file.push(block.len() as u8);
        file.extend(block);
    }
    file.extend([0, 0x3b]);
    file
}

/// A WebP whose head says 16 pixels a side and whose content says 16,383.
fn webp_that_lies() -> Vec<u8> {
    let mut frame = vec![0x10, 0, 0, 0x9d, 1, 0x2a, 0xff, 0x3f, 0xff, 0x3f];
    frame.extend(vec![0; 100_000]);
    let chunk =
        |kind: &[u8; 4], data: &[u8]| [kind, &(data.len() as u32).to_le_bytes()[..], data].concat();
    let head = chunk(b"VP8X", &[0, 0, 0, 0, 15, 0, 0, 15, 0, 0]);
    let content = [b"WEBP".to_vec(), head, chunk(b"VP8 ", &frame)].concat();
    [b"RIFF", &(content.len() as u32).to_le_bytes()[..], &content].concat()
}

fn photograph(wide: u32, high: u32) -> Vec<u8> {
    let mut jpeg = std::io::Cursor::new(Vec::new());
    image::RgbImage::new(wide, high).write_to(&mut jpeg, image::ImageFormat::Jpeg).unwrap();
    jpeg.into_inner()
}

fn bombs() -> Vec<(&'static str, Vec<u8>)> {
    vec![
        ("a PNG of 16 bits", png_of_zeros(4_000, png::ColorType::Rgba, png::BitDepth::Sixteen)),
        ("a PNG of 8 bits", png_of_zeros(5_000, png::ColorType::Rgb, png::BitDepth::Eight)),
        ("a GIF", gif_of_zeros(4_500)),
        ("a WebP", webp_that_lies()),
        ("a JPEG", photograph(5_000, 4_000)),
    ]
}

#[tokio::test]
async fn no_picture_takes_more_memory_than_is_promised_and_nobody_waits_for_long() {
    let server = TestServer::start(Storage::Sqlite).await;
    let (mira, ravi) = (server.person("mira").await, server.person("ravi").await);
    assert_eq!(sends(&mira, &picture()).await.0, 200);
    let before = most_memory(&server);
    let bombs = bombs();
    let mut sent = JoinSet::new();
    for (kind, bomb) in bombs.iter().cloned() {
        let mira = mira.clone();
        sent.spawn(async move { (kind, sends(&mira, &bomb).await) });
    }
    // Behind them.
    let honest = timeout(Duration::from_secs(15), sends(&ravi, &picture())).await;
    assert_eq!(honest.expect("an honest picture waits for no bomb").0, 200);
    while let Some(answer) = sent.join_next().await {
        let (kind, (status, problem)) = answer.unwrap();
        // Those that can be read row by row are pictures like any other.
        assert!([200, 400, 413].contains(&status), "{kind}: {status} {problem:#}");
    }
    let more = most_memory(&server) - before;
    assert!(more < 24 * MIB, "{} MiB more", more / MIB);

    // And in the process in which they are read, together with pictures that just fit.
    let fit = [
        ("the largest photograph", photograph(4_032, 3_024)),
        ("the largest PNG", png_of_zeros(1_730, png::ColorType::Rgba, png::BitDepth::Sixteen)),
        ("a GIF that fits", gif_of_zeros(1_700)),
    ];
    for (kind, file) in bombs.into_iter().chain(fit.clone()) {
        let path = server.installation.folder.path().join("picture");
        std::fs::write(&path, file).unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_adda"))
            .arg("square-picture")
            .env_clear()
            .stdin(std::fs::File::open(path).unwrap())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let (pid, mut most) = (child.id().unwrap(), 0);
        let mut looks = tokio::time::interval(Duration::from_millis(1));
        while child.try_wait().unwrap().is_none() {
            // What is not the program's own code, which it shares with the server.
            most = most.max(memory(pid, "RssAnon:").unwrap_or(0));
            looks.tick().await;
        }
        assert!(most < 60 * MIB, "{kind}: {} MiB", most / MIB);
    }
    for (kind, file) in fit {
        let (status, me) = sends(&ravi, &file).await;
        assert_eq!(status, 200, "{kind}: {me:#}");
    }
}

on_both_databases! {
    async fn of_twelve_pictures_at_once_one_stays(storage: Storage) {
        let mut server = TestServer::start(storage).await;
        let (mira, ravi) = (server.person("mira").await, server.person("ravi").await);
        let mut sent = JoinSet::new();
        for number in 0..12 {
            let mira = mira.clone();
            sent.spawn(async move {
                match number {
                    5 | 9 => { mira.delete("/users/me/avatar").await.expect(200); }
                    _ => assert_eq!(sends(&mira, &picture()).await.0, 200),
                }
            });
        }
        while let Some(ended) = sent.join_next().await {
            ended.unwrap();
        }
        let (_, me) = sends(&mira, &picture()).await;
        assert_eq!(lying(&server), [name(&me)]);

        // Those who go away before they are answered leave no more behind than is known of.
        for _ in 0..5 {
            let mira = mira.clone();
            sent.spawn(async move { drop(sends(&mira, &picture()).await) });
        }
        until(|| lying(&server) != [name(&me)]).await;
        sent.abort_all();
        while sent.join_next().await.is_some() {}
        sends(&ravi, &picture()).await;
        server.stop().await;
        an_hour_passes(&server.installation.database_url()).await;
        server.start_again().await;
        until(|| lying(&server).len() == 2).await;
        mira.delete("/users/me/avatar").await.expect(200);
        until(|| lying(&server).len() == 1).await;
    }

    async fn a_picture_of_an_older_version_is_shown_where_it_lies(storage: Storage) {
        let server = TestServer::start(storage).await;
        let mira = server.person("mira").await;
        let (_, me) = sends(&mira, &picture()).await;
        let older = format!("{}.jpg", Uuid::new_v4());
        std::fs::copy(folder(&server).join(name(&me)), folder(&server).join(&older)).unwrap();
        let database = Database::connect(server.installation.database_url()).await.unwrap();
        let sql = format!("UPDATE users SET avatar = '{older}' WHERE username = 'mira'");
        database.execute_unprepared(&sql).await.unwrap();
        database.close().await.unwrap();
        let client = reqwest::Client::new();
        let url = mira.get("/users/me").await.expect(200)["avatar_url"].clone();
        assert_eq!(url, format!("/media/avatars/{older}"));
        assert_eq!(fetches(&client, &server, url.as_str().unwrap()).await.status(), 200);
        // The next one takes its place.
        let (_, me) = sends(&mira, &picture()).await;
        until(|| !lying(&server).contains(&older)).await;
        assert!(lying(&server).contains(&name(&me)));
    }
}

#[tokio::test]
async fn a_picture_that_cannot_be_read_or_kept_now_is_told_as_something_to_try_again() {
    let server = TestServer::start(Storage::Sqlite).await;
    let mira = server.person("mira").await;
    let (_, me) = sends(&mira, &picture()).await;
    let url = me["avatar_url"].as_str().unwrap();
    let client = reqwest::Client::builder().pool_max_idle_per_host(1).build().unwrap();
    assert!(fetches(&client, &server, url).await.bytes().await.unwrap().len() > 500);

    // No descriptor is left, on a connection that is there already.
    let descriptors = async |soft: &str| {
        let limit = format!("--nofile={soft}:");
        let pid = server.pid().to_string();
        let set = Command::new("prlimit").args(["--pid", &pid, &limit]).status().await.unwrap();
        assert!(set.success());
    };
    descriptors("4").await;
    let answer = fetches(&client, &server, url).await;
    assert_eq!(answer.status(), 503);
    let problem: Value = answer.json().await.unwrap();
    assert_eq!(problem["code"], "unavailable");
    assert!(problem["retry_after_ms"].as_u64().unwrap() >= 1_000);
    descriptors("1024").await;
    assert_eq!(fetches(&client, &server, url).await.status(), 200);

    // The folder is gone, and something else is in its place.
    std::fs::rename(folder(&server), folder(&server).with_extension("away")).unwrap();
    std::fs::write(folder(&server), "no folder").unwrap();
    let (status, problem) = sends(&mira, &picture()).await;
    assert_eq!((status, &problem["code"]), (503, &json!("unavailable")));
    assert_eq!(fetches(&client, &server, url).await.status(), 503);
    std::fs::remove_file(folder(&server)).unwrap();
    std::fs::rename(folder(&server).with_extension("away"), folder(&server)).unwrap();
    assert_eq!(lying(&server), [name(&me)]);
    assert_eq!(mira.get("/users/me").await.expect(200), me);
}
