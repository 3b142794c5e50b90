//! The lists of the demonstration as organisations send them: the same people under other headers and titles, in other encodings, with
//! names, dates and missing values as each office writes them.
//!
//! Nothing is drawn at random, so that making them again gives the same files.

use std::path::Path;

use anyhow::{Context, anyhow};
use ijsberg_linkage::normalise::fold;
use ijsberg_outside::cell;
use ijsberg_register::histories::LIST_COLUMNS;
use ijsberg_report::text::Text;
use ijsberg_tables::Grid;
use jiff::civil::Date;

use crate::output::{print, write_bytes};

/// Writes each list of a folder to another as its organisation would send it.
pub(super) fn write(
    text: &Text,
    lists: &Path,
    names: impl Iterator<Item = &'static str>,
    to: &Path,
) -> anyhow::Result<()> {
    std::fs::create_dir_all(to).with_context(|| to.display().to_string())?;
    for list in names {
        let name = format!("{list}.csv");
        let path = lists.join(&name);
        let bytes = std::fs::read(&path).with_context(|| path.display().to_string())?;
        let grid = Grid::read(&bytes).map_err(|e| anyhow!("{}: {e}", path.display()))?;
        write_bytes(to, &name, &as_received(list, &grid))?;
    }
    print(&(text.fill("register-received", &[("path", to.display().to_string())]) + "\n"))
}

/// How an office writes its list.
struct Office {
    /// Rows above the header.
    titles: &'static [&'static str],
    header: &'static [&'static str],
    separator: char,
    encoding: Encoding,
    row: fn(&Entry<'_>) -> Vec<String>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Encoding {
    Utf8,
    /// As spreadsheets save text: the line ends too are theirs, and a name in another script is written in Latin letters.
    Windows1252,
}

/// What a list says of a person.
struct Entry<'a> {
    number: usize,
    given: &'a str,
    family: &'a str,
    /// Year, month and day, as far as they are known.
    birth: [&'a str; 3],
    sex: &'a str,
    nationality: &'a str,
    place: &'a str,
}

const INSPECTORATE: Office = Office {
    titles: &["Meldingen arbeidsuitbuiting"],
    header: &["Dossiernummer", "Naam", "Geb. datum", "M/V", "Nationaliteit", "Woonplaats"],
    separator: '\t',
    encoding: Encoding::Utf8,
    row: |e| {
        // Both names in one cell, and years of two digits.
        let name = match (e.family, e.given) {
            ("", "") => "onbekend".to_owned(),
            (family, given) => format!("{family}, {given}"),
        };
        let [year, month, day] = e.birth;
        let birth = match (year, month, day) {
            (_, _, "") => [month, year].into_iter().filter(|p| !p.is_empty()).collect::<Vec<_>>().join("-"),
            _ => format!("{day}/{month}/{}", year.get(2..).unwrap_or(year)),
        };
        let number = format!("{}/{:05}", 2010 + e.number % 6, e.number);
        vec![
            number,
            name,
            birth,
            e.sex_as(["V", "M", ""]),
            or(e.nationality, "NULL"),
            or(e.place, "niet ingevuld"),
        ]
    },
};

const BORDER: Office = Office {
    titles: &["Overzicht meldingen – grensbewaking", "Peildatum 31-12-2015"],
    header: &[
        "Nr",
        "Naam",
        "Voornamen",
        "Geboortedag",
        "Geboortemaand",
        "Geboortejaar",
        "Geslacht",
        "Nationaliteit",
        "Plaats",
    ],
    separator: ';',
    encoding: Encoding::Windows1252,
    row: |e| {
        // A date in three columns.
        let [year, month, day] = e.birth;
        vec![
            (e.number + 1).to_string(),
            or(e.family, "onbekend"),
            or(e.given, "onbekend"),
            or(day.trim_start_matches('0'), "0"),
            or(month.trim_start_matches('0'), "0"),
            or(year, "9999"),
            e.sex_as(["vrouw", "man", "?"]),
            or(e.nationality, "X").to_lowercase(),
            or(e.place, "X"),
        ]
    },
};

