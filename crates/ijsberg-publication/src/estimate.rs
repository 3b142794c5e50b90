//! The estimates, computed from protected counts.

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
/// With fewer people than this on two or more lists in the protected table, nothing is estimated.
pub use ijsberg_mse::verdict::LEAST_OVERLAP;
use ijsberg_mse::verdict::{judge, record};
use ijsberg_report::Analysis;
use ijsberg_report::text::Text;
use ijsberg_tables::Contents;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::draws::{LinkageDraws, LinkageUncertainty};
use crate::families::ShownCount;
use crate::source::Source;
use crate::tables::{histories_csv, histories_study, protected_histories};

/// The largest number of bootstrap replicates for a part; each chooses a model again.
const PART_REPLICATES: usize = 200;

/// The number of tables with new noise that measure the effect of noise on an estimate.
const RENOISED: usize = 100;

/// The confidence level of all published intervals.
pub const LEVEL: f64 = 0.95;

/// The estimate of the whole population.
#[derive(Debug, Clone)]
pub struct OverallEstimate {
    /// The protected table: histories with counts.
    pub histories: Vec<(u32, Protected)>,
    /// The analysis of the protected table; its limits include the uncertainty due to the noise.
    pub analysis: Analysis,
    /// The model chosen by the protected table; `None` if nothing is estimated.
    pub model: Option<String>,
    /// The standard deviation due to the noise of the logarithm of the number on no list, including the choice of the model.
    pub noise_sd: f64,
    /// The uncertainty that draws of a linkage add; `None` for a single table.
    pub linked: Option<LinkageUncertainty>,
    /// The reason why nothing is estimated, although persons are counted.
    pub withheld: Option<WithheldReason>,
}

/// The reason why nothing is estimated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WithheldReason {
    /// According to the protected table so few people were on several lists that an estimate would disclose too much and be of little use.
    LittleOverlap,
    /// The protected table has fewer than two lists with people.
    Lists,
}

impl WithheldReason {
    /// Its code, which is also the end of the key of its message.
    pub fn key(self) -> &'static str {
        match self {
            Self::LittleOverlap => "overlap",
            Self::Lists => "lists",
        }
    }
}

/// The estimate of a part.
#[derive(Debug, Clone, PartialEq)]
pub struct PartEstimate {
    /// The covariate; `year` for the years.
    pub covariate: String,
    /// The level.
    pub level: String,
    /// The number of persons reported; if it is suppressed, nothing is estimated either.
    pub reported: ShownCount,
    /// The verdict on publication: that on the part, limited by that on the whole.
    pub verdict: Verdict,
    /// The estimated total, if a figure may be published.
    pub n_hat: Option<f64>,
    /// The limits, including the uncertainty due to the noise; infinite above if only a lower bound may be published.
    pub limits: Option<(f64, f64)>,
}

/// Chooses the model and estimates, both from the protected table: everything published depends on that table only.
///
/// # Errors
/// If the protected table cannot be analysed.
pub fn estimate_overall(
    (source, drawn): (&Source, Option<&LinkageDraws>),
    noise: &Perturbation,
    settings: &Settings,
    text: &Text,
    progress: &dyn Progress,
) -> Result<OverallEstimate, AnalysisError> {
    let histories = source.histories(noise, |_| true);
    let overlap: u64 = histories.iter().filter(|h| h.0.count_ones() > 1).map(|h| h.1.get()).sum();
    let on = histories.iter().filter(|h| h.1.get() > 0).fold(0, |all, h| all | h.0);
    let withheld = match (on.count_ones(), overlap) {
        (0 | 1, _) => Some(WithheldReason::Lists),
        (_, ..LEAST_OVERLAP) => Some(WithheldReason::LittleOverlap),
        _ => None,
    };
    let table = protected_histories(&source.lists, &histories);
    let model = table.as_ref().filter(|_| withheld.is_none()).and_then(choose_model);
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
    // The hash of the public file, so that readers can check their copy.
    let file = sha256(histories_csv(&source.lists, &histories).as_bytes());
    let input = ("capture-histories.csv", file.as_str());
    let mut analysis = of_contents(contents, input, &request, text, progress, &mut |_| {})?;
    if withheld.is_some() {
        remove_estimates(&mut analysis);
        return Ok(OverallEstimate {
            histories,
            analysis,
            model: None,
            noise_sd: 0.0,
            linked: None,
            withheld,
        });
    }
    let noise_sd = if model.is_some() { noise_sd(&source.lists, &histories, None, noise, seed) } else { 0.0 };
    let linked = drawn.map(LinkageDraws::linked);
    let extra_sd = noise_sd.hypot(linked.map_or(0.0, |l| l.sd));
    let seen = analysis.histories.n() as f64;
    for limits in analysis.estimates.iter_mut().filter_map(|e| Some((e.n_hat?, e.interval.as_mut()?))) {
        let (n_hat, interval) = limits;
        (interval.lower, interval.upper) = widened(seen, n_hat, (interval.lower, interval.upper), extra_sd);
    }
    widen_headline(&mut analysis.diagnostics, seen, extra_sd);
    if let Some(linked) = linked {
        update_verdict(&mut analysis, linked);
    }
    Ok(OverallEstimate { histories, analysis, model, noise_sd, linked, withheld: None })
}

