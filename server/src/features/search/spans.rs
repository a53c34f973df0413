//! Where in a text stands what it folds to: what a person sees as one character is marked as a whole.

use std::ops::Range;

use adda_fold::folded;
use unicode_segmentation::UnicodeSegmentation;

/// The most places that are told of a text.
const MOST_SPANS: usize = 100;

/// A text in its folded form, with where each part of that came from.
pub(super) struct Folded {
    text: String,
    parts: Vec<Part>,
}

/// What one grapheme cluster folds to.
struct Part {
    /// Where it begins in the folded text, in bytes.
    at: usize,
    /// Where the cluster stands, in Unicode scalar values.
    of: Range<usize>,
}

impl Folded {
    pub(super) fn new(text: &str) -> Self {
        let mut folding = Self { text: String::with_capacity(text.len()), parts: Vec::new() };
        let mut scalars = 0;
        for cluster in text.graphemes(true) {
            let end = scalars + cluster.chars().count();
            folding.parts.push(Part { at: folding.text.len(), of: scalars..end });
            folding.text.push_str(&folded(cluster));
            scalars = end;
        }
        folding
    }

    /// Where these words stand, ascending; what overlaps or follows at once is one, and [`MOST_SPANS`] are enough
    /// for anybody.
    pub(super) fn spans(&self, words: &[String]) -> Vec<(u32, u32)> {
        let mut found: Vec<Range<usize>> = Vec::new();
        for word in words.iter().filter(|word| !word.is_empty()) {
            let mut from = 0;
            while let Some(at) = self.text[from..].find(word.as_str()) {
                let start = from + at;
                found.push(self.cluster(start).start..self.cluster(start + word.len() - 1).end);
                // Another may begin within this one.
                from = start + self.text[start..].chars().next().map_or(1, char::len_utf8);
            }
        }
        found.sort_unstable_by_key(|range| (range.start, range.end));
        let mut spans: Vec<Range<usize>> = Vec::new();
        for range in found {
            match spans.last_mut() {
                Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
                _ => spans.push(range),
            }
        }
        let offset = |scalars: usize| u32::try_from(scalars).unwrap_or(u32::MAX);
        spans
            .into_iter()
            .take(MOST_SPANS)
            .map(|span| (offset(span.start), offset(span.end)))
            .collect()
    }

    /// The cluster that a byte of the folded text comes from.
    fn cluster(&self, byte: usize) -> Range<usize> {
        let after = self.parts.partition_point(|part| part.at <= byte);
        after.checked_sub(1).map_or(0..0, |at| self.parts[at].of.clone())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn marked(text: &str, words: &[&str]) -> Vec<String> {
        let words: Vec<String> = words.iter().map(|word| folded(word)).collect();
        let chars: Vec<char> = text.chars().collect();
        let spans = Folded::new(text).spans(&words);
        spans.iter().map(|(s, e)| chars[*s as usize..*e as usize].iter().collect()).collect()
    }

    #[test]
    fn what_was_looked_for_is_marked_as_it_is_written() {
        assert_eq!(marked("José, JOSE\u{301}!", &["jose"]), ["José", "JOSE\u{301}"]);
        assert_eq!(marked("Straße und STRASSE", &["strasse"]), ["Straße", "STRASSE"]);
        assert_eq!(marked("এই সময\u{9bc}ে", &["সময়"]), ["সময\u{9bc}ে"]);
        assert_eq!(marked("👩🏽‍🚀🎉 tea 🎉", &["🎉", "TEA"]), ["🎉", "tea", "🎉"]);
        assert_eq!(marked("你好世界", &["好世"]), ["好世"]);
        assert_eq!(marked("ﬁne", &["in"]), ["ﬁn"], "a ligature is marked as a whole");
    }

    #[test]
    fn a_text_full_of_it_is_marked_in_so_many_places() {
        assert_eq!(
            marked(&"x".repeat(8_000), &["x"]).len(),
            1,
            "what follows at once is one place"
        );
        assert_eq!(marked(&"x ".repeat(4_000), &["x"]).len(), MOST_SPANS);
    }

    #[test]
    fn words_that_overlap_are_marked_once() {
        assert_eq!(marked("banana", &["ana"]), ["anana"]);
        assert_eq!(marked("teatime", &["tea", "atim", "time"]), ["teatime"]);
        assert_eq!(marked("tea", &[]), [""; 0]);
        assert_eq!(marked("tea", &["coffee"]), [""; 0]);
    }

    proptest! {
        #[test]
        fn a_text_folds_part_by_part_as_it_does_as_a_whole(
            text in "(\\PC|[a-zA-Zé০-৯ক-হ়-ৌ가-힣ᄀ-ᇿ\u{300}-\u{36f}ก-๙あ-んｦ-ﾟ]){0,30}"
        ) {
            prop_assert_eq!(&Folded::new(&text).text, &folded(&text));
        }
    }
}
