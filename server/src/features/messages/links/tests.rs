//! Links as people write them, and texts that were made to do harm.
#![allow(clippy::unwrap_used, reason = "a failure of a test's own set-up ends the test")]

use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::{FoundLink, MAX_LINKS, find_links};
use crate::testing::each_case_holds;

/// What a text's links are written as.
fn written(text: &str) -> Vec<String> {
    let chars: Vec<char> = text.chars().collect();
    find_links(text).iter().map(|link| chars[link.start..link.end].iter().collect()).collect()
}

#[track_caller]
fn finds(text: &str, expected: &[&str]) {
    assert_eq!(written(text), expected, "in {text:?}");
}

/// That each of these is a link as it stands, alone and within a sentence.
#[track_caller]
fn are_links(texts: &[&str]) {
    for text in texts {
        finds(text, &[text]);
        finds(&format!("see {text}, or not"), &[text]);
    }
}

#[track_caller]
fn are_not_links(texts: &[&str]) {
    for text in texts {
        finds(text, &[]);
        finds(&format!("see {text}, or not"), &[]);
    }
}

#[test]
fn each_case_of_the_table_has_the_links_that_it_says() {
    each_case_holds(include_str!("cases.txt"), 200, written);
}

#[test]
fn offsets_count_scalar_values() {
    let links = find_links("see https://example.org");
    assert_eq!(links, [FoundLink { start: 4, end: 23, url: "https://example.org".to_owned() }]);
    let links = find_links("দেখুন 👩‍👧 example.org/পথ।");
    let url = "https://example.org/পথ".to_owned();
    assert_eq!(links, [FoundLink { start: 10, end: 24, url }]);
}

#[test]
fn http_and_https_are_links_as_they_are_written() {
    are_links(&[
        "https://example.org",
        "http://example.org/",
        "HTTPS://Example.ORG/Path",
        "https://example.org/a/b?c=d&e=f%20g#h",
        "https://example.org?q=1",
        "https://example.org#top",
        "https://sub.sub.example.co.uk:8443/x",
        "https://my_app.example.org/x",
        "https://example.unknown-tld/x",
        "https://web.archive.org/web/2020/https://example.org/",
        "https://www.youtube.com/@name/videos",
        "https://youtu.be/dQw4w9WgX-_",
    ]);
    let url = &find_links("HTTPS://Example.ORG/Path")[0].url;
    assert_eq!(url, "HTTPS://Example.ORG/Path");
}

#[test]
fn with_a_scheme_hosts_of_ones_own_network_are_links() {
    are_links(&[
        "http://localhost",
        "http://localhost:8000/livez",
        "https://nas/photos",
        "http://127.0.0.1:8000",
        "http://192.168.0.7/x",
        "http://[::1]:3000/x",
        "http://[2001:db8::1]",
    ]);
    finds("http://[example]", &[]);
}

#[test]
fn a_domain_alone_is_a_link_by_https() {
    are_links(&[
        "example.org",
        "www.example.org",
        "example.org/path?x#y",
        "example.org:8080/x",
        "a.b.c.example.co.uk",
        "xn--mller-kva.de",
        "Example.Org",
        "t.me/name",
    ]);
    assert_eq!(find_links("www.example.org/a")[0].url, "https://www.example.org/a");
}

#[test]
fn domains_in_any_script_are_links() {
    are_links(&[
        "https://বাংলা.ভারত/পথ",
        "https://müller.de",
        "https://mu\u{308}ller.de/x",
        "https://例子.中国/路径",
        "müller.de",
        "việt.vn",
        "пример.рф",
        "ПРИМЕР.РФ/путь",
        "বাংলা.ভারত/পথ",
        "হিন্দী.বাংলা",
        "例子.中国",
        "ไทย.ไทย",
    ]);
}

