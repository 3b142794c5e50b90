//! Whole lists linked, for a page: findings, clusters, and draws. The result contains no names.

use std::collections::HashMap;

use ijsberg_linkage::blocking::Pair;
use ijsberg_linkage::covariates::{CovariateError, Covariates};
use ijsberg_linkage::histories::histories;
use ijsberg_linkage::link::Linked;
use ijsberg_linkage::partition::Sampling;
use ijsberg_linkage::schema::{Records, Rows, Schema, SchemaError};
use ijsberg_mse::bayes::chains::Convergence;
use ijsberg_mse::methods::Progress;
use ijsberg_report::linkage::LinkageReport;
use ijsberg_report::text::Text;

use super::{
    DrawOptions, LinkageContext, LinkedRecords, chosen, findings, histories_csv, link_records, tell,
};

/// Draws that tables are made of.
const DRAWS: usize = 200;

/// Draws of tables with covariates: in each of them models are searched for that explain the covariates too.
const DRAWS_WITH_COVARIATES: usize = 40;

/// Why lists cannot be linked.
#[derive(Debug, thiserror::Error)]
pub enum ListsError {
    /// The lists cannot be read.
    #[error(transparent)]
    Schema(#[from] SchemaError),
    /// A column cannot be a covariate.
    #[error(transparent)]
    Covariates(#[from] CovariateError),
}

/// A list to link: its name, and its rows, of which the first column names the row.
pub type NamedRows = (String, Vec<Vec<String>>);

/// A number over the draws: the middle one, and those that leave 2.5% out on either side.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spread {
    /// The middle.
    pub middle: f64,
    /// The lower limit.
    pub low: f64,
    /// The upper limit.
    pub high: f64,
}

impl Spread {
    fn from_draws(mut all: Vec<f64>) -> Self {
        all.sort_by(f64::total_cmp);
        let last = all.len().saturating_sub(1);
        let at = |share: f64| all.get((share * all.len() as f64) as usize).or(all.get(last)).copied();
        let at = |share: f64| at(share).unwrap_or(f64::NAN);
        Self { middle: at(0.5), low: at(0.025), high: at(0.975) }
    }
}

/// Rows that are held for one person.
#[derive(Debug, Clone, PartialEq)]
pub struct Cluster {
    /// Names of the rows.
    pub rows: Vec<String>,
    /// The pairs that hold it together, as few as do, the surest first: two names, and in what share of the draws they are one.
    pub pairs: Vec<(String, String, f64)>,
}

/// What was found.
#[derive(Debug, Clone)]
pub struct ListLinkage {
    /// In words, and for charts.
    pub told: LinkageReport,
    /// Persons.
    pub persons: Spread,
    /// On each two lists: their names, and how many persons are on both.
    pub together: Vec<(String, String, Spread)>,
    /// How many persons have so many rows.
    pub sizes: Vec<(usize, usize)>,
    /// Clusters of two rows or more, the least sure first.
    pub clusters: Vec<Cluster>,
    /// Draws of capture histories as a table that can be estimated from.
    pub histories: String,
}

/// Links lists. `judged` are pairs of names that people decided on, and whether they are one person; `covariates` are columns that the
/// draws keep.
///
/// # Errors
/// If the lists cannot be read, or a column cannot be a covariate.
pub fn link_lists(
    header: &[&str],
    lists: &[NamedRows],
    judged: &[(String, String, bool)],
    covariates: &[String],
    text: &Text,
    progress: &dyn Progress,
) -> Result<ListLinkage, ListsError> {
    let header: Vec<String> = header.iter().map(|h| (*h).to_owned()).collect();
    let numbered: Vec<Vec<(u64, Vec<String>)>> =
        lists.iter().map(|l| l.1.iter().cloned().enumerate().map(|(i, r)| (i as u64, r)).collect()).collect();
    let rows: Vec<Rows<'_>> =
        lists.iter().zip(&numbered).map(|((name, _), rows)| Rows { name, header: &header, rows }).collect();
    let schema = Schema::propose(&header);
    let records = schema.records(&rows)?;
    let covariates = Covariates::from_columns(&rows, &records, covariates)?;
    let name = |i: u32| {
        let (file, row) = records.origin[i as usize];
        lists[file].1[row as usize].first().cloned().unwrap_or_default()
    };
    let sampling = Sampling { caps: schema.caps(&records.lists), least: DRAWS, ..Sampling::default() };
    let at: HashMap<String, u32> = (0..records.records.len() as u32).map(|i| (name(i), i)).collect();
    let decided = judged.iter().filter_map(|(a, b, same)| Some(((*at.get(a)?, *at.get(b)?), *same)));
    let decided: Vec<(Pair, bool)> = decided.collect();
    let LinkedRecords { linked, judged, mut told } =
        link_records(&records, None, &decided, &sampling, progress);
    let convergence = Convergence::from_chains(&linked.draws.persons);
    let caps = schema.caps(&records.lists);
    let known = LinkageContext { judged, caps, ..LinkageContext::default() };
    told.findings = findings(text, &records, &linked, &convergence, &known);
    tell(&mut told, &records, &linked, &[]);
    let (sizes, clusters) = clusters(&linked, &name);
    Ok(ListLinkage {
        told,
        persons: Spread::from_draws(linked.draws.persons.concat()),
        together: together(&records, &linked),
        sizes,
        clusters,
        histories: histories_csv(
            &records,
            &linked,
            DrawOptions {
                draws: if covariates.names.is_empty() { DRAWS } else { DRAWS_WITH_COVARIATES },
                seed: sampling.seed,
                resolved: None,
                as_compared: false,
                covariates: &covariates,
            },
        ),
    })
}

/// On each two lists, persons over the draws.
fn together(records: &Records, linked: &Linked) -> Vec<(String, String, Spread)> {
    let lists: Vec<usize> = records.records.iter().map(|r| r.list).collect();
    let draws: Vec<Vec<(u32, u64)>> =
        chosen(linked, DRAWS).into_iter().map(|groups| histories(groups, &lists)).collect();
    let mut all = Vec::new();
    for (a, one) in records.lists.iter().enumerate() {
        for (b, other) in records.lists.iter().enumerate().skip(a + 1) {
            let both = |draw: &Vec<(u32, u64)>| {
                draw.iter().filter(|h| h.0 >> a & 1 == 1 && h.0 >> b & 1 == 1).map(|h| h.1).sum::<u64>()
                    as f64
            };
            all.push((one.clone(), other.clone(), Spread::from_draws(draws.iter().map(both).collect())));
        }
    }
    all
}

/// The number of persons by number of rows, and the clusters with more than one row.
fn clusters(linked: &Linked, name: &dyn Fn(u32) -> String) -> (Vec<(usize, usize)>, Vec<Cluster>) {
    let mut members: HashMap<u32, Vec<u32>> = HashMap::new();
    for (i, group) in linked.groups.iter().enumerate() {
        members.entry(*group).or_default().push(i as u32);
    }
    let mut sizes: Vec<(usize, usize)> = Vec::new();
    for rows in members.values() {
        match sizes.iter_mut().find(|s| s.0 == rows.len()) {
            Some(size) => size.1 += 1,
            None => sizes.push((rows.len(), 1)),
        }
    }
    sizes.sort_unstable();
    // The surest pairs that hold each cluster together: a spanning tree, by Kruskal's algorithm.
    let within = |e: &(Pair, f64)| linked.groups[e.0.0 as usize] == linked.groups[e.0.1 as usize];
    let pairs = linked.edges.iter().zip(&linked.probabilities).filter(|(e, _)| within(e));
    let mut pairs: Vec<(Pair, f64)> = pairs.map(|(e, p)| (e.0, *p)).collect();
    pairs.sort_by(|x, y| y.1.total_cmp(&x.1).then(x.0.cmp(&y.0)));
    let mut root: Vec<u32> = (0..linked.groups.len() as u32).collect();
    let mut tree: HashMap<u32, Vec<(Pair, f64)>> = HashMap::new();
    for ((i, j), p) in pairs {
        let (a, b) = (top(&root, i), top(&root, j));
        if a != b {
            root[a.max(b) as usize] = a.min(b);
            tree.entry(linked.groups[i as usize]).or_default().push(((i, j), p));
        }
    }
    let mut all: Vec<Cluster> = members
        .iter()
        .filter(|m| m.1.len() > 1)
        .map(|(group, rows)| Cluster {
            rows: rows.iter().map(|i| name(*i)).collect(),
            pairs: tree
                .remove(group)
                .into_iter()
                .flatten()
                .map(|((i, j), p)| (name(i), name(j), p))
                .collect(),
        })
        .collect();
    let least = |c: &Cluster| c.pairs.last().map_or(0.0, |p| p.2);
    all.sort_by(|x, y| least(x).total_cmp(&least(y)).then_with(|| x.rows.cmp(&y.rows)));
    (sizes, all)
}

fn top(root: &[u32], mut i: u32) -> u32 {
    while root[i as usize] != i {
        i = root[i as usize];
    }
    i
}

#[cfg(test)]
mod tests {
    use ijsberg_linkage::generate::{Design, generate};
    use ijsberg_mse::methods::Silent;
    use ijsberg_report::text::Language;

