//! Addresses, by a clock that the test sets, and the files that they open.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use super::addresses::Addresses;
use crate::clock::Clock;
use crate::files::Files;

const NAME: &str = "audio/6e0c5b7e-3d1f-4c7e-9f6d-1f0e2d3c4b5a.wav";

fn query(address: &str) -> (i64, String) {
    let (_, query) = address.split_once("?until=").unwrap();
    let (until, signature) = query.split_once("&signature=").unwrap();
    (until.parse().unwrap(), signature.to_owned())
}

#[test]
fn an_address_opens_its_file_for_ten_to_twenty_minutes_and_is_the_same_for_ten() {
    let now = Arc::new(AtomicI64::new(0));
    let is_at = |seconds: i64| now.store(seconds * 1_000, Ordering::Relaxed);
    let addresses = Addresses::new("https://adda.test", "secret", None, Clock::Manual(now.clone()));
    for begin in [0, 600, 599, 1_700_000_000, 1_700_000_399] {
        is_at(begin);
        let address = addresses.of(NAME);
        assert!(
            address.starts_with(&format!("https://adda.test/media/{NAME}?until=")),
            "{address}"
        );
        let (until, signature) = query(&address);
        assert!((600..=1_200).contains(&(until - begin)), "{begin}: {until}");
        assert_eq!(addresses.good_for(NAME, until, &signature), Some(until - begin));
        is_at((begin / 600) * 600 + 599);
        assert_eq!(addresses.of(NAME), address);
        is_at(until - 1);
        assert_eq!(addresses.good_for(NAME, until, &signature), Some(1));
        is_at(until);
        assert_eq!(addresses.good_for(NAME, until, &signature), None);
        // The clock was a day ahead when it was made.
        is_at(begin - 86_400);
        assert_eq!(addresses.good_for(NAME, until, &signature), None);
    }
}

#[test]
fn what_was_made_of_an_address_opens_nothing_and_the_secret_before_still_does() {
    let clock = || Clock::Manual(Arc::new(AtomicI64::new(0)));
    let of = |secret, previous| Addresses::new("https://adda.test", secret, previous, clock());
    let addresses = of("secret", None);
    let (until, signature) = query(&addresses.of(NAME));
    let other = NAME.replace(".wav", ".webm");
    assert_eq!(addresses.good_for(&other, until, &signature), None);
    assert_eq!(addresses.good_for(NAME, until + 600, &signature), None);
    assert_eq!(addresses.good_for(NAME, i64::MAX, &signature), None);
    assert_eq!(addresses.good_for(NAME, i64::MIN, &signature), None);
    assert_eq!(addresses.good_for(NAME, until, ""), None);
    assert_eq!(addresses.good_for(NAME, until, &signature.to_lowercase()), None);
    assert_eq!(of("another", None).good_for(NAME, until, &signature), None);
    assert!(of("another", Some("secret")).good_for(NAME, until, &signature).is_some());
}

#[tokio::test]
async fn a_file_is_removed_with_what_is_left_of_a_writing_that_broke_off() {
    let folder = tempfile::tempdir().unwrap();
    let files = Files::in_folder(folder.path()).unwrap();
    files.belong_to("epoch").await.unwrap();
    let sent = folder.path().join("sent");
    std::fs::write(&sent, b"aloud").unwrap();
    files.put(NAME, &sent, 0..5).await.unwrap();
    let lying = || std::fs::read_dir(folder.path().join("audio")).unwrap().count();
    assert_eq!(lying(), 1);
    std::fs::write(folder.path().join(format!("{NAME}#1")), b"al").unwrap();
    files.remove(NAME).await.unwrap();
    assert_eq!(lying(), 0);
    files.remove(NAME).await.unwrap();
}

#[tokio::test]
async fn a_folder_that_is_not_there_has_removed_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (store, away) = (folder.path().join("media"), folder.path().join("away"));
    let files = Files::in_folder(&store).unwrap();
    files.belong_to("epoch").await.unwrap();
    let sent = folder.path().join("sent");
    std::fs::write(&sent, b"aloud").unwrap();
    files.put(NAME, &sent, 0..5).await.unwrap();

    // Its disk is not mounted.
    std::fs::rename(&store, &away).unwrap();
    std::fs::create_dir(&store).unwrap();
    files.remove(NAME).await.unwrap_err();
    let read = files.get(NAME, None).await.unwrap_err();
    assert!(!matches!(read, object_store::Error::NotFound { .. }), "{read}");
    std::fs::remove_dir(&store).unwrap();
    files.remove(NAME).await.unwrap_err();

    std::fs::rename(&away, &store).unwrap();
    files.remove(NAME).await.unwrap();
    files.remove(NAME).await.unwrap();
    let read = files.get(NAME, None).await.unwrap_err();
    assert!(matches!(read, object_store::Error::NotFound { .. }), "{read}");
}