#[test]
fn a_last_label_that_is_no_top_level_domain_makes_no_link() {
    are_not_links(&[
        "file.txt",
        "archive.tar.gz",
        "photo.jpeg",
        "www.example",
        "www.",
        "example.invalidtld",
        "1.2.3",
        "v1.2.3",
        "192.168.0.1",
        "192.168.0.1:8000",
        "e.g.",
        "i.e.",
        "3.14",
        "...",
        "example",
        "localhost:8000",
        "пример.файл",
    ]);
}

#[test]
fn what_only_looks_like_a_domain_is_none() {
    are_not_links(&[
        "-example-.org",
        "a_b.com",
        "/usr/lib/libm.so",
        "./run.sh",
        "C:\\tools\\run.sh",
        "window.open(x)",
        "Date.now()",
        "?next=example.org",
        "#example.org",
        "$user.name",
        &format!("{}.org", "a".repeat(64)),
        &format!("{}org", "abcdefgh.".repeat(29)),
    ]);
    are_links(&[&format!("{}.org", "a".repeat(63))]);
}

#[test]
fn e_mail_addresses_are_no_links() {
    are_not_links(&[
        "mira@example.org",
        "mira.rahman@example.org",
        "jo.it@mail.example.org",
        "jo.it+tag.me@example.org",
        "<mira@example.org>",
        "mailto:mira@example.org",
        "@mira@example.org",
        "mira@example.org/path",
        "মীরা.ভারত@example.org",
    ]);
}

#[test]
fn other_schemes_are_never_links() {
    are_not_links(&[
        "javascript:alert(document.domain)",
        "JavaScript:window.open(example.org)",
        "javascript://example.org/%0aalert(1)",
        "data:text/html;base64,example.org",
        "data:example.org",
        "vbscript:example.com",
        "file:///etc/hosts.info",
        "file:example.org",
        "ftp://example.org/file",
        "ssh://example.org",
        "git+https://example.org/x.git",
        "2https://example.org",
        "xhttps://example.org",
        "blob:https://example.org/x",
        "//example.org/x",
        "://example.org",
        "http://",
        "https:///x",
        "https://?x",
        "https://.org",
        "https://-",
    ]);
}

#[test]
fn an_address_with_a_name_or_password_is_no_link() {
    are_not_links(&[
        "https://a:b@evil.com",
        "https://a@evil.com/x",
        "https://example.org@evil.com",
        "https://example.org:80@evil.com/",
        "https://example.org,x@evil.com",
        "example.org:80@evil.com",
    ]);
    // The address ends before the sign that some programs take for a slash.
    finds("https://example.org\\@evil.com", &["https://example.org"]);
}

#[test]
fn a_port_that_is_none_is_not_part_of_a_link() {
    finds("https://example.org: the best", &["https://example.org"]);
    finds("https://example.org:99999/x", &["https://example.org"]);
    finds("https://example.org:80th", &["https://example.org"]);
}

#[test]
fn the_punctuation_of_a_sentence_is_not_part_of_a_link() {
    for sign in [".", ",", ":", ";", "!", "?", "...", "?!", "\"", "'", "…", "”", "»", "*", "**"]
    {
        finds(&format!("https://example.org{sign}"), &["https://example.org"]);
        finds(&format!("https://example.org/a{sign} b"), &["https://example.org/a"]);
        finds(&format!("example.org/a{sign}"), &["example.org/a"]);
    }
    finds("https://example.org/a.b,c;d!e:f", &["https://example.org/a.b,c;d!e:f"]);
    finds("https://example.org?", &["https://example.org"]);
    finds("https://example.org...and", &["https://example.org"]);
}

#[test]
fn brackets_that_a_link_opened_are_part_of_it_and_others_are_not() {
    are_links(&[
        "https://en.wikipedia.org/wiki/Foo_(bar)",
        "https://example.org/a[b]{c}(d(e))",
        "https://example.org/?a[]=1",
    ]);
    finds(
        "(see https://en.wikipedia.org/wiki/Foo_(bar))",
        &["https://en.wikipedia.org/wiki/Foo_(bar)"],
    );
    finds("(https://example.org/a)", &["https://example.org/a"]);
    finds("[https://example.org/a]b", &["https://example.org/a"]);
    finds("(example.org)", &["example.org"]);
    finds("https://example.org/a(", &["https://example.org/a"]);
}

