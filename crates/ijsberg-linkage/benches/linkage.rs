//! Hot paths of linkage on synthetic lists: `cargo bench -p ijsberg-linkage`.

use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use ijsberg_linkage::blocking::{Shard, candidates};
use ijsberg_linkage::codes::dice::{Noise, Packed};
use ijsberg_linkage::codes::encode::Encoder;
use ijsberg_linkage::codes::schema::CodeSchema;
use ijsberg_linkage::compare::Prepared;
use ijsberg_linkage::fellegi_sunter::{MatchModel, compare};
use ijsberg_linkage::generate::{Design, Synthetic, generate};
use ijsberg_linkage::partition::{Sampling, sample};
use ijsberg_linkage::schema::Schema;

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
    bencher.bench_local(|| candidates(black_box(&p), Shard::WHOLE));
}

#[divan::bench(sample_count = 5)]
fn compare_candidates(bencher: Bencher<'_, '_>) {
    let p = Prepared::new(&lists().records);
    let pairs = candidates(&p, Shard::WHOLE).pairs;
    bencher.bench_local(|| compare(black_box(&p), &pairs));
}

#[divan::bench(sample_count = 3)]
fn learn(bencher: Bencher<'_, '_>) {
    let p = Prepared::new(&lists().records);
    let pairs = candidates(&p, Shard::WHOLE).pairs;
    let compared = compare(&p, &pairs);
    bencher.bench_local(|| MatchModel::learn(black_box(&p), &pairs, &compared, 1.0, 1));
}

/// A hundred sweeps of one chain.
#[divan::bench(sample_count = 3)]
fn sweep_100(bencher: Bencher<'_, '_>) {
    let s = lists();
    let p = Prepared::new(&s.records);
    let pairs = candidates(&p, Shard::WHOLE).pairs;
    let compared = compare(&p, &pairs);
    let model = MatchModel::learn(&p, &pairs, &compared, 1.0, 1);
    let weights = compared.iter().map(|c| model.weight(c));
    let edges: Vec<_> = pairs.iter().copied().zip(weights).filter(|e| e.1 > 2.0).collect();
    let lists: Vec<usize> = s.records.iter().map(|r| r.list).collect();
    let sampling = Sampling { chains: 1, burn_in: 99, draws: 1, thin: 1, ..Sampling::default() };
    bencher.bench_local(|| sample(black_box(&lists), &edges, &sampling, &|| ()));
}

/// Names and dates of synthetic persons as rows, and a schema that makes one code of 1,024 bits of them.
fn rows(records: usize) -> (CodeSchema, Vec<(u64, Vec<String>)>) {
    let header: Vec<String> = ["given", "family", "birth", "sex", "nationality"].map(str::to_owned).to_vec();
    let mut schema = CodeSchema::propose(&Schema::propose(&header), &header, b"salt");
    schema.ijsberg.groups.clear();
    let s = generate(&Design { persons: records, ..Design::default() }, 1);
    let rows = s.records.iter().take(records).enumerate().map(|(i, r)| {
        let one = |t: Option<&String>| t.cloned().unwrap_or_default();
        let birth = r.birth.map_or_else(String::new, |b| format!("{:04}", b.year));
        let cells = vec![
            one(r.given.first()),
            one(r.family.first()),
            birth,
            one(r.sex.as_ref()),
            one(r.nationality.as_ref()),
        ];
        (i as u64, cells)
    });
    let rows = rows.collect();
    (schema, rows)
}

/// Records a second, on all cores.
#[divan::bench(sample_count = 5)]
fn encode(bencher: Bencher<'_, '_>) {
    let (schema, rows) = rows(100_000);
    let encoder = Encoder::new(&schema, b"a secret only for benches").expect("a schema that was proposed");
    bencher.counter(ItemsCount::new(rows.len())).bench_local(|| encoder.encode(black_box(&rows), 0));
}

/// 10,000 codes of names with 10,000 others, on one core, as linkage compares them: the level of likeness of each pair.
#[divan::bench(sample_count = 5)]
fn dice_10k_by_10k(bencher: Bencher<'_, '_>) {
    let (mut schema, rows) = rows(20_000);
    let names = ["given", "family"].map(str::to_owned).to_vec();
    schema.ijsberg.groups.insert("name".to_owned(), names);
    let encoder = Encoder::new(&schema, b"a secret only for benches").expect("a schema that was proposed");
    let codes = encoder.encode(&rows, 0).expect("rows of the schema");
    let clear = Noise::new(0.0, 1024);
    let packed = Packed::new(codes.iter().map(|c| &c[0]), clear);
    let mut levels = vec![0; 1000];
    bencher.counter(ItemsCount::new(100_000_000_usize)).bench_local(|| {
        let mut close = 0_usize;
        for from in (10_000..20_000).step_by(1000) {
            for i in 0..10_000 {
                packed.levels(i, from, from + 1000, clear, &mut levels);
                close += levels.iter().filter(|l| **l > 7).count();
            }
        }
        black_box(close)
    });
}
