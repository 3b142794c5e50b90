//! Charts as readers see them: organisations have names, the title is the main result, and each chart has an address and files.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use ijsberg_publication::Edition;
use ijsberg_publication::document::{self, Block, Document};
use ijsberg_publication::ledger::Ledger;
use ijsberg_publication::monitor::{self, Chapter, Facts, chapters, resolve};
use ijsberg_publication::tables::ColumnType;
use ijsberg_publication::write::pictures::{FOLDER, pictures};
use ijsberg_publication::write::{csvw, html, tables};
use ijsberg_report::text::{Language, Text};

use crate::{made, options};

const LANGUAGES: [Language; 2] = [Language::Dutch, Language::English];

/// The list codes in the table of the Dutch study.
const LETTERS: [&str; 6] = ["I", "K", "O", "P", "R", "Z"];

fn edition() -> &'static Edition {
    static MADE: OnceLock<Edition> = OnceLock::new();
    MADE.get_or_init(|| made(options(2015), Ledger::default()).unwrap())
}

/// The report and the monitor of an edition.
fn documents(text: &Text, e: &Edition) -> [Document; 2] {
    let facts = Facts::from_edition(text, e, None);
    let resolved = resolve(text, &facts, &chapters(text, e, &facts));
    [document::compose(text, e), monitor::compose(text, e, resolved)]
}

/// The text elements of a picture.
fn words(svg: &str) -> Vec<String> {
    let between = |piece: &str| piece.split_once('>').map(|(_, words)| words.trim().to_owned());
    svg.split('<').filter_map(between).filter(|words| !words.is_empty()).collect()
}

/// All text in a block, except the codes that the first table of lists explains.
fn texts_of(text: &Text, block: &Block) -> Vec<String> {
    match block {
        Block::Heading(_, words) | Block::Paragraph(words) | Block::Note(words) => vec![words.clone()],
        Block::List(items) => items.clone(),
        Block::Figure { chart, caption, of, .. } => {
            let mut all = vec![caption.clone(), of.clone(), chart.title.clone(), chart.description.clone()];
            all.extend([&chart.wide, &chart.narrow].into_iter().flat_map(|svg| words(svg)));
            all.push(chart.data.csv());
            all
        }
        // Its codes are those of SDMX, among them P for provisional.
        Block::Table(t) if t.id == "sdg-16-2-2" => Vec::new(),
        Block::Table(t) => {
            let mut all = [vec![t.title.clone()], t.notes.clone()].concat();
            all.extend(t.columns.iter().map(|c| c.title.clone()));
            let cells = t.rows.iter().flatten().map(|c| c.shown(text, ColumnType::Text));
            let is_explained = |cell: &String| {
                let code = cell.rsplit_once(" (").and_then(|(_, code)| code.strip_suffix(')'));
                t.id == "reported-list" && code.is_some_and(|code| LETTERS.contains(&code))
            };
            all.extend(cells.filter(|cell| !is_explained(cell)));
            all
        }
    }
}

/// The texts in blocks that contain the letter of a list.
fn by_letter(text: &Text, blocks: &[Block]) -> Vec<String> {
    // A letter alone, or a few together as in the formula of a model.
    let is_code = |of: &str| (1..=3).contains(&of.len()) && of.chars().all(|c| "IKOPRZ".contains(c));
    let has_letter = |words: &String| words.split(|c: char| !c.is_alphanumeric()).any(is_code);
    blocks.iter().flat_map(|b| texts_of(text, b)).filter(has_letter).collect()
}

#[test]
fn no_chart_table_or_sentence_has_a_letter_in_place_of_an_organisation() {
    let names = [
        ("Marechaussee", "Politie", "Koninklijke Marechaussee (K)"),
        ("Marechaussee", "Police", "Royal Netherlands Marechaussee (K)"),
    ];
    for (language, (short, police, explained)) in LANGUAGES.into_iter().zip(names) {
        let text = Text::new(language);
        for document in documents(&text, edition()) {
            assert_eq!(by_letter(&text, &document.blocks), Vec::<String>::new());
            let all: Vec<String> = document.blocks.iter().flat_map(|b| texts_of(&text, b)).collect();
            let has = |words: &str| all.iter().any(|part| part.contains(words));
            assert!(has(&format!("{short} (")) && has(&format!("{police} (")), "{all:#?}");
            let explains = |t: &ijsberg_publication::tables::PublicTable| {
                t.rows.iter().flatten().any(|c| c.plain(ColumnType::Text) == explained)
            };
            let tables =
                document.blocks.iter().filter_map(|b| if let Block::Table(t) = b { Some(t) } else { None });
            assert_eq!(
                tables.filter(|t| explains(t)).count(),
                1,
                "the first table of lists says what the letters are"
            );
        }
    }
    // Machine-readable files have the codes.
    let text = Text::new(Language::English);
    let lists = tables(&text, edition()).into_iter().find(|t| t.id == "lists").unwrap();
    assert!(csvw::csv(&lists).contains("\nK,"), "{}", csvw::csv(&lists));
}

