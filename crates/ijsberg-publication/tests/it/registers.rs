//! Random registers of synthetic persons.

/// A random register: persons by list, year and covariates, with some rare levels.
pub(crate) fn register(seed: u64, persons: usize) -> Vec<[String; 8]> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut next = |n: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % n
    };
    (0..persons)
        .map(|_| {
            let mut lists = [next(3) == 0, next(4) == 0, next(6) == 0];
            if lists == [false; 3] {
                lists[next(3) as usize] = true;
            }
            let bit = |on: bool| u8::from(on).to_string();
            let nation = match next(60) {
                0 => "MA",
                1 | 2 => "BG",
                3..=8 => "RO",
                9..=14 => "other",
                _ => "NL",
            };
            let form = match next(30) {
                0 => "organs",
                1..=4 => "criminal",
                5..=14 => "labour",
                _ => "sexual",
            };
            [
                bit(lists[0]),
                bit(lists[1]),
                bit(lists[2]),
                (2013 + next(3)).to_string(),
                if next(4) == 0 { "male" } else { "female" }.to_owned(),
                if next(5) == 0 { "minor" } else { "adult" }.to_owned(),
                nation.to_owned(),
                form.to_owned(),
            ]
        })
        .collect()
}

pub(crate) const COLUMNS: [&str; 8] = ["A", "B", "C", "year", "sex", "age", "nationality", "form"];

/// The columns of a register in a given order, as CSV.
pub(crate) fn csv(rows: &[[String; 8]], columns: &[usize]) -> String {
    let line = |cells: Vec<&str>| cells.join(",") + "\n";
    let mut all = line(columns.iter().map(|c| COLUMNS[*c]).collect());
    for row in rows {
        all += &line(columns.iter().map(|c| row[*c].as_str()).collect());
    }
    all
}

pub(crate) const ALL: [usize; 8] = [0, 1, 2, 3, 4, 5, 6, 7];
