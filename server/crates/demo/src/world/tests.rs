use super::*;
use crate::draw;

const NOW: i64 = 1_795_341_600_000;
const HOUR: i64 = 3_600_000;

fn world() -> World {
    World::new(1, NOW, 0, &Taken::default()).unwrap()
}

fn all_of(world: &World) -> Vec<&Message> {
    let in_rooms = world.rooms.iter().flat_map(|room| &room.messages);
    in_rooms.chain(world.conversations.iter().flat_map(|talk| &talk.messages)).collect()
}

#[test]
fn it_is_as_large_as_a_community() {
    let world = world();
    assert_eq!(world.people.len(), 300);
    assert!((58..=64).contains(&world.rooms.len()), "{}", world.rooms.len());
    assert!(all_of(&world).len() >= 2_000, "{}", all_of(&world).len());
    assert!(world.conversations.len() > 30);
    let with_picture = world.people.iter().filter(|person| person.has_picture).count();
    assert!((240..=275).contains(&with_picture), "{with_picture}");
    let sizes = world.rooms.iter().map(|room| room.members.len());
    assert_eq!(sizes.clone().max(), Some(300));
    assert!(sizes.min().unwrap() < 12);
}

#[test]
fn it_speaks_at_least_six_languages() {
    let world = world();
    let all = all_of(&world);
    let written = |from: char, to: char| {
        let is_of = |message: &&&Message| message.text.chars().any(|c| (from..=to).contains(&c));
        all.iter().filter(is_of).count()
    };
    for (script, from, to) in [
        ("Bengali", '\u{980}', '\u{9ff}'),
        ("Arabic", '\u{600}', '\u{6ff}'),
        ("Devanagari", '\u{900}', '\u{97f}'),
        ("Kana", '\u{3040}', '\u{30ff}'),
        ("Latin with accents", '\u{c0}', '\u{ff}'),
    ] {
        assert!(written(from, to) > 50, "{script}: {}", written(from, to));
    }
}

#[test]
fn nobody_says_the_same_sentence_twice_in_a_room() {
    for room in &world().rooms {
        let mut said = HashSet::new();
        for message in room.messages.iter().filter(|message| message.text.chars().count() > 12) {
            assert!(said.insert(&message.text), "{}: {}", room.name, message.text);
        }
    }
}

#[test]
fn what_is_said_is_in_order_of_time_and_before_now() {
    for now in (0..24).map(|hour| NOW + hour * HOUR) {
        let world = World::new(1, now, 6 * HOUR, &Taken::default()).unwrap();
        let rooms = world.rooms.iter().map(|room| (&room.name, &room.messages));
        for (name, messages) in rooms {
            assert!(messages.iter().map(|message| message.at).is_sorted(), "{name}");
        }
        assert!(
            all_of(&world).iter().all(|message| message.at < now && message.at > world.begins_at)
        );
        let today = all_of(&world).iter().filter(|message| message.at > now - 26 * HOUR).count();
        assert!(today > 200, "{today}");
    }
}

#[test]
fn most_of_it_is_said_by_day() {
    let world = world();
    let at_night = |message: &&&Message| (message.at % (24 * HOUR)) / HOUR < 6;
    let all = all_of(&world);
    assert!(all.iter().filter(at_night).count() < all.len() / 12);
}

#[test]
fn whoever_speaks_is_there_and_was_there_before() {
    let world = world();
    for room in &world.rooms {
        let members: HashSet<_> = room.members.iter().collect();
        assert_eq!(members.len(), room.members.len(), "{} has nobody twice", room.name);
        assert!(room.messages.iter().all(|message| members.contains(&message.by)), "{}", room.name);
    }
    for message in all_of(&world) {
        let person = &world.people[message.by];
        assert!(person.since < message.at && person.seen_at >= message.at, "{}", person.handle);
    }
}

#[test]
fn the_main_person_has_something_to_read_in_several_rooms() {
    let world = world();
    assert_eq!(world.people[0].handle, MAIN_PERSON);
    let hers: Vec<_> = world.rooms.iter().filter(|room| room.members.contains(&0)).collect();
    assert!(hers.len() >= ROOMS_OF_MAIN, "{}", hers.len());
    let unread: Vec<_> = hers.iter().filter(|room| room.attention.unread > 0).collect();
    assert!(unread.len() > 8);
    let of_last = |room: &Room| room.messages.len() - room.attention.unread;
    for room in &unread {
        let unread = &room.messages[of_last(room)..];
        assert!(unread.iter().all(|message| message.by != 0), "{} ends without her", room.name);
    }
    assert!(hers.iter().any(|room| room.attention.is_pinned && room.emoji.is_some()));
    assert!(hers.iter().any(|room| room.attention.is_muted));
    let mentions = unread.iter().flat_map(|room| &room.messages[of_last(room)..]);
    assert!(mentions.filter(|message| message.text.contains("@mira")).count() >= 2);
    let talks = world.conversations.iter().filter(|talk| talk.people.contains(&0));
    assert!(
        talks.clone().count() >= 12 && talks.filter(|talk| talk.attention.unread > 0).count() >= 4
    );
}

