//! One year's report: everything that is given out, computed once, whatever language it is then written in.

mod parts;
mod window;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::ops::RangeInclusive;

use ijsberg_disclosure::perturbation::{Noise, Perturbation};
use ijsberg_mse::diagnostics::Verdict;
use ijsberg_mse::methods::{Progress, Settings};
use ijsberg_register::worklist::Organisation;
use ijsberg_report::text::{Language, Text};
use ijsberg_tables::{Cells, Choices, Contents, Limits};
use jiff::civil::Date;
use sha2::{Digest, Sha256};

use crate::asked::{Asked, asked};
use crate::country::Country;
use crate::covariates::{WithCovariates, Without};
use crate::draws;
use crate::error::{PublishError, SHORTEST_KEY};
use crate::estimate::{Sized, Whole, whole};
use crate::families::{Family, Protection, Shown, Told};
use crate::gate::{self, Passed, Refused, Telling, Ways};
use crate::ledger::{Given, Ledger, Release};
use crate::persons::{Kept, behind};
use crate::protection::{How, Plain};
use crate::series::Series;
use crate::source::{Delivered, Source};

use parts::Parts;
pub use window::reaching;

/// What an edition is of.
#[derive(Debug, Clone)]
pub struct Options {
    /// The year.
    pub year: i16,
    /// Years in the window, that one included.
    pub years: i16,
    /// The day of the edition.
    pub date: Date,
    /// The key of the noise, kept from release to release.
    pub secret: Vec<u8>,
    /// The noise.
    pub noise: Noise,
    /// How plain tables are protected.
    pub plain: Plain,
    /// Replicates and seed.
    pub settings: Settings,
    /// A copy for named readers only, until this day.
    pub embargo: Option<Date>,
    /// What others published.
    pub others: Vec<Other>,
    /// Inhabitants by year, for rates.
    pub population: BTreeMap<i16, u64>,
    /// The country, as the United Nations number it.
    pub country: String,
    /// All persons are synthetic, and the report says so.
    pub synthetic: bool,
}

/// A total that another organisation published, which readers will hold beside this report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Other {
    /// The year.
    pub year: i16,
    /// Who published it.
    pub body: Bilingual,
    /// Persons, or notifications.
    pub persons: u64,
    /// Where it stands, and why it differs as far as is known.
    pub source: Bilingual,
}

/// A text of others, as they wrote it and in Dutch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bilingual {
    /// As it was written.
    pub words: String,
    /// In Dutch; empty where it is the same.
    pub dutch: String,
}

impl Bilingual {
    /// The text in a language.
    pub(crate) fn in_language(&self, language: Language) -> &str {
        match language {
            Language::Dutch if !self.dutch.is_empty() => &self.dutch,
            _ => &self.words,
        }
    }
}

/// An edition.
#[derive(Debug)]
pub struct Edition {
    /// What it is of.
    pub options: Options,
    /// The lists.
    pub lists: Vec<String>,
    /// Families of tables: the lists, then each covariate.
    pub families: Vec<Family>,
    /// What else is counted, and not estimated: means, signals, help, and so on.
    pub marks: Vec<Family>,
    /// For each list: persons on no other.
    pub only_here: Vec<crate::Protected>,
    /// The estimate.
    pub whole: Whole,
    /// The estimate by part: the years, each its share of all, then the levels of each covariate.
    pub parts: Vec<Sized>,
    /// The estimate that takes covariates into account, or why there is none.
    pub with_covariates: Result<WithCovariates, Without>,
    /// How the years were estimated, and what the lists of each year alone would allow.
    pub series: Series,
    /// Persons of the year by sex and age, or by form: what the United Nations ask.
    pub asked: Vec<Asked>,
    /// Persons without a year, who are left out: for whoever makes the report, not to be given out.
    pub without_year: u64,
    /// What the gate found.
    pub passed: Passed,
    /// For each year: persons who arrived or left since it was given out, and are in no number. For whoever makes the report, not to
    /// be given out.
    pub held_back: BTreeMap<String, u64>,
    /// Years that are counted and have nobody: each of their numbers is exactly 0.
    pub nobody: BTreeSet<i16>,
    /// Releases before this one.
    pub earlier: Ledger,
    /// The profile of the country: when its figures are final, and what its organisations are called. None where there is none.
    pub profile: Option<Country>,
    /// The organisations of the register that it comes from; none for a table of one's own.
    pub organisations: Vec<Organisation>,
    /// For each year: how often it has been given out with noise of its own, this time included.
    vintages: BTreeMap<String, usize>,
    /// The persons of all years that were given out, these included.
    kept: Kept,
}

/// Reads a table, computes an edition of it and has it attacked.
///
/// # Errors
/// See [`PublishError`]; a release that tells too much is refused.
pub fn edition(
    table: &[u8],
    choices: &Choices,
    options: Options,
    ledger: Ledger,
    progress: &dyn Progress,
) -> Result<Edition, PublishError> {
    edition_of(&Cells::read(table, Limits::OWN)?.open(choices)?, options, ledger, progress)
}