    use super::*;

    const HEADER: [&str; 6] =
        ["registration", "given_name", "family_name", "birth_date", "sex", "nationality"];

    fn lists() -> (Vec<NamedRows>, HashMap<String, u32>) {
        let design = Design {
            persons: 300,
            lists: [("A".to_owned(), 0.5), ("B".to_owned(), 0.5)].to_vec(),
            duplicates: 0.0,
            ..Design::default()
        };
        let made = generate(&design, 7);
        let (mut lists, mut truth) =
            (vec![("A".to_owned(), Vec::new()), ("B".to_owned(), Vec::new())], HashMap::new());
        for (i, (r, person)) in made.records.iter().zip(&made.truth).enumerate() {
            let birth = r.birth.map_or(String::new(), |b| match (b.month, b.day) {
                (Some(m), Some(d)) => format!("{:04}-{m:02}-{d:02}", b.year),
                _ => format!("{:04}", b.year),
            });
            let first = |of: &[String]| of.first().cloned().unwrap_or_default();
            let or = |of: &Option<String>| of.clone().unwrap_or_default();
            let name = format!("r{i}");
            truth.insert(name.clone(), *person);
            lists[r.list].1.push(vec![
                name,
                first(&r.given),
                first(&r.family),
                birth,
                or(&r.sex),
                or(&r.nationality),
            ]);
        }
        (lists, truth)
    }