const OTHER: Office = Office {
    titles: &["Export of cases"],
    header: &["Case number", "Last name", "First name", "Date of birth", "Sex", "Nationality", "Town"],
    separator: ',',
    encoding: Encoding::Utf8,
    row: |e| {
        let birth = e.serial().unwrap_or_else(|| or(&e.written("-"), "n/a"));
        vec![
            format!("C{:04}", e.number),
            or(e.family, "unknown"),
            or(e.given, "unknown"),
            birth,
            e.sex_as(["female", "male", "not known"]),
            or(e.nationality, "n/a"),
            or(e.place, "n/a"),
        ]
    },
};

const POLICE: Office = Office {
    titles: &[],
    header: &["Zaaknummer", "Achternaam", "Voornaam", "Geb.datum", "Gesl.", "Nationaliteit", "Woonplaats"],
    separator: ',',
    encoding: Encoding::Utf8,
    row: |e| {
        // Capitals, the words before a name behind it, and a day that stands for none.
        let [year, month, day] = e.birth;
        let birth = match year {
            "" => "01-01-1900".to_owned(),
            _ => format!("{}-{}-{year}", or(day, "00"), or(month, "00")),
        };
        vec![
            format!("PL{:05}", e.number),
            or(&e.with_particle(), "ONBEKEND").to_ascii_uppercase(),
            or(e.given, "ONBEKEND").to_ascii_uppercase(),
            birth,
            e.sex_as(["V", "M", "Onbekend"]),
            or(e.nationality, "ONB"),
            e.place.to_uppercase(),
        ]
    },
};

const REGIONAL: Office = Office {
    titles: &["Zorgcoördinatie mensenhandel", "Afgedrukt op 4 januari 2016"],
    header: &["Kenmerk", "Achternaam", "Voornaam", "Geboren op", "Geslacht", "Nat.", "Plaats"],
    separator: ';',
    encoding: Encoding::Windows1252,
    row: |e| {
        let accent =
            |name: &str| if e.number % 4 == 0 { name.replacen('e', "é", 1) } else { name.to_owned() };
        vec![
            format!("ZC-{}", 1000 + e.number),
            or(&e.with_particle(), "onbekend"),
            or(&accent(e.given), "onbekend"),
            or(&e.spelled_out(), "onbekend"),
            e.sex_as(["2", "1", "9"]),
            or(e.nationality, "onbekend"),
            or(e.place, "onbekend"),
        ]
    },
};

const SHELTER: Office = Office {
    titles: &["Aanmeldingen opvang"],
    header: &[
        "Clientnummer",
        "Roepnaam",
        "Tussenvoegsel",
        "Achternaam",
        "Geboortedatum",
        "Geslacht",
        "Nationaliteit",
        "Gemeente",
    ],
    separator: '|',
    encoding: Encoding::Utf8,
    row: |e| {
        let [year, month, day] = e.birth;
        let birth = match (year, day) {
            ("", _) => "X".to_owned(),
            (_, "") => format!("??-{}-{year}", or(month, "??")),
            _ => e.written("."),
        };
        vec![
            e.number.to_string(),
            or(e.given, "X"),
            e.particle().to_owned(),
            or(e.family, "X"),
            birth,
            e.sex_as(["mevr", "dhr", "onbekend"]),
            or(e.nationality, "n.v.t."),
            or(e.place, "n.v.t."),
        ]
    },
};

/// The office of a list.
fn office(list: &str) -> &'static Office {
    match list {
        "I" => &INSPECTORATE,
        "K" => &BORDER,
        "P" => &POLICE,
        "R" => &REGIONAL,
        "O" => &SHELTER,
        _ => &OTHER,
    }
}

/// A value, or the office's sign for a missing one.
fn or(value: &str, missing: &str) -> String {
    if value.is_empty() { missing } else { value }.to_owned()
}

