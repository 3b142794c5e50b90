//! One answer by every way: the command, the packages for Python and R and the interface for programs give the same JSON to the last
//! digit, and the page without a server the same estimates as far as it computes them.

mod page;
mod settings;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::time::Duration;

use serde_json::{Value, json};

use crate::program::{ijsberg, root};
use crate::server::Server;

/// Published tables of three to five lists, from `data`.
const PUBLISHED: [&str; 10] = [
    "artificial-three-lists",
    "field/australia-2015-2017",
    "field/korea-palembang",
    "field/western-site-2016",
    "kosovo-1999",
    "madigan-york",
    "netherlands-2010-2015-five-lists",
    "scotland-drugs-2006",
    "spina-bifida",
    "united-kingdom-2013-five-lists",
];

/// Small ones: two lists, and lists without anybody on two of them.
const SMALL: [(&str, &str); 2] = [
    ("two", "Politie,Opvang,count\n1,0,211\n0,1,34\n1,1,92\n"),
    ("apart", "A,B,C,count\n1,0,0,21\n0,1,0,34\n0,0,1,9\n"),
];

/// What the page does not read: a covariate.
const WITH_SEX: &str = "A,B,C,sex,count\n\
                        1,0,0,f,61\n1,0,0,m,40\n0,1,0,f,52\n0,1,0,m,71\n0,0,1,f,44\n0,0,1,m,38\n\
                        1,1,0,f,14\n1,1,0,m,9\n1,0,1,f,11\n1,0,1,m,7\n0,1,1,f,8\n0,1,1,m,12\n\
                        1,1,1,f,4\n1,1,1,m,3\n";

/// What is asked of a table.
struct Setting {
    name: &'static str,
    /// The methods; none for all that apply.
    methods: &'static [&'static str],
    level: f64,
    replicates: u32,
    seed: u32,
    threshold: f64,
    interval: &'static str,
}

static SETTINGS: [Setting; 3] = [
    Setting {
        name: "every method",
        methods: &[],
        level: 0.95,
        replicates: 0,
        seed: 20_171_018,
        threshold: 0.02,
        interval: "auto",
    },
    Setting {
        name: "models by a criterion, with replicates",
        methods: &["chao.bc", "loglinear.stepwise", "loglinear.best-aic", "loglinear.best-bic"],
        level: 0.95,
        replicates: 20,
        seed: 7,
        threshold: 0.02,
        interval: "auto",
    },
    Setting {
        name: "another level, threshold and interval",
        methods: &[
            "lincoln-petersen",
            "chapman",
            "chao.bc",
            "loglinear.independence",
            "loglinear.all-pairs",
            "loglinear.stepwise",
            "loglinear.best-bic",
        ],
        level: 0.9,
        replicates: 0,
        seed: 20_171_018,
        threshold: 0.2,
        interval: "wald",
    },
];

impl Setting {
    /// Its parts as the interface and Python take them, typed in or as they are.
    fn json(&self, typed_in: bool) -> Value {
        let part = |(name, value): (&str, Value)| {
            let value = if typed_in { typed(&value).into() } else { value };
            (name.to_owned(), value)
        };
        let methods = if typed_in { json!(self.methods.join(",")) } else { json!(self.methods) };
        self.parts().into_iter().chain([("methods", methods)]).map(part).collect()
    }

    /// Its parts but for the methods, by the names that they have everywhere.
    fn parts(&self) -> [(&'static str, Value); 5] {
        [
            ("level", json!(self.level)),
            ("replicates", json!(self.replicates)),
            ("seed", json!(self.seed)),
            ("threshold", json!(self.threshold)),
            ("interval", json!(self.interval)),
        ]
    }
}

/// A value as it is typed in.
fn typed(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// A table with a setting.
struct Job {
    table: PathBuf,
    setting: &'static Setting,
    /// Whether the page reads the table too.
    on_page: bool,
}

impl Job {
    fn name(&self) -> String {
        format!("{}, {}", self.table.file_name().unwrap().display(), self.setting.name)
    }
}

/// Where tables and requests of this test lie.
fn place() -> &'static Path {
    static MADE: OnceLock<PathBuf> = OnceLock::new();
    MADE.get_or_init(|| {
        let place = Path::new(env!("CARGO_TARGET_TMPDIR")).join("parity");
        std::fs::create_dir_all(&place).unwrap();
        place
    })
}

/// Every table with every setting.
fn jobs() -> &'static [Job] {
    static MADE: OnceLock<Vec<Job>> = OnceLock::new();
    MADE.get_or_init(|| {
        let of_data = |name: &str| root().join(format!("data/{name}.csv"));
        let written = |name: &str, text: &str| {
            let file = place().join(format!("{name}.csv"));
            std::fs::write(&file, text).unwrap();
            file
        };
        let published = PUBLISHED.into_iter().map(|name| (of_data(name), true));
        let small = SMALL.into_iter().map(|(name, text)| (written(name, text), true));
        let others = [(written("sex", WITH_SEX), false), (of_data("irregular-migrants-apprehended"), false)];
        let tables = published.chain(small).chain(others);
        tables
            .flat_map(|(table, on_page)| {
                SETTINGS.iter().map(move |setting| Job { table: table.clone(), setting, on_page })
            })
            .collect()
    })
}

