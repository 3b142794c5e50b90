//! Hot paths of linkage on synthetic lists: `cargo bench -p ijsberg-linkage`.

use divan::{Bencher, black_box};
use ijsberg_linkage::blocking::candidates;
use ijsberg_linkage::compare::Prepared;
use ijsberg_linkage::fellegi_sunter::{MatchModel, compare};
use ijsberg_linkage::generate::{Design, Synthetic, generate};
use ijsberg_linkage::partition::{Sampling, sample};

fn main() {
    divan::main();
}

/// About 10,000 records.
fn lists() -> Synthetic {
    generate(&Design::default(), 1)
}

#[divan::bench(sample_count = 5)]
fn prepare(bencher: Bencher<'_, '_>) {
    let s = lists();
    bencher.bench_local(|| Prepared::new(black_box(&s.records)));
}

#[divan::bench(sample_count = 5)]
fn block(bencher: Bencher<'_, '_>) {
    let p = Prepared::new(&lists().records);
    bencher.bench_local(|| candidates(black_box(&p)));
}

#[divan::bench(sample_count = 5)]
fn compare_candidates(bencher: Bencher<'_, '_>) {
    let p = Prepared::new(&lists().records);
    let pairs = candidates(&p).pairs;
    bencher.bench_local(|| compare(black_box(&p), &pairs));
}

#[divan::bench(sample_count = 3)]
fn learn(bencher: Bencher<'_, '_>) {
    let p = Prepared::new(&lists().records);
    let pairs = candidates(&p).pairs;
    let compared = compare(&p, &pairs);
    bencher.bench_local(|| MatchModel::learn(black_box(&p), &pairs, &compared, 1));
}

/// A hundred sweeps of one chain.
#[divan::bench(sample_count = 3)]
fn sweep_100(bencher: Bencher<'_, '_>) {
    let s = lists();
    let p = Prepared::new(&s.records);
    let pairs = candidates(&p).pairs;
    let compared = compare(&p, &pairs);
    let model = MatchModel::learn(&p, &pairs, &compared, 1);
    let weights = compared.iter().map(|c| model.weight(c));
    let edges: Vec<_> = pairs.iter().copied().zip(weights).filter(|e| e.1 > 2.0).collect();
    let lists: Vec<usize> = s.records.iter().map(|r| r.list).collect();
    let sampling = Sampling { chains: 1, burn_in: 99, draws: 1, thin: 1, ..Sampling::default() };
    bencher.bench_local(|| sample(black_box(&lists), &edges, &sampling, &|| ()));
}
