//! Releases that are refused, and protection of counts.

use std::sync::LazyLock;

use ijsberg_disclosure::perturbation::Noise;
use ijsberg_mse::method::Method;
use ijsberg_mse::methods::Settings;
use ijsberg_publication::document::{Block, compose};
use ijsberg_publication::edition::{Bilingual, Other};
use ijsberg_publication::families::Family;
use ijsberg_publication::gate::Refusal;
use ijsberg_publication::ledger::Ledger;
use ijsberg_publication::protection::TableProtection;
use ijsberg_publication::source::PersonTableError;
use ijsberg_publication::tables::Cell;
use ijsberg_publication::write::{html, overview, tables};
use ijsberg_publication::{Edition, Options, Protected, PublishError, edition};
use ijsberg_report::text::{Language, Text};

/// The persons on four of the lists. These tests are not about the estimates, so fewer lists and one method are enough.
pub(crate) static TABLE: LazyLock<String> = LazyLock::new(|| {
    let mut lists = Vec::new();
    let kept = crate::TABLE.lines().filter_map(|line| {
        let cells: Vec<&str> = line.split(',').collect();
        if lists.is_empty() {
            lists = ["O", "P", "R", "Z"].map(|l| cells.iter().position(|c| *c == l).unwrap()).to_vec();
        } else if lists.iter().all(|l| cells[*l] == "0") {
            return None;
        }
        let rest = &cells[6..];
        Some(lists.iter().map(|l| cells[*l]).chain(rest.iter().copied()).collect::<Vec<_>>().join(","))
    });
    kept.fold(String::new(), |all, line| all + &line + "\n")
});

fn made(options: Options, ledger: Ledger) -> Result<Edition, PublishError> {
    edition(
        TABLE.as_bytes(),
        &ijsberg_tables::Choices::default(),
        options,
        ledger,
        &ijsberg_mse::methods::Silent,
    )
}

fn options(year: i16) -> Options {
    let options = crate::options(year);
    let settings = Settings { methods: vec![Method::BestBic], ..options.settings };
    Options { settings, ..options }
}

#[test]
fn a_release_with_weak_noise_is_refused() {
    // Noise of at most 1, on a tenth of the counts.
    let mut weak = options(2015);
    weak.noise = Noise { variance: 0.1, largest: 1, hidden: 0 };
    let refused = made(weak, Ledger::default());
    assert!(
        matches!(refused, Err(PublishError::Refused(Refusal::Guessed { percent: 80.. }))),
        "{:?}",
        refused.err()
    );
}

#[test]
fn another_key_or_other_noise_than_before_is_refused() {
    let first = made(options(2014), Ledger::default()).unwrap().ledger();
    assert_eq!(first, serde_json::from_str(&first.write()).unwrap());
    let mut other = options(2015);
    other.secret = b"another key, made when the first was lost".to_vec();
    let refused = made(other, first.clone());
    assert!(matches!(refused, Err(PublishError::Refused(Refusal::OtherKey { year: 2014 }))));
    let mut other = options(2015);
    other.noise.variance = 2.0;
    let refused = made(other, first.clone());
    assert!(matches!(refused, Err(PublishError::Refused(Refusal::OtherNoise { year: 2014 }))));

    // With the same key the two editions are consistent: the same cell has the same noise, and both editions are in the ledger.
    let second = made(options(2015), first.clone()).unwrap();
    assert_eq!(second.earlier, first);
    let both = second.ledger();
    assert_eq!(both.releases.iter().map(|r| r.year).collect::<Vec<_>>(), [2014, 2015]);
    for year in ["2010", "2013", "2014"] {
        let vintages = both.earlier_totals(year);
        assert_eq!(vintages.len(), 2);
        assert_eq!(vintages[0].2, vintages[1].2, "{year}");
    }
    assert!(second.passed.revised.is_empty() && second.passed.narrowest >= Some(5), "{:?}", second.passed);
    // The same edition on the same day is in the ledger once.
    assert_eq!(made(options(2015), both.clone()).unwrap().ledger(), both);
}

#[test]
fn many_late_reports_are_published_as_a_revision() {
    let first = made(options(2014), Ledger::default()).unwrap().ledger();
    let late: String = TABLE
        .lines()
        .filter(|l| l.contains(",2012,"))
        .take(300)
        .fold(String::new(), |all, line| all + line + "\n");
    let table = format!("{}\n{late}", TABLE.trim_end());
    let choices = ijsberg_tables::Choices::default();
    let revised =
        edition(table.as_bytes(), &choices, options(2015), first, &ijsberg_mse::methods::Silent).unwrap();
    assert_eq!(revised.passed.revised, ["2012"]);
    let vintages = revised.ledger().earlier_totals("2012");
    assert!(vintages[1].2 > vintages[0].2 + 250, "{vintages:?}");
}

