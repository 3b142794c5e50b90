//! Tries changes out and says what each is worth.

use rayon::prelude::*;
use serde::Serialize;

use super::asked::{Dependent, PlanSettings, changes};
use super::change::Change;
use super::sample::{RequiredSample, needed, sampled};
use crate::chance::stream;
use crate::diagnostics::{Reason, Verdict, overlapping_triples};
use crate::estimate::{Estimate, Interval, Outcome};
use crate::histories::{Histories, Mask};
use crate::linkage;
use crate::loglinear::Engine;
use crate::method::Method;
use crate::methods::Progress;
use crate::model::pairs;
use crate::space::Population;
use crate::verdict::{self, Headline, LEAST_OVERLAP, headline};

/// The most lists of a table whose changes are tried out: one list more must still be a table whose error rates were measured.
pub const MOST_LISTS: usize = 8;
/// Populations in which a sample is drawn; it costs next to nothing.
const SAMPLED: u64 = 2000;
/// Pairs that depend on each other in models with less weight than this are left as they are.
const DEPENDENT_FROM: f64 = 0.1;
/// Draws of a linkage that are looked at.
const DRAWS: usize = 30;

/// Why there is no plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoPlan {
    /// Without an estimate there is no population that the table may have come from.
    #[error("no model has an estimate for this table")]
    NothingExists,
    /// Too few persons are on more than one list to learn anything about the population.
    #[error("only {overlap} persons are on more than one list")]
    LittleOverlap {
        /// Persons on more than one list.
        overlap: u64,
    },
    /// More lists than [`MOST_LISTS`].
    #[error("{found} lists, and changes are tried out for at most {most}")]
    TooManyLists {
        /// Lists that there are.
        found: usize,
        /// The most.
        most: usize,
    },
}

/// A number over populations: the middle one, and the limits between which eight in ten lie.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Range {
    /// The 10% quantile.
    pub low: f64,
    /// The median.
    pub median: f64,
    /// The 90% quantile; infinite where more than a tenth is.
    pub high: f64,
}

impl Range {
    /// Of numbers that need not be finite. Quantiles are numbers that were there, so that none lies between a number and no limit.
    fn from_values(mut all: Vec<f64>) -> Self {
        all.sort_by(f64::total_cmp);
        let at = |share: f64| {
            let place = (share * all.len() as f64).ceil() as usize;
            all.get(place.clamp(1, all.len().max(1)) - 1).copied().unwrap_or(f64::NAN)
        };
        Self { low: at(0.1), median: at(0.5), high: at(0.9) }
    }
}

/// How often each verdict followed, as shares of 1.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Default)]
pub struct Shares {
    /// A number with its interval.
    pub number: f64,
    /// A range.
    pub range: f64,
    /// "At least" only.
    pub bound: f64,
    /// Nothing.
    pub nothing: f64,
}

/// What a change is worth.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Outlook {
    /// The change.
    #[serde(flatten)]
    pub change: Change,
    /// What it costs: persons in the sample, or entries on the lists that are added; the median over populations.
    pub cost: f64,
    /// The upper over the lower limit of the interval.
    pub factor: Range,
    /// How often each verdict followed.
    pub verdicts: Shares,
    /// The share of the intervals that held the size of their population.
    pub held: f64,
    /// Tables that were made.
    pub tables: usize,
}

/// What would give a better answer about a table.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Plan {
    /// Persons on the lists.
    pub seen: u64,
    /// Today's verdict.
    pub verdict: Verdict,
    /// Why, the worst first.
    pub reasons: Vec<Reason>,
    /// Sizes of the populations that the table may have come from.
    pub total: Range,
    /// Lists that depend on each other, the surest first.
    pub dependent: Vec<Dependent>,
    /// The table as it is, and each change.
    pub outlooks: Vec<Outlook>,
    /// The smallest random samples that give a range and a number.
    pub needed: Vec<RequiredSample>,
}

/// One table that followed from a change.
#[derive(Debug, Clone, Copy)]
struct ChangeOutcome {
    verdict: Verdict,
    factor: f64,
    held: bool,
    cost: f64,
}

