//! The two tokens of a session.
//!
//! Access: a JWT of ten minutes, HS256 and nothing else (RFC 8725). Refresh: opaque, of a session's
//! generation n, derived by HMAC from the server's secret, the session's random salt and n, so that
//! the database holds nothing that could be used. Keys are derived from the secret by purpose; the
//! previous secret is still accepted while it is configured.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::mac::{Key, keys, mac};

/// Seconds that an access token is good for.
pub(super) const ACCESS_SECONDS: i64 = 600;
/// So much may a token be of later than now.
const SKEW_SECONDS: i64 = 60;
const ISSUER: &str = "adda";
const AUDIENCE: &str = "adda:api";
const TYPE: &str = "access";

/// What an access token says.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct AccessClaims {
    iss: String,
    aud: String,
    /// The user's number, as text.
    sub: String,
    /// The session.
    pub sid: Uuid,
    /// The generation of the refresh token that it was answered with: using the one tells that the
    /// other arrived. Tokens of before there were generations are of the first.
    #[serde(rename = "gen", default)]
    pub generation: i64,
    typ: String,
    /// Ends, in seconds since the epoch.
    pub exp: i64,
    iat: i64,
    jti: Uuid,
}

/// Why an access token opens nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NotGood {
    /// It was not made here, or not for this.
    Forged,
    /// It was made here, and its time is over: the next one is to be had.
    Over,
}

/// Makes and checks tokens.
pub(crate) struct Tokens {
    signing: EncodingKey,
    /// The current key first, then the previous one while it overlaps.
    verifying: Vec<DecodingKey>,
    refresh: Vec<Key>,
    device: Vec<Key>,
    setup: Vec<Key>,
    validation: Validation,
}

impl std::fmt::Debug for Tokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Tokens([hidden])")
    }
}

