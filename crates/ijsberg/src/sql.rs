//! `ijsberg link sql`: the model as SQL, and as settings of Splink.

use std::fmt::Write as _;
use std::path::PathBuf;

use anyhow::{Context, bail};
use clap::Args;
use ijsberg_linkage::compare::Prepared;
use ijsberg_linkage::link::weights;
use ijsberg_linkage::{splink, sql};
use ijsberg_report::text::Text;

use crate::estimate::LanguageArgument;
use crate::intake::read_records;
use crate::output::{print, write_whole};
use crate::shards;

/// Write the model as DuckDB SQL, with the tables it reads.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  ijsberg link plan lists/*.csv --out plan\n  ijsberg link sql lists/*.csv --plan plan --out sql\n  cd sql && duckdb -c \".read load.sql\" -c \".read weights.sql\""
)]
pub(crate) struct Arguments {
    /// The lists, in the same order as for the plan.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// The schema: what each column means (TOML), the same as for the plan.
    #[arg(long)]
    schema: Option<PathBuf>,
    /// The folder of the plan.
    #[arg(long)]
    plan: PathBuf,
    /// The folder to write to.
    #[arg(long)]
    out: PathBuf,
    /// Language.
    #[arg(long, value_enum, default_value_t = LanguageArgument::of_machine())]
    lang: LanguageArgument,
}

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let text = Text::new(arguments.lang.into());
    let (_, records, _) = read_records(&text, &arguments.files, arguments.schema.as_deref())?;
    // A weight that leaves a field out would pass for the weight.
    if records.records.iter().any(|r| !r.contacts.is_empty() || !r.own.is_empty()) {
        bail!(text.say("sql-other-fields"));
    }
    let model = shards::read_model(&text, &arguments.plan, &records)?;
    let dir = &arguments.out;
    std::fs::create_dir_all(dir)
        .with_context(|| text.fill("argument-folder", &[("path", dir.display().to_string())]))?;
    let prepared = Prepared::new(&records.records);
    let mut load = String::new();
    let mut table = |name: &str, csv: &str| -> anyhow::Result<()> {
        load.push_str(&sql::load(name, csv));
        write_whole(dir, &format!("{name}.csv"), csv)
    };
    for (name, csv) in sql::tables(&prepared) {
        table(name, &csv)?;
    }
    write_whole(dir, "splink.csv", &splink::table(&prepared))?;
    // The pairs that the rules find, with the weights that the script must come to.
    let mut pairs = String::from("a,b,weight\n");
    for ((a, b), w) in weights(&records.records, &model) {
        let _ = writeln!(pairs, "{a},{b},{w:e}");
    }
    table("pairs", &pairs)?;
    write_whole(dir, "load.sql", &load)?;
    write_whole(dir, "weights.sql", &sql::script(&model))?;
    let settings = ijsberg_outside::json(&splink::settings(&model))?;
    write_whole(dir, "settings.json", &settings)?;
    let path = [("path", dir.display().to_string())];
    print(&format!("{}\n{}\n", text.fill("sql-written", &path), text.fill("splink-written", &path)))
}
