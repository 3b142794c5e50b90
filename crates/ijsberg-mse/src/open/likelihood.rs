//! The likelihood of returns, of first sightings and of the lists of each year, for any of the models here.
//!
//! All of it is multinomial: a person seen in year `i` is seen next in year `j`, or never; a person who is ever seen is first seen in year `t`. So
//! the expected information is a sum over cells, and the climb is Fisher's scoring. The lists of a year enter as a normal on the logit of the
//! chance that a person of that year is on a list.

use super::people::Returns;
use crate::mixing::ascent::{Ascent, Derivatives, Objective};

/// Logits beyond this are nil and one.
const LIMIT: f64 = 25.0;

/// What may be left to gain, by the gradient and the information of each parameter alone, in a fit that is believed.
const SETTLED: f64 = 1e-3;

/// A chance: a parameter on the logit scale, or fixed.
#[derive(Debug, Clone, Copy)]
pub(super) enum Slot {
    Free(usize),
    Fixed(f64),
}

impl Slot {
    fn value(self, theta: &[f64]) -> f64 {
        match self {
            Self::Free(k) => chance(theta[k]),
            Self::Fixed(p) => p,
        }
    }

    fn slope(self, by: f64, slopes: &mut [f64]) {
        if let Self::Free(k) = self {
            slopes[k] += by;
        }
    }
}

/// The inverse of the logit.
pub(super) fn chance(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

/// The chance of being on a list of a year, as estimated from the lists of that year.
#[derive(Debug, Clone, Copy)]
pub(super) struct ListEvidence {
    pub(super) logit: f64,
    pub(super) variance: f64,
}

/// A model of some years.
#[derive(Debug)]
pub(super) struct Likelihood<'a> {
    pub(super) counts: &'a Returns,
    /// The chance to stay, by step between years.
    pub(super) staying: Vec<Slot>,
    /// The chance to be seen, by year.
    pub(super) seen: Vec<Slot>,
    /// The place of the first parameter of the entries; without it returns alone count.
    pub(super) entries: Option<usize>,
    /// What the lists of each year say; empty where they are not used. Then being seen is free in every year.
    pub(super) known: &'a [ListEvidence],
    pub(super) parameters: usize,
    pub(super) at: ParameterValues,
}

/// What the parameters come to.
#[derive(Debug, Default, Clone)]
pub(super) struct ParameterValues {
    pub(super) staying: Vec<f64>,
    pub(super) seen: Vec<f64>,
    /// Shares of all people that enter, by year.
    pub(super) entered: Vec<f64>,
    /// Shares of all people that are there, by year.
    pub(super) present: Vec<f64>,
    /// The chance that a person is ever seen.
    pub(super) ever: f64,
}

/// A likelihood at its top.
#[derive(Debug, Clone)]
pub(super) struct Top {
    pub(super) log_likelihood: f64,
    pub(super) at: ParameterValues,
}

/// Sums over cells.
struct CellSums<'a> {
    into: &'a mut Derivatives,
    value: f64,
}

impl CellSums<'_> {
    /// A cell with the slopes of the logarithm of its chance.
    fn cell(&mut self, count: f64, of: f64, chance: f64, slopes: &[f64]) {
        if chance <= 0.0 {
            if count > 0.0 {
                self.value = f64::NEG_INFINITY;
            }
            return;
        }
        if count > 0.0 {
            self.value += count * chance.ln();
        }
        let p = slopes.len();
        let expected = of * chance;
        for (a, x) in slopes.iter().enumerate().filter(|s| *s.1 != 0.0) {
            self.into.gradient[a] += count * x;
            for (b, y) in slopes[..=a].iter().enumerate() {
                self.into.observed[a * p + b] += expected * x * y;
            }
        }
    }
}

