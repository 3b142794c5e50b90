//! The report in chapters: the text of the program has no figures and no errors, and the text of the author is checked against the figures.

use std::collections::BTreeMap;

use ijsberg_mse::methods::Silent;
use ijsberg_publication::country::Country;
use ijsberg_publication::document::Block;
use ijsberg_publication::ledger::Ledger;
use ijsberg_publication::legal::Request;
use ijsberg_publication::legal::deliver::chain;
use ijsberg_publication::legal::justice::Justice;
use ijsberg_publication::monitor::{Chapter, Facts, chapters, compose, front, resolve, tables};
use ijsberg_publication::protection::TableProtection;
use ijsberg_publication::write::{self, csvw, html, sdmx};
use ijsberg_publication::{Edition, Options, edition};
use ijsberg_report::text::{Language, Text};
use ijsberg_tables::{Choices, Grid};
use jiff::civil::date;

use crate::{made, options};

const JUSTICE: &str = "year,measure,by,level,persons\n2015,suspected,total,,100\n2015,suspected,sex,F,20\n\
    2015,suspected,sex,M,80\n2015,convicted,total,,31\n";

fn delivered() -> ijsberg_publication::legal::Delivery {
    let Options { date, secret, noise, plain, .. } = options(2015);
    let country = Country::shipped("528").unwrap();
    let request =
        Request { country, year: 2015, years: 6, date, secret, noise, plain, embargo: None, synthetic: true };
    let justice = Justice::read(&Grid::read(JUSTICE.as_bytes()).unwrap()).unwrap();
    chain(request, &justice, BTreeMap::new()).unwrap()
}

fn reported(text: &Text, e: &Edition) -> String {
    text.number(e.reported(2015).unwrap().get() as f64)
}

#[test]
fn the_chapters_of_the_program_have_no_figures_and_no_errors() {
    let e = made(options(2015), Ledger::default()).unwrap();
    let of = delivered();
    let mut names = Vec::new();
    for language in [Language::Dutch, Language::English] {
        let text = Text::new(language);
        let facts = Facts::from_edition(&text, &e, Some(&of));
        let all = chapters(&text, &e, &facts);
        let n = reported(&text, &e);
        let file = format!("01-summary.{}.md", language.code());
        assert!(all.iter().any(|c| c.file == file && c.source.contains("{{persons.year}}")), "{all:#?}");
        assert!(all.iter().all(|c| !c.source.contains(&n)), "a figure in a text");
        assert!(facts.is_shown("persons.2015") && facts.is_shown("form.sexual.year"));
        assert!(facts.is_shown("chain.suspected.total") && !facts.is_shown("chain.judgments.total"));
        assert!(facts.has_block("table:eu-19a-b") && !facts.has_block("table:eu-19a-f"));
        let resolved = resolve(&text, &facts, &all);
        let messages: Vec<String> = resolved.findings.iter().map(|f| f.in_words(&text)).collect();
        assert!(messages.is_empty(), "{messages:#?}");
        let page = html::page(&text, &compose(&text, &e, resolved));
        assert!(page.contains(&n) && !page.contains("{{persons") && !page.contains("{{claim"), "{page}");
        // The note that every reader must see is present; the unwritten foreword is left out.
        assert!(page.contains(&text.say("report-synthetic")));
        assert!(!page.contains(&text.say("monitor-chapter-foreword")));
        assert!(page.contains(&text.say("monitor-chapter-justice")));
        let end = ijsberg_publication::monitor::ending(language);
        names.push(all.iter().map(|c| c.file.replace(&end, "")).collect::<Vec<_>>());
    }
    assert_eq!(names[0], names[1]);
    assert!(names[0].contains(&"07-minors".to_owned()) && names[0].contains(&"03-sexual".to_owned()));
}

#[test]
fn tables_of_the_chain_are_in_the_files_too() {
    let e = made(options(2015), Ledger::default()).unwrap();
    let of = delivered();
    let text = Text::new(Language::English);
    let ids = |chain| tables(&text, &e, chain).into_iter().map(|t| t.id).collect::<Vec<_>>();
    let own = ids(None);
    assert_eq!(own, write::tables(&text, &e).into_iter().map(|t| t.id).collect::<Vec<_>>());
    // Tables without any number are left out, as in the chapters.
    assert_eq!(ids(Some(&of))[own.len()..], ["eu-19a-b", "eu-19a-e"]);
}

