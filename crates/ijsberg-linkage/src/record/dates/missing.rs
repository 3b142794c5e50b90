//! What stands for a value that is not known.

use crate::normalise::fold;
use crate::record::PartialDate;

/// Texts that stand for a missing value, folded.
const MISSING: &[&str] = &[
    "onbekend",
    "unknown",
    "unk",
    "onb",
    "null",
    "none",
    "nvt",
    "n v t",
    "n a",
    "nb",
    "n b",
    "ntb",
    "nn",
    "n n",
    "niet bekend",
    "niet ingevuld",
    "niet van toepassing",
    "niet opgegeven",
    "geen opgave",
    "geen antwoord",
    "not known",
    "not stated",
    "not applicable",
    "not available",
    "not provided",
    "no answer",
    "missing",
    "ontbreekt",
    "geen",
    "leeg",
    "empty",
    "x",
    "xx",
    "xxx",
    "inconnu",
    "inconnue",
    "unbekannt",
];

/// Whether a text stands for a missing value: `onbekend`, `NULL`, `n/a`, `X`, question marks, dashes, zeros, nines.
pub fn is_missing(text: &str) -> bool {
    let folded = fold(text);
    let only = |digit: u8| folded.bytes().all(|b| b == digit || b == b' ');
    // As programs write it: Na and Nan are names, and a nine or two may be a house number.
    matches!(text.trim(), "NA" | "NaN" | "<NA>" | "#N/A")
        || MISSING.contains(&folded.as_str())
        || only(b'0')
        || folded.len() > 2 && only(b'9')
}

/// Days that programs and people write where a date is not known.
pub(super) fn is_placeholder(date: PartialDate) -> bool {
    let day = (date.year, date.month.unwrap_or(0), date.day.unwrap_or(0));
    matches!(day, (1900, 1, 0 | 1) | (1899, 12, 30 | 31) | (1111, 11, 11) | (1800 | 1753 | 1601, 1, 1))
}
