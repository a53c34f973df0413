//! How long a suite runs, and from which seeds its plans follow.

pub(crate) fn setting(name: &str) -> Option<String> {
    std::env::vars().find(|(other, _)| other == name).map(|(_, value)| value)
}

/// Whether this is the long mode.
pub(crate) fn is_long() -> bool {
    setting("ADDA_TEST_LONG").is_some_and(|value| value == "1")
}

/// How often a test is to do what it does once in the short mode.
pub(crate) fn times(long: u64) -> u64 {
    if is_long() { long } else { 1 }
}

/// The seeds of so many runs: the first is given or random, the others count on from it.
pub(crate) fn seeds(runs: u64) -> impl Iterator<Item = u64> {
    let random = || rand::random::<u32>().into();
    let first = setting("ADDA_TEST_SEED").map_or_else(random, |seed| seed.parse().unwrap());
    first..first + runs
}
