//! The results of a linkage, as tables: the person of each record, and draws of capture histories that an estimate averages over.

mod earlier;
mod files;
mod intake;
mod lists;
mod records;
mod shown;
mod summary;

use ijsberg_linkage::covariates::Covariates;
use ijsberg_linkage::histories::{Cell, Missing, histories_by, restored_between, restored_by};
use ijsberg_linkage::link::{Linked, Model};
use ijsberg_linkage::resolve::Totals;
use ijsberg_linkage::schema::Records;
use ijsberg_outside::{Csv, cell};
use ijsberg_tables::written::Roles;
use ijsberg_tables::{CODES_DRAW, DRAW, RESOLVED_DRAW};

pub use earlier::{Changes, renumbered};
pub use files::{LinkError, LinkRequest, LinkTables, link_files, year_after};
pub use intake::{list_of, recognised};
pub use lists::{Cluster, ListLinkage, ListsError, NamedRows, Spread, link_lists};
pub use records::{LinkedRecords, link_coded, link_records};
pub use shown::{FIELDS, print_of, prints_of_lists, shown};
pub use summary::{LinkageContext, converged, examples, findings, tell};

// What was linked is estimated from, so neither may take more lists than the other.
const _: () = assert!(ijsberg_linkage::record::MAX_LISTS == ijsberg_mse::histories::MAX_LISTS);

/// Where each record stands, by what its list knows it, and which person it is of; names stay in the files they came from.
pub fn linked_csv(records: &Records, files: &[String], linked: &Linked) -> String {
    let mut least: Vec<Option<f64>> = vec![None; records.records.len()];
    for (((i, j), _), p) in linked.edges.iter().zip(&linked.probabilities) {
        if linked.groups[*i as usize] == linked.groups[*j as usize] {
            for r in [*i, *j] {
                let slot = &mut least[r as usize];
                *slot = Some(slot.map_or(*p, |s| s.max(*p)));
            }
        }
    }
    let mut out = Csv::new();
    out.row(["file", "line", "list", "record", "person", "probability", "print"]);
    for (i, (file, line)) in records.origin.iter().enumerate() {
        let known_as = records.known_as.get(i).cloned().unwrap_or_default();
        // A record with a number of its own is known again by that: nothing of what it holds is needed.
        let print = if known_as.is_empty() { print_of(records, i as u32) } else { String::new() };
        out.row([
            files[*file].clone(),
            line.to_string(),
            records.lists[records.records[i].list].clone(),
            known_as,
            linked.groups[i].to_string(),
            least[i].map_or_else(String::new, |p| format!("{p:.3}")),
            print,
        ]);
    }
    out.finish()
}

/// Pairs that are one person in fewer draws than this are not written: nearly all candidates are.
const LEAST: f64 = 0.01;

/// Pairs that may be one person, the surest first: where both records stand, by what their lists know them, the weight in bits, the
/// share of draws in which they are one person, and the groups of both in [`linked_csv`].
pub fn pairs_csv(records: &Records, files: &[String], linked: &Linked) -> String {
    let mut likely: Vec<usize> =
        (0..linked.edges.len()).filter(|k| linked.probabilities[*k] >= LEAST).collect();
    likely.sort_by(|a, b| linked.probabilities[*b].total_cmp(&linked.probabilities[*a]).then(a.cmp(b)));
    let mut out = Csv::new();
    out.row([
        "file_a",
        "line_a",
        "record_a",
        "file_b",
        "line_b",
        "record_b",
        "weight",
        "probability",
        "person_a",
        "person_b",
    ]);
    for k in likely {
        let ((i, j), weight) = linked.edges[k];
        let record = |i: u32| {
            let (file, line) = records.origin[i as usize];
            let known_as = records.known_as.get(i as usize).cloned().unwrap_or_default();
            [files[file].clone(), line.to_string(), known_as]
        };
        let mut row: Vec<String> = record(i).into_iter().chain(record(j)).collect();
        row.push(format!("{:.2}", weight / std::f64::consts::LN_2));
        row.push(format!("{:.4}", linked.probabilities[k]));
        row.extend([i, j].map(|r| linked.groups[r as usize].to_string()));
        out.row(row);
    }
    out.finish()
}

