//! Linkage beside other programs: its page in Chromium, its SQL in `DuckDB`.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::browser::Browser;
use crate::program::{self, root};
use crate::report::FAULTS_OF_CHARTS;

fn ijsberg(arguments: &[&str], files: &[PathBuf]) {
    assert!(program::ijsberg().args(arguments).args(files).status().unwrap().success());
}

/// Synthetic lists of so many persons.
fn lists(dir: &Path, persons: &str) -> Vec<PathBuf> {
    let out = dir.join("lists");
    ijsberg(&["simulate", "lists", "--persons", persons, "--seed", "5", "--out", out.to_str().unwrap()], &[]);
    ["police", "border", "labour", "regional", "ngo", "other"]
        .map(|l| out.join(format!("synthetic-{l}.csv")))
        .to_vec()
}

#[tokio::test]
async fn the_page_of_a_linkage_is_whole_in_both_languages() {
    let browser = Browser::start().await;
    let dir = tempfile::tempdir().unwrap();
    let files = lists(dir.path(), "800");
    for language in ["nl", "en"] {
        let out = dir.path().join(language);
        ijsberg(&["link", "--draws", "4", "--lang", language, "--out", out.to_str().unwrap()], &files);
        browser.client.goto(&format!("file://{}", out.join("link.html").display())).await.unwrap();
        assert_eq!(browser.ask("return document.documentElement.lang").await, language);
        assert_eq!(browser.ask(FAULTS_OF_CHARTS).await.to_string(), "[]");
        assert!(browser.ask("return document.querySelectorAll('svg').length").await.as_u64() >= Some(3));
        let fetched = browser.ask("return performance.getEntriesByType('resource').length").await;
        assert_eq!(fetched, 0, "the page fetches something");
    }
}

/// `cargo xtask test` installs `DuckDB` from `PyPI` in `target/python`.
#[test]
fn duckdb_comes_to_the_same_weights() {
    let dir = tempfile::tempdir().unwrap();
    // More than 3,000 records, so that the pairs in the SQL are those of rules.
    let files = lists(dir.path(), "2200");
    // Some people have two nationalities, and agree by one.
    for file in &files[..2] {
        let text = std::fs::read_to_string(file).unwrap();
        let several = text.replacen(",RO,", ",RO;MD,", 200).replacen(",BG,", ",TR;BG,", 100);
        assert_ne!(several, text);
        std::fs::write(file, several).unwrap();
    }
    let (plan, sql) = (dir.path().join("plan"), dir.path().join("sql"));
    ijsberg(&["link", "plan", "--out", plan.to_str().unwrap()], &files);
    let arguments = ["link", "sql", "--plan", plan.to_str().unwrap(), "--out", sql.to_str().unwrap()];
    ijsberg(&arguments, &files);
    let script = "
import duckdb
c = duckdb.connect()
c.execute(open('load.sql').read())
c.execute('ALTER TABLE pairs RENAME COLUMN weight TO expected')
c.execute(open('weights.sql').read())
pairs, = c.execute('SELECT count(*) FROM pairs').fetchone()
both, off = c.execute('''SELECT count(*), max(abs(w.weight - p.expected))
    FROM weights w JOIN pairs p USING (a, b)''').fetchone()
print(pairs, both, off)
";
    let output = Command::new(root().join("target/python/bin/python"))
        .current_dir(&sql)
        .args(["-c", script])
        .output()
        .expect("target/python must be made by cargo xtask test");
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    let numbers: Vec<f64> = told.split_whitespace().filter_map(|w| w.parse().ok()).collect();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let [pairs, both, off] = numbers[..] else { panic!("{told}") };
    assert!(pairs > 10_000.0 && pairs == both && off < 1e-9, "{told}");
}
