//! The number of the present year before its late list is in.

use serde::Serialize;

use super::replay::{NowcastAccuracy, ReplayedYear, Standing, limits, measure, replay, spread};
use super::setup::{NowcastSettings, Setup, Year};
use crate::estimate::not_below;
use crate::histories::{Histories, Mask};
use crate::loglinear::{Criterion, Engine};
use crate::methods::Progress;
use crate::model::Model;

/// The most lists, the late one among them: every step fits `2^lists` cells a year.
pub const MOST_LISTS: usize = 8;

/// One year of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct YearTable {
    /// The year.
    pub year: String,
    /// Persons by history, over all lists.
    pub cells: Vec<(Mask, u64)>,
}

/// Why there is no nowcast.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoNowcast {
    /// No list is called so.
    #[error("no list is called {name}; the lists are {lists}")]
    NoSuchList {
        /// The name that was given.
        name: String,
        /// The lists that there are.
        lists: String,
    },
    /// Two lists must be in: with one, persons on no list in the present year cannot be estimated.
    #[error("{found} list(s) beside the late one, and a nowcast needs at least two")]
    TooFewLists {
        /// Lists beside the late one.
        found: usize,
    },
    /// More lists than [`MOST_LISTS`].
    #[error("{found} lists, and a nowcast is made with at most {MOST_LISTS}")]
    TooManyLists {
        /// Lists that there are.
        found: usize,
    },
    /// No earlier year has anybody on the late list.
    #[error("no year before {year} has anybody on {list}")]
    NoEarlierYear {
        /// The present year.
        year: String,
        /// The late list.
        list: String,
    },
    /// An early list is empty in a year.
    #[error("nobody is on {list} in {year}")]
    EmptyList {
        /// The list.
        list: String,
        /// The year.
        year: String,
    },
    /// No model has an estimate for the earlier years and the present one.
    #[error("no model has an estimate for these years")]
    NothingExists,
}

/// The present year before its late list is in.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Nowcast {
    /// The present year.
    pub year: String,
    /// The late list.
    pub late: String,
    /// The earlier years that it rests on.
    pub from: Vec<String>,
    /// Earlier years that are left out, since nobody is on the late list there.
    pub left_out: Vec<String>,
    /// The model, in list names.
    pub model: String,
    /// Persons of the present year on the early lists.
    pub seen: u64,
    /// Persons of the present year on the late list, which was not used.
    pub withheld: u64,
    /// Estimated persons of the present year, seen and unseen.
    pub preliminary: f64,
    /// Lower limit: sampling, and the drift of earlier years.
    pub lower: f64,
    /// Upper limit.
    pub upper: f64,
    /// Confidence level.
    pub level: f64,
    /// Standard deviation of the logarithm by sampling alone; infinite where too many simulated tables had no estimate.
    pub sampling: f64,
    /// What the earlier years drifted beyond sampling, as a standard deviation of the logarithm; `None` where no year could be replayed.
    pub drift: Option<f64>,
    /// Each earlier year with its late list withheld.
    pub replayed: Vec<ReplayedYear>,
    /// How wrong the replayed years were.
    pub measured: Option<NowcastAccuracy>,
    /// What the figure is.
    pub standing: Standing,
}

