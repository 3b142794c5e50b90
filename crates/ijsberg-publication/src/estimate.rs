//! The estimate, from what was protected.

use ijsberg_analysis::{AnalysisError, CovariateRequest, Request, of_contents, sha256};
use ijsberg_disclosure::perturbation::Perturbation;
use ijsberg_disclosure::protected::Protected;
use ijsberg_mse::diagnostics::{Diagnostics, Verdict, glance};
use ijsberg_mse::estimate::not_below;
use ijsberg_mse::histories::Histories;
use ijsberg_mse::linkage::LinkageShare;
use ijsberg_mse::loglinear::Engine;
use ijsberg_mse::method::Method;
use ijsberg_mse::methods::{Progress, Settings, Silent, run};
use ijsberg_mse::model::Model;
use ijsberg_mse::normal_quantile;
/// Fewer people than this on two lists or more of the protected table, and nothing is estimated.
pub use ijsberg_mse::verdict::LEAST_OVERLAP;
use ijsberg_mse::verdict::{judge, record};
use ijsberg_report::Analysis;
use ijsberg_report::text::Text;
use ijsberg_tables::Contents;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::draws::{Drawn, Linked};
use crate::families::Shown;
use crate::source::Source;
use crate::tables::{histories_csv, histories_study, protected_histories};

/// Bootstrap replicates of a part at most, each of which chooses a model again.
const PART_REPLICATES: usize = 200;

/// Tables with new noise that show how far noise moves the estimate.
const RENOISED: usize = 100;

/// Confidence level of everything published.
pub const LEVEL: f64 = 0.95;

/// The estimate of everybody.
#[derive(Debug, Clone)]
pub struct Whole {
    /// The protected table: histories and counts.
    pub histories: Vec<(u32, Protected)>,
    /// The analysis of the protected table; its limits hold the doubt of the noise too.
    pub analysis: Analysis,
    /// The model that the protected table chose; none where nothing is estimated.
    pub model: Option<String>,
    /// Standard deviation of the logarithm of the unseen that the noise brings, the choice of the model included.
    pub noise_sd: f64,
    /// What draws of a linkage add to the doubt; none where there is one table.
    pub linked: Option<Linked>,
    /// Why nothing is estimated, though persons are counted.
    pub withheld: Option<Withheld>,
}

/// Why nothing is estimated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Withheld {
    /// So few were on several lists, by the protected table, that an estimate would tell too much and be worth too little.
    LittleOverlap,
    /// There are fewer than two lists in the protected table.
    Lists,
}

impl Withheld {
    /// Its name for machines, and the end of the key of its message.
    pub fn key(self) -> &'static str {
        match self {
            Self::LittleOverlap => "overlap",
            Self::Lists => "lists",
        }
    }
}

/// The estimate of a part.
#[derive(Debug, Clone, PartialEq)]
pub struct Sized {
    /// The covariate; `year` for the years.
    pub covariate: String,
    /// The level.
    pub level: String,
    /// Persons reported; hidden, and then nothing is estimated either.
    pub reported: Shown,
    /// How far the estimate may be given out: what the part allows, and never more than the whole does.
    pub verdict: Verdict,
    /// Persons, reported and not, where a number may be given out.
    pub n_hat: Option<f64>,
    /// The limits, with the doubt of the noise; without an upper one where only a lower bound may be given out.
    pub limits: Option<(f64, f64)>,
}