fn by_command(job: &Job) -> Value {
    let mut command = ijsberg();
    command.args(["estimate", "--json"]).arg(&job.table);
    for (name, value) in job.setting.parts() {
        command.arg(format!("--{name}")).arg(typed(&value));
    }
    if !job.setting.methods.is_empty() {
        command.args(["--methods", &job.setting.methods.join(",")]);
    }
    let output = command.stdout(Stdio::piped()).stderr(Stdio::piped()).output().unwrap();
    assert!(output.status.success(), "{}: {}", job.name(), String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// What the command says of every job, with which all others are compared.
fn said() -> &'static [Value] {
    static SAID: OnceLock<Vec<Value>> = OnceLock::new();
    SAID.get_or_init(|| jobs().iter().map(by_command).collect())
}

/// What a program printed, an answer on each line.
fn answers(command: &mut Command) -> Vec<Value> {
    let output = command.output().expect("run `cargo xtask test` once");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let lines = String::from_utf8(output.stdout).unwrap();
    lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// What the package for Python says of tables with settings.
fn by_python(asked: &[Value], file: &str) -> Vec<Value> {
    let file = place().join(file);
    std::fs::write(&file, json!(asked).to_string()).unwrap();
    let script = "import json, sys, ijsberg\n\
                  for job in json.load(open(sys.argv[1], encoding='utf-8')):\n\
                  \x20   print(json.dumps(ijsberg.estimate(job.pop('table'), **job).raw))\n";
    answers(Command::new(root().join("target/python/bin/python")).args(["-c", script]).arg(&file))
}

/// What the package for R says, which `R CMD check` has installed where it checked it. A call is what `estimate()` is given.
fn by_r(calls: &[String], file: &str) -> Vec<Value> {
    let mut script = "library(ijsberg)\n".to_owned();
    for call in calls {
        writeln!(script, "writeLines(as_json(estimate({call})))").unwrap();
    }
    let file = place().join(file);
    std::fs::write(&file, script).unwrap();
    let library = root().join("target/r/ijsberg.Rcheck");
    let mut command = Command::new("Rscript");
    answers(command.arg("--vanilla").arg(&file).env("R_LIBS", library).env("LC_ALL", "C.UTF-8"))
}

/// What the interface for programs says.
fn by_interface(server: &Server, table: &Path, settings: &Value) -> Value {
    let csv = std::fs::read_to_string(table).unwrap();
    let file = place().join("asked.json");
    std::fs::write(&file, json!({ "csv": csv, "settings": settings }).to_string()).unwrap();
    let curl = |arguments: &[&str]| -> Value {
        let mut command = Command::new("curl");
        let output = command.args(["--silent", "--show-error", "--fail-with-body"]).args(arguments).output();
        let output = output.expect("curl must be installed");
        let body = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{}, {settings}: {body}", table.display());
        serde_json::from_str(&body).unwrap()
    };
    let (at, data) = (format!("{}/api/v1/estimates", server.address), format!("@{}", file.display()));
    let begun = curl(&["--header", "content-type: application/json", "--data-binary", &data, &at]);
    let run = format!("{at}/{}", begun["id"].as_str().unwrap());
    for _ in 0..6000 {
        let mut told = curl(&[&run]);
        let state = typed(&told["state"]);
        if state == "done" {
            return told["result"].take();
        }
        assert!(["waiting", "running"].contains(&state.as_str()), "{}, {settings}: {told}", table.display());
        std::thread::sleep(Duration::from_millis(20));
    }
    panic!("no answer about {}", table.display())
}

/// Where two answers differ, with both values; places in `may` are passed over.
fn differences(theirs: &Value, ours: &Value, at: &str, may: &[&str], found: &mut Vec<String>) {
    if may.contains(&at) {
        return;
    }
    match (theirs, ours) {
        (Value::Object(a), Value::Object(b)) => {
            let names: BTreeSet<&String> = a.keys().chain(b.keys()).collect();
            for name in names {
                let at = format!("{at}/{name}");
                match (a.get(name), b.get(name)) {
                    (Some(a), Some(b)) => differences(a, b, &at, may, found),
                    (Some(_), None) => found.push(format!("{at} is only theirs")),
                    _ => found.push(format!("{at} is only ours")),
                }
            }
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            for (place, (a, b)) in a.iter().zip(b).enumerate() {
                differences(a, b, &format!("{at}/{place}"), may, found);
            }
        }
        _ if theirs == ours => {}
        _ => found.push(format!("{at}: {theirs} and {ours}")),
    }
}

/// Values that are no lists and no objects.
fn leaves(value: &Value) -> usize {
    match value {
        Value::Object(all) => all.values().map(leaves).sum(),
        Value::Array(all) => all.iter().map(leaves).sum(),
        _ => 1,
    }
}

/// What the interface calls a table that has no name.
const NAMED_ELSEWHERE: [&str; 1] = ["/provenance/input"];

#[test]
fn command_python_r_and_the_interface_for_programs_give_one_json() {
    let server = Server::open();
    let asked = |job: &Job| by_interface(&server, &job.table, &job.setting.json(true));
    let asked: Vec<Value> = jobs().iter().map(asked).collect();
    let python = |job: &Job| {
        let mut all = job.setting.json(false);
        all["table"] = json!(job.table);
        all
    };
    let python: Vec<Value> = jobs().iter().map(python).collect();
    let r = |job: &Job| {
        let methods: Vec<String> = job.setting.methods.iter().map(|m| format!("{m:?}")).collect();
        let parts = job.setting.parts().map(|(name, value)| format!("{name} = {value}")).join(", ");
        format!("{}, methods = c({}), {parts}", json!(job.table), methods.join(", "))
    };
    let r: Vec<String> = jobs().iter().map(r).collect();
    let ways: [(&str, Vec<Value>, &[&str]); 3] = [
        ("the interface", asked, &NAMED_ELSEWHERE),
        ("Python", by_python(&python, "python.json"), &[]),
        ("R", by_r(&r, "parity.R"), &[]),
    ];
    for (way, answers, may) in ways {
        assert_eq!(answers.len(), jobs().len(), "{way}");
        for ((job, theirs), ours) in jobs().iter().zip(said()).zip(&answers) {
            let mut found = Vec::new();
            differences(theirs, ours, "", may, &mut found);
            assert!(found.is_empty(), "{} by {way}:\n{}", job.name(), found.join("\n"));
        }
    }
    // There was something to compare, and settings matter.
    let every = jobs().iter().zip(said()).filter(|(job, _)| job.setting.methods.is_empty() && job.on_page);
    assert!(every.clone().count() >= 10 && every.clone().all(|(_, said)| leaves(said) > 300));
    for of_a_table in said().chunks(SETTINGS.len()).take(PUBLISHED.len()) {
        let [a, b, c] = of_a_table else { panic!("three settings") };
        assert!(a["estimates"] != b["estimates"] && b["estimates"] != c["estimates"]);
    }
}

/// What a difference looks like: a digit, a key, a length.
#[test]
fn a_difference_is_found_wherever_it_is() {
    let theirs = json!({ "a": [1.0, { "b": null }], "c": { "input": "x" } });
    let of = |ours: &Value, may: &[&str]| {
        let mut found = Vec::new();
        differences(&theirs, ours, "", may, &mut found);
        found
    };
    assert!(of(&theirs, &[]).is_empty());
    let ours = json!({ "a": [1.000_000_000_000_000_2, {}], "c": { "input": "y" }, "d": 0 });
    let input = "/c/input: \"x\" and \"y\"";
    let numbers = "/a/0: 1.0 and 1.0000000000000002";
    assert_eq!(of(&ours, &[]), [numbers, "/a/1/b is only theirs", input, "/d is only ours"]);
    assert_eq!(of(&ours, &["/c/input"]).len(), 3);
    assert_eq!(of(&json!({ "a": [1.0], "c": { "input": "x" } }), &[]).len(), 1);
}
