use super::*;

#[test]
fn a_username_is_lower_cased_and_keeps_to_its_alphabet() {
    assert_eq!(Username::parse("Mira.K-9").unwrap().as_str(), "mira.k-9");
    for refused in ["m", "mira k", "মীরা", "mira\0", &"m".repeat(33), ""] {
        assert!(Username::parse(refused).is_err(), "{refused:?}");
    }
    assert!(Username::parse(&"m".repeat(32)).is_ok());
}

#[test]
fn a_username_begins_and_ends_with_a_letter_or_digit_unless_it_is_an_old_one() {
    for name in ["mi", "m.k", "m--k", "9to5", "a_b.c-d"] {
        assert!(Username::parse(name).is_ok(), "{name}");
    }
    for name in [".mira", "mira.", "-mira", "mira-", "_mira", "mira_", "__", ".."] {
        let refused = Username::parse(name).unwrap_err();
        assert_eq!(refused, "must begin and end with a letter or digit", "{name}");
        assert_eq!(Username::known(name).unwrap().as_str(), name);
    }
    assert_eq!(Username::known("m k"), None);
}

#[test]
fn a_room_name_begins_with_a_letter_or_digit() {
    for accepted in ["general", "0", "private_1_2", &"r".repeat(64)] {
        assert!(RoomName::parse(accepted).is_ok(), "{accepted:?}");
    }
    for refused in ["", "_x", "-x", "General", "a b", &"r".repeat(65), "আড্ডা"] {
        assert!(RoomName::parse(refused).is_err(), "{refused:?}");
    }
}

#[test]
fn the_name_of_a_private_room_tells_each_of_the_two_the_other() {
    assert_eq!(RoomName::private(12, 3).as_str(), "private_3_12");
    assert_eq!(RoomName::private(3, 12), RoomName::private(12, 3));
    for (name, user, peer) in [
        ("private_3_12", 3, Some(12)),
        ("private_3_12", 12, Some(3)),
        ("private_3_12", 4, None),
        ("private_3", 3, None),
        ("private_x_3", 3, None),
        ("general", 3, None),
    ] {
        assert_eq!(RoomName::peer_of(name, user), peer, "{name} {user}");
    }
}

#[test]
fn a_message_is_trimmed_and_then_measured_in_scalar_values() {
    assert_eq!(MessageText::parse("  hi\n").unwrap().as_str(), "hi");
    assert!(MessageText::parse(&"আ".repeat(8_000)).is_ok());
    assert!(MessageText::parse(&"আ".repeat(8_001)).is_err());
    assert!(MessageText::parse(" \n\t ").is_err());
    assert_eq!(WrittenText::parse(" \n\t ").unwrap().into_message_text(), None);
    assert_eq!(WrittenText::parse(" hi\n").unwrap().into_message_text().unwrap().as_str(), "hi");
    assert!(WrittenText::parse(&"আ".repeat(8_001)).is_err());
    assert!(MessageText::parse("a\nb\tc").is_ok());
    assert!(MessageText::parse("a\u{b}b").is_err());
    assert!(MessageText::parse("a\u{0}b").is_err());
    assert!(MessageText::parse("a\u{85}b").is_err());
}

#[test]
fn a_line_ends_the_same_whoever_wrote_it() {
    for (written, kept) in [
        ("a\r\nb", "a\nb"),
        ("a\rb", "a\nb"),
        ("a\r\n\r\nb", "a\n\nb"),
        ("a\r\r\nb\n\rc", "a\n\nb\n\nc"),
        ("\r\na\r", "a"),
    ] {
        assert_eq!(MessageText::parse(written).unwrap().as_str(), kept, "{written:?}");
        assert_eq!(RoomTopic::parse(written).unwrap().as_str(), kept, "{written:?}");
    }
    assert!(MessageText::parse("\r\n\r").is_err());
    // Two characters that are made one count as one.
    assert!(MessageText::parse(&"a\r\n".repeat(4_000)).is_ok());
    for written in ["a\rb", "a\r\nb"] {
        assert!(DisplayName::parse(written).is_err() && RoomTitle::parse(written).is_err());
    }
}

