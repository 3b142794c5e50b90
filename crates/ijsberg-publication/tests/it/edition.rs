//! The contents of an edition.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use ijsberg_mse::diagnostics::Verdict;
use ijsberg_mse::methods::{Settings, Silent};
use ijsberg_publication::Edition;
use ijsberg_publication::before::KeyFigures;
use ijsberg_publication::covariates::NoEstimateReason;
use ijsberg_publication::document::{Block, compose, summary};
use ijsberg_publication::estimate::LEVEL;
use ijsberg_publication::families::Family;
use ijsberg_publication::ledger::Ledger;
use ijsberg_publication::tables::histories_csv;
use ijsberg_publication::write::{csvw, html, json, ods, sdmx, tables, xlsx};
use ijsberg_report::text::{Language, Text};
use ijsberg_tables::{Choices, read, read_sheets};

use crate::{TABLE, made, options};

fn edition() -> &'static Edition {
    static MADE: OnceLock<Edition> = OnceLock::new();
    MADE.get_or_init(|| made(options(2015), Ledger::default()).unwrap())
}

fn everything(e: &Edition) -> Vec<Vec<u8>> {
    let mut all = vec![sdmx::csv(e).into_bytes()];
    for language in [Language::English, Language::Dutch] {
        let text = Text::new(language);
        let of = tables(&text, e);
        all.push(html::page(&text, &compose(&text, e)).into_bytes());
        all.push(json(&text, e, &of).to_string().into_bytes());
        all.push(xlsx::workbook(&text, e, &of).unwrap());
        all.push(ods::workbook(&text, e, &of).unwrap());
        all.extend(of.iter().map(|t| csvw::csv(t).into_bytes()));
        all.extend(of.iter().map(|t| csvw::metadata(&text, e, t).to_string().into_bytes()));
    }
    all
}

#[test]
fn the_same_seed_gives_the_same_bytes() {
    let again = made(options(2015), Ledger::default()).unwrap();
    for (i, (a, b)) in everything(edition()).iter().zip(everything(&again)).enumerate() {
        assert!(*a == b, "file {i}");
    }
}

#[test]
fn the_summary_of_the_last_edition_from_its_files_is_that_of_the_edition_itself() {
    let e = edition();
    assert_eq!(KeyFigures::last(&e.earlier, |_| None), None);
    let (after, file) = (e.ledger(), json(&Text::new(Language::English), e, &[]));
    let last = KeyFigures::last(&after, |_| Some(file.clone())).unwrap();
    assert_eq!(last, KeyFigures::from_edition(e));
    assert!(last.verdict.is_some() && last.shown > 100 && last.reported > 1_000, "{last:?}");
    // The file of another edition is not used, and the log has no verdict.
    let mut other = file;
    other["date"] = "2016-10-19".into();
    for file in [None, Some(other)] {
        let bare = KeyFigures::last(&after, |_| file).unwrap();
        assert_eq!(bare, KeyFigures { verdict: None, number: None, ..last.clone() });
    }
    // A copy for named readers is not a separate edition.
    let mut named = after;
    named.releases[0].embargo = Some("2016-12-01".to_owned());
    assert_eq!(KeyFigures::last(&named, |_| None), None);
}

/// Anyone can reproduce the published estimate to the digit from the published table.
#[test]
fn the_public_table_gives_the_public_estimate() {
    let e = edition();
    let csv = histories_csv(&e.lists, &e.whole.histories);
    let model = e.whole.model.clone().unwrap();
    let request = ijsberg_analysis::Request {
        settings: Settings { formulas: vec![model], level: LEVEL, ..e.options.settings.clone() },
        ..ijsberg_analysis::Request::default()
    };
    let text = Text::new(Language::English);
    let found = ijsberg_analysis::run(csv.as_bytes(), "", &request, &text, &Silent, &mut |_| {}).unwrap();
    let ijsberg_analysis::Outcome::Histories(found) = found else { panic!("no histories") };
    let numbers = |all: &[ijsberg_mse::estimate::Estimate]| {
        all.iter().map(|e| (e.method, e.n_hat.map(f64::to_bits))).collect::<Vec<_>>()
    };
    assert_eq!(numbers(&found.estimates), numbers(&e.whole.analysis.estimates));
    assert_eq!(found.provenance.sha256, e.whole.analysis.provenance.sha256);
    // The limits include the uncertainty from the noise, so they are never narrower.
    for (ours, theirs) in e.whole.analysis.estimates.iter().zip(&found.estimates) {
        if let (Some(a), Some(b)) = (ours.interval, theirs.interval) {
            assert!(a.lower <= b.lower + 1e-9 && a.upper >= b.upper - 1e-9, "{}", ours.method);
        }
    }
}

