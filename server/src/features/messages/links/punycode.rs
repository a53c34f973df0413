//! The form in which the list of top-level domains holds those that are not ASCII (RFC 3492).

const BASE: u32 = 36;
const SMALLEST_DIGITS: u32 = 1;
const LARGEST_DIGITS: u32 = 26;
const FIRST_CODE: u32 = 0x80;

/// A label in lower case as the DNS spells it, `xn--` included. The time is quadratic in its length:
/// for labels, which are short.
pub(super) fn encode(label: &str) -> String {
    let mut encoded: String = label.chars().filter(char::is_ascii).collect();
    let ascii = encoded.len() as u32;
    let mut done = ascii;
    if ascii > 0 {
        encoded.push('-');
    }
    let (mut code, mut delta, mut bias) = (FIRST_CODE, 0_u32, 72);
    // Each turn writes where the characters with the next smallest code stand.
    while let Some(next) = label.chars().map(u32::from).filter(|c| *c >= code).min() {
        delta += (next - code) * (done + 1);
        code = next;
        for c in label.chars().map(u32::from) {
            if c < code {
                delta += 1;
            } else if c == code {
                push_number(&mut encoded, delta, bias);
                bias = adapt(delta, done + 1, done == ascii);
                delta = 0;
                done += 1;
            }
        }
        delta += 1;
        code += 1;
    }
    format!("xn--{encoded}")
}

/// Writes a number in digits whose base depends on their place, the last one first.
fn push_number(encoded: &mut String, number: u32, bias: u32) {
    let mut rest = number;
    for place in (BASE..).step_by(BASE as usize) {
        let threshold = place.saturating_sub(bias).clamp(SMALLEST_DIGITS, LARGEST_DIGITS);
        if rest < threshold {
            break;
        }
        encoded.push(digit(threshold + (rest - threshold) % (BASE - threshold)));
        rest = (rest - threshold) / (BASE - threshold);
    }
    encoded.push(digit(rest));
}

fn digit(value: u32) -> char {
    char::from(b"abcdefghijklmnopqrstuvwxyz0123456789"[value as usize])
}

fn adapt(delta: u32, count: u32, first: bool) -> u32 {
    let mut delta = if first { delta / 700 } else { delta / 2 };
    delta += delta / count;
    let mut places = 0;
    while delta > (BASE - SMALLEST_DIGITS) * LARGEST_DIGITS / 2 {
        delta /= BASE - SMALLEST_DIGITS;
        places += BASE;
    }
    places + (BASE - SMALLEST_DIGITS + 1) * delta / (delta + 38)
}
