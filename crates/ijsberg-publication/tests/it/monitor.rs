//! The report in chapters: what the program writes holds no figure and has no fault, and what its author writes is held to the figures.

use std::collections::BTreeMap;

use ijsberg_mse::methods::Silent;
use ijsberg_publication::country::Country;
use ijsberg_publication::document::Block;
use ijsberg_publication::ledger::Ledger;
use ijsberg_publication::legal::Asked;
use ijsberg_publication::legal::deliver::chain;
use ijsberg_publication::legal::justice::Justice;
use ijsberg_publication::monitor::{Chapter, Facts, chapters, compose, front, resolve, tables};
use ijsberg_publication::protection::Plain;
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
    let asked =
        Asked { country, year: 2015, years: 6, date, secret, noise, plain, embargo: None, synthetic: true };
    let justice = Justice::read(&Grid::read(JUSTICE.as_bytes()).unwrap()).unwrap();
    chain(asked, &justice, BTreeMap::new()).unwrap()
}

fn reported(text: &Text, e: &Edition) -> String {
    text.number(e.reported(2015).unwrap().get() as f64)
}

#[test]
fn the_chapters_of_the_program_hold_no_figure_and_have_no_fault() {
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
        let said: Vec<String> = resolved.findings.iter().map(|f| f.in_words(&text)).collect();
        assert!(said.is_empty(), "{said:#?}");
        let page = html::page(&text, &compose(&text, &e, resolved));
        assert!(page.contains(&n) && !page.contains("{{persons") && !page.contains("{{claim"), "{page}");
        // What every reader is told first; the foreword that nobody wrote is not there.
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
fn tables_of_the_chain_are_for_files_too() {
    let e = made(options(2015), Ledger::default()).unwrap();
    let of = delivered();
    let text = Text::new(Language::English);
    let ids = |chain| tables(&text, &e, chain).into_iter().map(|t| t.id).collect::<Vec<_>>();
    let own = ids(None);
    assert_eq!(own, write::tables(&text, &e).into_iter().map(|t| t.id).collect::<Vec<_>>());
    // Those without any number are in no chapter either.
    assert_eq!(ids(Some(&of))[own.len()..], ["eu-19a-b", "eu-19a-e"]);
}

/// Whoever reads one chapter only, or takes one table only, is told as well.
#[test]
fn every_chapter_says_beside_its_figures_whether_they_are_final() {
    let mut e = made(options(2015), Ledger::default()).unwrap();
    let of = delivered();
    let text = Text::new(Language::Dutch);
    for (day, held_back, key, code) in [
        (date(2016, 10, 18), 0, "preliminary", "preliminary"),
        (date(2017, 6, 1), 0, "final", "final"),
        // So many more would revise the year, and could not.
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
        // In the metadata and for the United Nations.
        let first = &write::tables(&text, &e)[0];
        assert_eq!(csvw::metadata(&text, &e, first)["schema:creativeWorkStatus"], code);
        let status = if code == "final" { ",A,F" } else { ",P,F" };
        let sdmx = sdmx::csv(&e);
        assert!(sdmx.lines().filter(|l| l.contains(",2015,")).all(|l| l.ends_with(status)), "{sdmx}");
        assert!(sdmx.lines().filter(|l| l.contains(",2013,")).all(|l| l.ends_with(",A,F")), "{sdmx}");
    }
}

/// Persons of two years, of whom nobody was exploited for organs in the second.
const NOBODY: &str = "A,B,C,year,sex,age,form,count\n1,0,0,2014,F,adult,labour,120\n1,0,0,2014,M,adult,organs,60\n\
    0,1,0,2014,F,minor,sexual,90\n0,0,1,2014,M,adult,labour,80\n1,1,0,2014,F,adult,sexual,40\n\
    1,0,0,2015,F,adult,labour,150\n0,1,0,2015,M,minor,sexual,110\n0,0,1,2015,M,adult,labour,70\n\
    1,1,0,2015,F,adult,sexual,50\n";

/// With noise nobody may as well be a few; only where counts are exact is it nobody.
#[test]
fn zero_stands_in_a_sentence_only_where_it_is_exact() {
    for (plain, language, sentence, change) in [
        (
            Plain::Noise,
            Language::Dutch,
            "In 2015 zijn in deze categorie geen of heel weinig vermoedelijke slachtoffers gemeld.",
            "in 2015 zijn er minder mensen gemeld (geen of heel weinig) dan in 2014 (ongeveer ",
        ),
        (
            Plain::Noise,
            Language::English,
            "In 2015, zero or very few presumed victims were reported in this category.",
            "fewer were reported in 2015 (zero or very few) than in 2014 (about ",
        ),
        (
            Plain::Suppressed,
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
        // The text has no figure: what is written of many one year is read of nobody in the next.
        let other = all.iter().find(|c| c.file.starts_with("06-other")).unwrap();
        assert!(other.source.contains("{{form.organs.year}}"), "{}", other.source);
        let resolved = resolve(&text, &facts, &all);
        assert!(resolved.findings.is_empty(), "{:?}", resolved.findings);
        let page = html::page(&text, &compose(&text, &e, resolved));
        assert!(page.contains(sentence) && page.contains(change), "{page}");
        let share = Chapter { file: "a".to_owned(), source: "{{share.form.organs}}".to_owned() };
        let said = format!("{:?}", resolve(&text, &facts, &[share]).blocks);
        let wanted = if plain == Plain::Noise { text.say("monitor-few-share") } else { "0%".to_owned() };
        assert!(said.contains(&format!("\"{wanted}\"")), "{said}");
        for never in ["ongeveer 0 ", "ongeveer geen", "about 0 ", "about zero"] {
            assert!(!page.contains(never), "{never}");
        }
    }
}

#[test]
fn what_an_author_types_is_held_to_the_figures() {
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
    let said = found(&format!("Samengevat:\n\ner zijn {n} mensen."));
    assert!(said.starts_with("01-summary.nl.md, regel 3: ") && said.contains("{{persons.2015}}"), "{said}");
    // The claim that the figures do not make is refused, with the one that they do make.
    let is = &facts.claimed("persons").unwrap().state;
    for other in ["rose", "fell", "unclear"].into_iter().filter(|o| o != is) {
        let said = found(&format!("{{{{claim:persons={other}|eigen woorden}}}}"));
        assert!(said.contains(&format!("{{{{claim:persons={is}}}}}")), "{said}");
    }
    let said = found("{{person.2015}}");
    assert!(said.contains("‘person.2015’") && said.contains("{{persons.20"), "{said}");
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
        // The year is final a year after it, and the edition is of before that.
        let until = ("until", text.day("2017-01-01"));
        let stage = text.fill("monitor-stage-preliminary", &[("year", "2015".to_owned()), until]);
        assert_eq!(cover.lines, [country.to_owned(), stage.clone()]);
        assert_eq!(cover.year, "2015");
        assert_eq!(cover.state, text.say("monitor-state-draft"));
        assert_eq!(cover.notes, [text.say("report-synthetic"), text.say("monitor-draft")]);
        let page = html::page(&text, &compose(&text, &e, draft));
        let said = ["monitor-draft", "monitor-no-publisher"];
        assert!(said.iter().all(|key| page.contains(&text.say(key))) && page.contains(&stage), "{page}");
        // Whoever signs it names the publisher, writes the foreword and calls it final.
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
        // How it was made is in the colophon.
        assert!(page.contains(&e.whole.analysis.provenance.sha256));
    }
}
