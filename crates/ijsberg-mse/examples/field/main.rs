//! The field, rebuilt: published estimates of hidden populations beside those of this program, on the same tables.
//!
//! `cargo run --release -p ijsberg-mse --example field` prints the tables of the chapter `docs/book/src/field.md`. `-- --check` ends with
//! an error if a number is further from the published one than recorded, and `-- --write` puts the tables into the chapter.

mod rebuilt;

use std::process::ExitCode;

use rebuilt::{Rebuilt, existence, rows, table};

const CHAPTER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/book/src/field.md");

/// Puts a table between the marks of its name.
fn put(chapter: &str, name: &str, table: &str) -> Option<String> {
    let (begins, ends) = (format!("<!-- {name} -->\n"), format!("\n<!-- end of {name} -->"));
    let (before, rest) = chapter.split_once(&begins)?;
    let (_, after) = rest.split_once(&ends)?;
    Some(format!("{before}{begins}{table}{ends}{after}"))
}

fn main() -> ExitCode {
    let asked: Vec<String> = std::env::args().skip(1).collect();
    let wants = |flag: &str| asked.iter().any(|a| a == flag);
    let (quick, slow) = (rebuilt::rebuilt(&rows::quick()), rebuilt::rebuilt(&rows::slow()));
    let (models, as_published) = existence::table();
    let tables = [("estimates", table(&quick)), ("existence", models), ("sampled", table(&slow))];
    for (name, table) in &tables {
        println!("## {name}\n\n{table}\n");
    }
    if wants("--write") {
        let chapter = std::fs::read_to_string(CHAPTER).ok();
        let put_all = |chapter| tables.iter().try_fold(chapter, |c: String, (name, t)| put(&c, name, t));
        let done = chapter.and_then(put_all).is_some_and(|text| std::fs::write(CHAPTER, text).is_ok());
        if !done {
            eprintln!("cannot put the tables into {CHAPTER}");
            return ExitCode::FAILURE;
        }
    }
    let mut wrong: Vec<String> = quick.iter().chain(&slow).filter_map(Rebuilt::deviation).collect();
    if !as_published {
        wrong.push("existence: not as published".to_owned());
    }
    wrong.iter().for_each(|w| eprintln!("further than recorded: {w}"));
    if wants("--check") && !wrong.is_empty() { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}