#[test]
fn a_table_that_cannot_be_published_is_refused_with_the_reason() {
    let of = |table: &str| {
        edition(
            table.as_bytes(),
            &ijsberg_tables::Choices::default(),
            options(2015),
            Ledger::default(),
            &ijsberg_mse::methods::Silent,
        )
    };
    let no_year = "A,B,count\n1,0,30\n0,1,40\n1,1,20\n";
    assert!(matches!(of(no_year), Err(PublishError::Persons(PersonTableError::NoYear))));
    let little = "A,B,year,count\n1,0,2015,30\n0,1,2015,40\n1,1,2015,2\n";
    // The counts are published, the estimate is withheld.
    assert!(of(little).unwrap().whole.withheld.is_some());
    let draws = "# ijsberg-table v1; lists=A,B; covariates=year; count=count; draw=draw\ndraw,A,B,year,count\n1,1,0,2015,30\n1,0,1,2015,40\n1,1,1,2015,20\n2,1,0,2015,31\n2,0,1,2015,41\n2,1,1,2015,19\n";
    assert!(matches!(of(draws), Err(PublishError::Draws)));
    let early = "A,B,year,count\n1,0,1999,30\n0,1,1999,40\n1,1,1999,20\n";
    assert!(matches!(of(early), Err(PublishError::Nobody(2010, 2015))));
    // A family of marks has its own table, so its name must not be that of another table.
    for name in ["histories.A", "list.x", "total.y", "year.z", "sdg-16-2-2.F"] {
        let table = format!("A,B,year,{name},count\n1,0,2015,yes,30\n0,1,2015,no,40\n1,1,2015,no,20\n");
        let choices = ijsberg_tables::Choices { covariates: vec![name.to_owned()], ..Default::default() };
        let silent = &ijsberg_mse::methods::Silent;
        let made = edition(table.as_bytes(), &choices, options(2015), Ledger::default(), silent);
        let is_refused = matches!(made, Err(PublishError::Persons(PersonTableError::Column(n))) if n == name);
        assert!(is_refused, "{name}");
    }
    // Persons without a year are left out, and their number is reported to the producer.
    let some = format!("{}\n1,0,0,0,,female,adult,dutch,other,synthetic\n", TABLE.trim_end());
    assert_eq!(of(&some).unwrap().without_year, 1);
    let mut short = options(2015);
    short.secret = b"short".to_vec();
    assert!(matches!(made(short, Ledger::default()), Err(PublishError::ShortKey)));
}

/// Rounded and suppressed counts pass the attack together with the noisy capture histories, and the estimate is the same.
#[test]
fn plain_counts_can_be_rounded_or_hidden() {
    // A few persons of a third form, so that some counts have to be suppressed.
    let rare = |(i, l): (usize, &str)| {
        let (rest, last) = l.rsplit_once(',').unwrap();
        let (rest, form) = rest.rsplit_once(',').unwrap();
        let form = if i > 0 && i % 400 == 0 { "organs" } else { form };
        format!("{rest},{form},{last}\n")
    };
    let table: String = TABLE.lines().enumerate().map(rare).collect();
    let exact = |level: &str, year: &str| {
        let of = |l: &&str| l.contains(&format!(",{year},")) && l.contains(&format!(",{level},"));
        table.lines().filter(of).count() as u64
    };
    let made = |options, ledger| {
        edition(
            table.as_bytes(),
            &ijsberg_tables::Choices::default(),
            options,
            ledger,
            &ijsberg_mse::methods::Silent,
        )
    };
    let noisy = made(options(2015), Ledger::default()).unwrap();
    for plain in [TableProtection::Rounded, TableProtection::Suppressed] {
        let e = made(Options { plain, ..options(2015) }, Ledger::default()).unwrap();
        assert_eq!(e.whole.histories, noisy.whole.histories);
        assert_eq!(e.at_least(), noisy.at_least());
        assert!(e.passed.narrowest.is_none_or(|n| n >= 5), "{:?}", e.passed);
        let form = e.families.iter().find(|f| f.name == "form").unwrap();
        for (l, level) in form.levels.iter().enumerate() {
            for (y, year) in form.years.iter().enumerate() {
                let (shown, truth) = (form.cells[l][y].map(Protected::get), exact(level, year));
                match plain {
                    TableProtection::Suppressed => {
                        assert!(shown.map_or(truth > 0, |n| n == truth && !(1..10).contains(&n)));
                    }
                    _ => assert!(shown.is_none_or(|n| n % 5 == 0 && n.abs_diff(truth) <= 2)),
                }
            }
        }
        let hidden: usize = e.families.iter().map(Family::suppressed).sum();
        assert!(hidden > 0 || plain == TableProtection::Rounded, "{hidden}");
        // A suppressed count has a sign in every table and is never blank.
        let of = tables(&Text::new(Language::English), &e);
        let marked =
            of.iter().flat_map(|t| t.rows.iter().flatten()).filter(|c| **c == Cell::Confidential).count();
        assert_eq!(marked > 0, hidden > 0);
        // Together with counts protected in the other way they would disclose more than either.
        let both = made(options(2015), e.ledger());
        assert!(matches!(both, Err(PublishError::Refused(Refusal::OtherProtection { year: 2015 }))));
    }
}

