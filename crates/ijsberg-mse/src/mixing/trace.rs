//! Following the best fit along numbers of unseen persons, and its peak.

use super::Chances;
use super::ascent::{Ascent, Objective};
use crate::special::{digamma, ln_gamma};

/// A fit at one number of unseen persons.
#[derive(Debug, Clone)]
pub(super) struct Point {
    pub(super) unseen: f64,
    /// Log-likelihood as in [`Sampling::constant`]; minus infinity where it cannot be worked out.
    pub(super) value: f64,
    /// `log p(0)`.
    pub(super) log_unseen: f64,
    pub(super) theta: Vec<f64>,
}

/// What is maximised over the other parameters at each number of unseen persons.
pub(super) trait Climber: std::fmt::Debug {
    /// Goes up from `theta`; returns `sum n(w) log p(w) + u log p(0)` and `log p(0)` there.
    fn climb(&mut self, unseen: f64, theta: &mut Vec<f64>) -> (f64, f64);
    /// Where to start when nothing is known.
    fn starts(&mut self, unseen: f64) -> Vec<Vec<f64>>;
    /// Whether there can be more than one top.
    fn many_tops(&self) -> bool {
        true
    }
    /// Leaves points from which there is no way up although it is no top.
    fn warm(&self, _: &mut [f64]) {}
    /// Chances of the histories at a fit.
    fn chances(&mut self, point: &Point) -> Chances;
}

/// What is added to the log-likelihood of the complete table, which makes the number of unseen persons a parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sampling {
    /// `N` persons, each with one history: `log Gamma(N + 1) - log Gamma(u + 1)`.
    Multinomial,
    /// Poisson counts, of which the unseen one is not observed: `N log N - u log u`. The top is at the conditional
    /// estimate, with the deviance on the histories seen.
    Poisson,
}

impl Sampling {
    fn constant(self, n: f64, unseen: f64) -> f64 {
        let total = n + unseen;
        match self {
            Self::Multinomial => ln_gamma(total + 1.0) - ln_gamma(unseen + 1.0),
            Self::Poisson => total * total.ln() - if unseen > 0.0 { unseen * unseen.ln() } else { 0.0 },
        }
    }

    /// Slope of the maximised log-likelihood in the number of unseen persons; the other parameters do not matter where
    /// they are at the maximum.
    fn slope(self, n: f64, point: &Point) -> f64 {
        let (u, total) = (point.unseen, n + point.unseen);
        point.log_unseen
            + match self {
                Self::Multinomial => digamma(total + 1.0) - digamma(u + 1.0),
                Self::Poisson => (total / u.max(f64::MIN_POSITIVE)).ln(),
            }
    }
}

/// Fits along a grid.
#[derive(Debug)]
pub(super) struct Trace {
    climber: Box<dyn Climber>,
    n: f64,
    /// `sum n(w) log n(w)` over the histories seen, taken off so that the values are minus half a deviance and a constant.
    entropy: f64,
    sampling: Sampling,
    pub(super) points: Vec<Point>,
    /// Worked out between points of the grid: the peak.
    pub(super) peak: Point,
    /// At the peak.
    pub(super) chances: Chances,
}

/// How far a climb must come above another to count as another top.
const ABOVE: f64 = 1e-6;
/// Points of the grid at which all starts are tried.
const ANCHORS: usize = 6;

impl Trace {
    /// Fits at each number of unseen persons, ascending, and looks for the peak between them.
    pub(super) fn new(climber: Box<dyn Climber>, counts: &[f64], grid: &[f64], sampling: Sampling) -> Self {
        let n = counts.iter().sum();
        let entropy = counts.iter().map(|c| c * c.ln()).sum();
        let nowhere =
            Point { unseen: 0.0, value: f64::NEG_INFINITY, log_unseen: f64::NEG_INFINITY, theta: Vec::new() };
        let mut trace = Self {
            climber,
            n,
            entropy,
            sampling,
            points: Vec::new(),
            peak: nowhere,
            chances: Chances::All(Vec::new()),
        };
        let fresh = trace.up(grid);
        trace.down(&fresh);
        trace.find_peak();
        trace.chances = trace.climber.chances(&trace.peak);
        trace
    }

