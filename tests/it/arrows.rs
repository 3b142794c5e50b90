//! The arrows between crates: those that `ARCHITECTURE.md` states are those of the manifests, none leads where none may, what is pure
//! touches nothing, and no crate asks for what it does not use.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use toml::{Table, Value};

use crate::house::without_tests;
use crate::program::root;
use crate::threats::sources;

/// Crates that calculate and do nothing else.
const PURE: [&str; 5] =
    ["ijsberg-bits", "ijsberg-disclosure", "ijsberg-linkage", "ijsberg-mse", "ijsberg-signals"];

/// What the source of such a crate never names, and what it would reach with it.
const REACHES: [(&str, &str); 23] = [
    ("std::env", "the surroundings of the process"),
    ("std::fs", "files"),
    ("std::net", "the network"),
    ("std::process", "other programs"),
    ("std::io::stdin", "what is typed"),
    ("std::io::stdout", "the terminal"),
    ("std::io::stderr", "the terminal"),
    ("print!(", "the terminal"),
    ("println!(", "the terminal"),
    ("dbg!(", "the terminal"),
    ("SystemTime", "the clock"),
    ("Instant::now", "the clock"),
    ("::now()", "the clock"),
    ("rand::rng(", "chance without a seed"),
    ("getrandom", "chance without a seed"),
    ("rusqlite", "a database"),
    ("sqlx", "a database"),
    ("postgres", "a database"),
    ("fluent", "a language"),
    ("hyper::", "the network"),
    ("reqwest", "the network"),
    ("tokio", "the network"),
    ("tracing::", "the log"),
];

/// Packages whose library has another name.
const LIBRARIES: [(&str, &str); 1] = [("md-5", "md5")];

/// A crate of the tree.
pub(crate) struct Crate {
    pub(crate) name: String,
    pub(crate) folder: PathBuf,
    manifest: Table,
}

impl Crate {
    /// The crate in a folder of the repository.
    pub(crate) fn at(folder: &str) -> Self {
        let folder = root().join(folder);
        let manifest: Table = std::fs::read_to_string(folder.join("Cargo.toml")).unwrap().parse().unwrap();
        let name = manifest["package"]["name"].as_str().unwrap().to_owned();
        Self { name, folder, manifest }
    }

    /// The packages that a section of its manifest names, on any system.
    fn needs(&self, section: &str) -> BTreeSet<String> {
        let mut tables = vec![&self.manifest];
        if let Some(Value::Table(systems)) = self.manifest.get("target") {
            tables.extend(systems.values().filter_map(Value::as_table));
        }
        let named = tables.into_iter().filter_map(|t| t.get(section)?.as_table());
        named.flat_map(|t| t.keys().cloned()).collect()
    }
}

