//! The one corpus of texts that do harm, and what must never come out of a place where text goes.
//!
//! What is checked here does not ask the writers: files are read by readers of their own, and characters are named again.

/// The corpus, which is a dictionary of the fuzzer too.
const NASTY: &str = include_str!("../nasty.dict");

/// A text of the corpus: its name, and its bytes, which need not be text.
pub(crate) type Nasty = (&'static str, Vec<u8>);

/// All of the corpus.
pub(crate) fn nasty() -> Vec<Nasty> {
    NASTY.lines().filter(|l| !l.is_empty() && !l.starts_with('#')).map(entry).collect()
}

/// The corpus as texts; what is no text, as a reader takes it.
pub(crate) fn nasty_texts() -> Vec<(&'static str, String)> {
    nasty().into_iter().map(|(name, bytes)| (name, String::from_utf8_lossy(&bytes).into_owned())).collect()
}

fn entry(line: &'static str) -> Nasty {
    let (name, quoted) = line.split_once("=\"").expect("a name and a text between quotes");
    let inner = quoted.strip_suffix('"').expect("a quote at the end").as_bytes();
    let (mut bytes, mut at) = (Vec::new(), 0);
    while at < inner.len() {
        match (inner[at], inner.get(at + 1)) {
            (b'\\', Some(b'x')) => {
                let digits = std::str::from_utf8(&inner[at + 2..at + 4]).expect("two digits");
                bytes.push(u8::from_str_radix(digits, 16).expect("two digits"));
                at += 4;
            }
            (b'\\', Some(byte)) => {
                bytes.push(*byte);
                at += 2;
            }
            (byte, _) => {
                bytes.push(byte);
                at += 1;
            }
        }
    }
    let times = name.rsplit_once("_x").and_then(|(_, n)| n.parse().ok()).unwrap_or(1);
    (name, bytes.repeat(times))
}

/// Characters that turn the reading around, or that nobody sees and that change what is read.
fn is_unseen(c: char) -> bool {
    let c = u32::from(c);
    [0x61C, 0x200B, 0x200E, 0x200F, 0x2028, 0x2029, 0xFEFF].contains(&c)
        || [(0x202A, 0x202E), (0x2060, 0x206F), (0xFFF9, 0xFFFB), (0xE0000, 0xE007F)]
            .iter()
            .any(|(from, to)| (*from..=*to).contains(&c))
}

fn plain(text: &str, but: &str) {
    let bad = text.char_indices().find(|(_, c)| (c.is_control() && !but.contains(*c)) || is_unseen(*c));
    if let Some((at, c)) = bad {
        let (from, to) = (text.floor_char_boundary(at.saturating_sub(60)), text.ceil_char_boundary(at + 60));
        panic!("{:04X} came out: {:?}", u32::from(c), &text[from..to]);
    }
}

/// On a terminal: nothing that moves, colours, names, asks or turns; and no tower of marks.
pub(crate) fn terminal(said: &[u8]) {
    let text = std::str::from_utf8(said).expect("a terminal gets text");
    plain(&text.replace("\r\n", "\n"), "\n\t");
    let mark = |c: &char| ('\u{300}'..='\u{36F}').contains(c);
    let mut run = 0;
    for c in text.chars() {
        run = if mark(&c) { run + 1 } else { 0 };
        assert!(run <= 8, "a tower of marks came out");
    }
}

/// In a file of CSV: the same number of cells in every row, none of them a formula, and no control characters.
pub(crate) fn csv(file: &[u8]) {
    let text = std::str::from_utf8(file).expect("CSV is text");
    plain(text, "\n\r\t");
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(file);
    for row in reader.records() {
        for cell in &row.expect("CSV can be read again") {
            cell_of_csv(cell);
        }
    }
}

/// A cell of it.
pub(crate) fn cell_of_csv(cell: &str) {
    let seen = cell.trim_start_matches(|c: char| c.is_whitespace() || is_unseen(c));
    let begins = seen.starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']);
    let computed = begins && cell.parse::<f64>().is_err() && !["-", "+"].contains(&cell);
    assert!(!computed && !cell.starts_with(['\t', '\r', '\n']), "a formula came out: {cell:?}");
}

/// As the name of a file, on every system.
pub(crate) fn file_name(name: &str) {
    plain(name, "");
    assert!(!name.is_empty() && name.len() <= 255, "{name:?}");
    assert!(!name.contains(['/', '\\', ':', '*', '?', '"', '<', '>', '|']), "{name:?}");
    assert!(!name.starts_with(['.', '-', ' ']) && !name.ends_with(['.', ' ']), "{name:?}");
    let stem = name.split('.').next().unwrap_or_default().trim_end().to_uppercase();
    let numbered = |d: &str| {
        stem.strip_prefix(d)
            .is_some_and(|n| n.chars().count() == 1 && n.contains(|c| "123456789¹²³".contains(c)))
    };
    let device = ["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"].contains(&stem.as_str());
    assert!(!device && !numbered("COM") && !numbered("LPT"), "a device came out: {name:?}");
}

/// As the name of a sheet.
pub(crate) fn sheet_name(name: &str) {
    plain(name, "");
    // Workbooks count in UTF-16.
    assert!((1..=31).contains(&name.encode_utf16().count()), "{name:?}");
    assert!(!name.contains(['[', ']', ':', '*', '?', '/', '\\']), "{name:?}");
    assert!(!name.starts_with('\'') && !name.ends_with('\'') && name.to_lowercase() != "history", "{name:?}");
}

/// In XML, of which SVG and the parts of workbooks are: it is well formed, and holds neither a script, nor what is fetched, nor a
/// type of document.
pub(crate) fn xml(text: &str) {
    use quick_xml::events::Event;
    plain(text, "\n\t\r");
    assert!(!text.contains(['\u{FFFE}', '\u{FFFF}']), "no character of XML");
    let mut reader = quick_xml::Reader::from_str(text);
    reader.config_mut().check_end_names = true;
    let mut open = 0;
    loop {
        let event = reader.read_event().unwrap_or_else(|e| panic!("{e}: {text}"));
        match &event {
            Event::Eof => break,
            Event::End(_) => open -= 1,
            Event::DocType(_) => panic!("a type of document came out: {text}"),
            Event::PI(_) => panic!("an instruction came out: {text}"),
            _ => {}
        }
        if let Event::Start(tag) | Event::Empty(tag) = &event {
            open += i32::from(matches!(event, Event::Start(_)));
            let name = tag.local_name().as_ref().to_lowercase();
            assert!(
                !["script", "foreignobject", "iframe", "image"].contains(&name.as_str()),
                "{name}: {text}"
            );
            for attribute in tag.attributes() {
                let attribute = attribute.unwrap_or_else(|e| panic!("{e}: {text}"));
                attribute_of(attribute.key.as_ref(), &attribute.value);
            }
        }
    }
    assert_eq!(open, 0, "not every element ends: {text}");
}

fn attribute_of(name: &str, value: &str) {
    let (name, value) = (name.to_lowercase(), value.trim_start().to_lowercase());
    assert!(!name.starts_with("on"), "{name} came out");
    let leads = ["href", "src", "action", "formaction", "xlink:href"].contains(&name.as_str());
    assert!(!(leads && value.starts_with("javascript:")), "{name}={value} came out");
}

/// In a page: no tag of the corpus, no attribute that its quotes would make, no handler, no address that is a script, nothing unseen.
pub(crate) fn html(page: &str) {
    plain(page, "\n\t\r");
    for (name, text) in nasty_texts().iter().filter(|(_, t)| t.contains('<') && t.len() < 1000) {
        assert!(!page.contains(text.as_str()), "{name} came out as it went in");
    }
    // Tags, one after the other; what stands within quotes ends none.
    let mut rest = page;
    while let Some(at) = rest.find('<') {
        let (tag, after) = tag_at(&rest[at + 1..]);
        for (name, value) in attributes(tag) {
            attribute_of(name, value);
        }
        let name: String = tag.chars().take_while(char::is_ascii_alphanumeric).collect();
        // What stands in these is no markup.
        rest = match name.as_str() {
            "script" | "style" => after.split_once("</").map_or("", |s| s.1),
            _ => after,
        };
    }
}

/// A tag up to its end, and what follows.
fn tag_at(text: &str) -> (&str, &str) {
    if text.starts_with("!--") {
        return ("", text.split_once("-->").map_or("", |s| s.1));
    }
    let mut quote = None;
    for (at, c) in text.char_indices() {
        match (c, quote) {
            ('"' | '\'', None) => quote = Some(c),
            (c, Some(q)) if c == q => quote = None,
            ('>', None) => return (&text[..at], &text[at + 1..]),
            _ => {}
        }
    }
    panic!("a tag has no end: {text}")
}

fn attributes(tag: &str) -> Vec<(&str, &str)> {
    let mut all = Vec::new();
    let mut rest = tag.trim_start_matches(|c: char| !c.is_whitespace()).trim_start();
    while !rest.is_empty() {
        let end = rest.find(|c: char| c.is_whitespace() || c == '=').unwrap_or(rest.len());
        let name = &rest[..end];
        rest = rest[end..].trim_start();
        let mut value = "";
        if let Some(after) = rest.strip_prefix('=') {
            let after = after.trim_start();
            let quote = after.chars().next().filter(|c| matches!(c, '"' | '\''));
            (value, rest) = match quote {
                Some(q) => after[1..].split_once(q).expect("a value ends"),
                None => after.split_at(after.find(char::is_whitespace).unwrap_or(after.len())),
            };
        }
        all.push((name, value));
        rest = rest.trim_start_matches('/').trim_start();
        if end == 0 && value.is_empty() {
            break;
        }
    }
    all
}

/// In JSON: it can be read, and control characters are written as numbers.
pub(crate) fn json(text: &str) {
    let bad = |c: char| c < ' ' && !"\n\t\r".contains(c);
    assert!(!text.contains(bad), "a control character came out: {text:?}");
    serde_json::from_str::<serde_json::Value>(text).unwrap_or_else(|e| panic!("{e}: {text}"));
}

/// In a file of JSON: what nobody sees is written as numbers too.
pub(crate) fn json_file(text: &str) {
    plain(text, "\n");
    json(text);
}

/// As lines of a log: one object a line, none of them with a text of the corpus in it.
pub(crate) fn log(lines: &str) {
    plain(lines, "\n");
    for line in lines.lines() {
        let line: serde_json::Value = serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line}"));
        let said = line["fields"]["message"].as_str().or(line["message"].as_str()).unwrap_or_default();
        assert!(!said.contains("forged"), "{line}");
    }
}