/// The number of the last of `years` before its late list is in, and how wrong the same was in earlier years.
///
/// A log-linear model with the same interactions in all years is fitted to the earlier years with all lists and the present one without the late
/// list ([`crate::timely`]); each year has its own coverage of the early lists, and the late list reaches the same share as before. The constants of the
/// generalised Chapman estimator are added to the cells of every year, one year's worth each. With three lists, all pairs in the model and one earlier
/// year the estimate is `n10 n01 / (n11 + 1)` times the odds ratio of the two early lists in the earlier year, those on no list and the late list among them.
///
/// The interval is on the logarithm of the number. Its variance is that of tables simulated from the fit, and the drift: the mean over replayed years of
/// `log(preliminary / final)^2`, less what simulated years without drift have, and not below nil. The quantile is Student's, with the degrees
/// of freedom of Satterthwaite for a drift that is known from so many years. Without a year to replay it is sampling alone, and said to be so.
///
/// ```
/// use ijsberg_mse::methods::Silent;
/// use ijsberg_mse::timely::{NowcastSettings, YearTable, nowcast};
///
/// let lists = ["police", "shelter", "clinic"].map(String::from);
/// let year = |year: &str, counts: [u64; 7]| YearTable {
///     year: year.to_owned(),
///     cells: (1..8).zip(counts).collect(),
/// };
/// let years = [
///     year("2019", [120, 88, 31, 95, 22, 19, 9]),
///     year("2020", [131, 80, 35, 90, 25, 17, 8]),
///     year("2021", [128, 92, 33, 99, 21, 18, 10]),
///     // The clinic's list is not in yet.
///     year("2022", [160, 118, 47, 0, 0, 0, 0]),
/// ];
/// let found = nowcast(&lists, &years, &NowcastSettings::about("clinic"), &Silent)?;
/// assert_eq!((found.seen, found.replayed.len()), (325, 2));
/// assert!(found.lower < found.preliminary && found.preliminary < found.upper);
/// # Ok::<(), ijsberg_mse::timely::NoNowcast>(())
/// ```
///
/// # Errors
/// See [`NoNowcast`].
pub fn nowcast(
    lists: &[String],
    years: &[YearTable],
    asked: &NowcastSettings,
    progress: &dyn Progress,
) -> Result<Nowcast, NoNowcast> {
    let late = lists
        .iter()
        .position(|l| *l == asked.late)
        .ok_or_else(|| NoNowcast::NoSuchList { name: asked.late.clone(), lists: lists.join(", ") })?;
    if lists.len() > MOST_LISTS {
        return Err(NoNowcast::TooManyLists { found: lists.len() });
    }
    if lists.len() < 3 {
        return Err(NoNowcast::TooFewLists { found: lists.len() - 1 });
    }
    let order: Vec<usize> = (0..lists.len()).filter(|j| *j != late).chain([late]).collect();
    let names: Vec<String> = order.iter().map(|j| lists[*j].clone()).collect();
    let early = lists.len() - 1;
    let Some((present, before)) = years.split_last() else { return Err(NoNowcast::NothingExists) };
    let (complete, lacking): (Vec<Year>, Vec<Year>) = before
        .iter()
        .map(|y| Year { name: y.year.clone(), cells: dense(y, &order) })
        .partition(|y| y.cells.iter().skip(1 << early).any(|c| *c > 0.0));
    let last = Year { name: present.year.clone(), cells: dense(present, &order) };
    if complete.is_empty() {
        return Err(NoNowcast::NoEarlierYear { year: last.name, list: asked.late.clone() });
    }
    for y in complete.iter().chain([&last]) {
        if let Some(j) =
            (0..early).find(|j| on(&y.cells[..1 << early], *j) + on_late(&y.cells, early, *j) == 0.0)
        {
            return Err(NoNowcast::EmptyList { list: names[j].clone(), year: y.name.clone() });
        }
    }
    let model = match &asked.model {
        Some(model) => turned(model, &order),
        None => chosen(&names, &complete).ok_or(NoNowcast::NothingExists)?,
    };
    let formula = model.formula(&names);
    let setup = Setup::new(early, model);
    let seen = setup.collapsed(&last.cells);
    let used = &complete[complete.len().saturating_sub(asked.window.max(1))..];
    let earlier: Vec<&[f64]> = used.iter().map(|y| y.cells.as_slice()).collect();
    progress.stage("nowcast", (asked.replicates * complete.len()) as u64);
    let joint = setup.joint(&earlier, &seen).ok_or(NoNowcast::NothingExists)?;
    let preliminary = setup.preliminary(&earlier, &seen).ok_or(NoNowcast::NothingExists)?;
    let sampling = spread(&setup, &joint, asked, 0, progress).error;
    let replays = replay(&setup, &complete, asked, progress);
    let (replayed, measured, drift) = measure(&replays, asked.level);
    let (variance, degrees) = drift.widened(sampling);
    let limits = limits(preliminary, variance, degrees, asked.level);
    let n: f64 = seen.iter().sum();
    let (lower, upper) = not_below(n, limits);
    Ok(Nowcast {
        year: last.name,
        late: asked.late.clone(),
        from: used.iter().map(|y| y.name.clone()).collect(),
        left_out: lacking.into_iter().map(|y| y.name).collect(),
        model: formula,
        seen: n as u64,
        withheld: last.cells[1 << early..].iter().sum::<f64>() as u64,
        preliminary,
        lower,
        upper,
        level: asked.level,
        sampling,
        drift: drift.is_known().then(|| drift.variance.sqrt()),
        standing: Standing::from_measured(measured.as_ref()),
        replayed,
        measured,
    })
}

/// Persons by mask with the lists in another order.
fn dense(year: &YearTable, order: &[usize]) -> Vec<f64> {
    let mut cells = vec![0.0; 1 << order.len()];
    for (mask, count) in &year.cells {
        cells[moved(*mask, order) as usize] += *count as f64;
    }
    cells[0] = 0.0;
    cells
}

fn moved(mask: Mask, order: &[usize]) -> Mask {
    order.iter().enumerate().fold(0, |acc, (to, from)| acc | (mask >> from & 1) << to)
}

fn turned(model: &Model, order: &[usize]) -> Model {
    let terms: Vec<Mask> = model.generators().iter().map(|g| moved(*g, order)).collect();
    Model::from_generators(order.len(), &terms)
}

/// Persons on an early list and not on the late one.
fn on(cells: &[f64], list: usize) -> f64 {
    cells.iter().enumerate().filter(|(w, _)| w >> list & 1 == 1).map(|(_, c)| c).sum()
}

/// Persons on an early list and on the late one.
fn on_late(cells: &[f64], early: usize, list: usize) -> f64 {
    on(&cells[1 << early..], list)
}

/// The best model by BIC of all earlier years together.
fn chosen(names: &[String], complete: &[Year]) -> Option<Model> {
    let cells = (1..1_u32 << names.len())
        .map(|w| (w, complete.iter().map(|y| y.cells[w as usize]).sum::<f64>() as u64));
    let pooled = Histories::new(names.to_vec(), cells).ok()?;
    let engine = Engine::new(&pooled);
    engine.near_best(Criterion::Bic, 0.0).first().map(|m| m.model.clone())
}
