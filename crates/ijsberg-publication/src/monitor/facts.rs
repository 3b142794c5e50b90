//! The figures and claims of an edition that a text can use, by name, with the charts, tables and sections.

use std::cmp::Reverse;

use ijsberg_mse::diagnostics::Verdict;
use ijsberg_report::headline::{conclusion, verdict};
use ijsberg_report::text::Text;

use crate::asked::SdgCount;
use crate::claims::{self, Change};
use crate::country;
use crate::document::title;
use crate::edition::Edition;
use crate::estimate::PartEstimate;
use crate::families::Family;
use crate::figures;
use crate::labels::covariate;
use crate::legal::{Delivery, Measure};
use crate::monitor::blocks;
use crate::monitor::breakdown::{Breakdown, DeliveredBreakdown, Level, breakdowns, levels_of};
use crate::monitor::entries::{Claim, Facts, name};
use crate::names::Names;
use crate::persons::folded;
use crate::protection::CountProtection;
use crate::source::UNKNOWN;
use crate::tabulation::stages;

impl Facts {
    /// The facts of an edition and of a statutory delivery. All their counts passed the gate.
    pub fn from_edition(text: &Text, e: &Edition, chain: Option<&Delivery>) -> Self {
        let mut all = Self::default();
        let lists = Names::from_edition(text, e);
        all.of_the_edition(text, e);
        all.of_the_country(text, e);
        all.of_the_years(text, e);
        for family in e.families.iter().chain(&e.marks) {
            all.of_a_family(text, e, family, &lists);
        }
        for family in e.families.iter().skip(1).filter(|f| !f.overlapping) {
            let levels = levels_of(text, e, family);
            let claim = most_common(text, e, (&family.name, family.how), &levels);
            all.claim(&format!("most-common-{}", name(&[&family.name])), claim);
        }
        for part in &e.parts {
            all.of_a_part(text, part);
        }
        for of in &e.sdg_counts {
            all.of_the_nations(text, e, of);
        }
        if let Some(chain) = chain {
            all.of_the_chain(text, chain);
        }
        let breakdowns = breakdowns(text, e, chain);
        for (by, of) in &breakdowns {
            if let Breakdown::Delivered(of) = of {
                all.of_a_breakdown(text, e, by, of);
            }
        }
        all.blocks = blocks::blocks(text, e, chain, &all, &breakdowns, &lists);
        all
    }

    /// The description of the edition and its overall estimate.
    fn of_the_edition(&mut self, text: &Text, e: &Edition) {
        let (o, a) = (&e.options, &e.whole.analysis);
        let number = |n: Option<f64>| n.filter(|n| n.is_finite()).map(|n| text.number(n));
        for (name, value) in [
            ("title", title(text, e)),
            ("year", o.year.to_string()),
            ("before", (o.year - 1).to_string()),
            ("from", e.from().to_string()),
            ("date", text.day(&o.date.to_string())),
            ("version", a.provenance.version.clone()),
        ] {
            self.put(name.to_owned(), Some(value));
        }
        self.put("estimate.low".to_owned(), number(e.at_least()));
        self.put("estimate.high".to_owned(), number(e.at_most()));
        let verdict_of = match a.diagnostics.verdict {
            Verdict::FitToPublish => "number",
            Verdict::RangeOnly => "range",
            Verdict::LowerBoundOnly => "bound",
            Verdict::NoEstimate | Verdict::NotAssessed => "none",
        };
        let claim = |sentence: String| {
            Some(Claim { state: verdict_of.to_owned(), sentence }).filter(|c| !c.sentence.is_empty())
        };
        self.claim("verdict", claim(format!("{}: {}", text.say("verdict"), verdict(text, a))));
        self.claim("conclusion", claim(conclusion(text, a)));
    }

    /// The country, and whether the figures are final according to its profile.
    fn of_the_country(&mut self, text: &Text, e: &Edition) {
        self.put("country".to_owned(), e.profile.as_ref().map(|c| country::name(text, &c.name)));
        if let Some(stage) = stages::of_year(text, e, e.options.year) {
            self.put("stage".to_owned(), Some(stage));
        }
    }

