//! A list that was drawn at random from the population: the anchor. Its independence of all other lists is a fact of the design.
//!
//! A table does not show that a list is a random sample; the person who drew it must say so. The estimator depends on what was known when
//! it was drawn:
//!
//! - nothing but the list: Chapman's for two lists, the anchor and all others together;
//! - the share of the population that was drawn ([`fraction`]): persons on other lists are counted, and those who are on the anchor alone are
//!   divided by the share (Lyles, Zhang, Ge and Waller, A design and analytic strategy for monitoring disease positivity and case
//!   characteristics in accessible closed populations);
//! - everybody who could be drawn, and how many of them were drawn and cleared ([`sampled`]): the persons outside the lists are estimated from the
//!   share found among those drawn outside them. The check may be wrong, at known rates or at rates that a trial of it shows ([`stratified`]; Ge and
//!   others, Utilizing a capture-recapture strategy to accelerate infectious disease surveillance).
//!
//! [`survey`] says whom to draw so that the variance is as small as it can be, and [`stratified`] estimates from what was drawn. [`random`] tests what
//! can be tested: among persons on other lists, being on the anchor must not depend on which lists these are.

mod allocate;
mod random;
mod sampled;
mod survey;
mod tried;

pub use allocate::{Part, allocate, variance};
pub use random::random;
pub use sampled::{Check, SurveyEstimate, sampled};
pub use survey::{ExpectedStratum, Survey, survey};
pub use tried::{CheckAccuracy, Stratum, Trial, stratified};

use rand_distr::{Distribution, Gamma};
use rayon::prelude::*;
use serde::Serialize;

use crate::bounds::chapman;
use crate::chance::{binomial, stream};
use crate::estimate::{Basis, Estimate, Interval, IntervalKind, Note, Outcome};
use crate::histories::{Histories, Mask};
use crate::method::Method;

/// A list drawn at random, and how it was drawn.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Anchor {
    /// The name of the list.
    pub list: String,
    /// From what it was drawn.
    pub drawn: DrawnFrom,
}

/// From what a list was drawn at random.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(tag = "from", rename_all = "kebab-case")]
pub enum DrawnFrom {
    /// Nothing more is known than that it was drawn at random.
    Unknown,
    /// The share of everybody that was drawn, from 0 to below 1.
    Share {
        /// The share.
        share: f64,
    },
    /// A counted number of people, of whom those drawn outside the other lists were all checked.
    People {
        /// Everybody who could be drawn, those on other lists among them.
        people: u64,
        /// People drawn outside the other lists who were found not to belong to the population.
        cleared: u64,
        /// How often the check is right.
        check: CheckAccuracy,
    },
}

/// How persons are spread over the anchor and all other lists together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spread {
    /// On the anchor and on another list.
    pub both: u64,
    /// On the anchor alone.
    pub alone: u64,
    /// On other lists alone.
    pub others: u64,
}

/// Draws from the posterior behind the credible interval.
const DRAWS: u64 = 10_000;

impl Anchor {
    /// Where the list stands in a table; `None` where it has no such list.
    pub fn place(&self, h: &Histories) -> Option<usize> {
        h.lists().iter().position(|l| *l == self.list)
    }

    /// How the persons of a table are spread over it and the others.
    pub fn spread(&self, h: &Histories) -> Option<Spread> {
        let own: Mask = 1 << self.place(h)?;
        let on = h.list_size(own.trailing_zeros() as usize);
        let alone = h.count(own);
        Some(Spread { both: on - alone, alone, others: h.n() - on })
    }

    /// The method that uses all known details of the draw.
    pub fn method(&self) -> Method {
        match self.drawn {
            DrawnFrom::Unknown => Method::AnchorChapman,
            DrawnFrom::Share { .. } => Method::AnchorShare,
            DrawnFrom::People { .. } => Method::AnchorPeople,
        }
    }

