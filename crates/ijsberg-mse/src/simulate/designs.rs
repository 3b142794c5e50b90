//! Populations to draw tables from.

use rand_chacha::ChaCha8Rng;

use crate::histories::{Histories, Mask};
use crate::loglinear::Engine;
use crate::loglinear::existence::Existence;
use crate::model::Model;
use crate::resample::{binomial, multinomial};

/// A population of known size.
#[derive(Debug, Clone, PartialEq)]
pub struct Design {
    /// A short name.
    pub id: String,
    /// What it is and where it was published.
    pub source: &'static str,
    /// The lists.
    pub lists: Vec<String>,
    kind: Kind,
}

#[derive(Debug, Clone, PartialEq)]
enum Kind {
    /// Classes of persons: size, and chances of being on each list, independent within the class.
    Classes(Vec<(u64, Vec<f64>)>),
    /// Persons in all, and relative frequency by history, the unseen first.
    Cells(u64, Vec<f64>),
}

const MANRIQUE: &str = "two or three classes; Manrique-Vallier 2016, Biometrics 72, as HRDAG parametrises it";
const ASYMMETRIC: &str = "four lists of the first designs; Aleshin-Guendel, Sadinle and Wakefield 2024";

/// The published designs.
pub fn published() -> Vec<Design> {
    let classes = |id: &str, source: &'static str, parts: &[(u64, &[f64])]| Design {
        id: id.to_owned(),
        source,
        lists: (1..=parts[0].1.len()).map(|j| format!("L{j}")).collect(),
        kind: Kind::Classes(parts.iter().map(|(n, p)| (*n, p.to_vec())).collect()),
    };
    let low = [0.033, 0.033, 0.099, 0.132, 0.033];
    let high = [0.660, 0.825, 0.759, 0.990, 0.693];
    let low3 = [0.113, 0.113, 0.199, 0.232, 0.133];
    let high3 = [0.86, 0.925, 0.859, 0.99, 0.793];
    vec![
        classes("sim1", MANRIQUE, &[(1800, &low), (200, &high)]),
        classes(
            "sim2",
            MANRIQUE,
            &[(1600, &[0.013, 0.013, 0.099, 0.132, 0.033]), (400, &[0.56, 0.825, 0.759, 0.99, 0.593])],
        ),
        classes("sim3", MANRIQUE, &[(1600, &low3), (400, &high3)]),
        classes(
            "sim4",
            MANRIQUE,
            &[
                (1600, &[0.1, 0.05, 0.15, 0.2, 0.1]),
                (200, &[0.5, 0.4, 0.6, 0.4, 0.5]),
                (200, &[0.8, 0.9, 0.6, 0.7, 0.7]),
            ],
        ),
        classes(
            "sim5",
            MANRIQUE,
            &[(1600, &[0.113, 0.113, 0.199, 0.832, 0.733]), (400, &[0.86, 0.925, 0.859, 0.19, 0.193])],
        ),
        classes("agsw3", ASYMMETRIC, &[(1800, &low[1..]), (200, &high[1..])]),
        classes("agsw4", ASYMMETRIC, &[(1400, &low), (400, &[0.275, 0.25, 0.2, 0.3, 0.325]), (200, &high)]),
        classes(
            "independent",
            "four independent lists: every method should do well",
            &[(1000, &[0.3, 0.2, 0.25, 0.15])],
        ),
    ]
}

impl Design {
    /// A population like the user's own: the cells that a model fits to a table, the unseen among them. `None` when the
    /// model has no estimate.
    pub fn plasmode(id: &str, h: &Histories, model: &Model) -> Option<Self> {
        let engine = Engine::new(h);
        if engine.fit(model).existence != Existence::Exists {
            return None;
        }
        let cells = engine.fitted_cells(model);
        let total: f64 = cells.iter().sum();
        Some(Self {
            id: id.to_owned(),
            source: "drawn from a model fitted to the table itself",
            lists: h.lists().to_vec(),
            kind: Kind::Cells(total.round() as u64, cells),
        })
    }

    /// Persons in the population, seen and unseen.
    pub fn truth(&self) -> u64 {
        match &self.kind {
            Kind::Classes(parts) => parts.iter().map(|p| p.0).sum(),
            Kind::Cells(total, _) => *total,
        }
    }

    /// Draws a table; `None` when fewer than two lists have anybody.
    pub fn draw(&self, rng: &mut ChaCha8Rng) -> Option<Histories> {
        let size = 1_usize << self.lists.len();
        let mut counts = vec![0; size];
        match &self.kind {
            Kind::Cells(total, cells) => {
                let sum: f64 = cells.iter().sum();
                let unseen = binomial(*total, (cells[0] / sum).clamp(0.0, 1.0), rng);
                counts = multinomial(*total - unseen, &[&[0.0], &cells[1..]].concat(), rng);
            }
            Kind::Classes(parts) => {
                for (n, on) in parts {
                    let chance = |w: usize| -> f64 {
                        on.iter()
                            .enumerate()
                            .map(|(j, p)| if w >> j & 1 == 1 { *p } else { 1.0 - p })
                            .product()
                    };
                    let chances: Vec<f64> = (0..size).map(chance).collect();
                    let drawn = multinomial(*n, &chances, rng);
                    counts.iter_mut().zip(drawn).for_each(|(c, d)| *c += d);
                }
            }
        }
        let cells: Vec<(Mask, u64)> = (1..size).map(|w| (w as Mask, counts[w])).collect();
        let (lists, cells, _) = Histories::drop_empty_lists(self.lists.clone(), &cells);
        Histories::new(lists, cells).ok()
    }
}