/// Readers of a single chapter or table must see it too.
#[test]
fn every_chapter_says_whether_its_figures_are_final() {
    let mut e = made(options(2015), Ledger::default()).unwrap();
    let of = delivered();
    let text = Text::new(Language::Dutch);
    for (day, held_back, key, code) in [
        (date(2016, 10, 18), 0, "preliminary", "preliminary"),
        (date(2017, 6, 1), 0, "final", "final"),
        // Enough arrivals to revise the year, which could not be revised.
        (date(2017, 6, 1), 12, "behind", "preliminary"),
    ] {
        e.options.date = day;
        e.held_back = BTreeMap::from([("2015".to_owned(), held_back)]);
        assert_eq!(e.stage(2015).unwrap().code(), code);
        let values =
            [("year", "2015".to_owned()), ("until", text.day("2017-01-01")), ("least", "10".to_owned())];
        let stage = text.fill(&format!("monitor-stage-{key}"), &values);
        assert!(!stage.starts_with("monitor-") && !stage.contains("{ $"), "{stage}");
        let facts = Facts::from_edition(&text, &e, Some(&of));
        let (mut tables, mut forms) = (0, 0);
        for chapter in chapters(&text, &e, &facts) {
            let r = resolve(&text, &facts, std::slice::from_ref(&chapter));
            for block in &r.blocks {
                match block {
                    Block::Table(t) => {
                        let says = t.notes.iter().any(|n| n.contains(&stage));
                        let in_rows = t.columns.iter().any(|c| c.name == "stage");
                        assert!(says || in_rows, "{} {}", chapter.file, t.id);
                        tables += 1;
                    }
                    // A chapter of a form has no table.
                    Block::Note(words) if chapter.source.contains("## {{name.form.") => {
                        forms += usize::from(*words == format!("{stage}."));
                    }
                    _ => {}
                }
            }
        }
        assert!(tables > 10 && forms >= 2, "{tables} {forms}");
        // The stage is in the metadata and in the file for the United Nations.
        let first = &write::tables(&text, &e)[0];
        assert_eq!(csvw::metadata(&text, &e, first)["schema:creativeWorkStatus"], code);
        let status = if code == "final" { ",A,F" } else { ",P,F" };
        let sdmx = sdmx::csv(&e);
        assert!(sdmx.lines().filter(|l| l.contains(",2015,")).all(|l| l.ends_with(status)), "{sdmx}");
        assert!(sdmx.lines().filter(|l| l.contains(",2013,")).all(|l| l.ends_with(",A,F")), "{sdmx}");
    }
}

/// Persons of two years; in the second, nobody was exploited for organs.
const NOBODY: &str = "A,B,C,year,sex,age,form,count\n1,0,0,2014,F,adult,labour,120\n1,0,0,2014,M,adult,organs,60\n\
    0,1,0,2014,F,minor,sexual,90\n0,0,1,2014,M,adult,labour,80\n1,1,0,2014,F,adult,sexual,40\n\
    1,0,0,2015,F,adult,labour,150\n0,1,0,2015,M,minor,sexual,110\n0,0,1,2015,M,adult,labour,70\n\
    1,1,0,2015,F,adult,sexual,50\n";

/// With noise, a 0 can stand for a few persons; it is certain only if counts are exact.
#[test]
fn zero_is_in_a_sentence_only_if_it_is_exact() {
    for (plain, language, sentence, change) in [
        (
            TableProtection::Noise,
            Language::Dutch,
            "In 2015 zijn in deze categorie geen of heel weinig vermoedelijke slachtoffers gemeld.",
            "in 2015 zijn er minder mensen gemeld (geen of heel weinig) dan in 2014 (ongeveer ",
        ),
        (
            TableProtection::Noise,
            Language::English,
            "In 2015, zero or very few presumed victims were reported in this category.",
            "fewer were reported in 2015 (zero or very few) than in 2014 (about ",
        ),
        (
            TableProtection::Suppressed,
            Language::English,
            "In 2015, 0 presumed victims were reported in this category.",
            "fewer were reported in 2015 (0) than in 2014 (about 60)",
        ),
    ] {
        let o = Options { plain, years: 2, ..options(2015) };
        let none = Ledger::default();
        let e = edition(NOBODY.as_bytes(), &Choices::default(), o, none, &Silent).unwrap();
        let text = Text::new(language);
        let facts = Facts::from_edition(&text, &e, None);
        let all = chapters(&text, &e, &facts);
        // The text has no figures, so the same sentence must be correct for many persons and for none.
        let other = all.iter().find(|c| c.file.starts_with("06-other")).unwrap();
        assert!(other.source.contains("{{form.organs.year}}"), "{}", other.source);
        let resolved = resolve(&text, &facts, &all);
        assert!(resolved.findings.is_empty(), "{:?}", resolved.findings);
        let page = html::page(&text, &compose(&text, &e, resolved));
        assert!(page.contains(sentence) && page.contains(change), "{page}");
        let share = Chapter { file: "a".to_owned(), source: "{{share.form.organs}}".to_owned() };
        let blocks = format!("{:?}", resolve(&text, &facts, &[share]).blocks);
        let wanted =
            if plain == TableProtection::Noise { text.say("monitor-few-share") } else { "0%".to_owned() };
        assert!(blocks.contains(&format!("\"{wanted}\"")), "{blocks}");
        for never in ["ongeveer 0 ", "ongeveer geen", "about 0 ", "about zero"] {
            assert!(!page.contains(never), "{never}");
        }
    }
}

