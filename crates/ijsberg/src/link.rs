//! `ijsberg link`: who is on which list.

mod earlier;

use std::path::{Path, PathBuf};

use anyhow::{anyhow, bail};
use clap::{Args, Subcommand};
use ijsberg_analysis::linkage::{
    DrawOptions, LinkageContext, LinkedRecords, converged, findings, histories_csv, link_coded, link_records,
    linked_csv, pairs_csv, tell,
};
use ijsberg_linkage::covariates::{Covariates, NONE};
use ijsberg_linkage::link::{self, FewLinks, Loss};
use ijsberg_linkage::partition::{Decisions, Sampling};
use ijsberg_linkage::resolve::Totals;
use ijsberg_linkage::schema::Records;
use ijsberg_mse::bayes::chains::Convergence;
use ijsberg_report::text::Text;

use crate::estimate::LanguageArgument;
use crate::intake::{covariates, read_records};
use crate::output::{Bar, StagedFiles, print, write_whole};
use crate::review::Judgements;
use crate::{codes, encode, intake, resolve, review, shards, sql};

/// Find out who is on which list.
#[derive(Debug, Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "Examples:\n  ijsberg simulate lists --out lists\n  ijsberg link lists/synthetic-*.csv --out linked\n  ijsberg estimate linked/histories.csv"
)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    what: Option<LinkSubcommand>,
    #[command(flatten)]
    options: Options,
}

/// What linking needs to know.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// One file a list, or one file with a column that names the list: CSV, Excel, Parquet, or codes of `link encode`.
    files: Vec<PathBuf>,
    /// The schema: what each column means (TOML); `ijsberg link init` proposes one [default: as proposed for each file].
    #[arg(long)]
    schema: Option<PathBuf>,
    /// Write linked.csv, pairs.csv, histories.csv, link.json and link.html to this folder.
    #[arg(long)]
    out: Option<PathBuf>,
    /// Draws to write, chosen evenly from all chains.
    #[arg(long, default_value_t = 20)]
    draws: usize,
    /// Chains.
    #[arg(long, default_value_t = 4)]
    chains: usize,
    /// Pairs that people have reviewed with `ijsberg link review`.
    #[arg(long)]
    judgements: Option<PathBuf>,
    /// A sample resolved by hand with `ijsberg link resolve`, used to put missed links back.
    #[arg(long)]
    resolved: Option<PathBuf>,
    /// The linked.csv of an earlier linkage of these lists: people keep the numbers that they had, and changes are reported.
    #[arg(long)]
    earlier: Option<PathBuf>,
    /// Columns of the lists that histories.csv keeps, so that estimates are broken down by them, such as `sex,form,year`.
    #[arg(
        long,
        value_delimiter = ',',
        value_name = "COLUMNS",
        requires = "out",
        conflicts_with = "counts_only"
    )]
    covariates: Vec<String>,
    /// Leave out the correction for pairs that no rule compared.
    #[arg(long)]
    as_compared: bool,
    /// From codes: only the number of people on each pair of lists and in all, without linking anyone.
    #[arg(long)]
    counts_only: bool,
    /// Seed.
    #[arg(long, default_value_t = Sampling::default().seed)]
    seed: u64,
    /// Language.
    #[arg(long, value_enum, default_value_t = LanguageArgument::of_machine())]
    lang: LanguageArgument,
}

#[derive(Debug, Subcommand)]
enum LinkSubcommand {
    /// Make codes of lists, so that they can be linked without names.
    Encode(encode::Arguments),
    /// Find candidate pairs, estimate the weights, and decide into how many parts the comparison is divided.
    Plan(shards::PlanArguments),
    /// Compare the pairs of one part.
    Score(shards::ScoreArguments),
    /// Write the model as DuckDB SQL, with the tables it reads.
    Sql(sql::Arguments),
    /// Link from the pairs of all parts.
    Merge {
        /// The folder of the plan and its parts.
        #[arg(long)]
        plan: PathBuf,
        #[command(flatten)]
        options: Options,
    },
    /// Find all records of a random sample of people, to measure how many links were missed.
    Resolve(resolve::Arguments),
    /// Review pairs of records, to calibrate the probabilities of the model.
    Review(review::Arguments),
    /// Propose a schema from the names of the columns, and from their values where names are not enough.
    Init {
        /// The files.
        #[arg(required = true)]
        files: Vec<PathBuf>,
        /// Language.
        #[arg(long, value_enum, default_value_t = LanguageArgument::of_machine())]
        lang: LanguageArgument,
    },
}

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    match &arguments.what {
        None => link_files(&arguments.options, None),
        Some(LinkSubcommand::Plan(arguments)) => shards::plan(arguments),
        Some(LinkSubcommand::Score(arguments)) => shards::score(arguments),
        Some(LinkSubcommand::Sql(arguments)) => sql::run(arguments),
        Some(LinkSubcommand::Merge { plan, options }) => link_files(options, Some(plan.as_path())),
        Some(LinkSubcommand::Encode(arguments)) => encode::run(arguments),
        Some(LinkSubcommand::Resolve(arguments)) => resolve::run(arguments),
        Some(LinkSubcommand::Review(arguments)) => review::run(arguments),
        Some(LinkSubcommand::Init { files, lang }) => intake::propose(&Text::new((*lang).into()), files),
    }
}

