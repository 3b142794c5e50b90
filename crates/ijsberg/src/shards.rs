//! `ijsberg link plan`, `score` and `merge`: the comparison of pairs in parts, each on a machine of its own.
//!
//! Every step reads files and writes one file whole, by a name that its part alone decides; run twice it writes the same
//! bytes. A part knows the plan that it belongs to, and merging refuses parts of another.

use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow, bail};
use clap::Args;
use ijsberg_linkage::blocking::Shard;
use ijsberg_linkage::fellegi_sunter::MatchModel;
use ijsberg_linkage::link::{self, Scored, merge, score_part};
use ijsberg_linkage::partition::Sampling;
use ijsberg_linkage::record::Record;
use ijsberg_linkage::schema::Records;
use ijsberg_linkage::splink;
use ijsberg_report::errors;
use ijsberg_report::text::Text;
use ijsberg_tables::edges::Edges;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::estimate::{LanguageArgument, read_file};
use crate::intake::read_records;
use crate::output::{print, write_bytes, write_whole};

/// Find candidate pairs, estimate the weights, and decide into how many parts the comparison is divided.
#[derive(Debug, Args)]
#[command(
    after_help = "Example, here in a loop; each score may run on another machine that has the lists:\n  ijsberg link plan lists/*.csv --shards 4 --out plan\n  for i in 1 2 3 4; do\n    ijsberg link score lists/*.csv --plan plan --shard $i/4\n  done\n  ijsberg link merge --plan plan lists/*.csv --out linked"
)]
pub(crate) struct PlanArguments {
    /// The lists.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// The schema: what each column means (TOML).
    #[arg(long)]
    schema: Option<PathBuf>,
    /// Use the model from settings that Splink trained, instead of estimating it.
    #[arg(long)]
    splink: Option<PathBuf>,
    /// Parts.
    #[arg(long, default_value_t = 8)]
    shards: u32,
    /// The folder for the plan; the parts are written next to it.
    #[arg(long)]
    out: PathBuf,
    /// Seed.
    #[arg(long, default_value_t = Sampling::default().seed)]
    seed: u64,
    /// Language.
    #[arg(long, value_enum, default_value_t = LanguageArgument::of_machine())]
    lang: LanguageArgument,
}

/// Compare the pairs of one part.
#[derive(Debug, Args)]
pub(crate) struct ScoreArguments {
    /// The lists, in the same order as for the plan.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// The schema: what each column means (TOML), the same as for the plan.
    #[arg(long)]
    schema: Option<PathBuf>,
    /// The folder of the plan.
    #[arg(long)]
    plan: PathBuf,
    /// PART/PARTS, from 1.
    #[arg(long)]
    shard: String,
    /// Language.
    #[arg(long, value_enum, default_value_t = LanguageArgument::of_machine())]
    lang: LanguageArgument,
}

/// What the parts have in common.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Plan {
    version: String,
    /// Of all that the result depends on: records and lists, and the seed.
    inputs: String,
    shards: u32,
    seed: u64,
    refined: usize,
    model: MatchModel,
}

/// The hash of all records together as they were read, and the seed: it shows whether two readings are the same, and nothing of
/// any one record.
fn fingerprint(records: &Records, seed: u64) -> String {
    let mut hash = Sha256::new();
    hash.update(format!("{seed} {:?}", records.lists));
    for record in &records.records {
        // Shown for debugging a record says next to nothing, so every part is named here, and none can be forgotten.
        let Record {
            list,
            given,
            family,
            birth,
            sex,
            nationality,
            place,
            address,
            identifier,
            contacts,
            own,
        } = record;
        let texts = [sex, nationality, place, identifier];
        hash.update(format!("{list} {given:?} {family:?} {birth:?} {texts:?} {address:?} {contacts:?}"));
        own.iter().for_each(|o| hash.update(format!(" {:?} {:?}", o.text, o.by)));
    }
    hash.finalize().iter().take(16).fold(String::new(), |text, b| text + &format!("{b:02x}"))
}

pub(crate) fn plan(arguments: &PlanArguments) -> anyhow::Result<()> {
    let text = Text::new(arguments.lang.into());
    if !(1..=10_000).contains(&arguments.shards) {
        let value = [("value", format!("1/{}", arguments.shards))];
        bail!(text.fill("argument-shard", &value));
    }
    let (_, records, _) = read_records(&text, &arguments.files, arguments.schema.as_deref())?;
    let mut planned = link::plan(&records.records, arguments.seed);
    if let Some(path) = &arguments.splink {
        let settings =
            serde_json::from_slice(&read_file(&text, path)?).with_context(|| path.display().to_string())?;
        planned.model = splink::model(&settings, records.lists.len()).map_err(|e| {
            let why = errors::splink_error(&text, &e);
            anyhow!(text.fill("splink-unknown", &[("path", path.display().to_string()), ("why", why)]))
        })?;
    }
    let plan = Plan {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        inputs: fingerprint(&records, arguments.seed),
        shards: arguments.shards,
        seed: arguments.seed,
        refined: planned.refined(),
        model: planned.model,
    };
    let dir = &arguments.out;
    std::fs::create_dir_all(dir)
        .with_context(|| text.fill("argument-folder", &[("path", dir.display().to_string())]))?;
    write_whole(dir, "plan.json", &ijsberg_outside::json(&plan)?)?;
    let parts = [("n", plan.shards.to_string()), ("path", dir.join("plan.json").display().to_string())];
    print(&(text.fill("shard-planned", &parts) + "\n"))
}