/// The crates that the architecture is made of, the packages for Python and R among them.
pub(crate) fn crates() -> Vec<Crate> {
    let mut names: Vec<String> = std::fs::read_dir(root().join("crates"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.join("Cargo.toml").is_file())
        .map(|path| path.file_name().unwrap().to_string_lossy().into_owned())
        .collect();
    names.sort();
    let ours = names.iter().map(|name| Crate::at(&format!("crates/{name}")));
    ours.chain(["bindings/python", "bindings/r/src/rust"].map(Crate::at)).collect()
}

/// The rows of the table of `ARCHITECTURE.md` that begins so: the names in each cell.
fn table(head: &str) -> Vec<Vec<BTreeSet<String>>> {
    let text = std::fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    let names = |cell: &str| cell.split('`').skip(1).step_by(2).map(str::to_owned).collect();
    let rows = text.lines().skip_while(|l| !l.starts_with(head)).skip(2).take_while(|l| l.starts_with('|'));
    rows.map(|row| row.split('|').skip(1).map(names).collect()).collect()
}

/// What a crate uses, and what those use, and so on.
fn reached(from: &str, uses: &BTreeMap<String, BTreeSet<String>>) -> BTreeSet<String> {
    let (mut all, mut next) = (BTreeSet::new(), vec![from.to_owned()]);
    while let Some(name) = next.pop() {
        for used in uses.get(&name).into_iter().flatten() {
            if all.insert(used.clone()) {
                next.push(used.clone());
            }
        }
    }
    all
}

/// A source without its comments.
fn without_comments(source: &str) -> String {
    let code = source.lines().filter(|l| !l.trim_start().starts_with("//"));
    code.collect::<Vec<_>>().join("\n")
}

/// Whether a source names a library.
fn names(source: &str, library: &str) -> bool {
    let of_a_word = |c: char| c.is_alphanumeric() || c == '_';
    source.match_indices(library).any(|(at, _)| {
        let (before, after) = (&source[..at], &source[at + library.len()..]);
        let begins = !before.ends_with(|c: char| of_a_word(c) || c == ':');
        begins && ["::", ";", " as "].iter().any(|a| after.starts_with(a))
    })
}

/// The packages that a section names and a source does not.
fn unused(one: &Crate, section: &str, source: &str) -> Vec<String> {
    let library = |package: &str| {
        let other = LIBRARIES.iter().find(|l| l.0 == package);
        other.map_or_else(|| package.replace('-', "_"), |l| l.1.to_owned())
    };
    let needs = one.needs(section).into_iter().filter(|package| !names(source, &library(package)));
    needs.map(|package| format!("{}: {package} in its {section}", one.name)).collect()
}

#[test]
fn the_arrows_between_crates_are_those_stated() {
    let (stated, crates) = (table("| crate | uses |"), crates());
    let order: Vec<&String> = stated.iter().flat_map(|row| &row[0]).collect();
    let ours: BTreeSet<&String> = crates.iter().map(|c| &c.name).collect();
    assert_eq!(order.len(), stated.len(), "a row is of one crate");
    assert_eq!(order.iter().copied().collect::<BTreeSet<_>>(), ours);
    for one in &crates {
        let at = order.iter().position(|name| **name == one.name).unwrap();
        for (section, cell) in [("dependencies", 1), ("dev-dependencies", 2)] {
            let mut uses = one.needs(section);
            uses.retain(|name| ours.contains(name));
            assert_eq!(uses, stated[at][cell], "{} in its {section}, and in ARCHITECTURE.md", one.name);
            let above = uses.iter().find(|name| order[..at].contains(name));
            assert!(above.is_none(), "{} uses {above:?}, which stands above it", one.name);
        }
        assert!(one.needs("build-dependencies").is_empty(), "{}", one.name);
    }
}

#[test]
fn no_arrow_leads_where_none_may() {
    let uses: BTreeMap<String, BTreeSet<String>> =
        crates().into_iter().map(|c| (c.name.clone(), c.needs("dependencies"))).collect();
    let rows = table("| from | never reaches |");
    assert!(rows.len() > 5, "{}", rows.len());
    for row in &rows {
        let ours = row[0].iter().chain(row[1].iter().filter(|name| name.starts_with("ijsberg")));
        ours.for_each(|name| assert!(uses.contains_key(name), "there is no crate {name}"));
        for from in &row[0] {
            let reached = reached(from, &uses);
            let wrong: Vec<&String> = row[1].intersection(&reached).collect();
            assert!(wrong.is_empty(), "{from} reaches {wrong:?}");
        }
    }
    let pure: Vec<&str> = rows[0][0].iter().map(String::as_str).collect();
    assert_eq!(pure, PURE);
    // What is reached by way of another crate is reached.
    assert!(reached("ijsberg-web", &uses).contains("rust_xlsxwriter"));
}

#[test]
fn what_is_pure_touches_nothing() {
    let mut found = Vec::new();
    for name in PURE {
        for (path, source) in without_tests(&root().join("crates").join(name).join("src")) {
            let source = without_comments(&source);
            let named = REACHES.iter().filter(|(text, _)| source.contains(text));
            found.extend(named.map(|(text, what)| format!("{}: {text} is {what}", path.display())));
        }
    }
    assert!(found.is_empty(), "in crates that are pure:\n{}", found.join("\n"));
}

#[test]
fn no_crate_asks_for_what_it_does_not_use() {
    let mut found = Vec::new();
    let read = |folder: PathBuf| {
        let mut files = Vec::new();
        sources(&folder, &mut files);
        files.iter().map(|path| std::fs::read_to_string(path).unwrap()).collect::<Vec<_>>().join("\n")
    };
    // What the fuzz targets try is part of the tests of several crates.
    let shared = read(root().join("fuzz/targets"));
    for one in crates().into_iter().chain(["tests", "xtask"].map(Crate::at)) {
        if one.folder.join("src").is_dir() {
            let own = without_tests(&one.folder.join("src")).into_iter().map(|f| f.1);
            let own = own.collect::<Vec<_>>().join("\n");
            found.extend(unused(&one, "dependencies", &without_comments(&own)));
        }
        let all = read(one.folder.clone()) + &shared;
        found.extend(unused(&one, "dev-dependencies", &without_comments(&all)));
    }
    assert!(found.is_empty(), "nothing names\n{}", found.join("\n"));
}

#[test]
fn a_library_that_is_named_is_found() {
    assert!(names("use csv::Reader;", "csv") && names("use csv;", "csv") && names("use csv as c;", "csv"));
    assert!(!names("use crate::csv::Reader;", "csv") && !names("use uncsv::Reader;", "csv"));
    assert!(!names("let csv = 1;\ncsvs::f();", "csv"));
    assert!(!names(&without_comments("    // csv::Reader\n//! [`csv::Writer`]"), "csv"));
}