    /// Persons by year, and whether their number and the estimate changed.
    fn of_the_years(&mut self, text: &Text, e: &Edition) {
        let year = e.options.year;
        let how = e.families.first().map_or(CountProtection::Noise, |f| f.how);
        for y in e.from()..=year {
            self.of_year(text, e, &["persons"], y, e.reported(y).map(|n| (n.get(), how)));
        }
        let total = e.families.first().and_then(|f| f.total);
        self.put("persons.total".to_owned(), total.map(|n| figures::count(text, n.get(), how)));
        if e.from() == year {
            return;
        }
        let persons = e.reported(year - 1).zip(e.reported(year)).map(|(before, now)| {
            let difference = claims::reported_difference(&e.options.noise, how, before.get(), now.get());
            let change = Change::from_interval(difference);
            let n = figures::about(text, before.get(), e.how_in(year - 1, how));
            let values = [("year", (year - 1).to_string()), ("n", n)];
            (change, text.fill(&format!("report-reported-{}", change.key()), &values))
        });
        let claim = |(change, sentence): (Change, String)| Claim { state: change.key().to_owned(), sentence };
        self.claim("persons", persons.map(claim));
        let both = e.of_year(year - 1).zip(e.of_year(year));
        let difference = both.and_then(|(a, b)| claims::estimated_difference(a, b));
        let estimate = difference.map(|(low, high)| {
            let change = Change::from_interval((low, high));
            let values = [
                ("year", year.to_string()),
                ("before", (year - 1).to_string()),
                ("low", text.number(low)),
                ("high", text.number(high)),
            ];
            (change, text.fill(&format!("report-estimated-{}", change.key()), &values))
        });
        self.claim("estimate", estimate.map(claim));
    }

    /// A count under the name of its year, and under `year` or `before` if it is of one of those.
    fn of_year(&mut self, text: &Text, e: &Edition, of: &[&str], y: i16, n: Option<(u64, CountProtection)>) {
        let year = e.options.year;
        let alias = [(year, "year"), (year - 1, "before")];
        let also = alias.into_iter().filter(|a| a.0 == y).map(|a| a.1.to_owned());
        for last in also.chain([y.to_string()]) {
            let name = name(&[of, &[last.as_str()]].concat());
            self.put(name, n.map(|(n, how)| figures::count(text, n, e.how_in(y, how))));
        }
    }

    /// Persons by level and year, their share of the year, and whether their number changed.
    fn of_a_family(&mut self, text: &Text, e: &Edition, family: &Family, lists: &Names) {
        let year = e.options.year.to_string();
        let what = [("what", covariate(text, &family.name))];
        self.put(name(&["by", family.name.as_str()]), Some(text.fill("report-by", &what)));
        for (l, code) in family.levels.iter().enumerate() {
            let of = [family.name.as_str(), code.as_str()];
            let words = lists.words(text, &family.name, code);
            self.put(name(&["name", of[0], of[1]]), Some(words.clone()));
            for (y, named) in family.years.iter().enumerate() {
                let Ok(number) = named.parse() else { continue };
                let n = family.cells[l][y];
                self.of_year(text, e, &of, number, n.map(|n| (n.get(), family.how)));
                if *named == year {
                    let both = n.zip(family.by_year[y]).map(|(n, all)| (n.get(), all.get()));
                    let share = both.and_then(|(n, all)| figures::share(text, n, all, family.how));
                    self.put(name(&["share", of[0], of[1]]), share);
                }
            }
            let total = family.by_level[l].map(|n| figures::count(text, n.get(), family.how));
            self.put(name(&[of[0], of[1], "total"]), total);
            if family.years.iter().any(|y| *y == (e.options.year - 1).to_string()) {
                self.claim(&name(&of), changed(text, e, family, l, &words));
            }
        }
    }

    /// Persons of the year by a breakdown that only the statutory delivery has, and the level with the most persons.
    fn of_a_breakdown(&mut self, text: &Text, e: &Edition, by: &str, of: &DeliveredBreakdown) {
        self.put(name(&["by", by]), Some(text.fill("report-by", &[("what", covariate(text, by))])));
        for level in of.levels.iter().filter(|l| !l.code.is_empty()) {
            let code = level.code.as_str();
            self.put(name(&["name", by, code]), Some(level.label.clone()));
            self.of_year(text, e, &[by, code], e.options.year, level.persons.map(|n| (n, level.how)));
            let both = level.persons.zip(of.total);
            let share = both.and_then(|(n, all)| figures::share(text, n, all, level.how));
            self.put(name(&["share", by, code]), share);
        }
        self.claim(&format!("most-common-{by}"), most_common(text, e, (by, of.how), &of.levels));
    }

