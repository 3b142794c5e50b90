//! What a reader finds in the folders of published reports: numbers, and what each is of.

use std::collections::{BTreeMap, BTreeSet};

/// How the numbers of plain tables were protected, as the reports say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// At most 5 either way; zero stays zero.
    Noise,
    /// To the nearest five.
    Rounded,
    /// Exact; small ones hidden.
    Suppressed,
    /// Not at all.
    Exact,
}

/// Noise is no larger than this, as the reports say.
pub(crate) const LARGEST: u64 = 5;

impl Way {
    /// The least and the most that the true count of a printed one is; none for the most of a hidden one.
    pub(crate) fn bounds(self, printed: Option<u64>) -> (u64, Option<u64>) {
        match (self, printed) {
            (_, None) => (1, None),
            (Self::Noise, Some(n)) => (n.saturating_sub(LARGEST).max(u64::from(n > 0)), Some(n + LARGEST)),
            (Self::Rounded, Some(n)) => (n.saturating_sub(2), Some(n + 2)),
            (Self::Suppressed | Self::Exact, Some(n)) => (n, Some(n)),
        }
    }
}

/// A printed number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Number {
    /// The covariate; `list` for the lists.
    pub family: String,
    /// Its level; everybody without one.
    pub level: Option<String>,
    /// The year; all years of the report without one.
    pub year: Option<String>,
    /// The number; none where it is hidden.
    pub value: Option<u64>,
}

/// An estimate of a part.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Estimate {
    /// What of.
    pub part: (String, String),
    /// The estimate, as printed.
    pub n_hat: f64,
}

/// What stands in a folder.
#[derive(Debug, Clone, Default)]
pub(crate) struct Folder {
    /// The years of its tables.
    pub years: BTreeSet<String>,
    /// Counts by covariate and year, with sums.
    pub numbers: Vec<Number>,
    /// Victims detected for the United Nations: form, sex and age as they code them, the year, and the count.
    pub asked: Vec<([String; 3], String, u64)>,
    /// Capture histories: the lists, and the count.
    pub histories: Vec<(Vec<String>, u64)>,
    /// Estimates of parts.
    pub estimates: Vec<Estimate>,
}

/// Words for the same level: what somebody who compares editions knows.
const SAME: [&[&str]; 5] = [
    &["female", "f", "vrouw"],
    &["male", "m", "man"],
    &["minor", "minderjarig"],
    &["adult", "meerderjarig"],
    &["sexual exploitation", "sexual"],
];

/// A level without what depends on who typed it.
pub(crate) fn folded(word: &str) -> String {
    let word = word.trim().to_lowercase();
    let word = word.strip_prefix("land ").unwrap_or(&word).to_owned();
    SAME.iter().find(|same| same.contains(&word.as_str())).map_or(word, |same| same[0].to_owned())
}

/// A file taken apart: names of columns, and rows.
type Parts = (Vec<String>, Vec<Vec<String>>);

fn rows(csv: &str) -> Parts {
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).comment(Some(b'#')).from_reader(csv.as_bytes());
    let mut all: Vec<Vec<String>> =
        reader.records().flatten().map(|r| r.iter().map(str::to_owned).collect()).collect();
    if all.is_empty() {
        return Parts::default();
    }
    (all.remove(0), all)
}

impl Folder {
    /// Reads the files of a folder, by name.
    pub(crate) fn from_files(files: &BTreeMap<String, String>) -> Self {
        let mut found = Self::default();
        for (name, csv) in files {
            let Some(name) = name.strip_suffix(".csv") else { continue };
            if let Some(family) = name.strip_prefix("reported-") {
                found.reported(family, &rows(csv));
            } else if let Some(of) = name.strip_prefix("estimates-") {
                found.estimated(of, &rows(csv));
            } else if name == "capture-histories" {
                let (header, rows) = rows(csv);
                for row in rows {
                    let Some(count) = row.last().and_then(|n| n.parse().ok()) else { continue };
                    let on = header.iter().zip(&row).filter(|(h, c)| *h != "count" && *c == "1");
                    found.histories.push((on.map(|(h, _)| folded(h)).collect(), count));
                }
            } else if name == "sdg-16-2-2" {
                found.of_united_nations(&rows(csv));
            }
        }
        found
    }

    fn reported(&mut self, family: &str, (header, rows): &Parts) {
        let family = folded(family);
        for (at, row) in rows.iter().enumerate() {
            // The last row is that of everybody.
            let level = (at + 1 < rows.len()).then(|| folded(&row[0]));
            for (column, cell) in header.iter().zip(row).skip(1) {
                let year = (column != "total").then(|| column.clone());
                self.years.extend(year.clone());
                let value = cell.parse().ok();
                self.numbers.push(Number { family: family.clone(), level: level.clone(), year, value });
            }
        }
    }

    fn estimated(&mut self, of: &str, (_, rows): &Parts) {
        for row in rows {
            if let Ok(n_hat) = row[2].parse() {
                self.estimates.push(Estimate { part: (folded(of), folded(&row[0])), n_hat });
            }
        }
    }

    fn of_united_nations(&mut self, (header, rows): &Parts) {
        let at = |name: &str| header.iter().position(|h| h == name);
        let columns = ["SERIES", "SEX", "AGE", "TIME_PERIOD", "OBS_VALUE", "UNIT_MEASURE"].map(at);
        let [Some(series), Some(sex), Some(age), Some(year), Some(value), Some(unit)] = columns else {
            return;
        };
        for row in rows.iter().filter(|r| r[unit] == "NUMBER") {
            let Ok(count) = row[value].parse() else { continue };
            let codes = [series, sex, age].map(|c| row[c].clone());
            self.asked.push((codes, row[year].clone(), count));
        }
    }

    /// Everything printed of a year, in one order: two editions in which it is the same are of the same persons.
    pub(crate) fn of_year(&self, year: &str) -> Vec<&Number> {
        let mut all: Vec<&Number> = self.numbers.iter().filter(|n| n.year.as_deref() == Some(year)).collect();
        all.sort_by(|a, b| (&a.family, &a.level).cmp(&(&b.family, &b.level)));
        all
    }
}