    /// Climbs from `theta` at a number of unseen persons.
    fn from(&mut self, unseen: f64, mut theta: Vec<f64>) -> Point {
        let (value, log_unseen) = self.climber.climb(unseen, &mut theta);
        let value = value + self.sampling.constant(self.n, unseen) - self.entropy;
        let value = if value.is_nan() { f64::NEG_INFINITY } else { value };
        Point { unseen, value, log_unseen, theta }
    }

    /// From few to many; returns where a start came higher than the way along the grid.
    fn up(&mut self, grid: &[f64]) -> Vec<bool> {
        let last = grid.len().saturating_sub(1);
        let anchors: Vec<usize> = (0..ANCHORS).map(|a| (2 * a + 1) * last / (2 * ANCHORS)).collect();
        let mut fresh = vec![false; grid.len()];
        for (i, unseen) in grid.iter().enumerate() {
            let mut best = (i > 0).then(|| {
                let start = self.ahead(*unseen);
                self.from(*unseen, start)
            });
            if best.is_none() || self.climber.many_tops() && anchors.contains(&i) {
                for start in self.climber.starts(*unseen) {
                    let other = self.from(*unseen, start);
                    if best.as_ref().is_none_or(|b| other.value > b.value + ABOVE) {
                        fresh[i] = i > 0;
                        best = Some(other);
                    }
                }
            }
            self.points.extend(best);
        }
        fresh
    }

    /// Where the best fit moves when it goes on as from the last point but one to the last.
    fn ahead(&self, unseen: f64) -> Vec<f64> {
        let place = |u: f64| u.ln_1p();
        let last = &self.points[self.points.len() - 1];
        let mut theta = last.theta.clone();
        if let [.., before, _] = self.points.as_slice() {
            let run = place(last.unseen) - place(before.unseen);
            let ratio = ((place(unseen) - place(last.unseen)) / run).min(2.0);
            for (x, b) in theta.iter_mut().zip(&before.theta) {
                let move_on = ratio * (*x - b);
                // A jump between tops says nothing of the way on.
                if move_on.abs() < 1.0 {
                    *x += move_on;
                }
            }
        }
        self.climber.warm(&mut theta);
        theta
    }

    /// From many to few, where a better top was found on the way up.
    fn down(&mut self, fresh: &[bool]) {
        let mut better = false;
        for i in (1..self.points.len()).rev() {
            better |= fresh[i];
            if !better {
                continue;
            }
            let mut theta = self.points[i].theta.clone();
            self.climber.warm(&mut theta);
            let other = self.from(self.points[i - 1].unseen, theta);
            better = other.value > self.points[i - 1].value + ABOVE;
            if better {
                self.points[i - 1] = other;
            }
        }
    }

    /// A fit near a known one.
    fn near(&mut self, known: &Point, unseen: f64) -> Point {
        let mut theta = known.theta.clone();
        self.climber.warm(&mut theta);
        self.from(unseen, theta)
    }

    fn find_peak(&mut self) {
        let Some(best) = (0..self.points.len()).max_by(|a, b| {
            let value = |i: usize| self.points[i].value;
            value(*a).total_cmp(&value(*b)).then(b.cmp(a))
        }) else {
            return;
        };
        self.peak = self.points[best].clone();
        let slope = |p: &Point| self.sampling.slope(self.n, p);
        let (mut low, mut high) = (self.peak.clone(), self.peak.clone());
        if slope(&self.peak) > 0.0 {
            let Some(next) = self.points.get(best + 1) else { return };
            high = next.clone();
        } else {
            let Some(before) = best.checked_sub(1) else { return };
            low = self.points[before].clone();
        }
        let (n, sampling) = (self.n, self.sampling);
        let found = self.between(low, high, |p| sampling.slope(n, p), 1e-9);
        for p in found {
            if p.value > self.peak.value {
                self.peak = p;
            }
        }
    }

