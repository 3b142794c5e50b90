//! A delivery as tables, pages and files for machines.

mod about;
mod bridge;
mod cubes;
mod delays;
mod glotip;
mod groups;
mod quality;
mod sdg;

use ijsberg_report::text::{Language, Text};

use crate::document::{Block, Document, covariate, level};
use crate::edition::PublishError;
use crate::families::Plain;
use crate::legal::country::{Name, Named};
use crate::legal::deliver::{Delivery, Kind};
use crate::legal::measure::{Measure, NOT_IDENTIFIED};
use crate::legal::stage::Stage;
use crate::legal::tables::{CROSSED, Cell, Row, TOTAL, Why};
use crate::linked::{GROUPS, IDENTIFIED};
use crate::persons::{LIST, REVISED, folded};
use crate::tables::{self, Column, Holds, PublicTable};
use crate::write::open_data::{self, About, LANGUAGES, citation, with_open_data};
use crate::write::{Cover, csvw, html, ods, xlsx};

pub use bridge::bridge;
pub use cubes::cubes;
pub use delays::delays;
pub use glotip::glotip;
pub use groups::groups;
pub use quality::{not_delivered, quality};
pub use sdg::{sdg, sdmx};

pub use crate::write::File;

/// Letters of the tables of article 19a.
pub const LETTERS: [char; 7] = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];

/// A name in the language of a text.
pub(crate) fn name(text: &Text, of: &Name) -> String {
    if text.language() == Language::Dutch { of.nl.clone() } else { of.en.clone() }
}

/// Why something is not delivered, in words.
fn why(text: &Text, why: &Why) -> String {
    match why {
        Why::Refused(refused) => PublishError::Refused(refused.clone()).in_words(text),
        other => text.say(other.key()),
    }
}

/// A cell of a table that is given out.
fn public(cell: &Cell) -> tables::Cell {
    match cell {
        Cell::Count(n, _) => tables::Cell::Count(*n),
        Cell::Zero | Cell::ZeroOrFew => tables::Cell::Number(0.0),
        Cell::Hidden => tables::Cell::Confidential,
        Cell::NotRecorded => tables::Cell::NotRecorded,
        Cell::NotDelivered(_) => tables::Cell::NotAvailable,
    }
}

/// What a cell is, in words.
fn remark(text: &Text, cell: &Cell) -> String {
    match cell {
        Cell::NotDelivered(reason) => why(text, reason),
        other => text.say(&format!("legal-cell-{}", other.code())),
    }
}

/// The organisation of the profile that a list of a delivery is of: by its code, or as a published table with the same lists calls it.
fn reporter<'a>(d: &'a Delivery, code: &str) -> Option<&'a Named> {
    let lists = d.released(Measure::Registered).and_then(|of| of.family(LIST));
    d.asked.country.reporter(code, lists.map_or(&[] as &[String], |f| f.levels.as_slice()))
}

/// What the organisation of a list is called, with the code of the list where the profile has another.
fn organisation(text: &Text, d: &Delivery, code: &str) -> String {
    match reporter(d, code) {
        Some(of) if folded(&of.code) == folded(code) => name(text, &of.name),
        Some(of) => format!("{} ({code})", name(text, &of.name)),
        None => code.to_owned(),
    }
}

/// The words for a level.
fn level_of(text: &Text, d: &Delivery, row: &Row) -> String {
    let country = &d.asked.country;
    if row.by == TOTAL || row.code.is_empty() {
        return text.say("legal-total");
    }
    if row.by == CROSSED {
        let words = row.code.split(' ').zip(["series", "sex", "age"]);
        return words
            .map(|(code, what)| text.say(&format!("legal-{what}-{code}")))
            .collect::<Vec<_>>()
            .join(", ");
    }
    if row.by == "organisation" {
        return organisation(text, d, &row.code);
    }
    if row.by == "region"
        && let Some(region) = country.region(&row.code)
    {
        return name(text, &region.name);
    }
    if row.by == GROUPS
        && let Some(group) = country.groups.iter().find(|g| g.id == row.code)
    {
        return name(text, &group.name);
    }
    if row.by == "status"
        && let Some(class) = country.class_of(&row.code)
    {
        let class = text.say(&format!("legal-class-{class}"));
        return format!("{}: {class}", level(text, "status", &row.code));
    }
    if row.by == IDENTIFIED && row.code != NOT_IDENTIFIED {
        return level(text, "deciding_organisation", &row.code);
    }
    let key = format!("legal-{}-{}", row.by, row.code);
    let said = text.say(&key);
    if said == key { level(text, &row.by, &row.code) } else { said }
}

/// By what a row is, in words.
fn by_of(text: &Text, by: &str) -> String {
    let key = format!("legal-by-{by}");
    let said = text.say(&key);
    if said == key { covariate(text, by) } else { said }
}