impl Entry<'_> {
    fn sex_as(&self, [woman, man, missing]: [&str; 3]) -> String {
        match self.sex {
            "F" => woman,
            "M" => man,
            _ => missing,
        }
        .to_owned()
    }

    /// A word before the family name, for some.
    fn particle(&self) -> &'static str {
        if self.family.is_empty() { "" } else { ["", "de", "", "van der"][self.number % 4] }
    }

    /// The family name with that word behind it.
    fn with_particle(&self) -> String {
        match self.particle() {
            "" => self.family.to_owned(),
            particle => format!("{}, {particle}", self.family),
        }
    }

    /// Day, month and year as far as they are known, with a mark between them.
    fn written(&self, mark: &str) -> String {
        let parts = self.birth.iter().rev().filter(|p| !p.is_empty()).copied();
        parts.collect::<Vec<_>>().join(mark)
    }

    /// The same with the month as a word.
    fn spelled_out(&self) -> String {
        const MONTHS: [&str; 12] = [
            "januari",
            "februari",
            "maart",
            "april",
            "mei",
            "juni",
            "juli",
            "augustus",
            "september",
            "oktober",
            "november",
            "december",
        ];
        let [year, month, day] = self.birth;
        let month = month.parse::<usize>().ok().and_then(|m| MONTHS.get(m.checked_sub(1)?)).copied();
        let parts = [day.trim_start_matches('0'), month.unwrap_or_default(), year].into_iter();
        parts.filter(|p| !p.is_empty()).collect::<Vec<_>>().join(" ")
    }

    /// The date as a spreadsheet stores it, where all of it is known: days since the end of 1899.
    fn serial(&self) -> Option<String> {
        let [year, month, day] = self.birth;
        let date = Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()?;
        let first = Date::new(1899, 12, 30).ok()?;
        Some(date.since(first).ok()?.get_days().to_string())
    }
}

/// A list as its organisation sends it.
fn as_received(list: &str, grid: &Grid) -> Vec<u8> {
    let office = office(list);
    let places = LIST_COLUMNS.map(|column| grid.header.iter().position(|h| h == column));
    let line = |cells: &[String]| {
        let cells = cells.iter().map(|c| quoted(&office.encoding.letters(&cell(c)), office.separator));
        cells.collect::<Vec<String>>().join(&office.separator.to_string())
    };
    let header: Vec<String> = office.header.iter().map(|h| (*h).to_owned()).collect();
    let mut lines: Vec<String> = office.titles.iter().map(|t| (*t).to_owned()).collect();
    if !lines.is_empty() {
        lines.push(String::new());
    }
    lines.push(line(&header));
    for (number, (_, cells)) in grid.rows.iter().enumerate() {
        let of = |column: usize| places[column].and_then(|p| cells.get(p)).map_or("", String::as_str);
        let [_, given, family, _, birth, sex, nationality, place] = std::array::from_fn(of);
        let mut parts = birth.split('-');
        let birth = std::array::from_fn(|_| parts.next().unwrap_or_default());
        let entry = Entry { number, given, family, birth, sex, nationality, place };
        lines.push(line(&(office.row)(&entry)));
    }
    office.encoding.bytes(&lines)
}

/// A cell within quotation marks, if it needs them.
fn quoted(cell: &str, separator: char) -> String {
    if cell.contains([separator, '"', '\n', '\r']) {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell.to_owned()
    }
}

impl Encoding {
    /// A text in letters that the encoding has.
    fn letters(self, text: &str) -> String {
        if self == Self::Utf8 || text.chars().all(|c| windows_1252(c).is_some()) {
            return text.to_owned();
        }
        let folded = fold(text);
        let mut letters = folded.chars();
        letters.next().map_or_else(String::new, |first| first.to_uppercase().to_string() + letters.as_str())
    }

    fn bytes(self, lines: &[String]) -> Vec<u8> {
        match self {
            Self::Utf8 => (lines.join("\n") + "\n").into_bytes(),
            Self::Windows1252 => {
                let text = lines.join("\r\n") + "\r\n";
                text.chars().map(|c| windows_1252(c).unwrap_or(b'?')).collect()
            }
        }
    }
}

/// The byte of a character, of those that the files need.
fn windows_1252(c: char) -> Option<u8> {
    match c {
        '–' => Some(0x96),
        _ if c.is_ascii() => Some(c as u8),
        _ => u8::try_from(u32::from(c)).ok().filter(|b| *b >= 0xa0),
    }
}

#[cfg(test)]
mod tests;