/// Chooses the model and estimates, both from the protected table: what is given out depends on nothing else.
///
/// # Errors
/// If the protected table cannot be analysed.
pub fn whole(
    (source, drawn): (&Source, Option<&Drawn>),
    noise: &Perturbation,
    settings: &Settings,
    text: &Text,
    progress: &dyn Progress,
) -> Result<Whole, AnalysisError> {
    let histories = source.histories(noise, |_| true);
    let overlap: u64 = histories.iter().filter(|h| h.0.count_ones() > 1).map(|h| h.1.get()).sum();
    let on = histories.iter().filter(|h| h.1.get() > 0).fold(0, |all, h| all | h.0);
    let withheld = match (on.count_ones(), overlap) {
        (0 | 1, _) => Some(Withheld::Lists),
        (_, ..LEAST_OVERLAP) => Some(Withheld::LittleOverlap),
        _ => None,
    };
    let table = protected_histories(&source.lists, &histories);
    let model = table.as_ref().filter(|_| withheld.is_none()).and_then(chosen);
    let formulas = model.iter().cloned().collect();
    let mut settings = Settings { formulas, level: LEVEL, ..settings.clone() };
    if withheld.is_some() {
        (settings.methods, settings.replicates) = (vec![Method::Independence], 0);
    }
    let seed = settings.seed;
    let request = Request {
        settings,
        covariates: CovariateRequest { by: vec!["none".to_owned()], ..CovariateRequest::default() },
        ..Request::default()
    };
    let contents = Contents::Table(Box::new(histories_study(&source.lists, &histories).table()?));
    // The hash is that of the public file, so that readers know theirs by it.
    let file = sha256(histories_csv(&source.lists, &histories).as_bytes());
    let input = ("capture-histories.csv", file.as_str());
    let mut analysis = of_contents(contents, input, &request, text, progress, &mut |_| {})?;
    if withheld.is_some() {
        nothing(&mut analysis);
        return Ok(Whole { histories, analysis, model: None, noise_sd: 0.0, linked: None, withheld });
    }
    let noise_sd = if model.is_some() { noise_sd(&source.lists, &histories, None, noise, seed) } else { 0.0 };
    let linked = drawn.map(Drawn::linked);
    let doubt = noise_sd.hypot(linked.map_or(0.0, |l| l.sd));
    let seen = analysis.histories.n() as f64;
    for limits in analysis.estimates.iter_mut().filter_map(|e| Some((e.n_hat?, e.interval.as_mut()?))) {
        let (n_hat, interval) = limits;
        (interval.lower, interval.upper) = widened(seen, n_hat, (interval.lower, interval.upper), doubt);
    }
    widen_headline(&mut analysis.diagnostics, seen, doubt);
    if let Some(linked) = linked {
        judged(&mut analysis, linked);
    }
    Ok(Whole { histories, analysis, model, noise_sd, linked, withheld: None })
}

/// Takes everything estimated out of an analysis; what was counted stays.
fn nothing(analysis: &mut Analysis) {
    analysis.estimates.clear();
    let d = &mut analysis.diagnostics;
    d.pairs.clear();
    d.influence.clear();
    d.without_list.clear();
    d.merged.clear();
    d.consistency.clear();
    d.spread.clear();
    d.near_best.clear();
    d.two_list_models = None;
    (d.at_least, d.at_most) = (None, None);
    d.verdict = Verdict::NoEstimate;
    d.reasons.clear();
}

/// What a part is estimated by: the model of the whole, and the methods whose limits the verdict on the whole rests on.
const PART_METHODS: [Method; 7] = [
    Method::Formula,
    Method::Independence,
    Method::AllPairs,
    Method::Stepwise,
    Method::BestAic,
    Method::BestBic,
    Method::LogLinearAveraged,
];

fn bare() -> Settings {
    Settings { methods: vec![Method::Formula], replicates: 0, level: LEVEL, ..Settings::default() }
}

fn chosen(protected: &Histories) -> Option<String> {
    let settings = Settings { methods: vec![Method::BestBic], replicates: 0, ..Settings::default() };
    let found = run(&Engine::new(protected), &[], &settings, &Silent);
    let found = found.into_iter().find(|e| e.n_hat.is_some())?;
    found.model?.formula().map(str::to_owned)
}

/// Limits with more doubt added, such as that of the noise: a standard deviation on the scale of the logarithm of the unseen.
pub(crate) fn widened(seen: f64, n_hat: f64, (lower, upper): (f64, f64), sd: f64) -> (f64, f64) {
    let unseen = |n: f64| (n - seen).max(0.5);
    let middle = unseen(n_hat).ln();
    let z = normal_quantile(0.5 + LEVEL / 2.0) * sd;
    let wider = |limit: f64| {
        let d = unseen(limit).ln() - middle;
        seen + (middle + d.signum() * d.hypot(z)).exp()
    };
    let lower = if lower > seen { wider(lower) } else { lower };
    not_below(seen, (lower, if upper.is_finite() { wider(upper) } else { upper }))
}