fn setup_token(key: &[u8; 32], server_id: &str) -> String {
    let mac = mac(key, &[server_id.as_bytes()]);
    mac[..16].iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Tokens {
    /// From the server's secret and, while it is being rotated, the one before.
    #[must_use]
    pub(crate) fn new(secret: &str, previous: Option<&str>) -> Self {
        let keys = |purpose| keys(std::iter::once(secret).chain(previous), purpose);
        let access = keys("adda access token v1");
        let mut validation = Validation::new(Algorithm::HS256);
        validation.set_issuer(&[ISSUER]);
        validation.set_audience(&[AUDIENCE]);
        validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        // The expiry is checked below, against the clock that is passed in.
        validation.validate_exp = false;
        Self {
            signing: EncodingKey::from_secret(&access[0]),
            verifying: access.iter().map(|key| DecodingKey::from_secret(key)).collect(),
            refresh: keys("adda refresh token v1"),
            device: keys("adda device token v1"),
            setup: keys("adda set-up token v1"),
            validation,
        }
    }

    /// An access token for a user's session, beside the refresh token of this generation.
    ///
    /// # Errors
    /// When signing fails, which it does not for HS256.
    pub(crate) fn access(
        &self,
        user_id: i64,
        session_id: Uuid,
        generation: i64,
        now_ms: i64,
        jti: Uuid,
    ) -> Result<String, jsonwebtoken::errors::Error> {
        let iat = now_ms / 1_000;
        let claims = AccessClaims {
            iss: ISSUER.into(),
            aud: AUDIENCE.into(),
            sub: user_id.to_string(),
            sid: session_id,
            generation,
            typ: TYPE.into(),
            exp: iat + ACCESS_SECONDS,
            iat,
            jti,
        };
        jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &self.signing)
    }

    /// The claims and the user of a token that is ours, of the right kind and not over.
    ///
    /// # Errors
    /// Why it is not good.
    pub(crate) fn check_access(
        &self,
        token: &str,
        now_ms: i64,
    ) -> Result<(AccessClaims, i64), NotGood> {
        let decode = |key| jsonwebtoken::decode::<AccessClaims>(token, key, &self.validation).ok();
        let claims = self.verifying.iter().find_map(decode).ok_or(NotGood::Forged)?.claims;
        let user_id = claims.sub.parse().map_err(|_| NotGood::Forged)?;
        if claims.typ != TYPE {
            return Err(NotGood::Forged);
        }
        let now = now_ms / 1_000;
        // A token of the future was made before a clock was put right, and would last too long.
        if claims.exp <= now || claims.iat > now + SKEW_SECONDS {
            return Err(NotGood::Over);
        }
        Ok((claims, user_id))
    }

    fn refresh_mac(key: &[u8; 32], session_id: Uuid, salt: &[u8], generation: i64) -> [u8; 32] {
        mac(key, &[session_id.as_bytes(), &generation.to_be_bytes(), salt])
    }

    /// The refresh token of a session's generation.
    #[must_use]
    pub(crate) fn refresh(&self, session_id: Uuid, salt: &[u8], generation: i64) -> String {
        let mut bytes = Vec::with_capacity(56);
        bytes.extend_from_slice(session_id.as_bytes());
        bytes.extend_from_slice(&generation.to_be_bytes());
        bytes.extend_from_slice(&Self::refresh_mac(&self.refresh[0], session_id, salt, generation));
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// Which session and generation a refresh token claims to be of.
    #[must_use]
    pub(crate) fn read_refresh(&self, token: &str) -> Option<RefreshToken> {
        let bytes: [u8; 56] = URL_SAFE_NO_PAD.decode(token).ok()?.try_into().ok()?;
        let (session_id, rest) = bytes.split_first_chunk::<16>()?;
        let (generation, mac) = rest.split_first_chunk::<8>()?;
        Some(RefreshToken {
            session_id: Uuid::from_bytes(*session_id),
            generation: i64::from_be_bytes(*generation),
            mac: mac.try_into().ok()?,
        })
    }

    /// The token of a device that signed in under a name. It opens nothing: it only shows that the
    /// password was known there once. Whose it is cannot be read from it.
    #[must_use]
    pub(crate) fn device(&self, id: Uuid, username: &str) -> String {
        let mac = mac(&self.device[0], &[id.as_bytes(), username.as_bytes()]);
        URL_SAFE_NO_PAD.encode([id.as_bytes().as_slice(), &mac].concat())
    }

    /// Which device a token is of, if it was made here for this name.
    #[must_use]
    pub(crate) fn check_device(&self, token: &str, username: &str) -> Option<Uuid> {
        use subtle::ConstantTimeEq;
        let bytes: [u8; 48] = URL_SAFE_NO_PAD.decode(token).ok()?.try_into().ok()?;
        let (id, given) = bytes.split_first_chunk::<16>()?;
        let is_ours = self.device.iter().any(|key| {
            mac(key, &[id.as_slice(), username.as_bytes()]).as_slice().ct_eq(given).into()
        });
        is_ours.then(|| Uuid::from_bytes(*id))
    }

    /// The token of the set-up link of the server with this id: 128 bits, as hexadecimal digits.
    #[must_use]
    pub(crate) fn setup(&self, server_id: &str) -> String {
        setup_token(&self.setup[0], server_id)
    }

    /// Whether it is the token of this server's set-up link.
    #[must_use]
    pub(crate) fn is_setup(&self, token: &str, server_id: &str) -> bool {
        use subtle::ConstantTimeEq;
        let is_of = |key| setup_token(key, server_id).as_bytes().ct_eq(token.as_bytes()).into();
        self.setup.iter().any(is_of)
    }

    /// Whether the token was made here for a session with this salt.
    #[must_use]
    pub(crate) fn is_genuine(&self, token: &RefreshToken, salt: &[u8]) -> bool {
        use subtle::ConstantTimeEq;
        self.refresh.iter().any(|key| {
            let expected = Self::refresh_mac(key, token.session_id, salt, token.generation);
            expected.ct_eq(&token.mac).into()
        })
    }
}

/// A refresh token, taken apart but not yet believed.
#[derive(Clone, Debug)]
pub(crate) struct RefreshToken {
    /// The session that it names.
    pub session_id: Uuid,
    /// The generation that it names.
    pub generation: i64,
    mac: [u8; 32],
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_795_341_600_000;

    fn tokens() -> Tokens {
        Tokens::new("a secret of the server, long enough", None)
    }

    fn refusal(token: &str, now_ms: i64) -> Option<NotGood> {
        tokens().check_access(token, now_ms).err()
    }

    fn forge(header: &str, claims: &serde_json::Value) -> String {
        let encode = |text: &str| URL_SAFE_NO_PAD.encode(text);
        format!("{}.{}.", encode(header), encode(&claims.to_string()))
    }

    #[test]
    fn an_access_token_is_good_for_ten_minutes_and_no_longer() {
        let session = Uuid::from_u128(5);
        let token = tokens().access(7, session, 3, NOW, Uuid::nil()).unwrap();
        let (claims, user_id) = tokens().check_access(&token, NOW + 599_000).unwrap();
        assert_eq!((claims.sid, claims.generation, user_id), (session, 3, 7));
        assert_eq!(refusal(&token, NOW + 600_000), Some(NotGood::Over));
    }

    #[test]
    fn a_token_from_before_the_clock_was_set_back_lasts_no_longer_for_it() {
        let token = tokens().access(7, Uuid::nil(), 0, NOW, Uuid::nil()).unwrap();
        assert_eq!(refusal(&token, NOW - 60_000), None, "two clocks are never equal");
        assert_eq!(refusal(&token, NOW - 61_000), Some(NotGood::Over));
    }

    #[test]
    fn a_token_without_signature_of_another_key_or_for_others_is_refused() {
        let claims = serde_json::json!({"iss": "adda", "aud": "adda:api", "sub": "7",
            "sid": Uuid::nil(), "typ": "access", "exp": NOW, "iat": 0, "jti": Uuid::nil()});
        let none = forge(r#"{"alg":"none","typ":"JWT"}"#, &claims);
        assert_eq!(refusal(&none, NOW), Some(NotGood::Forged));

        let other = Tokens::new("another secret of the same length..", None);
        let foreign = other.access(7, Uuid::nil(), 0, NOW, Uuid::nil()).unwrap();
        for now in [NOW, NOW + 600_000] {
            assert_eq!(refusal(&foreign, now), Some(NotGood::Forged));
        }

        for (name, value) in [("iss", "x"), ("aud", "x"), ("typ", "refresh"), ("sub", "x")] {
            let mut wrong = claims.clone();
            wrong["exp"] = (NOW / 1_000 + 60).into();
            wrong[name] = value.into();
            let token =
                jsonwebtoken::encode(&Header::new(Algorithm::HS256), &wrong, &tokens().signing);
            assert_eq!(refusal(&token.unwrap(), NOW), Some(NotGood::Forged), "{name}");
        }
        for algorithm in [Algorithm::HS384, Algorithm::HS512] {
            let mut right = claims.clone();
            right["exp"] = (NOW / 1_000 + 60).into();
            let token = jsonwebtoken::encode(&Header::new(algorithm), &right, &tokens().signing);
            assert_eq!(refusal(&token.unwrap(), NOW), Some(NotGood::Forged), "{algorithm:?}");
        }
    }

    #[test]
    fn the_previous_secret_still_opens_what_it_signed() {
        let old = "the secret until yesterday, long enough";
        let token = Tokens::new(old, None).access(7, Uuid::nil(), 0, NOW, Uuid::nil()).unwrap();
        let refresh = Tokens::new(old, None).refresh(Uuid::nil(), b"salt", 3);
        let rotated = Tokens::new("the secret from today on, long enough", Some(old));
        assert!(rotated.check_access(&token, NOW).is_ok());
        let refresh = rotated.read_refresh(&refresh).unwrap();
        assert!(rotated.is_genuine(&refresh, b"salt"));
    }

    #[test]
    fn a_setup_token_is_of_one_server_and_secret() {
        let token = tokens().setup("0123456789ab");
        assert_eq!(token, tokens().setup("0123456789ab"), "the next start prints the same");
        assert!(token.len() == 32 && tokens().is_setup(&token, "0123456789ab"));
        let other = Tokens::new("another secret of the same length..", None);
        for wrong in
            [&*tokens().setup("ba9876543210"), &other.setup("0123456789ab"), &token[1..], ""]
        {
            assert!(!tokens().is_setup(wrong, "0123456789ab"), "{wrong}");
        }
        let old = "a secret of the server, long enough";
        let rotated = Tokens::new("the secret from today on, long enough", Some(old));
        assert!(rotated.is_setup(&token, "0123456789ab"));
    }

    #[test]
    fn a_refresh_token_is_of_one_session_and_generation() {
        let tokens = tokens();
        let token = tokens.refresh(Uuid::from_u128(9), b"salt", 3);
        let read = tokens.read_refresh(&token).unwrap();
        assert_eq!((read.session_id, read.generation), (Uuid::from_u128(9), 3));
        assert!(tokens.is_genuine(&read, b"salt"));
        assert!(!tokens.is_genuine(&read, b"another salt"));
        let forged = RefreshToken { generation: 4, ..read };
        assert!(!tokens.is_genuine(&forged, b"salt"));
        for broken in ["", "x", "not base64 \u{0}", &token[1..]] {
            assert!(tokens.read_refresh(broken).is_none(), "{broken:?}");
        }
    }
}
