//! Files of which the truth is known.

use std::collections::HashMap;

use rand::{RngExt, SeedableRng};

/// A list, and who is behind each row.
pub(crate) struct File {
    pub(crate) name: String,
    pub(crate) header: Vec<String>,
    pub(crate) rows: Vec<(u64, Vec<String>)>,
    pub(crate) truth: Vec<String>,
}

/// A CSV file, with the column that names the person apart.
pub(crate) fn read(path: &str, truth: &str) -> File {
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_path(path).expect("a CSV file");
    let header: Vec<String> = reader.headers().expect("a header").iter().map(str::to_owned).collect();
    let at = header.iter().position(|h| h == truth).expect("the column that names the person");
    let mut file = File { name: path.to_owned(), header, rows: Vec::new(), truth: Vec::new() };
    for (i, row) in reader.records().enumerate() {
        let mut cells: Vec<String> = row.expect("a row").iter().map(str::to_owned).collect();
        file.truth.push(std::mem::take(&mut cells[at]));
        file.rows.push((i as u64 + 2, cells));
    }
    file.header[at] = String::new();
    file
}

/// A file split at random into so many lists.
pub(crate) fn split(file: File, lists: usize, seed: u64) -> Vec<File> {
    let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(seed);
    let empty = |l: usize| File {
        name: format!("{}-{l}", file.name),
        header: file.header.clone(),
        rows: Vec::new(),
        truth: Vec::new(),
    };
    let mut all: Vec<File> = (0..lists).map(empty).collect();
    for (row, truth) in file.rows.into_iter().zip(file.truth) {
        let l = rng.random_range(0..lists);
        all[l].rows.push(row);
        all[l].truth.push(truth);
    }
    all
}

/// The number of the person behind each row of all files, and how many persons there are.
pub(crate) fn persons(files: &[File]) -> (Vec<u32>, usize) {
    let mut numbers: HashMap<&str, u32> = HashMap::new();
    let mut known = Vec::new();
    for t in files.iter().flat_map(|f| &f.truth) {
        let next = numbers.len() as u32;
        known.push(*numbers.entry(t).or_insert(next));
    }
    (known, numbers.len())
}