#[test]
fn what_stands_around_a_link_is_left_out() {
    finds("<https://example.org/x>", &["https://example.org/x"]);
    finds("\"https://example.org/x\"", &["https://example.org/x"]);
    finds("“https://example.org/x”", &["https://example.org/x"]);
    finds("'https://example.org/x','y'", &["https://example.org/x"]);
    finds("`https://example.org/x", &["https://example.org/x"]);
    finds("[text](https://example.org/x)", &["https://example.org/x"]);
    finds("[https://a.org](https://b.org/x).", &["https://a.org", "https://b.org/x"]);
    finds("**https://example.org/x**", &["https://example.org/x"]);
    finds("_https://example.org/x_", &["https://example.org/x"]);
    finds("_example.org_", &["example.org"]);
    finds("|https://a.org/x|b.org|", &["https://a.org/x", "b.org"]);
    finds("- example.org\n-b.org\tc.org", &["example.org", "b.org", "c.org"]);
    finds("https://a.org,https://b.org", &["https://a.org", "https://b.org"]);
    finds("done.https://example.org", &["https://example.org"]);
    finds("http://https://example.org", &["https://example.org"]);
}

#[test]
fn the_punctuation_of_other_scripts_ends_a_link() {
    finds("请看https://example.org。谢谢", &["https://example.org"]);
    finds("请看https://example.org/路，谢谢", &["https://example.org/路"]);
    finds("（https://example.org/x）", &["https://example.org/x"]);
    finds("「example.org/x」、b.org！", &["example.org/x", "b.org"]);
    finds("https://বাংলা.ভারত/পথ। তারপর", &["https://বাংলা.ভারত/পথ"]);
    finds("example.org।", &["example.org"]);
    finds("https://example.org/x؟", &["https://example.org/x"]);
    finds("https://example.org/\u{202e}gpj.x", &["https://example.org/"]);
}

#[test]
fn a_sentence_in_another_script_may_go_on_right_after_a_domain() {
    finds("请看example.org谢谢", &["example.org"]);
    finds("请看https://example.org谢谢b.org", &["https://example.org", "b.org"]);
    finds("看a.org和b.com吧", &["a.org", "b.com"]);
    finds("দেখুনhttps://example.org/x", &["https://example.org/x"]);
    finds("https://example.org-এ যান", &["https://example.org"]);
    finds("example.org-এ যান", &["example.org"]);
    finds("example.orgএ যান", &["example.org"]);
    finds("die example.org-Seite", &["example.org"]);
}

#[test]
fn a_message_has_fifty_links_at_most() {
    let text = "https://example.org/x ".repeat(MAX_LINKS + 10);
    let links = find_links(&text);
    assert_eq!(links.len(), MAX_LINKS);
    assert_eq!(links[MAX_LINKS - 1].start, 22 * (MAX_LINKS - 1));
}

#[test]
fn top_level_domains_of_every_script_are_known_however_they_are_spelt() {
    for label in [
        "ভারত",
        "বাংলা",
        "中国",
        "рф",
        "السعودية",
        "vermögensberater",
        "vermo\u{308}gensberater",
        "VERMÖGENSBERATER",
        "みんな",
        "xn--vermgensberater-ctb",
        "ｃｏｍ",
    ] {
        are_links(&[&format!("example1.{label}")]);
    }
}

/// A text that repeats `unit`, ten times as long as a message can be, so that work which grows with
/// the square of the length shows.
fn hostile(unit: &str) -> String {
    unit.chars().cycle().take(80_000).collect()
}

