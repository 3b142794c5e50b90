//! Open data of deliveries and of a yearly report, opened by the programs of those who use it. `cargo xtask test` installs them from
//! `PyPI` in `target/python`.

use std::path::Path;
use std::process::Command;

use crate::program::{ijsberg, root};

const KEY: &str = "0b3c1ac138bb47216b4bbd4a39e91656f2dd84d36ad1aa5503272680bbff899b";

/// Three women are too few to be published.
const JUSTICE: &str = "year,measure,by,level,persons\n\
    2015,suspected,total,,150\n2015,suspected,sex,F,3\n2015,suspected,sex,M,147\n\
    2015,judgments,total,,45\n2015,judgments,judgment,conviction,31\n2015,judgments,judgment,acquittal,14\n";

/// Writes what is asked for into a folder of its own, under a key of its own.
fn written(dir: &Path, out: &str, more: &[&str]) {
    let key = dir.join(format!("{out}.key"));
    std::fs::write(&key, KEY).unwrap();
    let status = ijsberg()
        .args(["report", "--year", "2015", "--years", "6", "--from", "data/netherlands-synthetic.csv"])
        .args(["--synthetic", "--date", "2016-10-18", "--counts", "suppressed", "--lang", "en"])
        .args(more)
        .arg("--key-file")
        .arg(key)
        .arg("--out")
        .arg(dir.join(out))
        .status();
    assert!(status.unwrap().success(), "{out}");
}

/// CSV on the Web, a data package, SDMX by two programs, DCAT-AP, a citation, a crate, a bag and open documents: each says what the tables
/// say, number by number. The pages beside them are valid.
#[test]
fn open_data_says_what_the_tables_say_to_every_program() {
    let dir = tempfile::tempdir().unwrap();
    let justice = dir.path().join("justice.csv");
    std::fs::write(&justice, JUSTICE).unwrap();
    written(dir.path(), "legal", &["--for", "all", "--justice", &justice.display().to_string()]);
    written(dir.path(), "yearly", &["--replicates", "10"]);
    let folders = ["legal/2015-eu-19a", "legal/2015-sdg-16.2.2", "legal/2015-glotip", "yearly/2015"];
    let output = Command::new(root().join("target/python/bin/python"))
        .arg(root().join("tests/files/open_data.py"))
        .args(folders.map(|f| dir.path().join(f)))
        .output()
        .expect("target/python must be made by cargo xtask test");
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{told}{}", String::from_utf8_lossy(&output.stderr));
    let read: Vec<&str> = told.lines().filter_map(|l| l.split(' ').next()).collect();
    assert_eq!(read, ["2015-eu-19a", "2015-sdg-16.2.2", "2015-glotip", "2015"], "{told}");
    crate::vnu::valid(dir.path());
}