/// The same of what was read before, or was never a file.
///
/// # Errors
/// See [`PublishError`].
pub fn edition_of(
    contents: &Contents,
    options: Options,
    ledger: Ledger,
    progress: &dyn Progress,
) -> Result<Edition, PublishError> {
    if options.secret.len() < SHORTEST_KEY {
        return Err(PublishError::ShortKey);
    }
    let noise = Perturbation::new(options.noise)?;
    let from = options.year - options.years + 1;
    let years = from..=options.year;
    let (delivered, drawn) = draws::delivered(contents, &years, (&noise, options.secret.as_slice()))?;
    progress.stage("attack", 0);
    let w = withstood(&delivered, &years, &options, &noise, &ledger)?;
    // The words of an analysis are made later; none of its numbers depends on the language.
    let text = Text::new(Language::English);
    let whole = whole((&w.source, drawn.as_ref()), &noise, &options.settings, &text, progress)?;
    let of = (&w, drawn.as_ref());
    let Parts { estimates: parts, with_covariates, series } =
        parts::estimated(of, &whole, &noise, &options, progress);
    let Withstood { source, mut families, covariates, asked, passed, kept } = w;
    let alone = |l: usize| source.protected(&noise, |a| a.history == 1 << l);
    let marks = families.split_off(covariates);
    Ok(Edition {
        only_here: (0..source.lists.len()).map(alone).collect(),
        asked,
        lists: source.lists.clone(),
        without_year: source.without_year,
        nobody: window::of_nobody(&source),
        held_back: source.held_back,
        vintages: source.vintages,
        kept,
        families,
        marks,
        whole,
        parts,
        with_covariates,
        series,
        passed,
        earlier: ledger,
        profile: Country::shipped(&options.country),
        organisations: Vec::new(),
        options,
    })
}

/// What withstood the attack.
struct Withstood {
    source: Source,
    families: Vec<Family>,
    /// Where the families of marks begin.
    covariates: usize,
    asked: Vec<Asked>,
    passed: Passed,
    kept: Kept,
}

/// Protects the counts, and has them attacked with everything that was given out before. Where a revised year does not withstand it,
/// the year stays as it was.
fn withstood(
    delivered: &Delivered,
    years: &RangeInclusive<i16>,
    options: &Options,
    noise: &Perturbation,
    ledger: &Ledger,
) -> Result<Withstood, PublishError> {
    let key = fingerprint(&options.secret);
    gate::agrees(Ways { noise: &options.noise, plain: options.plain, key: &key }, noise, ledger)?;
    let last = ledger.releases.last().map_or(options.year, |r| r.year);
    let before = ledger.kept(&options.secret).ok_or(Refused::Lost { year: last })?;
    gate::same_lists(delivered, &before, ledger, false)?;
    let counted = window::counted(delivered, options);
    let attempt = |may_revise: bool| {
        let mut kept = before.clone();
        let source = counted.clone().published(Some(years), &mut kept, &options.secret, may_revise);
        if source.alike.is_empty() {
            return Err(PublishError::Nobody(*years.start(), *years.end()));
        }
        let mut asked = asked(&source, noise, options.plain);
        let how = Protection { noise, of: &options.noise, plain: options.plain, asked: &asked };
        let mut families = vec![Family::by_list(&source, how)];
        families.extend((0..source.covariates.len()).map(|c| Family::by_covariate(&source, how, c)));
        let covariates = families.len();
        families.extend(source.marks.iter().map(|m| Family::by_mark(&source, how, m)));
        let histories = named(&source, noise);
        let telling = Telling { families: &mut families, asked: &mut asked, histories: &histories };
        let mut passed = gate::attack(telling, &source.vintages, &kept, &options.noise, ledger)?;
        passed.revised.clone_from(&source.revised);
        Ok(Withstood { source, families, covariates, asked, passed, kept })
    };
    match attempt(true) {
        Err(PublishError::Refused(why)) => attempt(false).map_err(|_| PublishError::Refused(why)),
        other => other,
    }
}

/// Capture histories by the names of their lists.
fn named(source: &Source, noise: &Perturbation) -> Vec<(Vec<String>, crate::Protected)> {
    let names =
        |h: u32| (0..source.lists.len()).filter(move |l| h >> l & 1 == 1).map(|l| source.lists[l].clone());
    source.histories(noise, |_| true).into_iter().map(|(h, n)| (names(h).collect(), n)).collect()
}

/// Tells one key from another, and nothing of either.
pub(crate) fn fingerprint(secret: &[u8]) -> String {
    let hash = Sha256::new().chain_update(b"ijsberg publication key").chain_update(secret).finalize();
    hash.iter().take(8).fold(String::new(), |mut hex, b| {
        let _ = write!(hex, "{b:02x}");
        hex
    })
}