#[test]
fn a_room_has_one_emoji_or_none() {
    assert_eq!(RoomEmoji::parse(" 🍵\n").unwrap().chosen().as_deref(), Some("🍵"));
    assert_eq!(RoomEmoji::parse("  ").unwrap().chosen(), None);
    for refused in ["🍵🍵", "tea", "🍵 tea", "1", &"🍵".repeat(17)] {
        assert!(RoomEmoji::parse(refused).is_err(), "{refused:?}");
    }
}

#[test]
fn a_display_name_is_one_line() {
    assert!(DisplayName::parse("মীরা ☕").is_ok());
    assert!(DisplayName::parse("a\nb").is_err());
    assert!(DisplayName::parse("   ").is_err());
}

#[test]
fn what_people_are_shown_has_something_to_see() {
    for hidden in ["\u{200b}", " \u{3164} ", "\u{2800}", "\u{301}", "\u{202e}", "\u{fe0f}"] {
        assert!(DisplayName::parse(hidden).is_err(), "{hidden:?}");
        assert!(RoomTitle::parse(hidden).is_err(), "{hidden:?}");
        assert!(MessageText::parse(hidden).is_err(), "{hidden:?}");
        assert_eq!(WrittenText::parse(hidden).unwrap().into_message_text(), None, "{hidden:?}");
    }
    assert!(RoomTopic::parse("\u{3164}").is_err());
    assert_eq!(RoomTopic::parse("\u{202e}").unwrap().as_str(), "");
    assert_eq!(RoomTopic::parse(" ").unwrap().as_str(), "");
    for text in ["🎉", "❤️", "মীরা", "١", "ก็", "\u{200f}שלום"] {
        assert_eq!(DisplayName::parse(text).unwrap().as_str(), text);
        assert_eq!(MessageText::parse(text).unwrap().as_str(), text);
    }
}

#[test]
fn names_titles_and_topics_turn_nothing_and_pile_nothing() {
    assert_eq!(DisplayName::parse("\u{202e}ariM\u{2066}").unwrap().as_str(), "ariM");
    assert_eq!(DisplayName::parse("Mira\u{2028}Sen").unwrap().as_str(), "Mira Sen");
    assert_eq!(RoomTitle::parse("tea\u{2069}\u{2029}").unwrap().as_str(), "tea");
    assert_eq!(RoomTopic::parse("tea\u{2029}\u{202d}cake").unwrap().as_str(), "tea\ncake");
    let piled = format!("m{}", "\u{301}".repeat(6));
    assert!(DisplayName::parse(&piled).is_err());
    assert!(RoomTitle::parse(&piled).is_err() && RoomTopic::parse(&piled).is_err());
    // What somebody says stays as it was written.
    for text in [piled.as_str(), "\u{202e}gpj.x", "a\u{2028}b"] {
        assert_eq!(MessageText::parse(text).unwrap().as_str(), text);
    }
}

#[test]
fn a_password_keeps_its_case_and_blanks_and_is_never_shown() {
    let password = Password::parse("  spaces  ").unwrap();
    assert_eq!(password.as_str(), "  spaces  ");
    assert_eq!(format!("{password:?}"), "[hidden]");
    assert!(Password::parse("seven77").is_err());
    assert!(Password::parse(&"p".repeat(128)).is_ok());
    assert!(Password::parse(&"p".repeat(129)).is_err());
    assert!(Password::parse("two cups\u{7}of tea").is_err());
}

#[test]
fn a_password_is_measured_in_its_one_form() {
    let decomposed = |count: usize| "e\u{302}\u{323}".repeat(count);
    assert!(Password::parse(&decomposed(7)).is_err());
    assert_eq!(Password::parse(&decomposed(8)).unwrap().as_str(), "\u{1ec7}".repeat(8));
    assert!(Password::parse(&decomposed(128)).is_ok());
    assert!(Password::parse(&decomposed(129)).is_err());
    // Each of these is two code points in its one form.
    assert!(Password::parse(&"\u{9df}".repeat(64)).is_ok());
    assert!(Password::parse(&"\u{9df}".repeat(65)).is_err());
}