/// Removes all estimates from an analysis; counts stay.
fn remove_estimates(analysis: &mut Analysis) {
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

/// The methods for a part: the model of the whole, and the methods whose limits determine the verdict.
const PART_METHODS: [Method; 7] = [
    Method::Formula,
    Method::Independence,
    Method::AllPairs,
    Method::Stepwise,
    Method::BestAic,
    Method::BestBic,
    Method::LogLinearAveraged,
];

fn part_settings() -> Settings {
    Settings { methods: vec![Method::Formula], replicates: 0, level: LEVEL, ..Settings::default() }
}

/// The formula of the model that BIC chooses for a protected table.
fn choose_model(protected: &Histories) -> Option<String> {
    let settings = Settings { methods: vec![Method::BestBic], replicates: 0, ..Settings::default() };
    let found = run(&Engine::new(protected), &[], &settings, &Silent);
    let found = found.into_iter().find(|e| e.n_hat.is_some())?;
    found.model?.formula().map(str::to_owned)
}

/// Limits widened by further uncertainty, such as that due to noise: a standard deviation on the scale of the logarithm of the number on no
/// list.
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

/// The limits over all log-linear methods, widened by the uncertainty due to noise.
fn over_methods(d: &Diagnostics, seen: f64, noise_sd: f64) -> Option<(f64, f64)> {
    let (low, high) = (d.at_least?, d.at_most?);
    let middle = seen + ((low - seen).max(0.5) * (high - seen).max(0.5)).sqrt();
    Some(widened(seen, middle, (low, high), noise_sd))
}

/// Widens the headline by the uncertainty due to noise: the interval, the bound, and the bounds for worse lists, which never exceed the
/// bound.
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

/// Updates the analysis of one draw after its limits include the uncertainty due to linkage: the share of linkage in the variance, and the
/// verdict.
fn update_verdict(a: &mut Analysis, linked: LinkageUncertainty) {
    let Some(headline) = a.diagnostics.headline.as_mut() else { return };
    let seen = a.histories.n() as f64;
    let log = |n: f64| (n - seen).max(0.5).ln();
    let all = (log(headline.interval.upper) - log(headline.interval.lower))
        / (2.0 * normal_quantile(0.5 + LEVEL / 2.0));
    let share = if all.is_finite() { (linked.sd / all).powi(2).min(1.0) } else { 1.0 };
    a.linkage = vec![LinkageShare { method: Method::ModelSpace, share, draws: linked.draws, without: 0 }];
    let triples = a.diagnostics.overlapping_triples;
    let (verdict, reasons) = judge(Some(&*headline), &a.histories, triples, false);
    // The error rates were measured for the model space.
    let by_design = headline.by_design.is_some();
    headline.record = record::measured_record(verdict).filter(|_| !by_design);
    (a.diagnostics.verdict, a.diagnostics.reasons) = (verdict, reasons);
}

/// The standard deviation that noise causes in the logarithm of the number on no list: the protected table gets new noise many times. Without
/// a given model, the model is chosen again each time, because noise affects the choice too.
fn noise_sd(
    lists: &[String],
    histories: &[(u32, Protected)],
    model: Option<&str>,
    noise: &Perturbation,
    seed: u64,
) -> f64 {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let fixed = model.map(|m| Model::parse(m, lists));
    let mut all = Vec::with_capacity(RENOISED);
    for _ in 0..RENOISED {
        let mut again = |count: u64| count.saturating_add_signed(noise.noise(count, random.random::<f64>()));
        let cells: Vec<(u32, u64)> = histories.iter().map(|(h, c)| (*h, again(c.get()))).collect();
        let Ok(table) = Histories::new(lists.to_vec(), cells) else { continue };
        let engine = Engine::new(&table);
        let unseen = match &fixed {
            Some(Ok(model)) => engine.dark_figure(model),
            Some(Err(_)) => return 0.0,
            None => match choose_model(&table).and_then(|m| Model::parse(&m, lists).ok()) {
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

/// The standard deviation; zero for fewer than two numbers.
pub(crate) fn spread(all: &[f64]) -> f64 {
    let n = all.len() as f64;
    if n < 2.0 {
        return 0.0;
    }
    let mean = all.iter().sum::<f64>() / n;
    (all.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (n - 1.0)).sqrt()
}

/// The estimate of one part: with the model of the whole if the verdict allows a figure, otherwise the limits over all log-linear methods for
/// this part. If the number of persons reported is suppressed there is no estimate, because it would disclose that number.
pub fn estimate_part(
    (source, drawn): (&Source, Option<&LinkageDraws>),
    noise: &Perturbation,
    of: &OverallEstimate,
    settings: &Settings,
    (covariate, level): (&str, &str),
    reported: ShownCount,
    fits: impl Fn(&crate::source::PersonGroup) -> bool + Copy,
) -> PartEstimate {
    let what = (covariate, level);
    let (covariate, level) = (covariate.to_owned(), level.to_owned());
    let none =
        PartEstimate { covariate, level, reported, verdict: Verdict::NoEstimate, n_hat: None, limits: None };
    let (Some(persons), Some(formula)) = (reported, &of.model) else { return none };
    let histories = source.histories(noise, fits);
    let cells = histories.iter().map(|(h, c)| (*h, c.get()));
    let table = Histories::new(source.lists.clone(), cells).ok();
    let Some((table, model)) = table.zip(Model::parse(formula, &source.lists).ok()) else { return none };
    let seed = settings.seed;
    let methods = PART_METHODS.to_vec();
    let replicates = settings.replicates.min(PART_REPLICATES);
    let settings = Settings { methods, replicates, seed, ..part_settings() };
    let estimates = run(&Engine::new(&table), &[model], &settings, &Silent);
    let d = glance(&table, &estimates);
    let verdict = d.verdict.max(of.analysis.diagnostics.verdict);
    let seen = table.n() as f64;
    let linkage = drawn.map_or(0.0, |d| d.sd_of(noise, formula, what));
    let sd = noise_sd(&source.lists, &histories, Some(formula), noise, seed).hypot(linkage);
    // If some draws have no estimate of the part, its upper limit is unknown.
    let verdict = if sd.is_finite() { verdict } else { verdict.max(Verdict::LowerBoundOnly) };
    let estimate = estimates.iter().find(|e| e.method == Method::Formula);
    let estimate = estimate.and_then(|e| Some((e.n_hat?, e.interval?)));
    let over = over_methods(&d, seen, sd);
    let (n_hat, limits) = match (verdict, estimate) {
        (Verdict::FitToPublish, Some((n, i))) => (Some(n), Some(widened(seen, n, (i.lower, i.upper), sd))),
        (Verdict::FitToPublish | Verdict::RangeOnly, _) => (None, over),
        (Verdict::LowerBoundOnly, _) => (None, over.map(|l| (l.0, f64::INFINITY))),
        (Verdict::NoEstimate | Verdict::NotAssessed, _) => (None, None),
    };
    // The sum of the noisy histories differs from the noisy count.
    let limits = limits.map(|limits| not_below(persons.get() as f64, limits));
    PartEstimate { verdict, n_hat, limits, ..none }
}

/// Lowers the lower limits of parts that partition the whole if their sum exceeds the lower limit of the whole: the parts together cannot
/// have a higher minimum than the whole. The numbers on no list are reduced in proportion, so that the limits remain limits.
pub fn lower_part_limits(parts: &mut [PartEstimate], whole: &OverallEstimate) {
    let Some(least) = whole.analysis.diagnostics.at_least else { return };
    let seen = |p: &PartEstimate| p.reported.map_or(0.0, |n| n.get() as f64);
    let unseen = |p: &PartEstimate| p.limits.map_or(0.0, |l| (l.0 - seen(p)).max(0.0));
    let (all_seen, all_unseen): (f64, f64) = (parts.iter().map(seen).sum(), parts.iter().map(unseen).sum());
    let share = ((least - all_seen).max(0.0) / all_unseen).min(1.0);
    for p in parts.iter_mut().filter(|p| p.n_hat.is_none()) {
        let (seen, unseen) = (seen(p), unseen(p));
        if let Some(limits) = p.limits.as_mut().filter(|_| unseen > 0.0) {
            limits.0 = seen + share * unseen;
        }
    }
}
