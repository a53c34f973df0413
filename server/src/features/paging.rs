//! Pages of lists: an opaque cursor that holds the last key of the page before.

use adda_protocol::Problem;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// What is wrong with a cursor that is none.
pub(crate) const FOREIGN_CURSOR: &str = "must be a `next_cursor` that this list gave out";

/// What part of a list is asked for.
#[derive(Clone, Debug)]
pub(crate) struct PageRequest {
    /// The key after which the page begins.
    pub after: Option<String>,
    /// How many entries at most, 1 to 100.
    pub limit: usize,
}

impl PageRequest {
    /// From a query's parameters.
    ///
    /// # Errors
    /// `invalid_input` when the cursor is not one that was given out here.
    pub(crate) fn new(cursor: Option<&str>, limit: Option<u16>) -> Result<Self, Problem> {
        let after = cursor.map(decode).transpose()?;
        Ok(Self { after, limit: usize::from(limit.unwrap_or(50)) })
    }

    /// Cuts a list that was read one entry too long to its page, with the cursor of the next.
    pub(crate) fn cut<T>(
        &self,
        mut items: Vec<T>,
        key: impl Fn(&T) -> &str,
    ) -> (Vec<T>, Option<String>) {
        let more = items.len() > self.limit;
        items.truncate(self.limit);
        let next = items.last().filter(|_| more).map(|last| URL_SAFE_NO_PAD.encode(key(last)));
        (items, next)
    }

    /// How many entries to read: one more than the page has, to know whether there is a next one.
    #[must_use]
    pub(crate) fn read_limit(&self) -> u64 {
        self.limit as u64 + 1
    }
}

fn decode(cursor: &str) -> Result<String, Problem> {
    let bytes = URL_SAFE_NO_PAD.decode(cursor).ok();
    let text = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
    text.filter(|text| text.len() <= 256 && !text.contains('\0'))
        .ok_or_else(|| Problem::invalid_field("cursor", FOREIGN_CURSOR))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_leads_to_the_next_and_the_last_to_none() {
        let first = PageRequest::new(None, Some(2)).unwrap();
        let (items, next) = first.cut(vec!["a", "b", "c"], |item| item);
        assert_eq!(items, ["a", "b"]);
        let second = PageRequest::new(next.as_deref(), Some(2)).unwrap();
        assert_eq!(second.after.as_deref(), Some("b"));
        let (items, next) = second.cut(vec!["c"], |item| item);
        assert_eq!((items, next), (vec!["c"], None));
    }

    #[test]
    fn a_cursor_from_elsewhere_is_refused() {
        for cursor in ["*", "////", "gICA", "AA"] {
            assert!(PageRequest::new(Some(cursor), None).is_err(), "{cursor}");
        }
    }
}
