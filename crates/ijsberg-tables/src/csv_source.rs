//! From separated text to rows of cells, each with its line in the file.

use crate::limits::{Budget, Limits};
use crate::raw::Raw;
use crate::written::Roles;
use crate::{Note, ReadError, decode};

const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// Reads separated text.
pub(crate) fn raw(bytes: &[u8], limits: Limits) -> Result<Raw, ReadError> {
    with(bytes, limits, clean)
}

/// The same, with all that stands in a cell: blanks around it too.
pub(crate) fn as_written(bytes: &[u8], limits: Limits) -> Result<Raw, ReadError> {
    with(bytes, limits, str::to_owned)
}

/// Reads separated text, each cell in this way.
fn with(bytes: &[u8], limits: Limits, cell: fn(&str) -> String) -> Result<Raw, ReadError> {
    let mut notes = Vec::new();
    if let Some(what) = other_format(bytes) {
        return Err(ReadError::OtherFormat { what });
    }
    let text = decode::text(bytes, &mut notes)?;
    if let Some(what) = other_text(&text) {
        return Err(ReadError::OtherFormat { what });
    }
    let preamble = Preamble::read(&text);
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
        records((body, delimiter, cell), first, budget)?
    };
    Ok(Raw { rows, notes, roles: preamble.roles, decimal_comma: delimiter == b';', ..Raw::default() })
}

/// Files of other programs, by their first bytes.
fn other_format(bytes: &[u8]) -> Option<&'static str> {
    let kinds: [(&[u8], &str); 8] = [
        (b"%PDF", "PDF"),
        (b"{\\rtf", "RTF"),
        (b"$FL2", "SPSS"),
        (b"$FL3", "SPSS"),
        (b"<stata_dta>", "Stata"),
        (b"\x1f\x8b", "gzip"),
        (b"RDX", "R"),
        (b"SQLite format 3", "SQLite"),
    ];
    kinds.iter().find(|k| bytes.starts_with(k.0)).map(|k| k.1)
}

/// Texts that are no table. Some systems name a page of HTML `.xls`.
fn other_text(text: &str) -> Option<&'static str> {
    let head = text.trim_start();
    let small = head.get(..head.floor_char_boundary(200)).unwrap_or_default().to_ascii_lowercase();
    let any = |starts: &[&str]| starts.iter().any(|s| small.starts_with(s));
    let json = head.strip_prefix(['[', '{']).map(str::trim_start);
    if json.is_some_and(|rest| rest.starts_with(['{', '[', '"', ']', '}'])) {
        Some("JSON")
    } else if any(&["<!doctype html", "<html", "<table", "<head", "<body", "<meta"]) {
        Some("HTML")
    } else if any(&["<?xml", "<workbook"]) {
        Some("XML")
    } else {
        None
    }
}

/// What stands above the table: comments, `sep=`, and the roles of columns that ijsberg itself wrote down.
struct Preamble {
    end: usize,
    comments: usize,
    delimiter: Option<u8>,
    roles: Option<Roles>,
}

