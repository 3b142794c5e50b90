//! Lists of people who do not exist, linked, and how well that went.
//!
//! `cargo run --release -p ijsberg-linkage --example first`

use ijsberg_linkage::evaluate::quality;
use ijsberg_linkage::generate::{Design, generate};
use ijsberg_linkage::histories::histories;
use ijsberg_linkage::link::link;
use ijsberg_linkage::partition::Sampling;

fn main() {
    let made = generate(&Design { persons: 400, ..Design::default() }, 1);
    let linked = link(&made.records, &Sampling::default(), &|| ());
    let found = quality(&linked.groups, &made.truth);
    println!("precision {:.3}, recall {:.3}", found.precision, found.recall);
    let lists: Vec<usize> = made.records.iter().map(|r| r.list).collect();
    for (history, persons) in histories(&linked.groups, &lists) {
        println!("{history:06b} {persons}");
    }
}