/// The limits over all log-linear methods, with the doubt of the noise added.
fn over_methods(d: &Diagnostics, seen: f64, noise_sd: f64) -> Option<(f64, f64)> {
    let (low, high) = (d.at_least?, d.at_most?);
    let middle = seen + ((low - seen).max(0.5) * (high - seen).max(0.5)).sqrt();
    Some(widened(seen, middle, (low, high), noise_sd))
}

/// Adds the doubt of the noise to what is said first: the interval, the bound, and what the bound would be with worse lists, which is never
/// more than the bound.
fn widen_headline(d: &mut Diagnostics, seen: f64, noise_sd: f64) {
    let Some((low, high)) = over_methods(d, seen, noise_sd) else { return };
    let unseen = (d.at_least.unwrap_or(low) - seen).max(0.0);
    (d.at_least, d.at_most) = (Some(low), Some(high));
    let Some(headline) = d.headline.as_mut() else { return };
    let interval = &mut headline.interval;
    (interval.lower, interval.upper) =
        widened(seen, headline.n_hat, (interval.lower, interval.upper), noise_sd);
    let kept = if unseen > 0.0 { ((low - seen) / unseen).clamp(0.0, 1.0) } else { 1.0 };
    for bound in std::iter::once(&mut headline.bound).chain(&mut headline.bound_if) {
        bound.at_least = (bound.seen + kept * (bound.at_least - bound.seen)).min(low);
    }
}

/// What is said of an analysis of one draw once its limits include the uncertainty about links: its share in them, and the verdict anew.
fn judged(a: &mut Analysis, linked: Linked) {
    let Some(headline) = a.diagnostics.headline.as_mut() else { return };
    let seen = a.histories.n() as f64;
    let log = |n: f64| (n - seen).max(0.5).ln();
    let all = (log(headline.interval.upper) - log(headline.interval.lower))
        / (2.0 * normal_quantile(0.5 + LEVEL / 2.0));
    let share = if all.is_finite() { (linked.sd / all).powi(2).min(1.0) } else { 1.0 };
    a.linkage = vec![LinkageShare { method: Method::ModelSpace, share, draws: linked.draws, without: 0 }];
    let triples = a.diagnostics.overlapping_triples;
    let (verdict, reasons) = judge(Some(&*headline), &a.histories, triples, false);
    // Error rates were measured of the model space.
    let by_design = headline.by_design.is_some();
    headline.record = record::measured_record(verdict).filter(|_| !by_design);
    (a.diagnostics.verdict, a.diagnostics.reasons) = (verdict, reasons);
}

/// How far noise moves the logarithm of the unseen: the protected table is given noise again, many times. Without a model one is chosen
/// again each time, for noise moves the choice too.
fn noise_sd(
    lists: &[String],
    histories: &[(u32, Protected)],
    model: Option<&str>,
    noise: &Perturbation,
    seed: u64,
) -> f64 {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let given = model.map(|m| Model::parse(m, lists));
    let mut all = Vec::with_capacity(RENOISED);
    for _ in 0..RENOISED {
        let mut again = |count: u64| count.saturating_add_signed(noise.noise(count, random.random::<f64>()));
        let cells: Vec<(u32, u64)> = histories.iter().map(|(h, c)| (*h, again(c.get()))).collect();
        let Ok(table) = Histories::new(lists.to_vec(), cells) else { continue };
        let engine = Engine::new(&table);
        let unseen = match &given {
            Some(Ok(model)) => engine.dark_figure(model),
            Some(Err(_)) => return 0.0,
            None => match chosen(&table).and_then(|m| Model::parse(&m, lists).ok()) {
                Some(model) => engine.dark_figure(&model),
                None => continue,
            },
        };
        if unseen.is_finite() && unseen > 0.0 {
            all.push(unseen.ln());
        }
    }
    spread(&all)
}

