//! The model of agreement as settings of Splink (version 4, DuckDB), and from them.
//!
//! Splink compares one column with one column, so its table has the first given and family name only ([`table`]), chances are
//! not by nationality, and names are not taken together; for that use [`crate::sql`]. Chances that were trained by Splink for
//! comparisons of the same names and as many levels come back as a [`MatchModel`] ([`model`]).

use std::collections::BTreeMap;
use std::fmt::Write;

use serde_json::{Value, json};

use crate::compare::{FIELDS, Field, OWN};
use crate::fellegi_sunter::{KINDS, MatchModel};
use crate::prepare::{NO_NAME, Prepared};

/// Why settings are not read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SplinkError {
    /// No comparisons.
    #[error("it is not a Splink settings file: it has no comparisons")]
    NoSettings,
    /// A comparison that the model needs.
    #[error("it has no comparison {name} with {levels} levels beside null")]
    Comparison {
        /// Its name.
        name: &'static str,
        /// Its levels.
        levels: usize,
    },
    /// A number that is none.
    #[error("a probability of {0} is missing or not between 0 and 1")]
    Number(String),
}

/// Names of comparisons and conditions of their levels from the highest; the last takes the rest.
fn comparison(field: Field) -> (&'static str, &'static [&'static str]) {
    const GIVEN: &[&str] = &[
        "given_l = given_r",
        "given_skeleton_l = given_skeleton_r OR jaro_winkler_similarity(given_l, given_r) >= 0.9",
        "jaro_winkler_similarity(given_l, given_r) >= 0.8 OR \
         (least(length(given_l), length(given_r)) = 1 AND left(given_l, 1) = left(given_r, 1))",
    ];
    const FAMILY: &[&str] = &[
        "family_l = family_r",
        "family_skeleton_l = family_skeleton_r OR jaro_winkler_similarity(family_l, family_r) >= 0.9",
        "jaro_winkler_similarity(family_l, family_r) >= 0.8 OR \
         (least(length(family_l), length(family_r)) = 1 AND left(family_l, 1) = left(family_r, 1))",
    ];
    const BIRTH: &[&str] = &[
        "NOT vague_l AND NOT vague_r AND year_l = year_r AND month_l = month_r AND day_l = day_r",
        "NOT vague_l AND NOT vague_r AND ((year_l = year_r AND month_l = day_r AND day_l = month_r) OR \
         ((year_l <> year_r)::INT + (month_l <> month_r)::INT + (day_l <> day_r)::INT = 1 AND \
         (abs(year_l - year_r) <= 10 OR (year_l % 10 <> year_r % 10)::INT + (year_l // 10 % 10 <> year_r // 10 % 10)::INT + \
         (year_l // 100 % 10 <> year_r // 100 % 10)::INT + (year_l // 1000 <> year_r // 1000)::INT = 1)))",
        "vague_l AND vague_r AND year_l = year_r",
        "(vague_l OR vague_r) AND year_l = year_r",
        "year_l = year_r",
        "(vague_l OR vague_r) AND abs(year_l - year_r) = 1",
        "abs(year_l - year_r) <= 3",
    ];
    match field {
        Field::Given => ("given", GIVEN),
        Field::Family => ("family", FAMILY),
        Field::Order => ("order", &["NOT (given_l = family_r AND family_l = given_r)"]),
        Field::Birth => ("birth", BIRTH),
        Field::Sex => ("sex", &["sex_l = sex_r"]),
        Field::Nationality => ("nationality", &["nationality_l = nationality_r"]),
        Field::Place => ("place", &["place_l = place_r", "false", "false"]),
        Field::Identifier => ("identifier", &["identifier_l = identifier_r"]),
        Field::Contact => ("contact", &["contact_l = contact_r", "false"]),
        // Left out: see `fields`.
        Field::First | Field::Second | Field::Third | Field::Fourth => ("own", &[]),
    }
}

/// The columns whose absence makes a comparison say nothing.
fn null_of(field: Field) -> &'static str {
    match field {
        Field::Given => "given_l IS NULL OR given_r IS NULL",
        Field::Family => "family_l IS NULL OR family_r IS NULL",
        Field::Order => "given_l IS NULL OR given_r IS NULL OR family_l IS NULL OR family_r IS NULL",
        Field::Birth => "year_l IS NULL OR year_r IS NULL",
        Field::Sex => "sex_l IS NULL OR sex_r IS NULL",
        Field::Nationality => "nationality_l IS NULL OR nationality_r IS NULL",
        Field::Place => "place_l IS NULL OR place_r IS NULL",
        Field::Identifier => "identifier_l IS NULL OR identifier_r IS NULL",
        Field::Contact => "contact_l IS NULL OR contact_r IS NULL",
        Field::First | Field::Second | Field::Third | Field::Fourth => "true",
    }
}