/// The headline includes the uncertainty from the noise, and a lower quality of the lists never raises the minimum.
#[test]
fn the_headline_is_no_narrower_than_its_limits() {
    let d = &edition().whole.analysis.diagnostics;
    let (headline, least) = (d.headline.as_ref().unwrap(), d.at_least.unwrap());
    assert_eq!(headline.bound.at_least.to_bits(), least.to_bits());
    assert!(!headline.bound_if.is_empty());
    for b in &headline.bound_if {
        assert!(b.at_least >= b.seen && b.at_least <= least, "{b:?}, {least}");
    }
    let noise = edition().whole.noise_sd;
    let csv = histories_csv(&edition().lists, &edition().whole.histories);
    let bare = ijsberg_analysis::Request {
        settings: Settings { level: LEVEL, ..edition().options.settings.clone() },
        ..ijsberg_analysis::Request::default()
    };
    let text = Text::new(Language::English);
    let found = ijsberg_analysis::run(csv.as_bytes(), "", &bare, &text, &Silent, &mut |_| {}).unwrap();
    let ijsberg_analysis::Outcome::Histories(found) = found else { panic!("no histories") };
    let plain = found.diagnostics.headline.unwrap().interval;
    assert!(noise > 0.0 && headline.interval.lower < plain.lower && headline.interval.upper > plain.upper);
}

/// No published count is 1 or 2, and more than half of the history counts differ from the exact ones.
#[test]
fn no_published_count_is_one_or_two() {
    let e = edition();
    let exact = read(TABLE.as_bytes(), &Choices::default()).unwrap();
    let counts: Vec<u64> = e.families.iter().flat_map(Family::published_counts).map(|t| t.value).collect();
    assert!(counts.iter().all(|v| *v == 0 || *v > 2), "{counts:?}");
    let public: BTreeMap<u32, u64> = e.whole.histories.iter().map(|h| (h.0, h.1.get())).collect();
    assert!(public.values().all(|v| *v == 0 || *v > 2));
    let single = exact.histories.cells().iter().filter(|c| c.1 == 1).count();
    assert!(single >= 3, "the table has cells of one");
    let changed = exact.histories.cells().iter().filter(|(h, n)| public[h] != *n).count();
    assert!(2 * changed > exact.histories.cells().len(), "{changed}");
    // The file for the United Nations has no count of 1 or 2 either.
    for line in sdmx::csv(e).lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        assert_eq!(cells.len(), 22, "{line}");
        let value: f64 = cells[17].parse().unwrap();
        assert!(cells[18] != "NUMBER" || value == 0.0 || value > 2.0, "{line}");
    }
}

/// What the verdict does not allow to be published of the whole is not published of a year or a part either, in any table or picture.
#[test]
fn parts_are_published_only_as_far_as_the_verdict_on_the_whole_allows() {
    let mut e = made(options(2015), Ledger::default()).unwrap();
    let whole = e.whole.analysis.diagnostics.verdict;
    assert_eq!(whole, Verdict::LowerBoundOnly, "the table of the tests");
    assert!(e.parts.iter().any(|p| p.limits.is_some()));
    for p in &e.parts {
        let reported = p.reported.map_or(0.0, |n| n.get() as f64);
        assert!(p.verdict >= whole && p.n_hat.is_none(), "{p:?}");
        assert!(p.limits.is_none_or(|l| l.0 >= reported && l.1.is_infinite()), "{p:?}");
        assert!(p.verdict != Verdict::NoEstimate || p.limits.is_none(), "{p:?}");
    }
    // Parts that make up the whole add up to no more than the whole.
    let least = e.whole.analysis.diagnostics.at_least.unwrap();
    for family in ["year".to_owned()].iter().chain(e.families[1..].iter().map(|f| &f.name)) {
        let of = e.parts.iter().filter(|p| p.covariate == *family);
        let sum: f64 = of.filter_map(|p| Some(p.limits?.0)).sum();
        assert!(sum > 0.0 && sum <= least + 1e-6, "{family}: {sum} {least}");
    }
    let text = Text::new(Language::English);
    let bound = |e: &Edition| {
        let figures = compose(&text, e).blocks.into_iter();
        figures
            .filter_map(|b| if let Block::Figure { chart, .. } = b { Some(chart.description) } else { None })
            .collect()
    };
    let pictures: Vec<String> = bound(&e);
    assert!(pictures[0].contains("how many more is not known"), "{}", pictures[0]);
    assert!(pictures[1].contains("observed, at least"), "{}", pictures[1]);
    // With another verdict there would be a range.
    e.whole.analysis.diagnostics.verdict = Verdict::RangeOnly;
    assert!(bound(&e)[0].contains("the range of estimates"));
}

