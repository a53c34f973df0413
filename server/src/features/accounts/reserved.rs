//! What nobody may be called: handles that speak for the server or mean several people, and the name of Adda,
//! whom the first message of a server is from. Accounts that have such a name keep it.

use adda_fold::folded;
use adda_protocol::is_ignorable;

/// Without the marks that a handle may have within.
const HANDLES: [&str; 72] = [
    "abuse",
    "adda",
    "addabot",
    "addateam",
    "admin",
    "administrator",
    "administrators",
    "admins",
    "all",
    "anonymous",
    "anybody",
    "anyone",
    "api",
    "bot",
    "bots",
    "channel",
    "channels",
    "contact",
    "daemon",
    "deleted",
    "everybody",
    "everyone",
    "false",
    "group",
    "guest",
    "guests",
    "help",
    "helpdesk",
    "here",
    "hostmaster",
    "me",
    "member",
    "members",
    "mod",
    "moderation",
    "moderator",
    "moderators",
    "mods",
    "myself",
    "nil",
    "nobody",
    "none",
    "null",
    "official",
    "operator",
    "owner",
    "owners",
    "postmaster",
    "room",
    "rooms",
    "root",
    "security",
    "self",
    "server",
    "service",
    "setup",
    "somebody",
    "someone",
    "staff",
    "superuser",
    "support",
    "sysadmin",
    "system",
    "team",
    "true",
    "undefined",
    "unknown",
    "webmaster",
    "www",
    "you",
    "yourself",
    "yourselves",
];

/// Adda's own name, in the languages of the app.
const ADDA: [&str; 2] = ["adda", "আড্ডা"];

/// Whether a new account may not have this handle: one of those, or one of Adda's (`adda_support`).
pub(super) fn is_reserved(handle: &str) -> bool {
    let bare: String = folded(handle).chars().filter(|c| !matches!(c, '.' | '-' | '_')).collect();
    let is_one = |handle: &str| HANDLES.contains(&handle);
    is_one(&bare) || bare.strip_prefix("adda").is_some_and(is_one)
}

/// Whether a name is Adda's or looks like it, or is one of its offices (`Adda Support`).
pub(super) fn is_adda(display_name: &str) -> bool {
    // What is registered is no part of a name.
    let bare = display_name.replace(['™', '℠'], "");
    let seen: String = folded(&bare).chars().map(look).filter(|c| is_read(*c)).collect();
    let seen = seen.replace("অা", "আ");
    ADDA.iter().any(|name| folded(name) == seen)
        || seen.strip_prefix("adda").is_some_and(|rest| HANDLES.contains(&rest))
}

/// The letter that one looks like, of those that Adda's name has.
const fn look(c: char) -> char {
    match c {
        // Greek, Cyrillic, Coptic, Cherokee, Canadian and Lisu letters, the Latin alpha and small capitals, and the
        // letters of signs that fold to none: in black circles and squares, and those of flags.
        'α' | 'δ' | 'ⲁ' | '\u{1f150}' | '\u{1f170}' | '\u{1f1e6}' | '⍺' | 'а' | 'ɑ' | 'ᴀ' | 'Ꭺ'
        | 'ꭺ' | 'ᗅ' | 'ꓮ' | 'Λ' | 'λ' | '∀' => 'a',
        '\u{1f153}' | '\u{1f173}' | '\u{1f1e9}' | 'ԁ' | 'ᴅ' | 'Ꭰ' | 'ꭰ' | 'ᗞ' | 'ᗪ' | 'ꓓ' | 'đ'
        | 'ɗ' | 'ɖ' => 'd',
        c => c,
    }
}

/// A letter, a digit or a sign of a vowel: neither a blank nor a decoration.
fn is_read(c: char) -> bool {
    (c.is_alphanumeric() && !is_ignorable(c)) || matches!(c, '\u{9bc}'..='\u{9cd}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn handles_that_mean_several_people_or_the_server_are_reserved_however_they_are_parted() {
        for handle in ["room", "everyone", "adda", "admin", "ad.min", "a-d_m.i-n", "you", "api"] {
            assert!(is_reserved(handle), "{handle}");
        }
        for handle in ["adda_support", "adda.team", "addaadmin", "adda-bot"] {
            assert!(is_reserved(handle), "{handle}");
        }
        for handle in
            ["mira", "room-mate", "adda2", "addalena", "admiral", "allan", "botany", "herein"]
        {
            assert!(!is_reserved(handle), "{handle}");
        }
        assert!(HANDLES.is_sorted());
    }

    #[test]
    fn nobody_looks_like_adda() {
        for name in [
            "Adda",
            "ADDA",
            "adda",
            "A dda",
            "A\u{200b}dda",
            "Аdda",
            "Αdda",
            "Addа",
            "аԁԁа",
            "Ａｄｄａ",
            "𝐀𝐝𝐝𝐚",
            "Ⓐⓓⓓⓐ",
            "Ädda",
            "A.D.D.A",
            "Adda ✓",
            "Adda™",
            "Adda Support",
            "ADDA-Team",
            "Adda\u{3164}",
            "A\u{115f}d\u{ffa0}da\u{1160}",
            "🅰🅳🅳🅰",
            "🅐🅓🅓🅐",
            "🇦🇩🇩🇦",
            "Ⲁdda",
            "Δdda",
            "⭐ Adda ⭐",
            "ᴀᴅᴅᴀ",
            "ᎪᎠᎠᎪ",
            "আড্ডা",
            "আড্\u{200c}ডা",
            "অাড্ডা",
            "আ ড্ডা",
        ] {
            assert!(is_adda(name), "{name}");
        }
        for name in ["Mira", "Adda Das", "Addalena", "Ada", "আড্ডাবাজ", "আদা", "🎉", "A"]
        {
            assert!(!is_adda(name), "{name}");
        }
    }
}