/// Works a plan out. `draws` are the tables of a linkage of which the table of `engine` is one, and `links_missed` says that nobody
/// counted the links that were missed in them; both are empty and false for a table that is no draw.
///
/// # Errors
/// See [`NoPlan`].
pub fn plan(
    engine: &Engine,
    draws: &[Histories],
    links_missed: bool,
    asked: &PlanSettings,
    progress: &dyn Progress,
) -> Result<Plan, NoPlan> {
    let h = engine.histories();
    if h.t() > MOST_LISTS {
        return Err(NoPlan::TooManyLists { found: h.t(), most: MOST_LISTS });
    }
    let overlap = h.frequencies()[1..].iter().sum();
    if overlap < LEAST_OVERLAP {
        return Err(NoPlan::LittleOverlap { overlap });
    }
    let people = populations(engine, asked.seed, SAMPLED).ok_or(NoPlan::NothingExists)?;
    let workshop = Workshop { engine, people: &people, links_missed, asked };
    let today = verdict::headline(engine, &workshop.asked(asked.seed)).ok_or(NoPlan::NothingExists)?;
    let linked = DrawEstimates::from_draws(draws, asked, progress);
    let today = linked.as_ref().map_or(today.clone(), |l| l.headline(&today, 0.0, asked.level));
    let (verdict, reasons) = verdict::judge(Some(&today), h, overlapping_triples(h), links_missed);
    let dependent = dependent(engine);
    let unseen: Vec<u64> = people.iter().map(|p| p.unseen).collect();
    let needed = needed(h.n(), &unseen, asked.level, links_missed, asked.seed ^ SAMPLES);
    let mut outlooks = vec![workshop.known(Change::Nothing, &today, links_missed)];
    outlooks.extend(asked.samples.iter().map(|persons| workshop.sample(*persons)));
    if let Some(linked) = &linked {
        for share in &asked.resolved {
            let resolved = linked.headline(&today, *share, asked.level);
            outlooks.push(workshop.known(Change::ResolveLinks { share: *share }, &resolved, false));
        }
    }
    outlooks.extend(workshop.tables(&changes(h, &dependent, asked), progress));
    let total = Range::from_values(people.iter().map(|p| (h.n() + p.unseen) as f64).collect());
    Ok(Plan { seen: h.n(), verdict, reasons, total, dependent, outlooks, needed })
}

/// Apart from the seeds of tables.
const SAMPLES: u64 = 0x5a3e;

fn populations(engine: &Engine, seed: u64, count: u64) -> Option<Vec<Population>> {
    (0..count).map(|d| engine.space().population(&mut stream(seed, d))).collect()
}

/// Pairs that depend on each other, the surest first.
fn dependent(engine: &Engine) -> Vec<Dependent> {
    let t = engine.histories().t();
    let of = |pair: Mask| Dependent {
        lists: [pair.trailing_zeros() as usize, pair.ilog2() as usize],
        weight: engine.space().dependence(pair),
    };
    let mut all: Vec<Dependent> = pairs(t).map(of).filter(|d| d.weight >= DEPENDENT_FROM).collect();
    all.sort_by(|a, b| b.weight.total_cmp(&a.weight));
    all
}

struct Workshop<'a> {
    engine: &'a Engine,
    people: &'a [Population],
    links_missed: bool,
    asked: &'a PlanSettings,
}