#[test]
fn messages_of_every_kind_are_in_it() {
    let world = world();
    let all = all_of(&world);
    let has = |text: &str| all.iter().any(|message| message.text.contains(text));
    for part in ["```", "https://", "\n- ", "\n1. ", "\n> ", "**", "@", " `"] {
        assert!(has(part), "{part}");
    }
    assert!(all.iter().any(|message| matches!(message.later, Later::Edited(_))));
    assert!(all.iter().any(|message| message.later == Later::Deleted));
    let carried: Vec<_> = all.iter().flat_map(|message| &message.carries).collect();
    for ending in [".png", ".wav", ".pdf", ".txt"] {
        assert!(carried.iter().any(|attachment| attachment.name.ends_with(ending)), "{ending}");
    }
    assert!(all.iter().any(|message| message.carries.len() > 2), "several pictures at once");
    // A voice message stands alone, and nothing stands without words or a thing.
    for message in &all {
        let has_voice = message.carries.iter().any(|it| it.name.ends_with(".wav"));
        assert!(!has_voice || (message.carries.len() == 1 && message.text.is_empty()));
        assert!(!message.text.trim().is_empty() || !message.carries.is_empty());
    }
}

#[test]
fn the_same_seed_makes_the_same_world() {
    let look = |seed: u64| {
        let world = World::new(seed, NOW, 0, &Taken::default()).unwrap();
        let members: Vec<_> = world.rooms.iter().map(|room| room.members.clone()).collect();
        let at: Vec<_> = all_of(&world).iter().map(|message| message.at).collect();
        (members, at, world.people[0].picture())
    };
    assert!(look(7) == look(7));
    let (one, other) = (look(7), look(8));
    assert!(one.0 != other.0 && one.2 != other.2);
}

#[test]
fn whoever_is_called_like_somebody_else_has_another_handle_wherever_it_stands() {
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    let taken = Taken { handles: names(&["mira", "mira2", "zofia"]), rooms: names(&["tea"]) };
    let world = World::new(1, NOW, 0, &taken).unwrap();
    let handles: HashSet<_> = world.people.iter().map(|person| person.handle.as_str()).collect();
    assert!(handles.contains("mira3") && handles.contains("zofia2"));
    assert!(handles.iter().all(|handle| !taken.handles.contains(*handle)));
    let has = |text: &str| all_of(&world).iter().any(|message| message.text.contains(text));
    assert!(has("@mira3") && !has("@mira ") && has("@zofia2"));
    assert!(world.rooms.iter().any(|room| room.name == "tea-2"));
}

#[test]
fn people_have_different_faces() {
    let world = world();
    let faces: Vec<_> = world.people.iter().take(12).filter_map(Person::picture).collect();
    let different: HashSet<_> = faces.iter().collect();
    assert!(faces.len() > 7 && different.len() == faces.len());
    for face in faces {
        let picture = image::load_from_memory(&face).unwrap();
        assert!(picture.width() == picture.height() && picture.width() >= 256);
    }
}

#[test]
fn every_scene_is_a_picture() {
    for scene in draw::SCENES {
        let attachment = Attachment::parse(scene, 3).unwrap();
        let picture = image::load_from_memory(&attachment.bytes()).unwrap();
        assert!(picture.width() >= 800 && picture.height() >= 800, "{scene}");
    }
}

#[test]
fn a_voice_is_a_recording_that_is_neither_silent_nor_all_the_same() {
    let wav = Attachment::parse("voice 3", 3).unwrap().bytes();
    assert_eq!(wav.len(), 44 + 2 * 3 * 16_000);
    let samples: Vec<i32> = wav[44..]
        .chunks(2)
        .map(|pair| i32::from(i16::from_le_bytes([pair[0], pair[1]])).abs())
        .collect();
    let loud: Vec<i32> = samples.chunks(800).map(|part| part.iter().sum::<i32>() / 800).collect();
    assert!(loud.iter().any(|loud| *loud > 2_000) && loud.iter().any(|loud| *loud < 100));
}

#[test]
fn what_is_written_wrongly_is_named() {
    let broken = |text: &str| {
        let section = parse::sections(text).remove(0);
        parse::talks(&section).unwrap_err().to_string()
    };
    assert!(broken("# a\nmira: hello").contains("a time comes first"));
    assert!(broken("# a\n== soon\n").contains("no time is said"));
    assert!(broken("# a\n== 2d\nhello").contains("nobody says it"));
    assert!(Attachment::parse("elephant", 1).is_none());
}