    /// The estimate of a year or a level, as far as the verdict allows publishing it.
    fn of_a_part(&mut self, text: &Text, part: &PartEstimate) {
        let year = [part.level.as_str()];
        let of = [part.covariate.as_str(), part.level.as_str()];
        let of = name(if part.covariate == "year" { &year[..] } else { &of[..] });
        let number = |n: Option<f64>| n.filter(|n| n.is_finite()).map(|n| text.number(n));
        self.put(format!("estimate.{of}"), number(part.n_hat));
        self.put(format!("estimate.{of}.low"), number(part.limits.map(|l| l.0)));
        self.put(format!("estimate.{of}.high"), number(part.limits.map(|l| l.1)));
    }

    /// Persons by form, sex and age together, in the codes of the United Nations.
    fn of_the_nations(&mut self, text: &Text, e: &Edition, of: &SdgCount) {
        if let Ok(year) = of.year.parse() {
            let persons = Some((of.persons.get(), of.how));
            self.of_year(text, e, &["un", of.series, of.sex, of.age], year, persons);
        }
    }

    /// The counts of the prosecution service and the courts.
    fn of_the_chain(&mut self, text: &Text, chain: &Delivery) {
        for measure in Measure::ALL.into_iter().filter(|m| *m != Measure::Registered) {
            for row in chain.rows(measure) {
                let number = row.cell.number().map(|n| figures::count(text, n, row.cell.how()));
                let parts = ["chain", measure.code(), row.by.as_str(), row.code.as_str()];
                let parts = if row.code.is_empty() { &parts[..3] } else { &parts[..] };
                self.put(name(parts), number);
            }
        }
    }
}

/// Whether the number of persons at a level changed since the year before.
fn changed(text: &Text, e: &Edition, family: &Family, l: usize, words: &str) -> Option<Claim> {
    let year = e.options.year;
    let at = |y: i16| family.years.iter().position(|of| *of == y.to_string());
    let (before, now) = (family.cells[l][at(year - 1)?]?, family.cells[l][at(year)?]?);
    let difference = claims::reported_difference(&e.options.noise, family.how, before.get(), now.get());
    let change = Change::from_interval(difference);
    let values = [
        ("level", words.to_owned()),
        ("year", year.to_string()),
        ("before", (year - 1).to_string()),
        ("n", figures::about(text, now.get(), e.how_in(year, family.how))),
        ("m", figures::about(text, before.get(), e.how_in(year - 1, family.how))),
    ];
    let sentence = text.fill(&format!("monitor-level-{}", change.key()), &values);
    Some(Claim { state: change.key().to_owned(), sentence })
}

/// The level with the most persons in the year, if the interval of the difference from the second level excludes zero (95% with noise).
fn most_common(
    text: &Text,
    e: &Edition,
    (of, how): (&str, CountProtection),
    levels: &[Level],
) -> Option<Claim> {
    let mut all: Vec<(u64, &Level)> = Vec::new();
    for level in levels.iter().filter(|l| folded(&l.code) != UNKNOWN) {
        all.push((level.persons?, level));
    }
    all.sort_by_key(|(n, _)| Reverse(*n));
    let [(first, most), (second, _), ..] = all.as_slice() else { return None };
    let difference = claims::reported_difference(&e.options.noise, how, *second, *first);
    let more = Change::from_interval(difference) == Change::Rose;
    let values = [
        ("what", covariate(text, of)),
        ("year", e.options.year.to_string()),
        ("level", most.label.clone()),
        ("n", figures::about(text, *first, how)),
    ];
    let sentence = text.fill(if more { "monitor-most-common" } else { "monitor-no-most-common" }, &values);
    Some(Claim { state: if more { name(&[&most.code]) } else { "unclear".to_owned() }, sentence })
}