#[test]
fn every_format_has_the_same_numbers() {
    let e = edition();
    let (en, nl) = (Text::new(Language::English), Text::new(Language::Dutch));
    for (a, b) in tables(&en, e).iter().zip(tables(&nl, e)) {
        assert_eq!((a.id.as_str(), a.rows.len()), (b.id.as_str(), b.rows.len()));
        for (x, y) in a.rows.iter().zip(&b.rows) {
            let numbers = |row: &[ijsberg_publication::tables::Cell]| {
                row.iter()
                    .filter(|c| !matches!(c, ijsberg_publication::tables::Cell::Text(_)))
                    .cloned()
                    .collect::<Vec<_>>()
            };
            assert_eq!(numbers(x), numbers(y), "{}", a.id);
        }
        assert!(a.rows.iter().all(|r| r.len() == a.columns.len()), "{}", a.id);
    }
    let of = tables(&en, e);
    for bytes in [xlsx::workbook(&en, e, &of).unwrap(), ods::workbook(&en, e, &of).unwrap()] {
        let sheets = read_sheets(&bytes).unwrap();
        assert_eq!(sheets.len(), of.len() + 2);
        for (t, sheet) in of.iter().zip(&sheets[2..]) {
            // A title in the first cell, notes, one row of headings, and then the table to the end, with nothing beside or below it.
            assert!(sheet.1[0][0].ends_with(&t.title), "{}", t.id);
            let head = &sheet.1[1 + t.notes.len()];
            let titles: Vec<&str> = t.columns.iter().map(|c| c.title.as_str()).collect();
            assert_eq!(head[..titles.len()], titles, "{}", t.id);
            let body = &sheet.1[2 + t.notes.len()..];
            assert_eq!(body.len(), t.rows.len().max(1), "{}", t.id);
            for (row, cells) in t.rows.iter().zip(body) {
                assert!(cells.iter().take(row.len()).all(|c| !c.is_empty()), "{}: a bare blank", t.id);
            }
        }
        let names: BTreeSet<&String> = sheets.iter().map(|s| &s.0).collect();
        assert_eq!(names.len(), sheets.len());
    }
}

#[test]
fn the_report_says_what_it_is_in_both_languages() {
    let e = edition();
    for (language, first, word) in [
        (Language::Dutch, "Oefenrapport met synthetische gegevens", "Vermoedelijke slachtoffers"),
        (Language::English, "Practice report with synthetic data", "Presumed victims"),
    ] {
        let text = Text::new(language);
        let document = compose(&text, e);
        assert!(document.title.starts_with(word));
        // The note that every reader must see comes first.
        assert!(matches!(&document.blocks[0], Block::Note(words) if words.starts_with(first)));
        let of = |pick: fn(&Block) -> bool| document.blocks.iter().filter(|b| pick(b)).count();
        assert!(of(|b| matches!(b, Block::Figure { .. })) >= 8);
        assert_eq!(of(|b| matches!(b, Block::Table(_))), tables(&text, e).len());
        let page = html::page(&text, &document);
        assert!(
            !page.contains("http://")
                || page.matches("http://").all(|_| page.contains("www.w3.org/2000/svg"))
        );
        assert!(page.len() < 1_000_000 && !page.contains("<script"));
        let sentences = summary(&text, e);
        assert!(sentences.len() >= 3 && sentences.iter().all(|s| !s.starts_with("report-")), "{sentences:?}");
    }
}