#[test]
fn the_text_of_an_author_is_checked_against_the_figures() {
    let e = made(options(2015), Ledger::default()).unwrap();
    let text = Text::new(Language::Dutch);
    let facts = Facts::from_edition(&text, &e, None);
    let n = reported(&text, &e);
    let found = |source: &str| {
        let file = "01-summary.nl.md".to_owned();
        let chapter = Chapter { file, source: source.to_owned() };
        let all = resolve(&text, &facts, &[chapter]).findings;
        all.iter().map(|f| f.in_words(&text)).collect::<Vec<_>>().join("\n")
    };
    assert_eq!(found("In {{year}} waren het er {{persons.year}}, zie artikel 273f."), "");
    let message = found(&format!("Samengevat:\n\ner zijn {n} mensen."));
    assert!(message.starts_with("01-summary.nl.md, regel 3: "), "{message}");
    assert!(message.contains("{{persons.2015}}"), "{message}");
    // A claim that the figures do not support is refused, with the claim that they support.
    let is = &facts.claimed("persons").unwrap().state;
    for other in ["rose", "fell", "unclear"].into_iter().filter(|o| o != is) {
        let message = found(&format!("{{{{claim:persons={other}|eigen woorden}}}}"));
        assert!(message.contains(&format!("{{{{claim:persons={is}}}}}")), "{message}");
    }
    let message = found("{{person.2015}}");
    assert!(message.contains("‘person.2015’") && message.contains("{{persons.20"), "{message}");
}

#[test]
fn a_report_has_a_cover_and_a_colophon_and_is_a_draft_until_it_is_called_final() {
    let e = made(options(2015), Ledger::default()).unwrap();
    for (language, country) in [(Language::Dutch, "Nederland"), (Language::English, "Netherlands")] {
        let text = Text::new(language);
        let facts = Facts::from_edition(&text, &e, None);
        let all = chapters(&text, &e, &facts);
        let draft = resolve(&text, &facts, &all);
        let cover = front(&text, &e, &draft);
        // The figures are final a year after the end of the year, and the edition is earlier.
        let until = ("until", text.day("2017-01-01"));
        let stage = text.fill("monitor-stage-preliminary", &[("year", "2015".to_owned()), until]);
        assert_eq!(cover.lines, [country.to_owned(), stage.clone()]);
        assert_eq!(cover.year, "2015");
        assert_eq!(cover.state, text.say("monitor-state-draft"));
        assert_eq!(cover.notes, [text.say("report-synthetic"), text.say("monitor-draft")]);
        let page = html::page(&text, &compose(&text, &e, draft));
        let notes = ["monitor-draft", "monitor-no-publisher"];
        assert!(notes.iter().all(|key| page.contains(&text.say(key))) && page.contains(&stage), "{page}");
        // The author names the publisher, writes the foreword and calls the edition final.
        let signed: Vec<Chapter> = all
            .iter()
            .map(|c| {
                let country = "- {{country}}";
                let publisher = format!("- {{{{publisher:Bureau 2015}}}}\n{country}");
                let mut source = c.source.replace("{{edition:draft}}", "{{edition:final}}");
                source = source.replace(country, &publisher);
                source += if c.file.contains("foreword") { "\nMet dank.\n" } else { "" };
                Chapter { file: c.file.clone(), source }
            })
            .collect();
        let signed = resolve(&text, &facts, &signed);
        assert!(signed.findings.is_empty() && signed.is_final, "{:?}", signed.findings);
        let cover = front(&text, &e, &signed);
        assert_eq!(cover.lines, ["Bureau 2015".to_owned(), country.to_owned(), stage]);
        assert_eq!(cover.notes, [text.say("report-synthetic")]);
        let page = html::page(&text, &compose(&text, &e, signed));
        assert!(!page.contains(&text.say("monitor-draft")) && page.contains("Met dank."));
        let publisher = text.fill("monitor-publisher", &[("publisher", "Bureau 2015".to_owned())]);
        assert!(page.contains(&publisher) && page.contains("CC BY 4.0"));
        let day = text.day("2016-10-18");
        let title = text.fill("report-title", &[("year", "2015".to_owned())]);
        let values = [("publisher", "Bureau 2015".to_owned()), ("title", title), ("date", day)];
        assert!(page.contains(&text.fill("monitor-citation", &values)), "{page}");
        // The colophon has the information needed to reproduce the report.
        assert!(page.contains(&e.whole.analysis.provenance.sha256));
    }
}
