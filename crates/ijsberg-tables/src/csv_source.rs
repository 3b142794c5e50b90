use crate::{Grid, ReadError};

/// Reads separated text. The separator is the one of `,`, `;` and tab that the header has most of.
pub(crate) fn grid(bytes: &[u8]) -> Result<Grid, ReadError> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let text = std::str::from_utf8(bytes).map_err(|e| {
        let before = &bytes[..e.valid_up_to()];
        let start = before.iter().rposition(|b| *b == b'\n').map_or(0, |i| i + 1);
        ReadError::NotUtf8 {
            line: before.split(|b| *b == b'\n').count() as u64,
            byte: (before.len() - start) as u64 + 1,
        }
    })?;
    let header = text.lines().next().unwrap_or("");
    let count = |c: char| header.matches(c).count();
    let separator = [',', ';', '\t'].into_iter().rev().max_by_key(|c| count(*c)).unwrap_or(',');
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(separator as u8)
        .trim(csv::Trim::All)
        .flexible(true)
        .from_reader(text.as_bytes());
    let malformed = |e: csv::Error| ReadError::Malformed { format: "CSV", why: e.to_string() };
    let header: Vec<String> = reader.headers().map_err(malformed)?.iter().map(String::from).collect();
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(malformed)?;
        let line = record.position().map_or(0, csv::Position::line);
        // A row of empty fields is what spreadsheets leave at the end.
        if record.iter().all(str::is_empty) {
            continue;
        }
        rows.push((line, record.iter().map(String::from).collect()));
    }
    Ok(Grid { header, rows })
}
