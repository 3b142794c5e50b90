//! Returns and the lists of each year together, with entries; and populations simulated from that.

use rayon::prelude::*;

use super::again::seen_again;
use super::alone::{Setup, YearEstimate, chosen};
use super::cjs::{fitted, slots};
use super::drawn::{SimulatedPeople, Truth};
use super::found::{Agreement, Figure, Interval, Open, OpenSettings, OpenYear, Stay, YearVariation};
use super::likelihood::{Likelihood, ListEvidence, ParameterValues, Slot};
use super::people::{OverYears, Returns};
use super::{LEAST_RETURNS, NoOpen};
use crate::chance::stream;
use crate::estimate::not_below;
use crate::methods::Progress;
use crate::model::Model;
use crate::special::{chi_squared_upper, quantile_type8};

/// Where one in so many simulated populations has no estimate, there are no intervals.
const FAILED: usize = 10;

/// Entries have to add up to this share of all people.
const ROUNDING: f64 = 1e-6;

/// All estimates of one population.
#[derive(Debug, Clone)]
struct Estimates {
    people: f64,
    present: Vec<f64>,
    entered: Vec<f64>,
    staying: Vec<f64>,
    coverage: Vec<f64>,
    log_likelihood: f64,
    parameters: usize,
}

impl Estimates {
    fn person_years(&self) -> f64 {
        self.present.iter().sum()
    }

    /// All of them in one row: people, person-years, years each, then those by year and by step.
    fn row(&self) -> Vec<f64> {
        let (people, all) = (self.people, self.person_years());
        let parts = [&self.present, &self.entered, &self.coverage, &self.staying];
        [people, all, all / people].into_iter().chain(parts.into_iter().flatten().copied()).collect()
    }

    /// Whether they can be those of a population of whom so many were seen.
    fn possible(&self, returns: &Returns) -> bool {
        let shares = |all: &[f64]| all.iter().all(|p| (0.0..=1.0).contains(p));
        let entries: f64 = self.entered.iter().sum();
        let enough = self.present.iter().all(|n| *n > 0.0 && *n <= self.people * (1.0 + ROUNDING));
        self.row().iter().all(|x| x.is_finite())
            && shares(&self.staying)
            && shares(&self.coverage)
            && self.entered.iter().all(|b| *b >= 0.0)
            && (entries / self.people - 1.0).abs() < ROUNDING
            && self.people * (1.0 + ROUNDING) >= returns.n() as f64
            && enough
    }
}

/// Estimates an open population: how many people are there in each year, how many different ones in all years, how many enter and how many
/// stay.
///
/// The likelihood has three parts. Of everybody who was ever seen, the year of the first time: it depends on entries, staying and coverage, as in
/// the superpopulation of Schwarz and Arnason (1996). Of everybody seen in a year, the year of the next time: the likelihood of Cormack, Jolly and
/// Seber. And the lists of each year: the generalised Chapman estimate of its coverage under a log-linear model, as a normal on the logit with its
/// own variance. So coverage is estimated from the overlap of the lists and from returns, and has a value in the first and the last year too,
/// which returns alone do not give. The number of people is those ever seen over the chance to be ever seen; the numbers by year follow from entries
/// and staying, and entries add up to the number of people.
///
/// Intervals are percentiles over populations simulated from the estimate, whose lists are fitted with the same model. One whose
/// estimate cannot be (a chance beyond nil and one, entries below nil, fewer people than were seen) is counted as failed.
///
/// ```
/// use ijsberg_mse::methods::Silent;
/// use ijsberg_mse::open::{OpenSettings, OverYears, open};
///
/// let lists = ["police", "shelter"].map(String::from).to_vec();
/// let years = ["2019", "2020", "2021"].map(String::from).to_vec();
/// // On which lists in which year: police 1, shelter 2, both 3.
/// let rows = [
///     (vec![1, 0, 0], 120), (vec![2, 0, 0], 100), (vec![3, 0, 0], 55), (vec![1, 1, 0], 20), (vec![3, 2, 0], 15),
///     (vec![2, 0, 1], 6), (vec![0, 1, 0], 90), (vec![0, 2, 0], 80), (vec![0, 3, 0], 40), (vec![0, 1, 2], 25),
///     (vec![0, 0, 1], 100), (vec![0, 0, 2], 90), (vec![0, 0, 3], 45), (vec![1, 3, 1], 8),
/// ];
/// let people = OverYears::new(lists, years, rows)?;
/// let found = open(&people, &OpenSettings { replicates: 20, ..OpenSettings::default() }, &Silent)?;
/// let entries: f64 = found.years.iter().map(|y| y.entered.estimate).sum();
/// assert!((entries / found.people.estimate - 1.0).abs() < 1e-9);
/// assert!(found.person_years.estimate > found.people.estimate);
/// # Ok::<(), ijsberg_mse::open::NoOpen>(())
/// ```
///
/// # Errors
/// See [`NoOpen`].
pub fn open(people: &OverYears, asked: &OpenSettings, progress: &dyn Progress) -> Result<Open, NoOpen> {
    let returns = people.returns()?;
    gates(people, &returns, asked.staying)?;
    let model = match &asked.model {
        Some(model) => model.clone(),
        None => chosen(people)?,
    };
    let setups = Setup::of_years(people, &model)?;
    let mut alone = Vec::with_capacity(setups.len());
    for (year, setup) in setups.iter().enumerate() {
        let fit = setup.fit(setup.cells(&people.cells(year)));
        alone.push(fit.ok_or_else(|| NoOpen::NoYear { year: people.years()[year].clone() })?);
    }
    let found = estimated(&returns, &alone, asked.staying).ok_or(NoOpen::NotSettled)?;
    let agreement = agreement(&returns, &found, asked.staying).ok_or(NoOpen::NotSettled)?;
    progress.stage("open", asked.replicates as u64);
    let rows = simulated(&setups, &alone, &found, asked, progress);
    let of = ResultParts { model: &model, setups: &setups, alone: &alone, found: &found, agreement };
    assemble(people, &returns, &of, asked, &rows)
}