fn link_files(arguments: &Options, plan: Option<&Path>) -> anyhow::Result<()> {
    let text = Text::new(arguments.lang.into());
    check(&text, arguments)?;
    let coded = codes::read(&text, &arguments.files)?;
    if arguments.counts_only {
        let coded = coded.ok_or_else(|| anyhow!(text.say("codes-not-codes")))?;
        return codes::counts_only(&text, &coded, arguments.out.as_deref());
    }
    let (files, records, schema) = match &coded {
        Some(coded) => codes::records(&text, coded, arguments.schema.as_deref())?,
        None => read_records(&text, &arguments.files, arguments.schema.as_deref())?,
    };
    let covariates = kept(&text, arguments, coded.is_some(), &records)?;
    let sampling = sampling(arguments, schema.caps(&records.lists));
    let bar = Bar::new(&text);
    let LinkedRecords { mut linked, judged, mut told } = match &coded {
        Some(_) if arguments.judgements.is_some() => bail!(text.say("codes-no-judgements")),
        Some(_) if arguments.earlier.is_some() => bail!(text.say("codes-no-earlier")),
        Some(coded) => link_coded(&codes::lists(&text, coded)?, &sampling, &bar),
        None => {
            let scored = plan.map(|dir| shards::read_scored(&text, dir, &records)).transpose()?;
            let judged = judgements(&text, arguments, &files, &records)?;
            link_records(&records, scored, &judged.pairs, &sampling, &bar)
        }
    };
    bar.finish();
    let changed = match &arguments.earlier {
        Some(path) => Some(earlier::keep_numbers(&text, path, (&files, &records), &mut linked.groups)?),
        None => None,
    };
    let convergence = Convergence::from_chains(&linked.draws.persons);
    let resolved = resolved(&text, arguments, coded.is_some(), &records)?;
    let redrawn = resolved.as_ref().map(|s| |draw: u64| s.redrawn(arguments.seed, draw));
    let known = LinkageContext {
        judged,
        caps: sampling.caps.clone(),
        resolved: resolved.as_ref().map(|s| s.told(&text)),
        as_compared: arguments.as_compared,
    };
    let mut said = findings(&text, &records, &linked, &convergence, &known);
    said.extend(changed);
    said.extend(resolved.as_ref().map(|s| s.searched_told(&text)));
    if let (Some(dir), true) = (&arguments.out, converged(&linked, &convergence) && records.lists.len() > 1) {
        let path = dir.join("histories.csv").display().to_string();
        said.push(text.fill("link-written", &[("path", path)]));
    }
    if let Some(dir) = &arguments.out {
        let staged = StagedFiles::new(dir)?;
        let redrawn = redrawn.as_ref().map(|r| r as &dyn Fn(u64) -> Totals);
        let drawn = DrawOptions {
            draws: arguments.draws,
            seed: arguments.seed,
            resolved: redrawn,
            as_compared: arguments.as_compared,
            covariates: &covariates,
        };
        write_lists(staged.path(), (&files, &records), &linked, drawn)?;
        told.findings.clone_from(&said);
        let recalls = resolved.as_ref().map(resolve::Sample::recall_by_kind).unwrap_or_default();
        tell(&mut told, &records, &linked, &recalls);
        write_whole(staged.path(), "link.html", &ijsberg_report::linkage::page(&text, &told))?;
        let mut summary = summary(&records, &linked, &sampling, &convergence);
        summary["resolved"] = serde_json::to_value(resolved.as_ref().map(resolve::Sample::totals))?;
        let json = ijsberg_outside::json(&summary)?;
        write_whole(staged.path(), "link.json", &json)?;
        staged.finish()?;
    }
    print(&(said.join("\n") + "\n"))
}