fn columns(text: &Text) -> Vec<Column> {
    let all = [
        ("measure", Holds::Text),
        ("by", Holds::Text),
        ("code", Holds::Text),
        ("level", Holds::Text),
        ("persons", Holds::Count),
        ("cell", Holds::Text),
        ("remark", Holds::Text),
        ("stage", Holds::Text),
    ];
    let column = |(name, holds): (&str, Holds)| Column {
        name: name.to_owned(),
        title: text.say(&format!("legal-column-{name}")),
        holds,
    };
    all.into_iter().map(column).collect()
}

/// A row of a table, with what it says in words.
fn row_of(text: &Text, d: &Delivery, r: &Row) -> Vec<tables::Cell> {
    vec![
        text.say(&format!("legal-measure-{}", r.measure.code())).into(),
        by_of(text, &r.by).into(),
        r.code.clone().into(),
        level_of(text, d, r).into(),
        public(&r.cell),
        r.cell.code().into(),
        remark(text, &r.cell).into(),
        d.stage(r.measure).code().into(),
    ]
}

/// The seven tables of article 19a.
pub fn eu(text: &Text, d: &Delivery) -> Vec<PublicTable> {
    let table = |letter: char| {
        let rows = d.table(letter);
        PublicTable {
            id: format!("eu-19a-{letter}"),
            title: text.fill(&format!("legal-table-{letter}"), &[("year", d.asked.year.to_string())]),
            notes: notes(text, d, letter),
            columns: columns(text),
            rows: rows.iter().map(|r| row_of(text, d, r)).collect(),
        }
    };
    LETTERS.into_iter().map(table).collect()
}

fn notes(text: &Text, d: &Delivery, letter: char) -> Vec<String> {
    let keys: &[&str] = match letter {
        'a' => &[
            "legal-note-organisations",
            "legal-note-first",
            "legal-note-undecided",
            "legal-note-identified",
            "legal-note-counted",
            "legal-note-citizenship",
            "legal-note-crossed",
        ],
        'g' => &["legal-note-use"],
        'b' | 'c' | 'e' if d.from_records => &["legal-note-records", "legal-note-citizenship"],
        'b' | 'c' | 'e' => &["legal-note-aggregates"],
        _ => &["legal-note-decisions"],
    };
    let of: Vec<Measure> = Measure::ALL.into_iter().filter(|m| m.table() == letter).collect();
    let mut all = noted(text, d, keys);
    all.push(stage_note(text, d, d.stage_of(&of)));
    all
}

/// Whether counts are final, in words, with the day of which they are the state.
fn stage_note(text: &Text, d: &Delivery, stage: Stage) -> String {
    let day = |day: jiff::civil::Date| text.day(&day.to_string());
    let parts = [
        ("date", day(d.asked.date)),
        ("year", d.asked.year.to_string()),
        ("until", day(Stage::settled(&d.asked.country, d.asked.year))),
        ("least", REVISED.to_string()),
    ];
    let key = stage.key(&d.asked.country, d.asked.year, d.asked.date);
    text.fill(&format!("legal-stage-note-{key}"), &parts)
}

/// Notes below a table.
fn noted(text: &Text, d: &Delivery, keys: &[&str]) -> Vec<String> {
    let class = text.say(&format!("legal-class-{}", d.asked.country.status.undecided));
    let parts = [("years", d.asked.years.to_string()), ("class", class)];
    keys.iter().map(|k| text.fill(k, &parts)).collect()
}

/// Why the series have another total than table a, where they do: they have noise, and counts are exact.
fn series_note(text: &Text, d: &Delivery) -> Option<String> {
    let parts = [("largest", d.asked.noise.largest.to_string())];
    (d.asked.plain == Plain::Suppressed).then(|| text.fill("legal-note-series", &parts))
}

fn document(text: &Text, d: &Delivery, title: &str, mut blocks: Vec<Block>) -> Document {
    if d.asked.synthetic {
        blocks.insert(0, Block::Note(text.say("report-synthetic")));
    }
    let country = name(text, &d.asked.country.name);
    Document {
        language: text.language(),
        title: text.fill(title, &[("year", d.asked.year.to_string())]),
        subtitle: country,
        date: d.asked.date,
        blocks,
    }
}