    #[test]
    fn clusters_hold_one_person_each_and_carry_no_names() {
        let (lists, truth) = lists();
        let text = Text::new(Language::English);
        let found = link_lists(&HEADER, &lists, &[], &[], &text, &Silent).unwrap();
        let right =
            found.clusters.iter().filter(|c| c.rows.iter().all(|r| truth[r] == truth[&c.rows[0]])).count();
        assert!(found.clusters.len() > 40 && right * 10 > found.clusters.len() * 9, "{right}");
        for c in &found.clusters {
            assert_eq!(c.pairs.len(), c.rows.len() - 1);
        }
        let rows: usize = found.sizes.iter().map(|(size, n)| size * n).sum();
        assert_eq!(rows, lists.iter().map(|l| l.1.len()).sum::<usize>());
        assert!(found.persons.low <= found.persons.middle && found.persons.middle <= found.persons.high);
        let both = &found.together[0];
        assert!((both.0.as_str(), both.1.as_str()) == ("A", "B") && both.2.middle > 40.0, "{both:?}");
        let family = lists[0].1.iter().map(|r| &r[2]).find(|f| f.len() > 5).unwrap();
        assert!(!format!("{found:?}").contains(family.as_str()));
        let again = link_lists(&HEADER, &lists, &[], &[], &text, &Silent).unwrap();
        assert_eq!((again.clusters, again.histories), (found.clusters.clone(), found.histories));
        // What people judged is learned from: pairs that are compared are counted.
        let judged: Vec<(String, String, bool)> = found
            .clusters
            .iter()
            .flat_map(|c| &c.pairs)
            .map(|(a, b, _)| (a.clone(), b.clone(), truth[a] == truth[b]))
            .collect();
        let learned = link_lists(&HEADER, &lists, &judged, &[], &text, &Silent).unwrap();
        assert_eq!(learned.told.judged.len(), judged.len());
        // Draws keep the columns that were asked for. They are fewer then, as the page says.
        let kept = link_lists(&HEADER, &lists, &[], &["sex".to_owned()], &text, &Silent).unwrap();
        assert_eq!(kept.clusters, found.clusters);
        assert_eq!(kept.histories.lines().nth(1).unwrap(), "draw,A,B,sex,count");
        let last = |csv: &str| csv.lines().last().unwrap().split(',').next().unwrap().parse().unwrap();
        let draws: [usize; 2] = [last(&kept.histories), last(&learned.histories)];
        assert_eq!(draws, [DRAWS_WITH_COVARIATES, DRAWS]);
        for language in [Language::English, Language::Dutch] {
            let said = Text::new(language).say("web-linkage-by-hint");
            assert!(draws.iter().all(|n| said.contains(&n.to_string())), "{said}");
        }
        let name = link_lists(&HEADER, &lists, &[], &["given_name".to_owned()], &text, &Silent);
        assert!(matches!(name, Err(ListsError::Covariates(CovariateError::Identifies { .. }))));
    }
}
