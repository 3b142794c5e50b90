//! The chapter on published results holds what is worked out today, as far as that takes seconds.

#[path = "../../examples/field/rebuilt/mod.rs"]
mod rebuilt;

use rebuilt::{Rebuilt, existence, rows, table};

/// What puts today's tables into the chapter.
const WRITE: &str = "cargo run --release -p ijsberg-mse --example field -- --write";

fn chapter() -> String {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/book/src/field.md");
    std::fs::read_to_string(path).unwrap()
}

#[test]
fn published_results_are_rebuilt_and_the_chapter_shows_them() {
    let all = rebuilt::rebuilt(&rows::quick());
    let wrong: Vec<String> = all.iter().filter_map(Rebuilt::deviation).collect();
    assert!(wrong.is_empty(), "further than recorded:\n{}", wrong.join("\n"));
    let table = table(&all);
    assert!(chapter().contains(&table), "{WRITE}\n{table}");
}

#[test]
fn estimates_exist_where_they_were_published_to() {
    let (table, agrees) = existence::table();
    assert!(agrees, "{table}");
    assert!(chapter().contains(&table), "{WRITE}\n{table}");
}

/// Sampling takes too long here, and `cargo xtask test` runs the example with `--check`.
#[test]
fn the_chapter_names_every_sampled_result() {
    let chapter = chapter();
    for row in rows::slow() {
        assert!(chapter.contains(&row.known()), "{WRITE}\n{}", row.known());
    }
}