/// Fields that Splink's table has: all but the comparisons of the schema's own.
fn fields() -> impl Iterator<Item = (usize, Field)> {
    FIELDS.into_iter().enumerate().filter(|(_, f)| !OWN.contains(f))
}

/// Settings of a linker with the chances of a model.
pub fn settings(model: &MatchModel) -> Value {
    // Of pairs that do not match and both have a nationality, how many share it.
    let nation = Field::Nationality as usize;
    let shares = [model.u[0][nation][0], model.u[0][nation][1]];
    let comparisons: Vec<Value> = fields()
        .map(|(f, field)| {
            let (name, conditions) = comparison(field);
            let mut levels = vec![
                json!({"sql_condition": null_of(field), "label_for_charts": "null", "is_null_level": true}),
            ];
            for (i, l) in (0..field.levels()).rev().enumerate() {
                let u: f64 = (0..2).map(|n| shares[n] * model.u[n + 1][f][l]).sum();
                let u = if f == nation { model.u[0][f][l] } else { u };
                levels.push(json!({
                    "sql_condition": conditions.get(i).copied().unwrap_or("ELSE"),
                    "label_for_charts": format!("level {}", l + 1),
                    "m_probability": model.m[f][l],
                    "u_probability": u,
                }));
            }
            json!({"output_column_name": name, "comparison_description": name, "comparison_levels": levels})
        })
        .collect();
    let rule = |rule: &str| json!({"blocking_rule": rule, "sql_dialect": "duckdb"});
    json!({
        "link_type": "dedupe_only",
        "sql_dialect": "duckdb",
        "unique_id_column_name": "id",
        "probability_two_random_records_match": model.lambda,
        "retain_intermediate_calculation_columns": true,
        "retain_matching_columns": false,
        "blocking_rules_to_generate_predictions": [
            rule("l.family_skeleton = r.family_skeleton"),
            rule("l.given_skeleton = r.given_skeleton AND l.year = r.year"),
            rule("l.year = r.year AND l.month = r.month AND l.day = r.day AND NOT l.vague"),
        ],
        "comparisons": comparisons,
    })
}