/// What people resolved of these lists; codes do not say whose it is.
fn resolved(
    text: &Text,
    arguments: &Options,
    coded: bool,
    records: &Records,
) -> anyhow::Result<Option<resolve::Sample>> {
    let Some(path) = &arguments.resolved else { return Ok(None) };
    let sample = resolve::read(text, path)?;
    if !coded {
        sample.is_of(text, path, records)?;
    }
    Ok(Some(sample))
}

/// Refuses what cannot be done.
fn check(text: &Text, arguments: &Options) -> anyhow::Result<()> {
    if arguments.files.is_empty() {
        bail!(text.say("argument-no-files"));
    }
    for (name, value) in [("--draws", arguments.draws), ("--chains", arguments.chains)] {
        if value == 0 {
            bail!(text.fill("argument-zero", &[("name", name.to_owned())]));
        }
    }
    Ok(())
}

/// What the draws keep of the lists.
fn kept(text: &Text, arguments: &Options, coded: bool, records: &Records) -> anyhow::Result<Covariates> {
    if arguments.covariates.is_empty() {
        return Ok(NONE);
    }
    if coded {
        bail!(text.say("codes-no-covariates"));
    }
    if records.lists.len() == 1 {
        bail!(text.say("link-covariates-one-list"));
    }
    covariates(text, &arguments.files, records, &arguments.covariates)
}

/// How the chains are run, `caps` being the most entries of a person on each list.
fn sampling(arguments: &Options, caps: Vec<usize>) -> Sampling {
    Sampling {
        chains: arguments.chains,
        draws: arguments.draws.div_ceil(arguments.chains).max(100),
        caps,
        least: arguments.draws,
        seed: arguments.seed,
        ..Sampling::default()
    }
}

/// What people have reviewed; how many pairs that is, and how many of them contradict others, is printed.
fn judgements(
    text: &Text,
    arguments: &Options,
    files: &[String],
    records: &Records,
) -> anyhow::Result<Judgements> {
    let Some(path) = &arguments.judgements else { return Ok(Judgements::default()) };
    let judged = review::judged(text, path, files, records)?;
    let contradictory = Decisions::new(&judged.pairs).contradictory;
    let counts = [judged.pairs.len(), judged.stale, contradictory];
    let [used, stale, contradictory] = counts.map(|n| text.number(n as f64));
    let counts = [("used", used), ("stale", stale), ("contradictory", contradictory)];
    crate::output::tell(&text.fill("link-judgements", &counts));
    Ok(judged)
}

/// Writes who is on which list: by record, by pair, and as histories if there are several lists.
fn write_lists(
    to: &Path,
    (files, records): (&[String], &Records),
    linked: &link::Linked,
    drawn: DrawOptions<'_>,
) -> anyhow::Result<()> {
    write_whole(to, "linked.csv", &linked_csv(records, files, linked))?;
    write_whole(to, "pairs.csv", &pairs_csv(records, files, linked))?;
    if records.lists.len() > 1 {
        write_whole(to, "histories.csv", &histories_csv(records, linked, drawn))?;
    }
    Ok(())
}

fn summary(
    records: &Records,
    linked: &link::Linked,
    settings: &Sampling,
    convergence: &Convergence,
) -> serde_json::Value {
    let persons: Vec<f64> = linked.draws.persons.concat();
    let rules: Vec<_> = linked
        .by_rule
        .iter()
        .map(|(rule, pairs)| serde_json::json!({"rule": rule, "pairs": pairs}))
        .collect();
    let (share, unknown) = match &linked.never_compared {
        Loss::Nothing => (Some(0.0), None),
        Loss::Measured(measured) => (Some(measured.share), None),
        Loss::NotMeasured(FewLinks { records, links }) => {
            (None, Some(serde_json::json!({"reason": "few_links", "records": records, "links": links})))
        }
    };
    serde_json::json!({
        "schema": 1,
        "version": env!("CARGO_PKG_VERSION"),
        "lists": records.lists,
        "records": records.records.len(),
        "nameless": records.nameless,
        "pairs_compared": linked.compared,
        "pairs_by_rule": rules,
        "blocks_refined": linked.refined,
        "blocking_loss": share,
        "never_compared": linked.never_compared.measured(),
        "never_compared_unknown": unknown,
        "least_log_odds": linked.least,
        "model": linked.model,
        "persons": persons,
        "convergence": convergence,
        "settings": settings,
    })
}
