//! From separated text to rows of cells, each with its line in the file.

use crate::limits::{Budget, Limits};
use crate::raw::Raw;
use crate::written::Roles;
use crate::{Note, ReadError, decode};

const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// Reads separated text.
pub(crate) fn raw(bytes: &[u8], limits: Limits) -> Result<Raw, ReadError> {
    let mut notes = Vec::new();
    let text = decode::text(bytes, &mut notes)?;
    let preamble = Preamble::of(&text);
    let body = &text[preamble.end..];
    let delimiter = preamble.delimiter.unwrap_or_else(|| detect(body));
    if delimiter != b',' {
        notes.push(Note::Delimiter { mark: char::from(delimiter) });
    }
    if preamble.comments > 0 {
        notes.push(Note::Comments { lines: preamble.comments });
    }
    let first = 1 + lines_in(&text[..preamble.end]);
    let budget = Budget::new(limits);
    let rows = if delimiter == b' ' {
        by_spaces(body, first, budget)?
    } else {
        records(body, delimiter, first, budget)?
    };
    Ok(Raw { rows, notes, roles: preamble.roles, decimal_comma: delimiter == b';', typed: false })
}

/// What stands above the table: comments, `sep=`, and the roles of columns that ijsberg itself wrote down.
struct Preamble {
    end: usize,
    comments: usize,
    delimiter: Option<u8>,
    roles: Option<Roles>,
}

impl Preamble {
    fn of(text: &str) -> Self {
        let mut all = Self { end: 0, comments: 0, delimiter: None, roles: None };
        let mut rest = text;
        while let Some(line) = rest.split_inclusive(['\n', '\r']).next() {
            let said = line.trim();
            if let Some(mark) = said.to_ascii_lowercase().strip_prefix("sep=") {
                match mark.as_bytes() {
                    [b] if DELIMITERS.contains(b) => all.delimiter = Some(*b),
                    // The mark of a tab is trimmed away with the spaces.
                    [] => all.delimiter = Some(b'\t'),
                    _ => break,
                }
            } else if let Some(roles) = Roles::parse(said) {
                all.delimiter = Some(separator(&roles, &rest[line.len()..]));
                all.roles = Some(roles);
            } else if said.starts_with('#') && !is_header(said, &rest[line.len()..]) {
                all.comments += 1;
            } else if !said.is_empty() {
                break;
            }
            all.end += line.len();
            rest = &rest[line.len()..];
        }
        all
    }
}

/// The separator by which the header has the columns of which the roles are told: a comma, unless a spreadsheet saved the file again.
fn separator(roles: &Roles, rest: &str) -> u8 {
    let body = rest.trim_start_matches(['\r', '\n', ' ', ',', ';', '\t']);
    let head = &body[..body.floor_char_boundary(1 << 18)];
    let fits = |delimiter: &&u8| {
        let header = reader(head, **delimiter).into_records().next().and_then(Result::ok);
        header.is_some_and(|record| {
            let mut names: Vec<String> = record.iter().map(clean).collect();
            while names.last().is_some_and(String::is_empty) {
                names.pop();
            }
            roles.fit(&names)
        })
    };
    DELIMITERS.iter().find(fits).copied().unwrap_or(b',')
}

/// Whether a line that starts with `#` has as many fields as the next.
fn is_header(line: &str, rest: &str) -> bool {
    let next = rest.lines().find(|l| !l.trim().is_empty()).unwrap_or("");
    DELIMITERS.iter().any(|d| {
        let fields = |l: &str| l.matches(char::from(*d)).count();
        fields(line) > 0 && fields(line) == fields(next)
    })
}