/// A model with the chances of settings, for all nationalities and pairs of lists the same. Comparisons that are not there say
/// nothing.
///
/// # Errors
/// When they are no settings, lack the comparisons of names and birth, or hold no probabilities.
pub fn model(settings: &Value, lists: usize) -> Result<MatchModel, SplinkError> {
    let comparisons = settings["comparisons"].as_array().ok_or(SplinkError::NoSettings)?;
    let number = |v: &Value, name: &str| {
        let fits = v.as_f64().filter(|p| *p > 0.0 && *p <= 1.0);
        fits.ok_or_else(|| SplinkError::Number(name.to_owned()))
    };
    let lambda = "probability_two_random_records_match";
    let lambda = number(&settings[lambda], lambda)?.min(0.5);
    let (mut m, mut u) = (Vec::new(), Vec::new());
    for field in FIELDS {
        let (name, _) = comparison(field);
        let known = comparisons.iter().find(|c| c["output_column_name"] == name && !OWN.contains(&field));
        let needed = matches!(field, Field::Given | Field::Family | Field::Birth);
        let levels: Vec<&Value> = known
            .and_then(|c| c["comparison_levels"].as_array())
            .map(|all| all.iter().filter(|l| l["is_null_level"] != true).rev().collect())
            .unwrap_or_default();
        if levels.len() != field.levels() {
            if needed || known.is_some() {
                return Err(SplinkError::Comparison { name, levels: field.levels() });
            }
            let even = vec![1.0 / field.levels() as f64; field.levels()];
            m.push(even.clone());
            u.push(even);
            continue;
        }
        let chances =
            |which: &str| levels.iter().map(|l| number(&l[which], name)).collect::<Result<Vec<_>, _>>();
        m.push(chances("m_probability")?);
        u.push(chances("u_probability")?);
    }
    Ok(MatchModel {
        lambda,
        by_lists: vec![lambda; lists * (lists + 1) / 2],
        m,
        u: [u.clone(), u.clone(), u],
        together: [BTreeMap::new(), BTreeMap::new(), BTreeMap::new()],
        relatives: [0.0; KINDS.len()],
        steps: 0,
    })
}

/// The table for Splink, as CSV. It holds names of persons: keep it as the lists are kept.
pub fn table(p: &Prepared) -> String {
    let mut csv = String::from(
        "id,given,given_skeleton,family,family_skeleton,year,month,day,vague,sex,nationality,place,identifier,contact\n",
    );
    let number = |n: u32| if n == 0 { String::new() } else { n.to_string() };
    for (id, r) in p.records.iter().enumerate() {
        let name = |n: u32| {
            let known = (n != NO_NAME).then(|| &p.names[n as usize]);
            known.map_or_else(|| ",".to_owned(), |n| format!("{},{}", n.folded, n.skeleton))
        };
        let part = |x: Option<u8>| x.map_or_else(String::new, |x| x.to_string());
        let birth = r.birth.map_or_else(
            || ",,,".to_owned(),
            |b| format!("{},{},{},{}", b.year, part(b.month), part(b.day), b.is_default() || b.day.is_none()),
        );
        // Of several nationalities the rarest, and of contacts the first: Splink compares one.
        let first = [r.sex, r.nationality[0], r.place, r.identifier, r.contacts[0]];
        let rest = first.map(number).join(",");
        let _ = writeln!(csv, "{id},{},{},{birth},{rest}", name(r.given[0]), name(r.family[0]));
    }
    csv
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generate::{Design, generate};
    use crate::link::score;

    #[test]
    fn settings_go_out_and_come_back() {
        let s = generate(&Design { persons: 400, ..Design::default() }, 2);
        let known = score(&s.records, 1).model;
        let out = settings(&known);
        let back = model(&out, 6).unwrap();
        let there = FIELDS.len() - OWN.len();
        assert_eq!((back.lambda, back.by_lists.len()), (known.lambda, 21));
        assert_eq!(back.m[..there], known.m[..there]);
        assert!(back.is_fit(6) && known.is_fit(6) && !back.is_fit(5));
        assert!(back.u[1].iter().all(|u| (u.iter().sum::<f64>() - 1.0).abs() < 1e-9));
        assert_eq!(
            settings(&back)["comparisons"][0]["comparison_levels"][1],
            out["comparisons"][0]["comparison_levels"][1]
        );
        assert_eq!(model(&json!({}), 2).unwrap_err(), SplinkError::NoSettings);
        let mut fewer = out.clone();
        fewer["comparisons"][3]["comparison_levels"].as_array_mut().unwrap().pop();
        assert_eq!(model(&fewer, 2).unwrap_err(), SplinkError::Comparison { name: "birth", levels: 8 });
        let mut wrong = out;
        wrong["comparisons"][0]["comparison_levels"][2]["m_probability"] = json!(-1);
        assert_eq!(model(&wrong, 2).unwrap_err(), SplinkError::Number("given".to_owned()));
    }
}