impl Likelihood<'_> {
    /// Climbs from `theta`; `None` where the top is not reached.
    pub(super) fn top(mut self, mut theta: Vec<f64>) -> Option<Top> {
        let mut climber = Ascent::default();
        climber.climb(&mut self, 0.0, &mut theta);
        let mut d = Derivatives::default();
        let log_likelihood = self.derivatives(0.0, &theta, &mut d);
        let p = theta.len();
        let left: f64 = (0..p)
            .filter(|i| theta[*i].abs() < LIMIT)
            .map(|i| d.gradient[i].powi(2) / (d.observed[i * p + i] + 1e-9))
            .sum();
        (log_likelihood.is_finite() && left < SETTLED).then_some(Top { log_likelihood, at: self.at })
    }

    /// Adds the persons seen in a year, by the year in which they are seen next.
    fn returns(&self, sums: &mut CellSums<'_>) {
        let years = self.counts.years();
        for from in 0..years - 1 {
            let released = self.counts.seen()[from] as f64;
            let mut on_the_way = vec![0.0; self.parameters];
            let mut never_slopes = vec![0.0; self.parameters];
            let (mut there, mut never) = (1.0, 1.0);
            for to in from + 1..years {
                let (stay, seen) = (self.at.staying[to - 1], self.at.seen[to]);
                self.staying[to - 1].slope(1.0 - stay, &mut on_the_way);
                there *= stay;
                let mut slopes = on_the_way.clone();
                self.seen[to].slope(1.0 - seen, &mut slopes);
                let here = there * seen;
                sums.cell(self.counts.next(from, to) as f64, released, here, &slopes);
                never -= here;
                never_slopes.iter_mut().zip(&slopes).for_each(|(n, s)| *n -= here * s);
                there *= 1.0 - seen;
                self.seen[to].slope(-seen, &mut on_the_way);
            }
            let gone = released - self.counts.returned(from) as f64;
            never_slopes.iter_mut().for_each(|s| *s /= never);
            sums.cell(gone, released, never, &never_slopes);
        }
    }

    /// Slopes of the share that enters in a year.
    fn entry_slopes(&self, first: usize, shares: &[f64], year: usize) -> Vec<f64> {
        let mut slopes = vec![0.0; self.parameters];
        let own = slopes[first..].iter_mut().zip(&shares[1..]).enumerate();
        own.for_each(|(k, (slope, share))| {
            *slope = shares[year] * (f64::from(u8::from(k + 1 == year)) - share);
        });
        slopes
    }

    /// Adds the persons who are ever seen, by the first year.
    fn first_times(&mut self, first: usize, theta: &[f64], sums: &mut CellSums<'_>) {
        let years = self.counts.years();
        let parts = theta[first..first + years - 1].iter().map(|x| x.exp());
        let parts: Vec<f64> = std::iter::once(1.0).chain(parts).collect();
        let total: f64 = parts.iter().sum();
        let shares: Vec<f64> = parts.iter().map(|x| x / total).collect();
        let mut slopes_waiting = self.entry_slopes(first, &shares, 0);
        let mut waiting = shares[0];
        let mut present = vec![shares[0]];
        let mut cells: Vec<(f64, Vec<f64>)> = Vec::with_capacity(years);
        for year in 0..years {
            let seen = self.at.seen[year];
            let mut slopes: Vec<f64> = slopes_waiting.iter().map(|s| seen * s).collect();
            self.seen[year].slope(waiting * seen * (1.0 - seen), &mut slopes);
            cells.push((waiting * seen, slopes));
            if year + 1 == years {
                break;
            }
            let stay = self.at.staying[year];
            let kept = stay * (1.0 - seen);
            slopes_waiting.iter_mut().for_each(|s| *s *= kept);
            self.seen[year].slope(-waiting * kept * seen, &mut slopes_waiting);
            self.staying[year].slope(waiting * kept * (1.0 - stay), &mut slopes_waiting);
            let enter = self.entry_slopes(first, &shares, year + 1);
            slopes_waiting.iter_mut().zip(enter).for_each(|(s, own)| *s += own);
            waiting = waiting * kept + shares[year + 1];
            present.push(present[year] * stay + shares[year + 1]);
        }
        let ever: f64 = cells.iter().map(|c| c.0).sum();
        let mut all = vec![0.0; self.parameters];
        cells.iter().for_each(|c| all.iter_mut().zip(&c.1).for_each(|(a, s)| *a += s));
        let n = self.counts.n() as f64;
        for ((here, slopes), count) in cells.iter().zip(self.counts.first()) {
            let relative: Vec<f64> = slopes.iter().zip(&all).map(|(s, a)| s / here - a / ever).collect();
            sums.cell(*count as f64, n, here / ever, &relative);
        }
        (self.at.entered, self.at.present, self.at.ever) = (shares, present, ever);
    }
}

impl Objective for Likelihood<'_> {
    fn derivatives(&mut self, _: f64, theta: &[f64], d: &mut Derivatives) -> f64 {
        let p = self.parameters;
        d.clear(p);
        self.at.staying = self.staying.iter().map(|s| s.value(theta)).collect();
        self.at.seen = self.seen.iter().map(|s| s.value(theta)).collect();
        let mut sums = CellSums { into: d, value: 0.0 };
        self.returns(&mut sums);
        if let Some(first) = self.entries {
            self.first_times(first, theta, &mut sums);
        }
        let mut value = sums.value;
        for (slot, known) in self.seen.iter().zip(self.known) {
            if let Slot::Free(k) = slot {
                let off = theta[*k] - known.logit;
                value -= 0.5 * off * off / known.variance;
                d.gradient[*k] -= off / known.variance;
                d.observed[k * p + k] += 1.0 / known.variance;
            }
        }
        for i in 0..p {
            d.complete[i * p + i] = d.observed[i * p + i] + 1e-9;
        }
        d.mirror();
        value
    }

    fn enough(&self) -> f64 {
        1e-13
    }

    fn limit(&self) -> f64 {
        LIMIT
    }

    fn reach(&self) -> f64 {
        2.0
    }
}
