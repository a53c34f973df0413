//! What a request's headers say about the answer: which coding it may have, and whether the asker
//! has it already.

use poem::http::{HeaderMap, HeaderValue, header};

/// Whether the asker reads this coding (RFC 9110, 12.5.3). Only whether, not how gladly: all that
/// differs is the size.
pub(super) fn accepts(request: &HeaderMap, coding: &str) -> bool {
    let header = request.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok());
    let weight = |wanted: &str| {
        header.unwrap_or_default().split(',').find_map(|item| {
            let mut parts = item.split(';').map(str::trim);
            if !parts.next()?.eq_ignore_ascii_case(wanted) {
                return None;
            }
            let weight = parts.find_map(|part| part.strip_prefix("q=").or(part.strip_prefix("Q=")));
            Some(weight.map_or(1.0, |weight| weight.parse().unwrap_or(0.0)))
        })
    };
    weight(coding).or_else(|| weight("*")).is_some_and(|weight: f32| weight > 0.0)
}

/// Whether the asker has what this entity tag names (RFC 9110, 13.1.2).
pub(super) fn has(request: &HeaderMap, tag: &HeaderValue) -> bool {
    let lists = request.get_all(header::IF_NONE_MATCH).iter();
    lists.filter_map(|list| list.to_str().ok()).flat_map(|list| list.split(',')).any(|item| {
        let item = item.trim();
        item == "*" || item.strip_prefix("W/").unwrap_or(item) == *tag
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asking(name: header::HeaderName, value: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(name, HeaderValue::from_static(value))])
    }

    #[test]
    fn a_coding_is_taken_where_it_is_named_or_everything_is() {
        let accepts = |value, coding| accepts(&asking(header::ACCEPT_ENCODING, value), coding);
        for value in ["br", "gzip, deflate, br, zstd", "gzip;q=1.0, BR;q=0.1", "*", "gzip;q=0, *"] {
            assert!(accepts(value, "br"), "{value}");
        }
        for value in
            ["", "gzip", "identity", "br;q=0", "br; q=0.000, *", "*;q=0", "brotli", "br;q=x"]
        {
            assert!(!accepts(value, "br"), "{value}");
        }
        assert!(!super::accepts(&HeaderMap::new(), "br"));
    }

    #[test]
    fn a_tag_is_known_in_a_list_weakly_or_by_the_asterisk() {
        let tag = HeaderValue::from_static("\"abc\"");
        let has = |value| has(&asking(header::IF_NONE_MATCH, value), &tag);
        for value in ["\"abc\"", "W/\"abc\"", "\"x\", \"abc\"", "*"] {
            assert!(has(value), "{value}");
        }
        for value in ["", "abc", "\"abcd\"", "\"x\",\"y\""] {
            assert!(!has(value), "{value}");
        }
    }
}