impl Preamble {
    fn read(text: &str) -> Self {
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

/// The separator by which the header has the columns that the roles name: a comma, unless a spreadsheet saved the file again.
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

/// Words of a name of a column at most; a sentence with commas has more between them.
const MOST_WORDS: usize = 5;

/// Whether a line that starts with `#` has as many fields as the next, and none that is a sentence.
fn is_header(line: &str, rest: &str) -> bool {
    let next = lines(rest).find(|l| !l.trim().is_empty()).unwrap_or("");
    DELIMITERS.iter().map(|d| char::from(*d)).any(|d| {
        let fields = |l: &str| l.matches(d).count();
        let sentence = |field: &str| field.split_whitespace().count() > MOST_WORDS;
        fields(line) > 0 && fields(line) == fields(next) && !line.split(d).any(sentence)
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
        lines(body).take(ROWS).map(|l| l.split_whitespace().count()).filter(|n| *n > 0).collect();
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

fn records(
    (body, delimiter, cell): (&str, u8, fn(&str) -> String),
    first: u64,
    mut budget: Budget,
) -> Result<Rows, ReadError> {
    let malformed = |e: csv::Error| ReadError::Malformed { format: "CSV", why: e.to_string() };
    if let Some(open) = open_quote(body, delimiter) {
        return Err(ReadError::Quote { line: first + lines_in(&body[..open]) });
    }
    let mut rows = Vec::new();
    let (mut at, mut line) = (0, first);
    for record in reader(body, delimiter).into_records() {
        let record = record.map_err(malformed)?;
        // The position is where the reader stood, which is before the line ends that it then skipped.
        let start = record.position().map_or(at, |p| p.byte() as usize).clamp(at, body.len());
        let skipped = body[start..].len() - body[start..].trim_start_matches(['\r', '\n']).len();
        line += lines_in(&body[at..start + skipped]);
        at = start + skipped;
        if blank(record.iter()) || delimiter == b'|' && ruled(record.iter()) {
            continue;
        }
        budget.row(record.len())?;
        budget.bytes(record.as_slice().len() as u64)?;
        rows.push((line, record.iter().map(cell).collect()));
    }
    Ok(rows)
}

/// Where a quotation mark stands that begins a field and is not closed, or closed only after whole rows.
fn open_quote(body: &str, delimiter: u8) -> Option<usize> {
    let bytes = body.as_bytes();
    // Of a row, the fields before the place; of rows so far, the most.
    let (mut i, mut fields, mut most) = (0, 0, 0);
    let mut begins = true;
    while i < bytes.len() {
        match bytes[i] {
            b'"' if begins => {
                let Some(close) = close_of(bytes, i + 1) else { return Some(i) };
                let fields = |row: &str| row.bytes().filter(|b| *b == delimiter).count();
                if most > 1 && body[i + 1..close].split(['\n', '\r']).skip(1).any(|row| fields(row) >= most) {
                    return Some(i);
                }
                i = close;
                begins = false;
            }
            b'\n' | b'\r' => {
                most = most.max(fields);
                (fields, begins) = (0, true);
            }
            b if b == delimiter => {
                fields += 1;
                begins = true;
            }
            _ => begins = false,
        }
        i += 1;
    }
    None
}

/// Where the quotation mark stands that closes a field which begins at a place; two in a row are one that is meant.
fn close_of(bytes: &[u8], mut i: usize) -> Option<usize> {
    while i < bytes.len() {
        match (bytes[i], bytes.get(i + 1)) {
            (b'"', Some(b'"')) => i += 2,
            (b'"', _) => return Some(i),
            _ => i += 1,
        }
    }
    None
}

fn by_spaces(body: &str, first: u64, mut budget: Budget) -> Result<Rows, ReadError> {
    let mut rows = Vec::new();
    for (i, line) in lines(body).enumerate().filter(|(_, l)| !l.trim().is_empty()) {
        budget.row(line.split_whitespace().count())?;
        budget.bytes(line.len() as u64)?;
        rows.push((first + i as u64, line.split_whitespace().map(clean).collect()));
    }
    Ok(rows)
}

/// A row of nothing but separators, which spreadsheets leave at the end.
pub(crate) fn blank<'a>(mut cells: impl Iterator<Item = &'a str>) -> bool {
    cells.all(|c| c.trim_matches([',', ';', '\t', '|', ' ', '\u{a0}', '\u{feff}']).trim().is_empty())
}

/// The line below the header of a table in Markdown.
fn ruled<'a>(cells: impl Iterator<Item = &'a str>) -> bool {
    cells.map(str::trim).all(|c| c.trim_matches(':').bytes().all(|b| b == b'-'))
}

fn clean(cell: &str) -> String {
    cleaned(cell).to_owned()
}

/// A cell without the spaces around it, without quotes that stood within spaces, and without what programs put before a number to
/// keep it a text: `="69"` and `'69`.
pub(crate) fn cleaned(cell: &str) -> &str {
    // So are most, and a large table has millions of them.
    if cell.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return cell;
    }
    let cell = crate::raw::bare(cell);
    let formula = cell.strip_prefix("=\"").and_then(|c| c.strip_suffix('"'));
    let inner = formula.or_else(|| cell.strip_prefix('"').and_then(|c| c.strip_suffix('"')));
    crate::raw::bare(inner.unwrap_or(cell))
}

/// Lines, however they end.
fn lines(body: &str) -> impl Iterator<Item = &str> {
    body.split('\n').flat_map(|line| line.strip_suffix('\r').unwrap_or(line).split('\r'))
}

/// Ends of lines, however they are written.
fn lines_in(text: &str) -> u64 {
    let bytes = text.as_bytes();
    let ends = |(i, b): (usize, &u8)| *b == b'\n' || *b == b'\r' && bytes.get(i + 1) != Some(&b'\n');
    bytes.iter().enumerate().filter(|x| ends(*x)).count() as u64
}