/// So many draws, evenly chosen.
pub fn chosen(linked: &Linked, draws: usize) -> Vec<&Vec<u32>> {
    let all: Vec<&Vec<u32>> = linked.draws.all().collect();
    let wanted = draws.min(all.len());
    (0..wanted).map(|k| all[(2 * k + 1) * all.len() / (2 * wanted)]).collect()
}

/// A table of draws: a column for the draw, one for each list, one for each covariate, and the count. `table` gives a draw.
fn draws_by(
    lists: &[String],
    draw: &str,
    covariates: &Covariates,
    draws: &[&Vec<u32>],
    table: impl Fn(&[u32], u64) -> Vec<Cell>,
) -> String {
    let plain = |names: &[String]| names.iter().map(|l| cell(l).into_owned()).collect::<Vec<String>>();
    let (lists, names) = (plain(lists), plain(&covariates.names));
    let roles = Roles {
        draw: Some(draw.to_owned()),
        covariates: names.clone(),
        ..Roles::of_histories(&lists, "count")
    };
    let mut out = Csv::below(&roles.line());
    out.row([draw].into_iter().chain(lists.iter().chain(&names).map(String::as_str)).chain(["count"]));
    for (number, groups) in draws.iter().enumerate() {
        for Cell { history, values, persons } in table(groups, number as u64) {
            let mut row = vec![(number + 1).to_string()];
            row.extend((0..lists.len()).map(|l| (history >> l & 1).to_string()));
            let value = |(c, v): (usize, &Option<u32>)| {
                v.map_or_else(String::new, |v| cell(&covariates.levels[c][v as usize]).into_owned())
            };
            row.extend(values.iter().enumerate().map(value));
            row.push(persons.to_string());
            out.row(row);
        }
    }
    out.finish()
}

/// How tables of histories are made of draws.
#[derive(Clone, Copy)]
pub struct DrawOptions<'a> {
    /// So many draws.
    pub draws: usize,
    /// Seed of the links that are put back.
    pub seed: u64,
    /// Draws the totals by what people resolved, if they did.
    pub resolved: Option<&'a dyn Fn(u64) -> Totals>,
    /// Whether to put nothing back.
    pub as_compared: bool,
    /// What the tables say of persons beside their lists.
    pub covariates: &'a Covariates,
}

/// One table of capture histories a draw, with what no rule compared put back unless the tables are to be as compared.
pub fn histories_csv(records: &Records, linked: &Linked, how: DrawOptions<'_>) -> String {
    let DrawOptions { draws, seed, resolved, as_compared, covariates } = how;
    let lists: Vec<usize> = records.records.iter().map(|r| r.list).collect();
    let draw = match (resolved.is_some(), &linked.model) {
        (true, _) => RESOLVED_DRAW,
        (false, Model::Codes(_)) => CODES_DRAW,
        (false, Model::Records(_)) => DRAW,
    };
    draws_by(&records.lists, draw, covariates, &chosen(linked, draws), |groups, number| {
        if as_compared {
            return histories_by(groups, &lists, covariates);
        }
        if !linked.between.is_empty() {
            // Codes, which have no columns.
            let cells = restored_between(groups, &lists, &linked.between, seed, number).into_iter();
            return cells.map(|(history, persons)| Cell { history, values: Vec::new(), persons }).collect();
        }
        let missing = match resolved {
            Some(totals) => Missing::Totals(totals(number)),
            None => Missing::Links(linked.never_compared.drawn(seed, number)),
        };
        restored_by((groups, &lists), covariates, missing, seed, number)
    })
}
