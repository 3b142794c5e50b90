//! The model of agreement as SQL, for engines that compare more pairs than one machine can.
//!
//! Normalising is done here, as no database has it: [`tables`] gives records as numbers and folded texts. Everything after
//! that is SQL of DuckDB: [`script`] reads those tables and a table `pairs(a, b)` and makes a table `weights(a, b, weight)` with
//! the same weights as [`MatchModel::weight`]. `sql/weights.sql` holds the steps; the chances of the model come before it.

use std::fmt::Write;

use crate::compare::{FIELDS, Field, Pattern};
use crate::fellegi_sunter::MatchModel;
use crate::prepare::{NO_NAME, Prepared};

const STEPS: &str = include_str!("sql/weights.sql");

/// Fields that the steps compare: given to identifier.
const IN_SQL: usize = Field::Identifier as usize + 1;

/// A table as CSV, with its name. They hold names of persons: keep them as the lists are kept.
pub type Table = (&'static str, String);

/// SQL that loads a table from its CSV file, with types said, for a column may be empty.
pub fn load(name: &str, csv: &str) -> String {
    let head = csv.lines().next().unwrap_or_default();
    let kind = |column: &str| match column {
        "text" | "digits" => "VARCHAR",
        "telling" | "letters" => "BOOLEAN",
        "weight" => "DOUBLE",
        _ => "INTEGER",
    };
    let columns: Vec<String> = head.split(',').map(|c| format!("'{c}': '{}'", kind(c))).collect();
    let columns = columns.join(", ");
    format!(
        "CREATE OR REPLACE TABLE {name} AS SELECT * FROM read_csv('{name}.csv', header = true, columns = {{{columns}}});\n"
    )
}

/// The tables that the script reads.
pub fn tables(p: &Prepared) -> Vec<Table> {
    let mut records = String::from(
        "id,given0,given1,given2,family0,family1,family2,year,month,day,sex,nationality,nationality1,nationality2,place,\
         address0,address1,address2,address3,address4,identifier\n",
    );
    let text = |n: u32, nothing: u32| if n == nothing { String::new() } else { n.to_string() };
    for (id, r) in p.records.iter().enumerate() {
        let part = |x: Option<u8>| x.map_or_else(String::new, |x| x.to_string());
        let mut cells = vec![id.to_string()];
        cells.extend(r.given.iter().chain(&r.family).map(|n| text(*n, NO_NAME)));
        cells.push(r.birth.map_or_else(String::new, |b| b.year.to_string()));
        cells.push(part(r.birth.and_then(|b| b.month)));
        cells.push(part(r.birth.and_then(|b| b.day)));
        let [first, second, third] = r.nationality;
        cells.extend([r.sex, first, second, third, r.place].map(|n| text(n, 0)));
        cells.extend(r.address.iter().map(|n| text(*n, NO_NAME)));
        cells.push(text(r.identifier, 0));
        let _ = writeln!(records, "{}", cells.join(","));
    }
    let mut names = String::from("name,text,sound,telling,digits,letters,n\n");
    for (id, n) in p.names.iter().enumerate() {
        let digits: String = n.folded.chars().filter(char::is_ascii_digit).collect();
        let letters = n.folded.bytes().any(|b| b.is_ascii_alphabetic());
        // Folded texts are letters, digits and spaces only; the letter before digits keeps them from being read as a number.
        let _ = writeln!(
            names,
            "{id},{},{},{},d{digits},{letters},{}",
            n.folded,
            n.sound,
            n.skeleton.len() > 1,
            n.count
        );
    }
    let counted = |head: &str, rows: Vec<(String, u32)>| {
        let mut rows: Vec<String> = rows.into_iter().map(|(key, n)| format!("{key},{n}\n")).collect();
        rows.sort_unstable();
        format!("{head}\n{}", rows.concat())
    };
    let pairs = |map: &rustc_hash::FxHashMap<(u32, u32), u32>| {
        map.iter().map(|((a, b), n)| (format!("{a},{b}"), *n)).collect::<Vec<_>>()
    };
    let numbered = |all: &[u32]| (0..).zip(all).map(|(i, n): (u32, &u32)| (i.to_string(), *n)).collect();
    vec![
        ("records", records),
        ("names", names),
        ("names_by_nationality", counted("name,nationality,n", pairs(&p.by_nationality))),
        ("sounds", counted("sound,n", numbered(&p.sounds))),
        ("sounds_by_nationality", counted("sound,nationality,n", pairs(&p.sounds_by_nationality))),
        ("nationalities", counted("nationality,n", numbered(&p.nationalities))),
        ("places", counted("place,n", numbered(p.places()))),
    ]
}

/// SQL that makes `weights` of `pairs`. It reads the tables of [`tables`] by their names.
pub fn script(model: &MatchModel) -> String {
    let mut sql = String::from("-- Chances of levels, by field (0 given to 7 identifier) and level.\n");
    // Contacts and the schema's own comparisons have no tables.
    let values = |rows: Vec<String>| rows.join(",\n  ");
    let m = FIELDS[..IN_SQL].iter().enumerate().flat_map(|(f, _)| {
        model.m[f].iter().enumerate().map(move |(l, m)| format!("({f}, {}, {m:e}::DOUBLE)", l + 1))
    });
    let _ = writeln!(
        sql,
        "CREATE OR REPLACE TEMP TABLE chance_m AS SELECT * FROM (VALUES\n  {}) AS t(field, level, m);",
        values(m.collect())
    );
    let mut u = Vec::new();
    for (nationality, by_field) in model.u.iter().enumerate() {
        for (f, levels) in by_field.iter().enumerate().take(IN_SQL) {
            u.extend(
                levels
                    .iter()
                    .enumerate()
                    .map(|(l, x)| format!("({nationality}, {f}, {}, {x:e}::DOUBLE)", l + 1)),
            );
        }
    }
    let _ = writeln!(
        sql,
        "CREATE OR REPLACE TEMP TABLE chance_u AS SELECT * FROM (VALUES\n  {}) AS t(same_nationality, field, level, u);",
        values(u)
    );
    let mut together: Vec<String> = Vec::new();
    for (nationality, ratios) in model.together.iter().enumerate() {
        let row = |(g, t): (&Pattern, &f64)| {
            format!("({nationality}, {}, {}, {}, {t:e}::DOUBLE)", g & 15, g >> 4 & 15, g >> 8 & 15)
        };
        together.extend(ratios.iter().map(row));
    }
    if together.is_empty() {
        together.push("(-1, 0, 0, 0, 1.0::DOUBLE)".to_owned());
    }
    let _ = writeln!(
        sql,
        "CREATE OR REPLACE TEMP TABLE names_together AS SELECT * FROM (VALUES\n  {}) AS t(same_nationality, given, family, name_order, ratio);",
        values(together)
    );
    sql + STEPS
}
