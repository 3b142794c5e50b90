//! Links lists whose truth is known, with nothing tuned, and says how well that went: `known TRUTH FILE...`, where TRUTH is the
//! column that names the person; `known TRUTH:5 FILE` splits one file at random into so many lists.

#[path = "common/files.rs"]
mod files;

use std::time::Instant;

use ijsberg_linkage::evaluate::quality;
use ijsberg_linkage::link::{Model, link};
use ijsberg_linkage::partition::Sampling;
use ijsberg_linkage::schema::{Rows, Schema};

use files::{File, persons, read, split};

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (truth, lists) = match arguments[0].split_once(':') {
        Some((truth, lists)) => (truth, lists.parse().expect("a number of lists")),
        None => (arguments[0].as_str(), 1),
    };
    let mut files: Vec<File> = arguments[1..].iter().map(|path| read(path, truth)).collect();
    if lists > 1 {
        files = files.into_iter().flat_map(|f| split(f, lists, 1)).collect();
    }
    let (known, persons_known) = persons(&files);
    let schemas: Vec<Schema> = files.iter().map(|f| Schema::propose(&f.header)).collect();
    let rows: Vec<Rows<'_>> =
        files.iter().map(|f| Rows { name: &f.name, header: &f.header, rows: &f.rows }).collect();
    let records = Schema::records_by(&schemas, &rows).expect("lists that can be linked");
    let start = Instant::now();
    let sampling = Sampling { caps: schemas[0].caps(&records.lists), ..Sampling::default() };
    let linked = link(&records.records, &sampling, &|| ());
    let q = quality(&linked.groups, &known);
    let mut persons: Vec<f64> = linked.draws.persons.concat();
    persons.sort_by(f64::total_cmp);
    println!(
        "{} records, {} lists: precision {:.4} recall {:.4} F1 {:.4}; persons {:.0} [{:.0}, {:.0}], in truth {}; {:.1} s",
        records.records.len(),
        records.lists.len(),
        q.precision,
        q.recall,
        q.f1,
        persons[persons.len() / 2],
        persons[persons.len() / 40],
        persons[persons.len() - 1 - persons.len() / 40],
        persons_known,
        start.elapsed().as_secs_f64()
    );
    let said: f64 = linked.probabilities.iter().sum();
    let right = linked.edges.iter().filter(|e| known[e.0.0 as usize] == known[e.0.1 as usize]).count();
    println!(
        "{} pairs compared, {} candidates, of them true {right}, said {said:.0}",
        linked.compared,
        linked.edges.len()
    );
    if std::env::var_os("MISSED").is_some() {
        for i in 0..known.len() {
            for j in 0..i {
                let (same, put) = (known[i] == known[j], linked.groups[i] == linked.groups[j]);
                if same != put {
                    let cells = |k: usize| {
                        let (f, line) = records.origin[k];
                        files[f].rows[line as usize - 2].1.join("|")
                    };
                    let edge = linked.edges.iter().position(|e| e.0 == (j as u32, i as u32));
                    let told = edge.map(|e| (linked.edges[e].1, linked.probabilities[e]));
                    println!(
                        "{} {told:?}\n   {}\n   {}",
                        if same { "missed" } else { "wrong" },
                        cells(i),
                        cells(j)
                    );
                }
            }
        }
    }
    if std::env::var_os("MODEL").is_some() {
        let Model::Records(model) = &linked.model else { return };
        println!("{model:?}");
    }
}
