//! `ijsberg simulate`: test methods on populations of known size.

use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow, bail};
use clap::{Args, Subcommand};
use ijsberg_mse::loglinear::{Criterion, Engine};
use ijsberg_mse::method::Method;
use ijsberg_mse::methods::{Progress, Settings};
use ijsberg_mse::model::Model;
use ijsberg_mse::simulate::designs::{Design, published};
use ijsberg_mse::simulate::score::scores;
use ijsberg_mse::simulate::study::{Answer, Shard, consistency, simulate};
use ijsberg_report::errors;
use ijsberg_report::study;
use ijsberg_report::text::{Language, Text};
use ijsberg_tables::{Choices, Table};

use crate::estimate::{LanguageArgument, methods_of};
use crate::files::{cells, read_file};
use crate::lists;
use crate::output::{Bar, print, write_whole};

/// Methods that are compared by default: one or two of each family, fast enough for hundreds of tables.
const DEFAULT_METHODS: [Method; 13] = [
    Method::ModelSpace,
    Method::ChaoCorrected,
    Method::CoverageLow,
    Method::MthChao,
    Method::MthDarroch,
    Method::Independence,
    Method::Stepwise,
    Method::BestAic,
    Method::BestBic,
    Method::LogLinearAveraged,
    Method::LogLinearBayes,
    Method::HierarchicalAveraged,
    Method::DecomposableAveraged,
];

/// Test methods on populations of known size.
#[derive(Debug, Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "Examples:\n  ijsberg simulate --designs sim1,sim4 --draws 100\n  ijsberg simulate --like mytable.csv\n  ijsberg simulate --consistency data/*.csv"
)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    what: Option<SimulateCommand>,
    /// Published designs, separated by commas [default: all, unless another source is given].
    #[arg(long, value_delimiter = ',')]
    designs: Vec<String>,
    /// Draw from a model fitted to this table.
    #[arg(long)]
    like: Option<PathBuf>,
    /// The model for `--like`: independence, all-pairs, stepwise, or a formula such as "[12,23]" [default: the best by
    /// BIC].
    #[arg(long, requires = "like")]
    model: Option<String>,
    /// Treat each list of these tables as the population, in turn.
    #[arg(long, num_args = 1..)]
    consistency: Vec<PathBuf>,
    /// Combine results that were written with `--rows`.
    #[arg(long, num_args = 1.., conflicts_with_all = ["designs", "like", "consistency"])]
    merge: Vec<PathBuf>,
    /// Methods to compare, separated by commas [default: a dozen that are fast].
    #[arg(long, value_delimiter = ',')]
    methods: Vec<String>,
    /// Tables drawn from each design.
    #[arg(long, default_value_t = 100)]
    draws: u64,
    /// Bootstrap replicates for each table.
    #[arg(long, default_value_t = 100)]
    replicates: usize,
    /// Confidence level.
    #[arg(long, default_value_t = 0.95)]
    level: f64,
    /// Threshold of the stepwise rule.
    #[arg(long, default_value_t = 0.02)]
    threshold: f64,
    /// Seed.
    #[arg(long, default_value_t = Settings::default().seed)]
    seed: u64,
    /// Run one part of the draws only, such as 2/8 for the second of eight.
    #[arg(long)]
    shard: Option<String>,
    /// Write every result to this CSV file.
    #[arg(long)]
    rows: Option<PathBuf>,
    /// Also write scores.json and the chart to this folder.
    #[arg(long)]
    out: Option<PathBuf>,
    /// Write the scores as JSON to standard output.
    #[arg(long)]
    json: bool,
    /// Language.
    #[arg(long, value_enum, default_value_t = LanguageArgument::of_machine())]
    lang: LanguageArgument,
}

#[derive(Debug, Subcommand)]
enum SimulateCommand {
    /// Make lists of synthetic people, with the correct linkage, to try linkage on.
    Lists(lists::Arguments),
}

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    if let Some(SimulateCommand::Lists(arguments)) = &arguments.what {
        return lists::run(arguments);
    }
    let text = Text::new(Language::from(arguments.lang));
    if !(0.5..1.0).contains(&arguments.level) {
        bail!(text.fill("argument-level", &[("value", arguments.level.to_string())]));
    }
    if !(0.0..=1.0).contains(&arguments.threshold) {
        bail!(text.fill("argument-threshold", &[("value", arguments.threshold.to_string())]));
    }
    if arguments.draws == 0 {
        bail!(text.say("argument-draws"));
    }
    let answers =
        if arguments.merge.is_empty() { ask(arguments, &text)? } else { merge(&text, &arguments.merge)? };
    if let Some(path) = &arguments.rows {
        let dir = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let name = path.file_name().with_context(|| text.say("argument-rows"))?.to_string_lossy();
        write_whole(dir, &name, &study::answers_to_csv(&answers))?;
    }
    let mut designs: Vec<&str> = Vec::new();
    for a in &answers {
        // A list taken as the truth counts with the others of its kind.
        let design = a.design.split_once(": ").map_or(a.design.as_str(), |_| CONSISTENCY);
        if !designs.contains(&design) {
            designs.push(design);
        }
    }
    let of = |design: &str| -> Vec<Answer> {
        let belongs = |a: &&Answer| {
            if design == CONSISTENCY { a.design.contains(": ") } else { a.design == design }
        };
        answers.iter().filter(belongs).cloned().collect()
    };
    let level = arguments.level;
    let all: Vec<_> = designs.iter().map(|d| (*d, scores(&of(d), level))).collect();
    let json = serde_json::json!({
        "schema": 1,
        "version": env!("CARGO_PKG_VERSION"),
        "level": level,
        "seed": arguments.seed,
        "studies": all.iter().map(|(d, s)| serde_json::json!({"design": d, "scores": s})).collect::<Vec<_>>(),
    });
    let json = ijsberg_outside::json(&json)?;
    if let Some(dir) = &arguments.out {
        std::fs::create_dir_all(dir).with_context(|| format!("cannot make the folder {}", dir.display()))?;
        write_whole(dir, "scores.json", &json)?;
        for (design, scores) in &all {
            if let Some(chart) = study::chart(&text, scores) {
                write_whole(dir, &format!("study-{design}.svg"), &chart.wide)?;
                write_whole(dir, &format!("study-{design}.csv"), &chart.data.csv())?;
            }
        }
    }
    if arguments.json {
        return print(&json);
    }
    let mut page = String::new();
    for (design, scores) in &all {
        let count = of(design).len() / scores.len().max(1);
        page += &study::table(&text, &format!("{design} ({count})"), scores);
        page.push('\n');
    }
    print(&(page + &text.say("study-legend") + "\n"))
}

