//! From bytes to text: encodings.

use crate::{Note, ReadError};

/// The text of a file, with notes on its encoding.
///
/// UTF-8 and UTF-16 are recognised by their marks or their form. What is neither is Windows-1252, in which Excel saves plain
/// CSV, unless it holds UTF-8 characters too: then it is UTF-8 that was damaged.
pub(crate) fn text(bytes: &[u8], notes: &mut Vec<Note>) -> Result<String, ReadError> {
    if let Some((encoding, name)) = utf16(bytes) {
        notes.push(Note::Encoding { name });
        let (text, broken) = encoding.decode_with_bom_removal(bytes);
        if broken {
            return Err(ReadError::Malformed { format: name, why: "it is broken or cut off".to_owned() });
        }
        return without_nul(text.into_owned());
    }
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    // Old programs end a text with Ctrl-Z, and fill its last block up with zeros.
    let end = bytes.iter().rposition(|b| !matches!(b, 0x1A | 0)).map_or(0, |last| last + 1);
    let bytes = &bytes[..end];
    let error = match std::str::from_utf8(bytes) {
        Ok(text) => return without_nul(text.to_owned()),
        Err(error) => error,
    };
    let (before, rest) = bytes.split_at(error.valid_up_to());
    // Five bytes have no meaning in Windows-1252.
    let strange = |b: &u8| matches!(b, 0 | 0x81 | 0x8D | 0x8F | 0x90 | 0x9D);
    if !before.is_ascii() || rest.iter().any(strange) {
        let start = before.iter().rposition(|b| *b == b'\n').map_or(0, |i| i + 1);
        return Err(ReadError::NotUtf8 {
            line: before.split(|b| *b == b'\n').count() as u64,
            byte: (before.len() - start) as u64 + 1,
        });
    }
    notes.push(Note::Encoding { name: "Windows-1252" });
    without_nul(encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes).0.into_owned())
}

fn without_nul(text: String) -> Result<String, ReadError> {
    if text.contains('\0') {
        return Err(ReadError::Malformed { format: "CSV", why: "it holds NUL characters".to_owned() });
    }
    Ok(text)
}

/// UTF-16 by its mark or, without one, by the zeros in every other place that Latin letters leave.
fn utf16(bytes: &[u8]) -> Option<(&'static encoding_rs::Encoding, &'static str)> {
    let little = Some((encoding_rs::UTF_16LE, "UTF-16LE"));
    let big = Some((encoding_rs::UTF_16BE, "UTF-16BE"));
    match bytes {
        [0xFF, 0xFE, ..] => return little,
        [0xFE, 0xFF, ..] => return big,
        _ => {}
    }
    let head = &bytes[..bytes.len().min(400)];
    let zeros = |odd: usize| head.iter().skip(odd).step_by(2).filter(|b| **b == 0).count();
    let (even, odd) = (zeros(0), zeros(1));
    let most = head.len() * 2 / 5;
    if head.len() >= 4 && even == 0 && odd >= most {
        return little;
    }
    if head.len() >= 4 && odd == 0 && even >= most { big } else { None }
}
