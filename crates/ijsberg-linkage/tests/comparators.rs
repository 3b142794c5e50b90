//! Telephone numbers, email addresses, and comparisons that a schema sets, as they weigh.

use std::sync::Arc;

use ijsberg_linkage::blocking::Pair;
use ijsberg_linkage::comparators::{Comparison, Likeness};
use ijsberg_linkage::evaluate::quality;
use ijsberg_linkage::generate::{Design, Synthetic, generate};
use ijsberg_linkage::link::{Linked, link};
use ijsberg_linkage::partition::Sampling;
use ijsberg_linkage::record::{Own, Record};

fn lists() -> Synthetic {
    generate(&Design { persons: 1200, damage: 1.5, ..Design::default() }, 11)
}

fn linked(records: &[Record]) -> Linked {
    link(records, &Sampling { draws: 20, ..Sampling::default() }, &|| ())
}

fn chance(linked: &Linked, pair: Pair) -> f64 {
    linked.edges.iter().position(|e| e.0 == pair).map_or(0.0, |k| linked.probabilities[k])
}

#[test]
fn a_telephone_number_finds_persons_that_names_do_not() {
    let mut s = lists();
    let before = quality(&linked(&s.records).groups, &s.truth);
    for (i, (r, person)) in s.records.iter_mut().zip(&s.truth).enumerate() {
        // Two in three have one, one in ten of these another than before.
        let changed = u32::from(i.is_multiple_of(10)) * 1_000_000;
        if i % 3 > 0 {
            r.contacts = vec![format!("6{:08}", person.wrapping_mul(7919) % 10_000_000 + changed)];
        }
    }
    let after = quality(&linked(&s.records).groups, &s.truth);
    assert!(after.f1 > before.f1 + 0.02 && after.recall > before.recall, "{before:?} {after:?}");
}

#[test]
fn a_telephone_number_that_many_share_makes_nobody_one_person() {
    let mut s = lists();
    // A shelter: every fifth record has its number, and some of the others one of their own.
    for (i, (r, person)) in s.records.iter_mut().zip(&s.truth).enumerate() {
        r.contacts = match i % 5 {
            0 => vec!["201234567".to_owned()],
            1 | 2 => vec![format!("6{:08}", person.wrapping_mul(7919) % 10_000_000)],
            _ => Vec::new(),
        };
    }
    let all = linked(&s.records);
    let shared: Vec<usize> = (0..s.records.len()).step_by(5).collect();
    let mut wrong = 0.0;
    for (k, i) in shared.iter().enumerate() {
        for j in &shared[k + 1..] {
            if s.truth[*i] != s.truth[*j] {
                wrong += chance(&all, (*i as u32, *j as u32));
            }
        }
    }
    assert!(wrong < 0.05 * shared.len() as f64, "{wrong} of {}", shared.len());
    let q = quality(&all.groups, &s.truth);
    assert!(q.precision > 0.9, "{q:?}");
}

#[test]
fn a_comparison_of_the_schema_weighs_as_much_as_it_tells() {
    let s = lists();
    let with = |text: &dyn Fn(usize, u32) -> String| {
        let by = Arc::new(Comparison {
            column: "x".to_owned(),
            likeness: Likeness::Words,
            levels: vec![0.6, 0.2],
        });
        let own = |i: usize, person: u32| vec![Own { text: text(i, person), by: Arc::clone(&by) }];
        let records = s.records.iter().zip(&s.truth).enumerate();
        let records: Vec<Record> =
            records.map(|(i, (r, p))| Record { own: own(i, *p), ..r.clone() }).collect();
        quality(&linked(&records).groups, &s.truth).f1
    };
    let plain = quality(&linked(&s.records).groups, &s.truth).f1;
    let words = ["tattoo", "scar", "glasses", "ring", "limp", "beard", "cap", "piercing", "cast", "gloves"];
    let seen = |i: usize, of: u32| {
        let at = |k: u32| words[(of.wrapping_mul(2_654_435_761) >> (3 * k)) as usize % 10];
        if i.is_multiple_of(4) { String::new() } else { format!("client seen with {} and {}", at(1), at(3)) }
    };
    let telling = with(&|i, person| seen(i, person));
    let noise = with(&|i, _| seen(i, i as u32));
    assert!(telling > plain + 0.01, "{plain} {telling}");
    assert!((noise - plain).abs() < 0.02, "{plain} {noise}");
}