/// The separator by which most rows have the same number of fields; by equal numbers, the one that gives more.
fn detect(body: &str) -> u8 {
    const ROWS: usize = 300;
    const HEAD: usize = 1 << 18;
    // A row may be as long as the file; what it is separated by shows at its beginning.
    let head = &body[..body.floor_char_boundary(HEAD)];
    let score = |delimiter: &u8| {
        let mut widths = std::collections::BTreeMap::<usize, usize>::new();
        for record in reader(head, *delimiter).records().take(ROWS).flatten() {
            if record.len() > 1 && !blank(record.iter()) {
                *widths.entry(record.len()).or_default() += 1;
            }
        }
        widths.into_iter().map(|(width, rows)| (rows, width)).max().unwrap_or((0, 0))
    };
    let scored = DELIMITERS.iter().rev().map(|d| (score(d), *d)).max_by_key(|s| s.0);
    if let Some((_, best)) = scored.filter(|s| s.0.0 > 0) {
        return best;
    }
    let widths: Vec<usize> =
        body.lines().take(ROWS).map(|l| l.split_whitespace().count()).filter(|n| *n > 0).collect();
    let modal = widths.iter().max().copied().unwrap_or(0);
    // `write.table` of R leaves the header one field short.
    let regular =
        widths.iter().skip(1).all(|n| *n == modal) && widths.first().is_some_and(|n| n + 1 >= modal);
    if modal > 1 && widths.len() > 1 && regular { b' ' } else { b',' }
}

fn reader(body: &str, delimiter: u8) -> csv::Reader<&[u8]> {
    csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .has_headers(false)
        .flexible(true)
        .from_reader(body.as_bytes())
}

type Rows = Vec<(u64, Vec<String>)>;

fn records(body: &str, delimiter: u8, first: u64, mut budget: Budget) -> Result<Rows, ReadError> {
    let malformed = |e: csv::Error| ReadError::Malformed { format: "CSV", why: e.to_string() };
    let mut rows = Vec::new();
    let (mut at, mut line) = (0, first);
    for record in reader(body, delimiter).into_records() {
        let record = record.map_err(malformed)?;
        // The position is where the reader stood, which is before the line ends that it then skipped.
        let start = record.position().map_or(at, |p| p.byte() as usize).clamp(at, body.len());
        let skipped = body[start..].len() - body[start..].trim_start_matches(['\r', '\n']).len();
        line += lines_in(&body[at..start + skipped]);
        at = start + skipped;
        if blank(record.iter()) {
            continue;
        }
        budget.row(record.len())?;
        budget.bytes(record.as_slice().len() as u64)?;
        rows.push((line, record.iter().map(clean).collect()));
    }
    Ok(rows)
}

fn by_spaces(body: &str, first: u64, mut budget: Budget) -> Result<Rows, ReadError> {
    let mut rows = Vec::new();
    for (i, line) in body.lines().enumerate().filter(|(_, l)| !l.trim().is_empty()) {
        budget.row(line.split_whitespace().count())?;
        budget.bytes(line.len() as u64)?;
        rows.push((first + i as u64, line.split_whitespace().map(clean).collect()));
    }
    Ok(rows)
}

/// A row of nothing but separators, which spreadsheets leave at the end.
fn blank<'a>(mut cells: impl Iterator<Item = &'a str>) -> bool {
    cells.all(|c| c.trim_matches([',', ';', '\t', '|', ' ', '\u{a0}', '\u{feff}']).trim().is_empty())
}

/// A cell without the spaces around it, and without quotes that stood within spaces.
fn clean(cell: &str) -> String {
    let cell = cell.trim_matches('\u{feff}').trim();
    let inner = cell.strip_prefix('"').and_then(|c| c.strip_suffix('"'));
    inner.unwrap_or(cell).trim().to_owned()
}

/// Ends of lines, however they are written.
fn lines_in(text: &str) -> u64 {
    let bytes = text.as_bytes();
    let ends = |(i, b): (usize, &u8)| *b == b'\n' || *b == b'\r' && bytes.get(i + 1) != Some(&b'\n');
    bytes.iter().enumerate().filter(|x| ends(*x)).count() as u64
}