/// The design that all lists taken as the truth make up together.
const CONSISTENCY: &str = "consistency";

fn ask(arguments: &Arguments, text: &Text) -> anyhow::Result<Vec<Answer>> {
    let methods = if arguments.methods.is_empty() {
        DEFAULT_METHODS.to_vec()
    } else {
        methods_of(text, &arguments.methods)?
    };
    let settings = Settings {
        methods,
        replicates: arguments.replicates,
        level: arguments.level,
        seed: arguments.seed,
        threshold: arguments.threshold,
        ..Settings::default()
    };
    let shard = shard(text, arguments.shard.as_deref())?;
    let mut designs = chosen(text, &arguments.designs)?;
    if let Some(path) = &arguments.like {
        designs.push(plasmode(text, path, arguments)?);
    }
    if designs.is_empty() && arguments.consistency.is_empty() {
        designs = published();
    }
    let bar = Bar::new(text);
    let mut answers = Vec::new();
    for design in &designs {
        bar.stage("simulate", arguments.draws);
        answers.extend(simulate(design, arguments.draws, shard, &settings, &|| bar.tick()));
    }
    bar.stage("lists", arguments.consistency.len() as u64);
    for path in &arguments.consistency {
        answers.extend(consistency(&stem(path), &table(text, path)?.histories, &settings));
        bar.tick();
    }
    bar.finish();
    // A shard may have no draw of its own.
    if answers.is_empty() && designs.is_empty() {
        bail!(text.say("argument-no-truth"));
    }
    Ok(answers)
}

fn chosen(text: &Text, names: &[String]) -> anyhow::Result<Vec<Design>> {
    let all = published();
    let find = |name: &String| {
        let known = || all.iter().map(|d| d.id.as_str()).collect::<Vec<_>>().join(", ");
        let found = all.iter().find(|d| d.id == *name).cloned();
        found.ok_or_else(|| {
            anyhow!(text.fill("argument-design", &[("value", name.clone()), ("known", known())]))
        })
    };
    names.iter().map(find).collect()
}

fn plasmode(text: &Text, path: &Path, arguments: &Arguments) -> anyhow::Result<Design> {
    let h = table(text, path)?.histories;
    let model = match arguments.model.as_deref() {
        Some("independence") => Model::independence(h.t()),
        Some("all-pairs") => Model::all_pairs(h.t()),
        Some("stepwise") => Engine::new(&h).stepwise(arguments.threshold),
        Some(formula) => {
            Model::parse(formula, h.lists()).map_err(|e| anyhow!(errors::model_error(text, &e)))?
        }
        None => Engine::new(&h)
            .near_best(Criterion::Bic, 0.0)
            .first()
            .map(|m| m.model.clone())
            .with_context(|| text.say("argument-like-none"))?,
    };
    Design::plasmode(&stem(path), &h, &model)
        .with_context(|| text.fill("argument-like-model", &[("model", model.formula(h.lists()))]))
}

fn table(text: &Text, path: &Path) -> anyhow::Result<Table> {
    cells(text, path)?.table(&Choices::default()).map_err(|e| crate::files::wrong(text, path, &e))
}

fn stem(path: &Path) -> String {
    path.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default()
}

fn shard(text: &Text, given: Option<&str>) -> anyhow::Result<Shard> {
    let Some(given) = given else { return Ok(Shard { part: 0, of: 1 }) };
    let parsed = given.split_once('/').and_then(|(a, b)| Some((a.parse().ok()?, b.parse().ok()?)));
    match parsed {
        Some((part, of)) if (1..=of).contains(&part) => Ok(Shard { part: part - 1, of }),
        _ => bail!(text.fill("argument-shard", &[("value", given.to_owned())])),
    }
}

fn merge(text: &Text, paths: &[PathBuf]) -> anyhow::Result<Vec<Answer>> {
    let mut all: Vec<Answer> = Vec::new();
    for path in paths {
        let rows = String::from_utf8_lossy(&read_file(text, path)?).into_owned();
        all.extend(study::answers_from_csv(&rows).with_context(|| path.display().to_string())?);
    }
    all.sort_by(|a, b| (&a.design, a.draw, &a.method).cmp(&(&b.design, b.draw, &b.method)));
    let twice = all
        .windows(2)
        .find(|w| (&w[0].design, w[0].draw, &w[0].method) == (&w[1].design, w[1].draw, &w[1].method));
    if let Some(w) = twice {
        let parts = [
            ("draw", w[0].draw.to_string()),
            ("design", w[0].design.clone()),
            ("method", w[0].method.clone()),
        ];
        bail!(text.fill("argument-twice", &parts));
    }
    Ok(all)
}
