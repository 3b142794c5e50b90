//! How often the interval holds the truth when small counts are hidden and the table is completed by draws.
//!
//! `cargo run --release -p ijsberg-analysis --example hidden -- [DRAWS] [BELOW]` draws tables of up to four lists from populations of known
//! size, writes every count below `BELOW` as `<BELOW`, and prints how often the interval of the models together holds the truth, and
//! how often that of the whole table does.

use ijsberg_analysis::{Outcome, Request, run};
use ijsberg_mse::histories::Histories;
use ijsberg_mse::method::Method;
use ijsberg_mse::methods::{Settings, Silent};
use ijsberg_mse::simulate::worlds::{self, WORLDS};
use ijsberg_report::text::{Language, Text};

/// The interval, and whether counts were drawn.
fn interval(text: &str) -> Option<(f64, f64)> {
    let settings = Settings { methods: vec![Method::ModelSpace], ..Settings::default() };
    let request = Request { settings, ..Request::default() };
    let words = Text::new(Language::English);
    match run(text.as_bytes(), "table", &request, &words, &Silent, &mut |_| {}).ok()? {
        Outcome::Histories(a) => a.estimates.iter().find_map(|e| e.interval).map(|i| (i.lower, i.upper)),
        Outcome::Counts(_) => None,
    }
}

/// The table as text, counts from 1 to below `below` hidden; with how many were.
fn text(h: &Histories, below: u64) -> (String, usize) {
    let mut hidden = 0;
    let mut out = format!("{},count\n", h.lists().join(","));
    for w in 1..1_u32 << h.t() {
        let marks: Vec<&str> = (0..h.t()).map(|j| if w >> j & 1 == 1 { "1" } else { "0" }).collect();
        let count = h.count(w);
        let shown = if count > 0 && count < below {
            hidden += 1;
            format!("<{below}")
        } else {
            count.to_string()
        };
        out.extend([marks.join(","), format!(",{shown}\n")]);
    }
    (out, hidden)
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let mut next = |usual: u64| arguments.next().and_then(|a| a.parse().ok()).unwrap_or(usual);
    let (draws, below) = (next(60), next(5));
    println!("| population | tables | counts hidden | held | held with all counts | width |");
    println!("|---|---|---|---|---|---|");
    for (seed, world) in WORLDS.iter().enumerate() {
        if !["independent", "pairs", "normal", "nested"].contains(&world.id) {
            continue;
        }
        let (mut tables, mut held, mut held_whole, mut counts, mut wider) = (0_u64, 0, 0, 0, 0.0);
        for draw in (0..50 * draws).filter_map(|d| worlds::draw(world, 7_000 + seed as u64, d)) {
            let h = &draw.histories;
            if h.t() > 4 || tables == draws {
                continue;
            }
            let (shown, hidden) = text(h, below);
            if hidden == 0 {
                continue;
            }
            let (Some(own), Some(whole)) = (interval(&shown), interval(&text(h, 0).0)) else { continue };
            let truth = draw.truth as f64;
            let holds = |i: (f64, f64)| u64::from(i.0 <= truth && truth <= i.1);
            tables += 1;
            held += holds(own);
            held_whole += holds(whole);
            counts += hidden;
            wider += ((own.1 / own.0).ln() / (whole.1 / whole.0).ln()).ln();
        }
        let share = |n: u64| n as f64 / tables.max(1) as f64;
        let mean = counts as f64 / tables.max(1) as f64;
        let wider = (wider / tables.max(1) as f64).exp();
        println!(
            "| {} | {tables} | {mean:.1} | {:.2} | {:.2} | {wider:.2} |",
            world.id,
            share(held),
            share(held_whole)
        );
    }
}