/// Standard deviation; zero of fewer than two.
pub(crate) fn spread(all: &[f64]) -> f64 {
    let n = all.len() as f64;
    if n < 2.0 {
        return 0.0;
    }
    let mean = all.iter().sum::<f64>() / n;
    (all.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (n - 1.0)).sqrt()
}

/// The estimate of one part: with the model of the whole where the verdict lets a number be given out, otherwise limits over all
/// log-linear methods for this part. Where the count of those reported is hidden there is none, since it would tell that count.
pub fn part(
    (source, drawn): (&Source, Option<&Drawn>),
    noise: &Perturbation,
    of: &Whole,
    settings: &Settings,
    (covariate, level): (&str, &str),
    reported: Shown,
    fits: impl Fn(&crate::source::Alike) -> bool + Copy,
) -> Sized {
    let what = (covariate, level);
    let (covariate, level) = (covariate.to_owned(), level.to_owned());
    let none = Sized { covariate, level, reported, verdict: Verdict::NoEstimate, n_hat: None, limits: None };
    let (Some(persons), Some(formula)) = (reported, &of.model) else { return none };
    let histories = source.histories(noise, fits);
    let cells = histories.iter().map(|(h, c)| (*h, c.get()));
    let table = Histories::new(source.lists.clone(), cells).ok();
    let Some((table, model)) = table.zip(Model::parse(formula, &source.lists).ok()) else { return none };
    let seed = settings.seed;
    let methods = PART_METHODS.to_vec();
    let replicates = settings.replicates.min(PART_REPLICATES);
    let settings = Settings { methods, replicates, seed, ..bare() };
    let estimates = run(&Engine::new(&table), &[model], &settings, &Silent);
    let d = glance(&table, &estimates);
    let verdict = d.verdict.max(of.analysis.diagnostics.verdict);
    let seen = table.n() as f64;
    let linkage = drawn.map_or(0.0, |d| d.sd_of(noise, formula, what));
    let sd = noise_sd(&source.lists, &histories, Some(formula), noise, seed).hypot(linkage);
    // Of a part that has no estimate in some draws no upper limit is known.
    let verdict = if sd.is_finite() { verdict } else { verdict.max(Verdict::LowerBoundOnly) };
    let given = estimates.iter().find(|e| e.method == Method::Formula);
    let given = given.and_then(|e| Some((e.n_hat?, e.interval?)));
    let over = over_methods(&d, seen, sd);
    let (n_hat, limits) = match (verdict, given) {
        (Verdict::FitToPublish, Some((n, i))) => (Some(n), Some(widened(seen, n, (i.lower, i.upper), sd))),
        (Verdict::FitToPublish | Verdict::RangeOnly, _) => (None, over),
        (Verdict::LowerBoundOnly, _) => (None, over.map(|l| (l.0, f64::INFINITY))),
        (Verdict::NoEstimate | Verdict::NotAssessed, _) => (None, None),
    };
    // The noise of all histories together differs from that of the count.
    let limits = limits.map(|limits| not_below(persons.get() as f64, limits));
    Sized { verdict, n_hat, limits, ..none }
}

/// Takes the lower limits of parts that make up the whole down, where they are together more than that of the whole: if everybody may
/// be no more, then neither may the parts. The unseen of all parts are taken down in proportion, so that the limits stay limits.
pub fn agree(parts: &mut [Sized], whole: &Whole) {
    let Some(least) = whole.analysis.diagnostics.at_least else { return };
    let seen = |p: &Sized| p.reported.map_or(0.0, |n| n.get() as f64);
    let unseen = |p: &Sized| p.limits.map_or(0.0, |l| (l.0 - seen(p)).max(0.0));
    let (all_seen, all_unseen): (f64, f64) = (parts.iter().map(seen).sum(), parts.iter().map(unseen).sum());
    let share = ((least - all_seen).max(0.0) / all_unseen).min(1.0);
    for p in parts.iter_mut().filter(|p| p.n_hat.is_none()) {
        let (seen, unseen) = (seen(p), unseen(p));
        if let Some(limits) = p.limits.as_mut().filter(|_| unseen > 0.0) {
            limits.0 = seen + share * unseen;
        }
    }
}