/// What must hold before anything is estimated.
fn gates(people: &OverYears, returns: &Returns, staying: YearVariation) -> Result<(), NoOpen> {
    let found = returns.all();
    if found == 0 {
        return Err(NoOpen::NoReturns);
    }
    let year = |t: usize| people.years()[t].clone();
    if let Some(t) = returns.seen().iter().position(|n| *n == 0) {
        return Err(NoOpen::EmptyYear { year: year(t) });
    }
    match staying {
        YearVariation::Same if found < LEAST_RETURNS => Err(NoOpen::TooFewInAll { found }),
        YearVariation::Same => Ok(()),
        YearVariation::ByYear => {
            let few = (0..returns.years() - 1).find(|t| returns.over(*t) < LEAST_RETURNS);
            few.map_or(Ok(()), |t| {
                Err(NoOpen::TooFewReturns { from: year(t), to: year(t + 1), found: returns.over(t) })
            })
        }
    }
}

/// The top of the likelihood of all three parts.
fn estimated(returns: &Returns, alone: &[YearEstimate], staying: YearVariation) -> Option<Estimates> {
    let years = returns.years();
    let known: Vec<ListEvidence> = alone.iter().map(|a| a.known).collect();
    let (stays, used) = slots(years - 1, staying, 0);
    let seen: Vec<Slot> = (0..years).map(|t| Slot::Free(used + t)).collect();
    let entries = used + years;
    let parameters = entries + years - 1;
    // Half stay, coverage is what the lists of a year say, and most people are there from the beginning.
    let mut start = vec![0.0; used];
    start.extend(known.iter().map(|k| k.logit.clamp(-10.0, 10.0)));
    start.resize(parameters, -1.0);
    let likelihood = Likelihood {
        counts: returns,
        staying: stays,
        seen,
        entries: Some(entries),
        known: &known,
        parameters,
        at: ParameterValues::default(),
    };
    let top = likelihood.top(start)?;
    let people = returns.n() as f64 / top.at.ever;
    let times = |shares: &[f64]| shares.iter().map(|s| people * s).collect::<Vec<f64>>();
    let found = Estimates {
        people,
        present: times(&top.at.present),
        entered: times(&top.at.entered),
        staying: top.at.staying,
        coverage: top.at.seen,
        log_likelihood: top.log_likelihood,
        parameters,
    };
    found.possible(returns).then_some(found)
}

/// The likelihood that is lost when returns and lists have one coverage between them. Apart, each year has its own coverage by its lists and
/// another by returns, and first sightings may be anything.
fn agreement(returns: &Returns, found: &Estimates, staying: YearVariation) -> Option<Agreement> {
    let n = returns.n() as f64;
    let first = returns.first().iter().filter(|c| **c > 0).map(|c| *c as f64 * (*c as f64 / n).ln());
    let (free, parameters) = fitted(returns, staying, YearVariation::ByYear)?;
    let apart = free.log_likelihood + first.sum::<f64>();
    let statistic = (2.0 * (apart - found.log_likelihood)).max(0.0);
    let years = returns.years();
    let degrees = (parameters + 2 * years - 1).saturating_sub(found.parameters);
    Some(Agreement { statistic, degrees, p: chi_squared_upper(statistic, degrees) })
}