impl Workshop<'_> {
    fn asked(&self, seed: u64) -> verdict::HeadlineSettings {
        verdict::HeadlineSettings {
            level: self.asked.level,
            seed,
            what_if: false,
            ..verdict::HeadlineSettings::default()
        }
    }

    fn total(&self, people: &Population) -> f64 {
        (self.engine.histories().n() + people.unseen) as f64
    }

    /// What is known without making tables: the same headline in every population.
    fn known(&self, change: Change, found: &Headline, links_missed: bool) -> Outlook {
        let h = self.engine.histories();
        let (verdict, _) = verdict::judge(Some(found), h, overlapping_triples(h), links_missed);
        let of = |p: &Population| judged(Some(found.interval), verdict, self.total(p), change.cost(h, p));
        outlook(change, 1, &self.people.iter().map(of).collect::<Vec<_>>())
    }

    fn sample(&self, persons: u64) -> Outlook {
        let (h, change) = (self.engine.histories(), Change::Sample { persons });
        let seed = self.asked.seed ^ SAMPLES;
        let of = |(i, p): (usize, &Population)| {
            let mut rng = stream(seed, i as u64);
            let found = sampled((h.n(), p.unseen), persons, self.asked.level, self.links_missed, &mut rng);
            let cost = persons.min(h.n() + p.unseen) as f64;
            judged(Some(found.interval), found.verdict, self.total(p), cost)
        };
        outlook(change, self.people.len(), &self.people.iter().enumerate().map(of).collect::<Vec<_>>())
    }

    /// Makes the tables of all changes and judges them.
    fn tables(&self, changes: &[Change], progress: &dyn Progress) -> Vec<Outlook> {
        let simulations = self.asked.simulations.clamp(1, SAMPLED) as usize;
        let tasks: Vec<(usize, usize)> = changes
            .iter()
            .enumerate()
            .flat_map(|(c, change)| {
                (0..if change.is_certain() { 1 } else { simulations }).map(move |s| (c, s))
            })
            .collect();
        progress.stage("design", tasks.len() as u64);
        let all: Vec<(usize, Vec<ChangeOutcome>)> = tasks
            .into_par_iter()
            .map(|(c, s)| {
                let found = self.table(changes[c], c as u64, s);
                progress.tick();
                (c, found)
            })
            .collect();
        let of = |(c, change): (usize, &Change)| {
            let made: Vec<&Vec<ChangeOutcome>> = all.iter().filter(|a| a.0 == c).map(|a| &a.1).collect();
            outlook(*change, made.len(), &made.into_iter().flatten().copied().collect::<Vec<_>>())
        };
        changes.iter().enumerate().map(of).collect()
    }

    /// The table of one change in one population, judged; a table that is the same in all of them in each.
    fn table(&self, change: Change, number: u64, simulation: usize) -> Vec<ChangeOutcome> {
        let h = self.engine.histories();
        let people = &self.people[simulation];
        let mut rng = stream(self.asked.seed.wrapping_add(1 + number), simulation as u64);
        let table = change.table(h, people, &mut rng);
        let engine = table.as_ref().map(Engine::new);
        let found = engine.as_ref().and_then(|e| headline(e, &self.asked(self.asked.seed)));
        let verdict = table.as_ref().map_or(Verdict::NoEstimate, |t| {
            verdict::judge(found.as_ref(), t, overlapping_triples(t), self.links_missed).0
        });
        let interval = found.map(|f| f.interval);
        let of = |p: &Population| judged(interval, verdict, self.total(p), change.cost(h, p));
        if change.is_certain() { self.people.iter().map(of).collect() } else { vec![of(people)] }
    }
}

fn judged(interval: Option<Interval>, verdict: Verdict, total: f64, cost: f64) -> ChangeOutcome {
    ChangeOutcome {
        verdict,
        factor: interval.map_or(f64::INFINITY, |i| i.upper / i.lower),
        held: interval.is_some_and(|i| i.lower <= total && total <= i.upper),
        cost,
    }
}

fn outlook(change: Change, tables: usize, all: &[ChangeOutcome]) -> Outlook {
    let share = |wanted: &dyn Fn(&ChangeOutcome) -> bool| {
        all.iter().filter(|j| wanted(j)).count() as f64 / all.len().max(1) as f64
    };
    let of = |verdict: Verdict| share(&|j| j.verdict == verdict);
    let verdicts = Shares {
        number: of(Verdict::FitToPublish),
        range: of(Verdict::RangeOnly),
        bound: of(Verdict::LowerBoundOnly),
        nothing: of(Verdict::NoEstimate),
    };
    let held = share(&|j| j.held);
    let cost = Range::from_values(all.iter().map(|j| j.cost).collect()).median;
    Outlook {
        change,
        cost,
        factor: Range::from_values(all.iter().map(|j| j.factor).collect()),
        verdicts,
        held,
        tables,
    }
}

/// What each draw of a linkage says.
struct DrawEstimates(Vec<Estimate>);

impl DrawEstimates {
    fn from_draws(draws: &[Histories], asked: &PlanSettings, progress: &dyn Progress) -> Option<Self> {
        if draws.len() < 2 {
            return None;
        }
        let step = draws.len().div_ceil(DRAWS);
        let some: Vec<&Histories> = draws.iter().step_by(step).collect();
        progress.stage("design-draws", some.len() as u64);
        let all = some
            .into_par_iter()
            .map(|h| {
                let engine = Engine::new(h);
                let space = engine.space();
                progress.tick();
                if space.members.is_empty() {
                    return Estimate::none(Method::ModelSpace, h.n(), Outcome::Infinite);
                }
                let interval = Some(space.interval(asked.level));
                Estimate::from_n_hat(Method::ModelSpace, h.n(), space.quantile(0.5), interval)
            })
            .collect();
        Some(Self(all))
    }

    /// Today's headline with the interval over the draws, when a share of the uncertain links is resolved.
    fn headline(&self, today: &Headline, share: f64, level: f64) -> Headline {
        let mut found = today.clone();
        if let Some((n_hat, interval)) = linkage::resolved(&self.0, level, share) {
            (found.n_hat, found.interval) = (n_hat, interval);
        }
        found
    }
}