/// Marks are counted by year and protected; they are not estimated and change no other number.
#[test]
fn marks_are_counted_and_change_nothing_else() {
    let mut lines = TABLE.lines();
    let head = format!("{},means.DebtBondage,means.Other,delay.early,delay.late", lines.next().unwrap());
    let yes = |is: bool| if is { "yes" } else { "no" };
    let rows = lines.enumerate().map(|(i, l)| {
        let late = i % 5 == 0;
        format!("{l},{},{},{},{}", yes(i % 3 == 0), yes(i % 400 == 7), yes(!late), yes(late))
    });
    let table = std::iter::once(head).chain(rows).fold(String::new(), |all, l| all + &l + "\n");
    let silent = &ijsberg_mse::methods::Silent;
    // Marks of yes and no next to lists of 0 and 1 are declared not to be lists.
    let marks = ["means.DebtBondage", "means.Other", "delay.early", "delay.late"].map(str::to_owned);
    let choices = ijsberg_tables::Choices { covariates: marks.to_vec(), ..Default::default() };
    let with = edition(table.as_bytes(), &choices, options(2015), Ledger::default(), silent).unwrap();
    let without = made(options(2015), Ledger::default()).unwrap();
    assert_eq!(with.whole.histories, without.whole.histories);
    for (a, b) in with.families.iter().zip(&without.families) {
        assert_eq!(a.published_counts(), b.published_counts());
    }
    assert_eq!(with.parts, without.parts);
    let names: Vec<(&str, bool)> = with.marks.iter().map(|f| (f.name.as_str(), f.overlapping)).collect();
    assert_eq!(names, [("means", true), ("delay", false)]);
    let debt = with.marks[0].by_level[0].unwrap().get();
    let marked = table.lines().skip(1).count().div_ceil(3) as u64;
    assert!(debt.abs_diff(marked) <= 5, "{debt} {marked}");
    let text = Text::new(Language::Dutch);
    let ids: Vec<String> = tables(&text, &with).into_iter().map(|t| t.id).collect();
    assert!(ids.contains(&"reported-means".to_owned()) && !ids.contains(&"estimates-means".to_owned()));
    let page = html::page(&text, &compose(&text, &with));
    assert!(page.contains("schuldslavernij") || page.contains("schuld"), "the code in words");
    // With suppression, rare marks are hidden and cannot be derived from the total and the other counts.
    let hidden = Options { plain: TableProtection::Suppressed, ..options(2015) };
    let hidden = edition(table.as_bytes(), &choices, hidden, Ledger::default(), silent).unwrap();
    let rare = hidden.marks[0].levels.iter().position(|l| l == "Other").unwrap();
    let shown = hidden.marks[0].cells[rare].iter().flatten().map(|c| c.get());
    assert!(
        hidden.marks[0].suppressed() > 3 && shown.clone().all(|n| n == 0 || n > 9),
        "{:?}",
        shown.collect::<Vec<_>>()
    );
    // A later release without the marks has the same noise.
    let later = made(options(2015), with.ledger()).unwrap();
    assert!(later.passed.revised.is_empty());
}

/// A copy under embargo says so first, has a separate folder, and is in the ledger but not in the overview of reports.
#[test]
fn a_copy_under_embargo_is_kept_separate() {
    let embargo = Some(jiff::civil::date(2016, 10, 18));
    let made = made(Options { embargo, ..options(2015) }, Ledger::default()).unwrap();
    // A listing of all reports does not show that there is a copy, or for which year; the folder name can be derived with the key.
    let folder = made.folder();
    assert!(folder.starts_with("copy-") && folder.len() == "copy-".len() + 16, "{folder}");
    assert_eq!(made.label(), "2015-embargo");
    let text = Text::new(Language::English);
    let document = compose(&text, &made);
    assert!(matches!(&document.blocks[0], Block::Note(words) if words.contains("2016-10-18")));
    let ledger = made.ledger();
    assert!(ledger.earlier_totals("2015").is_empty() && ledger.releases.len() == 1);
    // Only the body is searched, because the head has the typeface with the year of its licence.
    let page = overview::page(&text, &ledger);
    assert!(!page.split_once("<body").unwrap().1.contains("2015"));
}

/// Totals of other organisations are shown next to those of the report, for its years.
#[test]
fn totals_of_others_are_shown_next_to_ours() {
    let both = |words: &str, dutch: &str| Bilingual { words: words.into(), dutch: dutch.into() };
    let (body, source) = (both("CoMensha", ""), both("its report", "haar verslag"));
    let other = |year, persons| Other { year, body: body.clone(), persons, source: source.clone() };
    let with = Options { others: vec![other(2015, 1150), other(1999, 3)], ..options(2015) };
    let made = made(with, Ledger::default()).unwrap();
    let ours = made.reported(2015).unwrap().get() as f64;
    for (language, source) in [(Language::English, "its report"), (Language::Dutch, "haar verslag")] {
        let tables = tables(&Text::new(language), &made);
        let table = tables.iter().find(|t| t.id == "others").unwrap();
        assert_eq!(table.rows.len(), 1);
        assert_eq!(table.rows[0][4], Cell::Number(1150.0 - ours));
        assert_eq!((&table.rows[0][1], &table.rows[0][5]), (&"CoMensha".into(), &source.into()));
    }
}