#[test]
fn covariates_are_taken_into_account_from_protected_margins() {
    let of = |e: &Edition| e.with_covariates.clone().unwrap();
    let c = of(edition());
    assert_eq!(c.used, ["year", "sex", "age", "nationality", "form"]);
    let all = c.estimate_of(&[]).unwrap();
    // The estimate from the synthetic table without noise is 36,779. Its logarithm may differ by at most two RMSE, as measured by
    // `examples/margins_coverage.rs`.
    let near = |n: f64| (n / 36_779.0).ln().abs() < 0.48;
    assert!(near(all.n_hat) && all.limits.0 < all.n_hat && all.n_hat < all.limits.1, "{all:?}");
    assert!(c.noise_sd > 0.0);
    for name in &c.used {
        let levels = c.parts.iter().filter(|p| p.part.len() == 1 && p.part[0].0 == *name);
        let (n, sum) = levels.fold((0, 0.0), |(n, sum), p| (n + 1, sum + p.n_hat));
        assert!(n >= 2 && (sum / all.n_hat - 1.0).abs() < 1e-9, "{name}: {sum}");
    }
    assert!(c.estimate_of(&[("nationality", "foreign"), ("form", "other")]).is_some());

    // Another key gives a different number, but a similar one.
    let mut o = options(2015);
    o.secret = b"another key that is kept from year to year".to_vec();
    let other = of(&made(o, Ledger::default()).unwrap()).estimate_of(&[]).unwrap().n_hat;
    assert!(other != all.n_hat && near(other), "{other}");
}

#[test]
fn persons_with_an_unknown_level_are_distributed_over_the_levels() {
    let without = |(k, line): (usize, &str)| match k % 40 {
        7 => line.replace(",female,", ",,").replace(",male,", ",,"),
        _ => line.to_owned(),
    };
    let table: Vec<String> = TABLE.lines().enumerate().map(without).collect();
    let table = table.join("\n");
    let e = ijsberg_publication::edition(
        table.as_bytes(),
        &Choices::default(),
        options(2015),
        Ledger::default(),
        &Silent,
    )
    .unwrap();
    let c = e.with_covariates.unwrap();
    let of = |part: &[(&str, &str)]| c.estimate_of(part).unwrap().n_hat;
    let (all, sexes) = (of(&[]), of(&[("sex", "female")]) + of(&[("sex", "male")]));
    assert!((all / 36_779.0).ln().abs() < 0.48 && (sexes / all - 1.0).abs() < 1e-9, "{all} {sexes}");
    assert_eq!(c.estimate_of(&[("sex", "unknown")]), None);
}

#[test]
fn a_level_with_a_hidden_count_has_no_estimate_with_covariates() {
    let few = "1,0,0,1,0,0,2015,other,adult,dutch,sexual,synthetic\n".repeat(4);
    let table = format!("{TABLE}{few}");
    let mut o = options(2015);
    o.plain = ijsberg_publication::protection::TableProtection::Suppressed;
    let e =
        ijsberg_publication::edition(table.as_bytes(), &Choices::default(), o, Ledger::default(), &Silent)
            .unwrap();
    let sexes = e.families.iter().find(|f| f.name == "sex").unwrap();
    let at = sexes.levels.iter().position(|l| l == "other").unwrap();
    assert_eq!(sexes.by_level[at], None);
    let c = e.with_covariates.unwrap();
    let has = |what: &str| c.parts.iter().any(|p| p.part.iter().any(|(_, l)| l == what));
    assert!(has("female") && has("adult"));
    assert!(!c.parts.iter().any(|p| p.part.contains(&("sex".to_owned(), "other".to_owned()))));
}

#[test]
fn the_reason_why_there_is_no_estimate_with_covariates_is_given() {
    // A random sex explains nothing, and without replicates there is no interval.
    let line = |(k, line): (usize, &str)| {
        let lists_and_year = line.split(',').take(7).collect::<Vec<_>>().join(",");
        let sex = if k == 0 { "sex" } else { ["female", "male"][k * 7919 % 97 % 2] };
        format!("{lists_and_year},{sex}")
    };
    let by_chance = TABLE.lines().enumerate().map(line).collect::<Vec<_>>().join("\n");
    let of = |table: &str, o| {
        ijsberg_publication::edition(table.as_bytes(), &Choices::default(), o, Ledger::default(), &Silent)
            .unwrap()
    };
    let e = of(&by_chance, options(2015));
    assert_eq!(e.with_covariates, Err(NoEstimateReason::Terms));
    let mut o = options(2015);
    o.settings.replicates = 0;
    let without = of(TABLE, o);
    assert_eq!(without.with_covariates, Err(NoEstimateReason::Margins));
    for language in [Language::English, Language::Dutch] {
        let text = Text::new(language);
        for (e, key) in [(&e, "report-without-terms"), (&without, "report-without-margins")] {
            let blocks = compose(&text, e).blocks;
            assert_eq!(json(&text, e, &[])["with_covariates"]["none"], key["report-without-".len()..]);
            let is_reason = |b: &Block| matches!(b, Block::Note(words) if *words == text.say(key));
            assert!(text.say(key) != key && blocks.iter().any(is_reason));
        }
    }
}