    /// Where `f` changes its sign from positive at `low` to negative at `high`, by false position with halving (Illinois)
    /// on the logarithm of one plus the unseen; returns all that was tried, the last nearest.
    fn between(&mut self, low: Point, high: Point, f: impl Fn(&Point) -> f64, enough: f64) -> Vec<Point> {
        let (mut a, mut b) = ((low.unseen.ln_1p(), f(&low)), (high.unseen.ln_1p(), f(&high)));
        let (mut low, mut high) = (low, high);
        let mut tried = Vec::new();
        let mut side = 0;
        for round in 0..60 {
            if (b.0 - a.0).abs() < enough {
                break;
            }
            let crossing = (a.0 * b.1 - b.0 * a.1) / (b.1 - a.1);
            let inside = crossing > a.0.min(b.0) && crossing < a.0.max(b.0);
            let x = if inside && round % 8 != 7 { crossing } else { 0.5 * (a.0 + b.0) };
            let known = if (x - a.0).abs() < (b.0 - x).abs() { low.clone() } else { high.clone() };
            let point = self.near(&known, x.exp_m1().max(0.0));
            let value = f(&point);
            tried.push(point.clone());
            if value.abs() < 1e-10 {
                break;
            }
            if value > 0.0 {
                (a, low) = ((x, value), point);
                b.1 *= if side == 1 { 0.5 } else { 1.0 };
                side = 1;
            } else {
                (b, high) = ((x, value), point);
                a.1 *= if side == -1 { 0.5 } else { 1.0 };
                side = -1;
            }
        }
        tried
    }

    /// The smallest and the largest number of unseen persons within `fall` of the peak; infinite where the grid ends first.
    pub(super) fn reach(&mut self, fall: f64) -> (f64, f64) {
        let target = self.peak.value - fall;
        let mut nodes = self.points.clone();
        let place = nodes.partition_point(|p| p.unseen < self.peak.unseen);
        nodes.insert(place, self.peak.clone());
        let within: Vec<usize> = (0..nodes.len()).filter(|i| nodes[*i].value >= target).collect();
        let (first, last) = (within[0], within[within.len() - 1]);
        let lower = if first == 0 {
            nodes[0].unseen
        } else {
            let tried =
                self.between(nodes[first].clone(), nodes[first - 1].clone(), |p| p.value - target, 1e-9);
            tried.last().map_or(nodes[first].unseen, |p| p.unseen)
        };
        let upper = match nodes.get(last + 1) {
            None => f64::INFINITY,
            Some(beyond) => {
                let tried = self.between(nodes[last].clone(), beyond.clone(), |p| p.value - target, 1e-9);
                tried.last().map_or(nodes[last].unseen, |p| p.unseen)
            }
        };
        (lower, upper)
    }
}

/// A family whose parameters Newton's method finds.
pub(super) trait Member: Objective + std::fmt::Debug {
    /// `log p(0)` where the derivatives were last worked out.
    fn log_unseen(&self) -> f64;
    /// See [`Climber::starts`].
    fn starts(&mut self, unseen: f64) -> Vec<Vec<f64>>;
    /// See [`Climber::many_tops`].
    fn many_tops(&self) -> bool;
    /// See [`Climber::warm`].
    fn warm(&self, _: &mut [f64]) {}
    /// Chances of the histories where the derivatives were last worked out.
    fn chances(&mut self, theta: &[f64]) -> Chances;
}

/// Climbs by Newton's method.
#[derive(Debug)]
pub(super) struct Smooth<M> {
    member: M,
    ascent: Ascent,
}

impl<M: Member> Smooth<M> {
    pub(super) fn new(member: M) -> Self {
        Self { member, ascent: Ascent::default() }
    }
}

impl<M: Member> Climber for Smooth<M> {
    fn climb(&mut self, unseen: f64, theta: &mut Vec<f64>) -> (f64, f64) {
        let value = self.ascent.climb(&mut self.member, unseen, theta);
        (value, self.member.log_unseen())
    }

    fn starts(&mut self, unseen: f64) -> Vec<Vec<f64>> {
        self.member.starts(unseen)
    }

    fn many_tops(&self) -> bool {
        self.member.many_tops()
    }

    fn warm(&self, theta: &mut [f64]) {
        self.member.warm(theta);
    }

    fn chances(&mut self, point: &Point) -> Chances {
        let mut theta = point.theta.clone();
        self.climb(point.unseen, &mut theta);
        self.member.chances(&theta)
    }
}