    /// The estimate by one of its methods; `None` for other methods and those that need to know more.
    pub fn estimate(&self, h: &Histories, method: Method, level: f64, seed: u64) -> Option<Estimate> {
        let found = self.spread(h)?;
        let n = h.n();
        let made = match (method, self.drawn) {
            (Method::AnchorChapman, _) => {
                let on_others = found.both + found.others;
                let c = chapman(on_others, found.both + found.alone, found.both, level);
                Some((c.n_hat, (c.lower, c.upper), IntervalKind::LogNormal))
            }
            (Method::AnchorShare, DrawnFrom::Share { share }) => {
                let f = fraction(found, share, level, seed);
                Some((f.n_hat, (f.lower, f.upper), IntervalKind::Credible))
            }
            (Method::AnchorPeople, DrawnFrom::People { people, cleared, check }) => {
                let on_others = found.both + found.others;
                // More people on the lists than could be drawn, or more drawn than there are, is no design.
                let drawn = found.alone.checked_add(cleared);
                let outside =
                    people.checked_sub(on_others).zip(drawn).filter(|(people, drawn)| people >= drawn);
                let s = outside.and_then(|(people, drawn)| match check {
                    CheckAccuracy::Known(check) => {
                        sampled(found.alone as f64, drawn as f64, people as f64, check, level)
                    }
                    CheckAccuracy::Tried(_) => {
                        let one = Stratum { people, drawn, found: found.alone };
                        stratified(&[one], check, level, seed)
                    }
                });
                s.map(|s| {
                    let on = on_others as f64;
                    (on + s.persons, (on + s.lower, on + s.upper), IntervalKind::Credible)
                })
            }
            _ => return None,
        };
        let Some((n_hat, limits, kind)) = made else {
            return Some(Estimate::none(method, n, Outcome::NotApplicable));
        };
        // Those on the anchor alone may be none of the population where the check can be wrong about people who are not.
        let certain = match self.drawn {
            DrawnFrom::People { check, .. } if !check.is_never_rash() => found.both + found.others,
            _ => n,
        };
        let interval = Interval::new(certain as f64, limits, level, kind);
        let mut e = Estimate::from_n_hat(method, n, n_hat, Some(interval));
        e.model = Some(Basis::Model(self.list.clone()));
        e.notes.push(Note::DrawnAtRandom);
        if n_hat < n as f64 {
            e.notes.push(Note::BelowObserved);
        }
        Some(e)
    }
}

/// An estimate from a known share.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Fraction {
    /// Estimated persons, seen and unseen.
    pub n_hat: f64,
    /// Its standard error.
    pub se: f64,
    /// Lower limit, not below the number seen.
    pub lower: f64,
    /// Upper limit.
    pub upper: f64,
}

/// The estimate when the share `psi` that was drawn is known: `n11 + n10 + n01 / psi`, with the variance `n01 (1 - psi) / psi^2` in
/// which a count of nobody counts for one half, and the equal-tailed credible interval from a Dirichlet posterior of the three
/// observed cells under Jeffreys' prior, with the number seen drawn anew (Lyles, Zhang, Ge and Waller, as above).
pub fn fraction(found: Spread, psi: f64, level: f64, seed: u64) -> Fraction {
    let (both, others, alone) = (found.both as f64, found.others as f64, found.alone as f64);
    let seen = both + others + alone;
    let n_hat = both + others + alone / psi;
    let se = (alone.max(0.5) * (1.0 - psi)).sqrt() / psi;
    let mut sizes: Vec<f64> = (0..DRAWS)
        .into_par_iter()
        .map(|d| {
            let mut rng = stream(seed ^ 0xa2c5, d);
            // Gamma draws divided by their sum; the shape is above nil.
            let mut draw = |count: f64| Gamma::new(count + 0.5, 1.0).map_or(0.0, |g| g.sample(&mut rng));
            // Two cells of the posterior are added up.
            let shares = [draw(both + others + 0.5), draw(alone)];
            let total = shares[0] + shares[1];
            let (listed, own) = (shares[0] / total, shares[1] / total);
            // The chance of being on another list, and of being seen at all.
            let on_others = psi * listed / (psi * listed + own);
            let chance = on_others + psi * (1.0 - on_others);
            let size = (seen / chance).round().max(1.0) as u64;
            let again = binomial(size, chance.clamp(0.0, 1.0), &mut rng) as f64;
            again * listed + again * own / psi
        })
        .collect();
    sizes.sort_by(f64::total_cmp);
    let at = |share: f64| crate::special::quantile_type8(&sizes, share).max(seen);
    let tail = 0.5 * (1.0 - level);
    Fraction { n_hat, se, lower: at(tail), upper: at(1.0 - tail) }
}