/// The estimates of simulated populations; `None` where there is none, or one that cannot be.
fn simulated(
    setups: &[Setup],
    alone: &[YearEstimate],
    found: &Estimates,
    asked: &OpenSettings,
    progress: &dyn Progress,
) -> Vec<Option<Vec<f64>>> {
    let truth = Truth {
        n: found.people.round() as u64,
        entered: found.entered.clone(),
        staying: found.staying.clone(),
        seen: found.coverage.clone(),
        weights: alone.iter().map(|a| a.weights.clone()).collect(),
    };
    let again = |SimulatedPeople { returns, cells }: SimulatedPeople| {
        let fits = setups.iter().zip(cells).map(|(setup, cells)| setup.fit(cells));
        let alone: Vec<YearEstimate> = fits.collect::<Option<_>>()?;
        estimated(&returns, &alone, asked.staying).map(|e| e.row())
    };
    (0..asked.replicates as u64)
        .into_par_iter()
        .map(|b| {
            let row = truth.draw(&mut stream(asked.seed, b)).and_then(again);
            progress.tick();
            row
        })
        .collect()
}

/// What an answer is put together from.
struct ResultParts<'a> {
    model: &'a Model,
    setups: &'a [Setup],
    alone: &'a [YearEstimate],
    found: &'a Estimates,
    agreement: Agreement,
}

/// Percentiles of each column over the simulated populations.
fn intervals(rows: &[Option<Vec<f64>>], level: f64) -> Option<Vec<Interval>> {
    let known: Vec<&Vec<f64>> = rows.iter().flatten().collect();
    let width = known.first()?.len();
    if (rows.len() - known.len()) * FAILED > rows.len() {
        return None;
    }
    let tail = 0.5 * (1.0 - level);
    let of_column = |c: usize| {
        let mut sorted: Vec<f64> = known.iter().map(|row| row[c]).collect();
        sorted.sort_by(f64::total_cmp);
        Interval { lower: quantile_type8(&sorted, tail), upper: quantile_type8(&sorted, 1.0 - tail) }
    };
    Some((0..width).map(of_column).collect())
}

fn assemble(
    people: &OverYears,
    returns: &Returns,
    of: &ResultParts<'_>,
    asked: &OpenSettings,
    rows: &[Option<Vec<f64>>],
) -> Result<Open, NoOpen> {
    let limits = intervals(rows, asked.level);
    let estimates = of.found.row();
    let years = returns.years();
    // Nobody was seen who is not there.
    let figure = |column: usize, least: f64| Figure {
        estimate: estimates[column],
        interval: limits.as_ref().map(|all| {
            let (lower, upper) = not_below(least, (all[column].lower, all[column].upper));
            Interval { lower, upper }
        }),
    };
    let of_year = |t: usize| {
        let seen = returns.seen()[t];
        let (lower, upper) = of.alone[t].limits(seen, asked.level);
        OpenYear {
            year: people.years()[t].clone(),
            seen,
            new: returns.first()[t],
            lists: of.setups[t].lists.len(),
            people: figure(3 + t, seen as f64),
            alone: Figure { estimate: of.alone[t].n_hat, interval: Some(Interval { lower, upper }) },
            entered: figure(3 + years + t, 0.0),
            coverage: figure(3 + 2 * years + t, 0.0),
        }
    };
    let step = |t: usize| Stay {
        from: people.years()[t].clone(),
        to: people.years()[t + 1].clone(),
        returns: returns.over(t),
        staying: figure(3 + 3 * years + t, 0.0),
    };
    let seen_in_all: u64 = returns.seen().iter().sum();
    Ok(Open {
        model: of.model.formula(people.lists()),
        staying: asked.staying,
        seen: returns.n(),
        people: figure(0, returns.n() as f64),
        person_years: figure(1, seen_in_all as f64),
        years_each: figure(2, 1.0),
        years: (0..years).map(of_year).collect(),
        steps: (0..years - 1).map(step).collect(),
        agreement: of.agreement,
        seen_again: seen_again(people)?,
        level: asked.level,
        failed: rows.iter().filter(|row| row.is_none()).count(),
    })
}
