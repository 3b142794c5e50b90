//! How long linking many records takes, step by step: `scale PERSONS`.

use std::time::Instant;

use ijsberg_linkage::blocking::{Shard, candidates};
use ijsberg_linkage::compare::Prepared;
use ijsberg_linkage::evaluate::quality;
use ijsberg_linkage::generate::{Design, generate};
use ijsberg_linkage::link::{link_scored, score};
use ijsberg_linkage::partition::Sampling;

fn main() {
    let persons = std::env::args().nth(1).and_then(|a| a.parse().ok()).unwrap_or(640_000);
    let s = generate(&Design { persons, ..Design::default() }, 1);
    println!("{} records", s.records.len());
    let start = Instant::now();
    let p = Prepared::new(&s.records);
    println!("prepared {:.2?}", start.elapsed());
    let start = Instant::now();
    let c = candidates(&p, Shard::WHOLE);
    println!("{} pairs by rules {:.2?}, {} refined", c.pairs.len(), start.elapsed(), c.refined);
    for (rule, pairs) in &c.by_rule {
        println!("  {rule}: {pairs}");
    }
    let found = c.pairs.iter().filter(|(i, j)| s.truth[*i as usize] == s.truth[*j as usize]).count();
    println!("{found} true pairs among them");
    drop((p, c));
    let start = Instant::now();
    let scored = score(&s.records, 1);
    println!("scored {:.2?}, {} edges", start.elapsed(), scored.edges.len());
    let start = Instant::now();
    let linked = link_scored(&s.records, scored, &Sampling::default(), &|| ());
    println!("drawn {:.2?}, {:?}", start.elapsed(), quality(&linked.groups, &s.truth));
    let peak = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    println!("{}", peak.lines().find(|l| l.starts_with("VmHWM")).unwrap_or_default());
    // Processor time in ticks of a hundredth of a second, of all threads: what does not depend on who else uses the machine.
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let ticks = stat.rsplit(')').next().unwrap_or_default().split_whitespace().skip(11).take(2);
    let seconds = ticks.filter_map(|t| t.parse::<f64>().ok()).sum::<f64>() / 100.0;
    println!("processor time {seconds:.1} s, with making the lists");
}
