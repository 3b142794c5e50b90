//! The report in chapters: what the program writes holds no figure and has no fault, and what its author writes is held to the figures.

use std::collections::BTreeMap;

use ijsberg_publication::ledger::Ledger;
use ijsberg_publication::legal::deliver::chain;
use ijsberg_publication::legal::justice::Justice;
use ijsberg_publication::legal::{Asked, Country};
use ijsberg_publication::monitor::{Chapter, Facts, chapters, compose, resolve};
use ijsberg_publication::write::html;
use ijsberg_publication::{Edition, Options};
use ijsberg_report::text::{Language, Text};
use ijsberg_tables::Grid;

use crate::{made, options};

const JUSTICE: &str = "year,measure,by,level,persons\n2015,suspected,total,,100\n2015,suspected,sex,F,20\n\
    2015,suspected,sex,M,80\n2015,convicted,total,,31\n";

fn delivered() -> ijsberg_publication::legal::Delivery {
    let Options { date, secret, noise, plain, .. } = options(2015);
    let country = Country::shipped("528").unwrap();
    let asked = Asked { country, year: 2015, years: 6, date, secret, noise, plain, synthetic: true };
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
        let facts = Facts::of(&text, &e, Some(&of));
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
fn what_an_author_types_is_held_to_the_figures() {
    let e = made(options(2015), Ledger::default()).unwrap();
    let text = Text::new(Language::Dutch);
    let facts = Facts::of(&text, &e, None);
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
