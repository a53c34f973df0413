//! As much of RESP, Redis's protocol of both versions, as it takes to tell one value from the next.

/// How long the first value in these bytes is; `None` while not all of it is there.
///
/// What is no RESP is one value, to be passed on as it is.
pub(crate) fn length(bytes: &[u8]) -> Option<usize> {
    let line = bytes.windows(2).position(|pair| pair == b"\r\n")? + 2;
    let number = || std::str::from_utf8(&bytes[1..line - 2]).ok()?.parse::<i64>().ok();
    let children = match bytes[0] {
        // A text of so many bytes and a line's end; less than nothing is null.
        b'$' | b'=' | b'!' => {
            let Some(length) = number() else { return Some(bytes.len()) };
            let whole = line + usize::try_from(length).map_or(0, |length| length + 2);
            return (bytes.len() >= whole).then_some(whole);
        }
        b'*' | b'>' | b'~' => number(),
        b'%' => number().map(|pairs| pairs * 2),
        // Attributes, in front of what they are of.
        b'|' => number().map(|pairs| pairs * 2 + 1),
        b'+' | b'-' | b':' | b'_' | b'#' | b',' | b'(' => Some(0),
        _ => return Some(bytes.len()),
    };
    let Some(children) = children else { return Some(bytes.len()) };
    let mut whole = line;
    for _ in 0..children.max(0) {
        whole += length(&bytes[whole..])?;
    }
    Some(whole)
}

/// Whether a value is a message of a channel, as one is pushed in either version of the protocol.
pub(crate) fn is_message(value: &[u8]) -> bool {
    let starts = value.first().is_some_and(|kind| matches!(kind, b'>' | b'*'));
    let kinds: [&[u8]; 3] = [b"$7\r\nmessage\r\n", b"$8\r\nsmessage\r\n", b"$8\r\npmessage\r\n"];
    let line = value.windows(2).position(|pair| pair == b"\r\n").map_or(0, |end| end + 2);
    starts && kinds.iter().any(|kind| value[line..].starts_with(kind))
}

#[cfg(test)]
mod tests {
    use super::*;

    const VALUES: [&str; 9] = [
        "+OK\r\n",
        ":42\r\n",
        "$5\r\na\r\nbc\r\n",
        "$-1\r\n",
        "*-1\r\n",
        "*2\r\n$1\r\na\r\n*1\r\n:1\r\n",
        "%1\r\n+a\r\n:1\r\n",
        "|1\r\n+ttl\r\n:3\r\n$2\r\nhi\r\n",
        ">3\r\n$7\r\nmessage\r\n$3\r\ntea\r\n$2\r\nhi\r\n",
    ];

    #[test]
    fn each_value_is_found_and_is_not_whole_before_its_last_byte() {
        let all = VALUES.concat();
        let mut rest = all.as_bytes();
        for value in VALUES {
            assert_eq!(length(rest), Some(value.len()), "{value:?}");
            for end in 0..value.len() {
                assert_eq!(length(&rest[..end]), None, "{value:?} up to {end}");
            }
            rest = &rest[value.len()..];
        }
    }

    #[test]
    fn messages_of_channels_are_told_from_answers() {
        assert!(is_message(b">3\r\n$7\r\nmessage\r\n$3\r\ntea\r\n$2\r\nhi\r\n"));
        assert!(is_message(b"*3\r\n$7\r\nmessage\r\n$3\r\ntea\r\n$2\r\nhi\r\n"));
        assert!(is_message(b">3\r\n$8\r\nsmessage\r\n$3\r\ntea\r\n$2\r\nhi\r\n"));
        assert!(!is_message(b">3\r\n$9\r\nsubscribe\r\n$3\r\ntea\r\n:1\r\n"));
        assert!(!is_message(b"$7\r\nmessage\r\n"));
    }

    #[test]
    fn what_is_no_resp_is_passed_on() {
        assert_eq!(length(b"hello\r\n"), Some(7));
    }
}