impl Edition {
    /// The folder that it lies in, among all reports. That of a copy under embargo has a name that only the key leads to: whoever lists
    /// the folder of all reports must not see what is coming, or that anything is.
    pub fn folder(&self) -> String {
        let year = self.options.year.to_string();
        let secret = [b"copy\x1e".as_slice(), year.as_bytes(), b"\x1e", &self.options.secret].concat();
        if self.options.embargo.is_some() { format!("copy-{}", fingerprint(&secret)) } else { year }
    }

    /// What it is called in the log of a register, which only those who keep it read.
    pub fn label(&self) -> String {
        let embargo = if self.options.embargo.is_some() { "-embargo" } else { "" };
        format!("{}{embargo}", self.options.year)
    }

    /// The first year of the window.
    pub fn from(&self) -> i16 {
        self.options.year - self.options.years + 1
    }

    /// Persons reported in a year, where it is in the window and shown.
    pub fn reported(&self, year: i16) -> Shown {
        let family = self.families.first()?;
        let at = family.years.iter().position(|y| *y == year.to_string())?;
        family.by_year[at]
    }

    /// Persons reported of a part: everybody, or a level of one covariate; hidden, or not counted.
    pub fn reported_of(&self, part: &[(String, String)]) -> Shown {
        let all = self.families.first()?;
        let at = |levels: &[String], level: &String| levels.iter().position(|l| l == level);
        match part {
            [] => all.total,
            [(name, year)] if name == "year" => all.by_year[at(&all.years, year)?],
            [(name, level)] => {
                let family = self.families.iter().find(|f| f.name == *name)?;
                family.by_level[at(&family.levels, level)?]
            }
            _ => None,
        }
    }

    /// The estimate of a year.
    pub fn of_year(&self, year: i16) -> Option<&Sized> {
        self.parts.iter().find(|p| p.covariate == "year" && p.level == year.to_string())
    }

    /// What a number of a year says of the true one: of a year with nobody it is the true one.
    pub(crate) fn how_in(&self, year: i16, how: How) -> How {
        if self.nobody.contains(&year) { How::Exact } else { how }
    }

    /// How often a year has been given out with noise of its own, this time included.
    pub fn vintage(&self, year: i16) -> usize {
        self.vintages.get(&year.to_string()).copied().unwrap_or(0)
    }

    /// All that is told, by family.
    fn told(&self) -> BTreeMap<String, Vec<Told>> {
        let families: Vec<Family> = self.families.iter().chain(&self.marks).cloned().collect();
        let names =
            |h: u32| (0..self.lists.len()).filter(move |l| h >> l & 1 == 1).map(|l| self.lists[l].clone());
        let histories: Vec<_> = self.whole.histories.iter().map(|(h, n)| (names(*h).collect(), *n)).collect();
        gate::told(&families, &self.asked, &histories)
    }

    /// This edition as the ledger has it.
    pub fn release(&self) -> Release {
        let o = &self.options;
        let date = o.date.to_string();
        let reported = self.whole.analysis.histories.n();
        Release {
            year: o.year,
            from: self.from(),
            date,
            embargo: o.embargo.map(|d| d.to_string()),
            key: fingerprint(&o.secret),
            delivery: None,
            noise: (o.noise.variance, o.noise.largest, o.noise.hidden),
            plain: o.plain,
            vintages: self.vintages.clone(),
            behind: behind(&self.held_back),
            delays: BTreeMap::new(),
            families: self.told(),
            estimate: Given { reported, lower: self.at_least(), upper: self.at_most() },
        }
    }

    /// The ledger with this edition in it; one that tells nothing new stands there once.
    pub fn ledger(&self) -> Ledger {
        let release = self.release();
        let mut ledger = self.earlier.clone();
        ledger.persons = self.kept.sealed(&self.options.secret);
        // Whatever was given out stays: another edition of the same day is another release.
        if !ledger.releases.contains(&release) {
            ledger.releases.push(release);
        }
        ledger
    }

    /// Whether the verdict lets more be given out than a lower bound.
    pub fn is_more_than_a_bound(&self) -> bool {
        matches!(self.whole.analysis.diagnostics.verdict, Verdict::FitToPublish | Verdict::RangeOnly)
    }

    /// The lower limit of the estimate of the whole, if the verdict lets it be given out.
    pub fn at_least(&self) -> Option<f64> {
        let d = &self.whole.analysis.diagnostics;
        d.at_least.filter(|_| d.verdict < Verdict::NoEstimate)
    }

    /// The upper limit, likewise.
    pub fn at_most(&self) -> Option<f64> {
        self.whole.analysis.diagnostics.at_most.filter(|x| x.is_finite() && self.is_more_than_a_bound())
    }
}
