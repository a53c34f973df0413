//! What a sign-in answers.

use adda_protocol::accounts::Authenticated;

use super::person::Person;
use super::tokens::ACCESS_SECONDS;

/// A successful sign-in, before it is decided how the refresh token travels.
#[derive(Debug)]
pub(crate) struct SignedIn {
    pub(super) person: Person,
    pub(super) access_token: String,
    /// Shows later that this device was signed in before.
    pub(super) device_token: String,
    pub refresh_token: String,
}

impl SignedIn {
    /// The wire form, with or without the refresh token.
    #[must_use]
    pub(crate) fn into_wire(self, with_refresh_token: bool) -> Authenticated {
        Authenticated {
            user: self.person.me(),
            access_token: self.access_token,
            expires_in: ACCESS_SECONDS.unsigned_abs(),
            refresh_token: with_refresh_token.then_some(self.refresh_token),
            device_token: with_refresh_token.then_some(self.device_token),
        }
    }

    /// The same on a device that was known before.
    pub(super) fn on_device(self, device_token: Option<String>) -> Self {
        let device_token = device_token.unwrap_or(self.device_token);
        Self { device_token, ..self }
    }
}