#[test]
fn no_text_takes_long() {
    let units = [
        ".",
        "a.",
        "www.",
        "(",
        "http://",
        "https://a",
        "http://a@",
        "://",
        ":",
        "@",
        "a@",
        "a.b@",
        "~a.",
        "a-.",
        "a_.",
        "_",
        "-",
        "a-",
        "a.com(",
        "a.com:",
        "a.com:1",
        "a.com'",
        "a.com*",
        "a中",
        "中a.com",
        "http://a.com中",
        "http://a.com/(",
        "http://a.com/)",
        "a.co+",
        "a.ভারত@",
        "http://[",
        "http://[::1",
        "javascript:",
        "data:a",
        "x://",
        "ভা",
        "a.com-",
        "a.中国-",
        "1.2.3.",
        "a.com ",
        "http://a/. ",
        "'http://a/'",
        "\u{200d}",
        "\u{200b}",
        "a\u{200b}",
        "https://a\u{200b}",
        "https://a.b\u{200b}.",
        "a.com\u{200b})",
        "ក\u{200d}",
        "https://ক\u{200d}",
        "\u{3164}.",
        "a\u{300}.",
    ];
    for unit in units {
        let text = hostile(unit);
        let begin = Instant::now();
        let links = find_links(&text);
        // In an unoptimised build linear time is some ten milliseconds, quadratic time a minute.
        assert!(begin.elapsed() < Duration::from_secs(3), "{unit:?} took {:?}", begin.elapsed());
        assert!(links.len() <= MAX_LINKS);
    }
}

#[test]
fn a_link_after_a_hostile_text_is_still_found() {
    for unit in ["http://", "((((", "a.", "~a.", "javascript: ", "a中", "1.2.3 ", "@a.b@ "] {
        let text = format!("{} https://example.org/end", hostile(unit));
        assert_eq!(written(&text).last().unwrap(), "https://example.org/end", "after {unit:?}");
    }
}

/// Pieces of which links and near misses are made, so that random texts meet every rule.
fn piece() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => prop::sample::select(vec![
            "http", "https", "://", ":", "/", "//", ".", "..", "www.", "example", "org", "com", "ভারত",
            "中国", "谢", "。", "।", "@", "-", "_", "(", ")", "[", "]", "{", "}", "'", "\"", "<", ">", "?",
            "#", "&", "=", "+", "%", "8000", "1", "::1", "\u{300}", "\u{200d}", "\u{202e}", "\u{200b}", "\u{3164}", "ក", "👩", " ", "\n",
            "\\", "javascript:", "data:", "mailto:", "ü",
        ]).prop_map(str::to_owned),
        1 => any::<char>().prop_map(String::from),
    ]
}

proptest! {
    #[test]
    fn links_lie_in_the_text_in_order_and_are_what_is_written_there(
        pieces in prop::collection::vec(piece(), 0..60)
    ) {
        let text = pieces.concat();
        let chars: Vec<char> = text.chars().collect();
        let mut previous_end = 0;
        for link in find_links(&text) {
            prop_assert!(previous_end <= link.start && link.start < link.end);
            prop_assert!(link.end <= chars.len());
            previous_end = link.end;
            let written: String = chars[link.start..link.end].iter().collect();
            let with_scheme = format!("https://{written}");
            prop_assert!(link.url == written || link.url == with_scheme, "{link:?} in {text:?}");
            let scheme = link.url.split("://").next().unwrap().to_ascii_lowercase();
            prop_assert!(scheme == "http" || scheme == "https", "{link:?}");
            let authority = link.url.split("://").nth(1).unwrap();
            let authority = authority.split(['/', '?', '#']).next().unwrap();
            prop_assert!(!authority.is_empty() && !authority.contains('@'), "{link:?}");
            prop_assert!(!link.url.chars().any(|c| c.is_whitespace() || c.is_control()));
            // A link alone is the same link.
            let alone = find_links(&link.url);
            prop_assert_eq!(alone.len(), 1, "{:?} in {:?}", link, text);
            prop_assert_eq!(&alone[0].url, &link.url);
        }
    }

    #[test]
    fn any_text_at_all_is_read(text in any::<String>()) {
        prop_assert!(find_links(&text).len() <= MAX_LINKS);
    }
}
