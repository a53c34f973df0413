//! What a close frame says.

use crate::Fault;

/// Why the peer closes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Closed {
    /// Its code; not every close frame has one.
    pub code: Option<u16>,
    /// Its reason, in words for whoever looks for mistakes.
    pub reason: String,
}

impl Closed {
    pub(crate) fn parse(payload: &[u8]) -> Result<Self, Fault> {
        if payload.is_empty() {
            return Ok(Self::default());
        }
        let (code, reason) = payload.split_first_chunk::<2>().ok_or(Fault::CloseCode)?;
        let code = u16::from_be_bytes(*code);
        let reason = std::str::from_utf8(reason).map_err(|_| Fault::NotUtf8)?;
        // The others are reserved, or mean that there was no close frame.
        if !matches!(code, 1000..=1003 | 1007..=1014 | 3000..=4999) {
            return Err(Fault::CloseCode);
        }
        Ok(Self { code: Some(code), reason: reason.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_and_its_reason_are_understood_and_both_may_be_missing() {
        let said = Closed::parse(b"\x0f\xa2draining").unwrap();
        assert_eq!(said, Closed { code: Some(4002), reason: "draining".to_owned() });
        assert_eq!(Closed::parse(&[]), Ok(Closed::default()));
    }

    #[test]
    fn what_may_not_be_sent_is_refused() {
        assert_eq!(Closed::parse(b"x"), Err(Fault::CloseCode));
        for code in [0_u16, 999, 1004, 1005, 1006, 1015, 2999, 5000] {
            assert_eq!(Closed::parse(&code.to_be_bytes()), Err(Fault::CloseCode), "{code}");
        }
        assert_eq!(Closed::parse(b"\x03\xe8\xff"), Err(Fault::NotUtf8));
    }
}