/// Why files cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The workbook for Excel.
    #[error(transparent)]
    Xlsx(#[from] rust_xlsxwriter::XlsxError),
    /// The open document, or the bag.
    #[error(transparent)]
    Zip(#[from] zip::result::ZipError),
}

/// The tables of a delivery, each with a name in files.
pub fn tables(text: &Text, d: &Delivery, kind: Kind) -> Vec<PublicTable> {
    let asked: Vec<PublicTable> = match kind {
        Kind::Eu19a => eu(text, d).into_iter().chain(groups(text, d)).collect(),
        Kind::Sdg => vec![sdg(text, d)],
        Kind::Glotip => glotip(text, d),
    };
    // What the note on quality has as tables is data too.
    let more = [Some(delays(text, d)), bridge(text, d)].into_iter().flatten();
    asked.into_iter().chain(more).chain(quality::data(text, d)).collect()
}

/// All files of a delivery: each table as CSV with metadata, workbooks, a note on quality and an index in both languages, and what makes
/// open data of them.
///
/// # Errors
/// If a workbook or an archive cannot hold the tables.
pub fn files(d: &Delivery, kind: Kind) -> Result<Vec<File>, WriteError> {
    let texts = LANGUAGES.map(Text::new);
    let texts = texts.each_ref();
    let tables = texts.map(|text| tables(text, d, kind));
    let folder = about::about(texts, d, kind);
    let mut all: Vec<File> = Vec::new();
    for (text, of) in texts.into_iter().zip(&tables) {
        let suffix = if text.language() == Language::Dutch { "" } else { ".en" };
        let title = text.fill(title_key(kind), &[("year", d.asked.year.to_string())]);
        let mut about =
            vec![name(text, &d.asked.country.name), d.asked.date.to_string(), text.say("legal-signs")];
        about.push(stage_note(text, d, d.stage_of(measures(kind))));
        about.extend(d.asked.synthetic.then(|| text.say("report-synthetic")));
        let cover = Cover { title, about, date: d.asked.date };
        all.push((format!("tables{suffix}.xlsx"), xlsx::workbook_of(text, &cover, of)?));
        all.push((format!("tables{suffix}.ods"), ods::workbook_of(text, &cover, of)?));
        all.push((format!("quality{suffix}.html"), html::page(text, &quality(text, d)).into_bytes()));
        let index = index(text, d, kind, (of.as_slice(), &folder));
        all.push((format!("index{suffix}.html"), html::page(text, &index).into_bytes()));
        // Codes are the same in every language; one file for machines.
        if text.language() == Language::English {
            for t in of {
                all.push((format!("{}.csv", t.id), csvw::csv(t).into_bytes()));
                let metadata = csvw::metadata_of(text, d.asked.date, csvw::stage_in(t), t);
                let metadata = ijsberg_outside::json(&metadata).unwrap_or_default();
                all.push((format!("{}.csv-metadata.json", t.id), metadata.into_bytes()));
            }
        }
    }
    if kind == Kind::Sdg {
        all.push(("sdg-16-2-2.sdmx.csv".to_owned(), sdmx(d).into_bytes()));
    }
    let tables = tables.each_ref().map(Vec::as_slice);
    Ok(with_open_data(texts, &folder, (&cubes(texts, d, tables), tables), all)?)
}

/// What is counted in a delivery.
fn measures(kind: Kind) -> &'static [Measure] {
    match kind {
        Kind::Sdg => &[Measure::Registered],
        Kind::Eu19a | Kind::Glotip => &Measure::ALL,
    }
}

fn title_key(kind: Kind) -> &'static str {
    match kind {
        Kind::Eu19a => "legal-title-eu",
        Kind::Sdg => "legal-title-sdg",
        Kind::Glotip => "legal-title-glotip",
    }
}

fn index(text: &Text, d: &Delivery, kind: Kind, (of, folder): (&[PublicTable], &About)) -> Document {
    let mut blocks = vec![
        Block::Note(stage_note(text, d, d.stage_of(measures(kind)))),
        Block::Paragraph(text.say("legal-index-intro")),
        Block::Paragraph(text.say("legal-signs")),
    ];
    blocks.push(Block::Heading(2, text.say("legal-index-files")));
    let tables = of.iter().map(|t| format!("{}.csv: {}", t.id, t.title));
    let suffix = if text.language() == Language::Dutch { "" } else { ".en" };
    let others = [("tables", "xlsx"), ("tables", "ods"), ("quality", "html")];
    let others =
        others.map(|(n, kind)| format!("{n}{suffix}.{kind}: {}", text.say(&format!("legal-index-{kind}"))));
    let sdmx = (kind == Kind::Sdg).then(|| format!("sdg-16-2-2.sdmx.csv: {}", text.say("legal-index-sdmx")));
    blocks.push(Block::List(tables.chain(others).chain(sdmx).chain(open_data::lines(text)).collect()));
    blocks.push(Block::Heading(2, text.say("data-index-cite")));
    blocks.push(Block::Paragraph(citation(text, folder)));
    for t in of {
        blocks.push(Block::Heading(2, t.title.clone()));
        blocks.push(Block::Table(t.clone()));
    }
    document(text, d, title_key(kind), blocks)
}
