//! Answers as R reads them: its own format of serialised values, version 2, in big-endian binary, in which a number keeps every
//! bit. Source: R Internals, section 1.8.

use serde_json::{Map, Value};

const NULL: u32 = 254;
const SYMBOL: u32 = 1;
const PAIRS: u32 = 2;
const CHARACTERS: u32 = 9;
const LOGICAL: u32 = 10;
const REAL: u32 = 14;
const STRINGS: u32 = 16;
const LIST: u32 = 19;
/// Attributes follow.
const WITH_ATTRIBUTES: u32 = 1 << 9;
/// A pair has a tag.
const WITH_TAG: u32 = 1 << 10;
/// The characters are UTF-8, and the characters are ASCII.
const UTF8: u32 = 1 << (12 + 3);
const ASCII: u32 = 1 << (12 + 6);
/// The bits of R's missing number.
const MISSING: u64 = 0x7FF0_0000_0000_07A2;

/// Why there is no answer: the kind of the condition, the argument that is to blame, and what to do.
#[derive(Debug)]
pub(crate) struct Refusal {
    pub(crate) kind: &'static str,
    pub(crate) argument: Option<String>,
    pub(crate) message: String,
}

impl Refusal {
    /// An argument is not what is expected.
    pub(crate) fn argument(name: &str, message: String) -> Self {
        Self { kind: "argument", argument: Some(name.to_owned()), message }
    }

    /// The table that an argument holds cannot be used.
    pub(crate) fn table(name: &str, message: String) -> Self {
        Self { kind: "table", argument: Some(name.to_owned()), message }
    }

    /// A fault of ours.
    pub(crate) fn fault(message: String) -> Self {
        Self { kind: "fault", argument: None, message }
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        bytes(&serde_json::json!({
            "refused": self.kind,
            "argument": self.argument,
            "message": self.message,
        }))
    }
}

/// A value as `unserialize()` of R takes it.
pub(crate) fn bytes(value: &Value) -> Vec<u8> {
    let mut out = b"X\n".to_vec();
    // The version of the format, that of an R that writes it, and the first that reads it.
    for word in [2, 0x0004_0000, 0x0002_0300] {
        put(&mut out, word);
    }
    item(&mut out, value);
    out
}

fn put(out: &mut Vec<u8>, word: u32) {
    out.extend(word.to_be_bytes());
}

/// A length; what R holds is shorter than 2^31.
fn length(out: &mut Vec<u8>, n: usize) {
    put(out, u32::try_from(n).unwrap_or(u32::MAX));
}

fn item(out: &mut Vec<u8>, value: &Value) {
    match value {
        Value::Null => put(out, NULL),
        Value::Bool(b) => logicals(out, &[*b]),
        Value::Number(_) => reals(out, std::slice::from_ref(value)),
        Value::String(s) => strings(out, std::iter::once(Some(s.as_str()))),
        Value::Array(all) => array(out, all),
        Value::Object(map) => object(out, map),
    }
}

/// One kind of value, perhaps with missing ones, is a vector; all else is a list.
fn array(out: &mut Vec<u8>, all: &[Value]) {
    let every = |is: fn(&Value) -> bool| all.iter().any(is) && all.iter().all(|v| is(v) || v.is_null());
    if every(Value::is_number) {
        reals(out, all);
    } else if every(Value::is_string) {
        strings(out, all.iter().map(Value::as_str));
    } else if !all.is_empty() && all.iter().all(Value::is_boolean) {
        logicals(out, &all.iter().map(|v| v.as_bool() == Some(true)).collect::<Vec<_>>());
    } else {
        put(out, LIST);
        length(out, all.len());
        for v in all {
            item(out, v);
        }
    }
}

fn object(out: &mut Vec<u8>, map: &Map<String, Value>) {
    if map.is_empty() {
        return array(out, &[]);
    }
    put(out, LIST | WITH_ATTRIBUTES);
    length(out, map.len());
    map.values().for_each(|v| item(out, v));
    put(out, PAIRS | WITH_TAG);
    put(out, SYMBOL);
    characters(out, "names");
    strings(out, map.keys().map(|k| Some(k.as_str())));
    put(out, NULL);
}

fn logicals(out: &mut Vec<u8>, all: &[bool]) {
    put(out, LOGICAL);
    length(out, all.len());
    for b in all {
        put(out, u32::from(*b));
    }
}

fn reals(out: &mut Vec<u8>, all: &[Value]) {
    put(out, REAL);
    length(out, all.len());
    for value in all {
        out.extend(value.as_f64().map_or(MISSING, f64::to_bits).to_be_bytes());
    }
}

fn strings<'a>(out: &mut Vec<u8>, all: impl ExactSizeIterator<Item = Option<&'a str>>) {
    put(out, STRINGS);
    length(out, all.len());
    for s in all {
        if let Some(s) = s {
            characters(out, s);
        } else {
            put(out, CHARACTERS);
            put(out, u32::MAX);
        }
    }
}

/// Characters; R has none for zero.
fn characters(out: &mut Vec<u8>, s: &str) {
    let s = s.replace('\0', "\u{FFFD}");
    put(out, CHARACTERS | if s.is_ascii() { ASCII } else { UTF8 });
    length(out, s.len());
    out.extend(s.as_bytes());
}