#[test]
fn without_a_profile_lists_keep_their_codes_and_without_a_result_titles_are_the_subject() {
    let mut e = made(options(2015), Ledger::default()).unwrap();
    let text = Text::new(Language::English);
    let figure = |e: &Edition, wanted: &str| {
        let blocks = document::compose(&text, e).blocks;
        let one = |b: Block| match b {
            Block::Figure { id, caption, of, .. } if id == wanted => Some((caption, of)),
            _ => None,
        };
        blocks.into_iter().find_map(one).unwrap()
    };
    let number = |year: i16| text.number(e.reported(year).unwrap().get() as f64);
    let quantity = text.say("chart-trend-bound");
    let (caption, of) = figure(&e, "trend");
    let fewer = e.reported(2015) < e.reported(2014);
    assert!(fewer && caption.starts_with("Fewer presumed victims were reported in 2015"), "{caption}");
    assert!(caption.contains(&number(2015)) && caption.contains(&number(2014)) && of == quantity);
    let least = text.number(e.at_least().unwrap());
    assert!(figure(&e, "iceberg").0.contains(&format!("At least {least}")), "{:?}", figure(&e, "iceberg"));
    let share = text
        .percent(e.whole.analysis.diagnostics.frequencies[0] as f64 / e.whole.analysis.histories.n() as f64);
    assert_eq!(figure(&e, "overlaps").0, format!("{share} of the reported people are on one list only"));
    assert!(figure(&e, "by-form").0.contains("was recorded most often (2010 to 2015)"));
    // With very large noise there is no certain change and no category is certainly the largest.
    e.options.noise.variance = 1e9;
    e.options.noise.largest = 1_000_000;
    assert_eq!(figure(&e, "trend"), (quantity, String::new()));
    assert!(figure(&e, "by-form").1.is_empty());
    assert!(by_letter(&text, &document::compose(&text, &e).blocks).is_empty());
    e.profile = None;
    assert!(by_letter(&text, &document::compose(&text, &e).blocks).len() > 20);
}

#[test]
fn every_chart_of_a_page_has_its_own_address_and_files() {
    let e = edition();
    for language in LANGUAGES {
        let text = Text::new(language);
        let code = language.code();
        for document in documents(&text, e) {
            let page = html::page(&text, &document);
            let files: BTreeSet<String> = pictures(&text, e, &document).into_iter().map(|p| p.name).collect();
            let mut places = BTreeSet::new();
            for figure in page.split("<figure").skip(1) {
                let place = figure.strip_prefix(" id=\"").and_then(|f| f.split('"').next()).unwrap();
                assert!(places.insert(place.to_owned()), "{place} twice");
                assert!(figure.contains(&format!("href=\"#{place}\"")), "{place} has no link");
                // A chart that is on the page twice has the same files.
                let name = place.strip_prefix("figure-").and_then(|p| p.split('.').next()).unwrap();
                assert!(files.contains(&format!("{name}.{code}")), "{name}: {files:?}");
                for ending in ["svg", "png", "csv"] {
                    let file = format!("href=\"{FOLDER}/{name}.{code}.{ending}\"");
                    assert!(figure.contains(&file), "{file}");
                }
            }
            assert!(places.len() >= 8 && places.len() >= files.len(), "{places:?}");
            assert!(!page.contains("<script"), "a link needs a script");
        }
        // The files have their source, for use outside the report.
        let document = document::compose(&text, e);
        for of in pictures(&text, e, &document) {
            let texts = words(&of.svg).join(" ");
            assert!(texts.contains(&text.say("report-synthetic")[..30]), "{}: {texts}", of.name);
            assert!(of.csv.lines().count() > 1, "{}", of.name);
        }
    }
}

/// An author may place a chart twice: each place has its own address, with the same files.
#[test]
fn a_chart_that_is_placed_twice_has_two_addresses() {
    let (e, text) = (edition(), Text::new(Language::Dutch));
    let facts = Facts::from_edition(&text, e, None);
    let source = "# Twee keer\n\n{{figure:trend}}\n\n{{figure:trend|Mijn eigen titel}}\n".to_owned();
    let resolved = resolve(&text, &facts, &[Chapter { file: "01-summary.nl.md".to_owned(), source }]);
    let document = monitor::compose(&text, e, resolved);
    let page = html::page(&text, &document);
    assert!(page.contains("<figure id=\"figure-trend\">") && page.contains("<figure id=\"figure-trend.2\">"));
    assert_eq!(page.matches("href=\"charts/trend.nl.svg\"").count(), 2);
    assert_eq!(pictures(&text, e, &document).len(), 1);
    assert!(page.contains("Mijn eigen titel"));
}
