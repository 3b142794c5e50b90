//! The public tables and the reference values, by the names that the R packages give them.

use ijsberg_mse::histories::{Histories, Mask};
use serde_json::Value;

/// `(name in the reference values, file in data/)`.
pub(crate) const TABLES: [(&str, &str); 11] = [
    ("Artificial_3", "artificial-three-lists"),
    ("Ned", "netherlands-2010-2015"),
    ("Ned_5", "netherlands-2010-2015-five-lists"),
    ("NewOrl", "new-orleans-2016"),
    ("UKdat", "united-kingdom-2013"),
    ("UKdat_5", "united-kingdom-2013-five-lists"),
    ("kosovo_aggregate", "kosovo-1999"),
    ("MY3", "madigan-york"),
    ("spina", "spina-bifida"),
    ("ScotPWID", "scotland-drugs-2006"),
    ("hare", "snowshoe-hares"),
];

pub(crate) fn table(name: &str) -> Histories {
    let file = TABLES.iter().find(|t| t.0 == name).unwrap().1;
    read_table(&format!("{}/../../data/{file}.csv", env!("CARGO_MANIFEST_DIR")))
}

/// A small invented table that shows one thing.
pub(crate) fn case(name: &str) -> Histories {
    read_table(&format!("{}/tests/data/{name}.csv", env!("CARGO_MANIFEST_DIR")))
}

/// A table of lists in zeros and ones with the count last.
pub(crate) fn read_table(path: &str) -> Histories {
    let text = std::fs::read_to_string(path).unwrap();
    let mut lines = text.lines();
    let header: Vec<String> = lines.next().unwrap().split(',').map(String::from).collect();
    let t = header.len() - 1;
    let cells = lines.map(|line| {
        let v: Vec<u64> = line.split(',').map(|x| x.parse().unwrap()).collect();
        ((0..t).fold(0, |m: Mask, j| m | (v[j] as Mask) << j), v[t])
    });
    Histories::new(header[..t].to_vec(), cells).unwrap()
}

pub(crate) fn golden(file: &str) -> Value {
    let path = format!("{}/tests/golden/{file}.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// Asserts a relative difference.
#[track_caller]
pub(crate) fn close(found: f64, expected: f64, relative: f64, what: &str) {
    // Below one in a million a deviance is rounding.
    let scale = expected.abs().max(1e-3);
    assert!(((found - expected) / scale).abs() <= relative, "{what}: found {found}, expected {expected}");
}
