//! Open populations of known size, and how often the intervals hold it.
//!
//! `cargo run --release -p ijsberg-mse --example open_population -- 200` draws 200 populations of 6,000 people over six years from three lists, of
//! each kind, and prints for each quantity the share of 95% intervals that hold the truth and the mean error. A second number is the seed.

use std::time::Instant;

use ijsberg_mse::histories::Mask;
use ijsberg_mse::methods::Silent;
use ijsberg_mse::model::Model;
use ijsberg_mse::open::{Figure, Open, OpenSettings, OverYears, open};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

const YEARS: usize = 6;
const PEOPLE: usize = 6000;
const ENTER: [f64; YEARS] = [0.35, 0.15, 0.15, 0.1, 0.1, 0.15];

/// How people and lists behave.
#[derive(Debug, Clone, Copy)]
struct World {
    name: &'static str,
    stay: f64,
    lists: [f64; 3],
    /// The chance to be away for a year.
    away: f64,
    /// Standard deviation between people of the logit of every list.
    differ: f64,
}

const WORLDS: [World; 5] = [
    World { name: "half stay", stay: 0.5, lists: [0.3, 0.25, 0.2], away: 0.0, differ: 0.0 },
    World { name: "few stay", stay: 0.2, lists: [0.3, 0.25, 0.2], away: 0.0, differ: 0.0 },
    World { name: "small lists", stay: 0.5, lists: [0.15, 0.1, 0.1], away: 0.0, differ: 0.0 },
    World { name: "three in ten away", stay: 0.5, lists: [0.3, 0.25, 0.2], away: 0.3, differ: 0.0 },
    World { name: "people differ, sd 1", stay: 0.5, lists: [0.3, 0.25, 0.2], away: 0.0, differ: 1.0 },
];

#[derive(Debug, Default)]
struct Truth {
    present: [f64; YEARS],
    entered: [f64; YEARS],
}

impl World {
    fn draw(&self, rng: &mut ChaCha8Rng) -> Option<(OverYears, Truth)> {
        let mut truth = Truth::default();
        let mut rows: Vec<(Vec<Mask>, u64)> = Vec::new();
        for _ in 0..PEOPLE {
            let mut left: f64 = rng.random();
            let enters = ENTER.iter().position(|e| {
                left -= e;
                left < 0.0
            });
            let enters = enters.unwrap_or(YEARS - 1);
            truth.entered[enters] += 1.0;
            // Twelve uniform numbers less six are normal enough here.
            let own = self.differ * ((0..12).map(|_| rng.random::<f64>()).sum::<f64>() - 6.0);
            let mut history = vec![0; YEARS];
            for (year, mask) in history.iter_mut().enumerate().skip(enters) {
                if year > enters && rng.random::<f64>() > self.stay {
                    break;
                }
                truth.present[year] += 1.0;
                let away = rng.random::<f64>() < self.away;
                for (list, p) in self.lists.iter().enumerate() {
                    let p = 1.0 / (1.0 + (-((p / (1.0 - p)).ln() + own)).exp());
                    *mask |= Mask::from(!away && rng.random::<f64>() < p) << list;
                }
            }
            if history.iter().any(|mask| *mask != 0) {
                rows.push((history, 1));
            }
        }
        let lists = ["A", "B", "C"].map(str::to_owned).to_vec();
        let years = (0..YEARS).map(|y| (2010 + y).to_string()).collect();
        Some((OverYears::new(lists, years, rows).ok()?, truth))
    }
}

/// Intervals that hold the truth, intervals, and the sum of errors as a share of it.
#[derive(Debug, Default)]
struct Score {
    right: usize,
    of: usize,
    off: f64,
}

impl Score {
    fn add(&mut self, figure: &Figure, truth: f64) {
        self.of += 1;
        self.right += usize::from(figure.interval.is_some_and(|i| i.lower <= truth && truth <= i.upper));
        self.off += figure.estimate / truth - 1.0;
    }

    fn show(&self) -> String {
        let of = self.of.max(1) as f64;
        format!("{:>5.1}% {:>6.1}%", 100.0 * self.right as f64 / of, 100.0 * self.off / of)
    }
}

#[derive(Debug, Default)]
struct Scores {
    people: Score,
    person_years: Score,
    present: Score,
    entered: Score,
    staying: Score,
    conflicts: usize,
    failed: usize,
    none: usize,
}

impl Scores {
    fn add(&mut self, found: &Open, truth: &Truth, world: World) {
        self.people.add(&found.people, PEOPLE as f64);
        self.person_years.add(&found.person_years, truth.present.iter().sum());
        for (year, (present, entered)) in found.years.iter().zip(truth.present.iter().zip(&truth.entered)) {
            self.present.add(&year.people, *present);
            self.entered.add(&year.entered, *entered);
        }
        found.steps.iter().for_each(|s| self.staying.add(&s.staying, world.stay));
        self.conflicts += usize::from(found.agreement.p < 0.05);
        self.failed += found.failed;
    }
}

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let number = |i: usize, otherwise: u64| words.get(i).and_then(|w| w.parse().ok()).unwrap_or(otherwise);
    let (many, seed) = (number(0, 20), number(1, 2024));
    println!(
        "{PEOPLE} people, {YEARS} years, {many} populations: share of intervals that hold the truth and mean error, of all people, \
         person-years, people by year, entries by year and staying; share where lists and returns conflict (p < 0.05); failed replicates; \
         no estimate"
    );
    for world in WORLDS {
        let begun = Instant::now();
        let mut scores = Scores::default();
        for b in 0..many {
            let mut rng = ChaCha8Rng::seed_from_u64(seed);
            rng.set_stream(b);
            let Some((people, truth)) = world.draw(&mut rng) else { continue };
            let asked =
                OpenSettings { model: Some(Model::independence(3)), seed: b, ..OpenSettings::default() };
            match open(&people, &asked, &Silent) {
                Ok(found) => scores.add(&found, &truth, world),
                Err(_) => scores.none += 1,
            }
        }
        let all = [&scores.people, &scores.person_years, &scores.present, &scores.entered, &scores.staying];
        println!(
            "{:<20} {}  {:>5.1}% {:>4} {:>3} {:>6.1}s",
            world.name,
            all.map(Score::show).join("  "),
            100.0 * scores.conflicts as f64 / many.max(1) as f64,
            scores.failed,
            scores.none,
            begun.elapsed().as_secs_f64(),
        );
    }
}