/// The model of a plan.
pub(crate) fn read_model(text: &Text, dir: &Path, records: &Records) -> anyhow::Result<MatchModel> {
    Ok(read_plan(text, dir, records)?.0.model)
}

/// The plan, and the hash of its file.
fn read_plan(text: &Text, dir: &Path, records: &Records) -> anyhow::Result<(Plan, String)> {
    let path = dir.join("plan.json");
    let bytes = read_file(text, &path)?;
    let plan: Plan = serde_json::from_slice(&bytes).with_context(|| path.display().to_string())?;
    if plan.version != env!("CARGO_PKG_VERSION") || plan.inputs != fingerprint(records, plan.seed) {
        bail!(text.fill("shard-other-inputs", &[("path", path.display().to_string())]));
    }
    if !plan.model.is_fit(records.lists.len()) {
        bail!(text.fill("shard-model-unfit", &[("path", path.display().to_string())]));
    }
    let hash = Sha256::digest(&bytes).iter().take(16).fold(String::new(), |t, b| t + &format!("{b:02x}"));
    Ok((plan, hash))
}

fn file_name(part: u32, of: u32) -> String {
    format!("edges-{:05}-of-{of:05}.parquet", part + 1)
}

pub(crate) fn score(arguments: &ScoreArguments) -> anyhow::Result<()> {
    let text = Text::new(arguments.lang.into());
    let (_, records, _) = read_records(&text, &arguments.files, arguments.schema.as_deref())?;
    let (plan, hash) = read_plan(&text, &arguments.plan, &records)?;
    let parts = arguments.shard.split_once('/').and_then(|(a, b)| Some((a.parse().ok()?, b.parse().ok()?)));
    let shard = match parts {
        Some((part, of)) if of == plan.shards && (1..=of).contains(&part) => Shard { part: part - 1, of },
        _ => {
            let value = format!("{} (of {})", arguments.shard, plan.shards);
            bail!(text.fill("argument-shard", &[("value", value)]))
        }
    };
    let scored = score_part(&records.records, plan.model, shard);
    let told = vec![
        ("plan".to_owned(), hash),
        ("shard".to_owned(), arguments.shard.clone()),
        ("by_rule".to_owned(), serde_json::to_string(&scored.by_rule)?),
    ];
    let edges = Edges { told, edges: scored.edges };
    let bytes = edges.write().map_err(|e| anyhow!(errors::read_error(&text, &e)))?;
    let name = file_name(shard.part, shard.of);
    write_bytes(&arguments.plan, &name, &bytes)?;
    let parts = [
        ("n", text.number(edges.edges.len() as f64)),
        ("path", arguments.plan.join(name).display().to_string()),
    ];
    print(&(text.fill("shard-scored", &parts) + "\n"))
}

/// All parts of a plan together.
pub(crate) fn read_scored(text: &Text, dir: &Path, records: &Records) -> anyhow::Result<Scored> {
    let (plan, hash) = read_plan(text, dir, records)?;
    let mut by_rule: Vec<(String, usize)> = Vec::new();
    let mut parts = Vec::new();
    for part in 0..plan.shards {
        let path = dir.join(file_name(part, plan.shards));
        let shown = || path.display().to_string();
        let bytes = read_file(text, &path)?;
        let edges =
            Edges::read(&bytes).map_err(|e| anyhow!("{}: {}", shown(), errors::read_error(text, &e)))?;
        let told = |name: &str| edges.told.iter().find(|t| t.0 == name).map_or("", |t| t.1.as_str());
        let within = |i: u32| (i as usize) < records.records.len();
        let fits = edges.edges.iter().all(|((a, b), w)| a < b && within(*b) && w.is_finite());
        if told("plan") != hash || told("shard") != format!("{}/{}", part + 1, plan.shards) || !fits {
            bail!(text.fill("shard-other-plan", &[("path", shown())]));
        }
        let rules: Vec<(String, usize)> = serde_json::from_str(told("by_rule")).with_context(shown)?;
        for (rule, n) in rules {
            match by_rule.iter_mut().find(|r| r.0 == rule) {
                Some(known) => known.1 += n,
                None => by_rule.push((rule, n)),
            }
        }
        parts.push(edges.edges);
    }
    Ok(merge(&records.records, plan.model, by_rule, plan.refined, &parts))
}
