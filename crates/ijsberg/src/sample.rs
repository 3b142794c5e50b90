//! `ijsberg sample`: a random sample of people outside the lists, before and after it is drawn.

use anyhow::{Context, bail};
use clap::Args;
use ijsberg_mse::anchor::{Check, CheckAccuracy, ExpectedStratum, Stratum, stratified, survey};
use ijsberg_mse::methods::Settings;
use ijsberg_report::sample::{SampleEstimate, SamplePlan, drawn, drawn_json, planned, planned_json};
use ijsberg_report::text::Text;

use crate::anchor::{check, trial};
use crate::estimate::{LanguageArgument, colour};
use crate::output::print_coloured;

/// Plan a random sample of strata, such as sectors: whom to draw; or estimate from one that was drawn.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  ijsberg sample 20000:0.02 5000:0.3 10000:0.1 --assess 1500\n  ijsberg sample 20000:400:9 5000:600:171 10000:500:52 --check 0.9,0.98"
)]
pub(crate) struct Arguments {
    /// Strata: PEOPLE:SHARE with the share that is expected to belong to the population, or PEOPLE:DRAWN:FOUND once they were assessed.
    #[arg(required = true)]
    strata: Vec<String>,
    /// How many people can be assessed, for strata of which a share is expected.
    #[arg(long)]
    assess: Option<u64>,
    /// Sensitivity and specificity of the check of who belongs to the population, such as 0.95,0.99.
    #[arg(long, value_name = "SENSITIVITY,SPECIFICITY")]
    check: Option<String>,
    /// What came of a trial of the check: people who belong, those of them found, people who do not belong, those of them cleared.
    #[arg(long, value_name = "BELONGING,FOUND,OTHERS,CLEARED", conflicts_with_all = ["check", "assess"])]
    trial: Option<String>,
    /// Hold a trial of the check as well, on some of the people who can be assessed.
    #[arg(long, requires = "assess")]
    with_trial: bool,
    /// Confidence level.
    #[arg(long, default_value_t = 0.95)]
    level: f64,
    /// Seed of every random draw.
    #[arg(long, default_value_t = Settings::default().seed)]
    seed: u64,
    /// Write JSON to standard output instead of the report.
    #[arg(long)]
    json: bool,
    /// Language of the report.
    #[arg(long, value_enum, default_value_t = LanguageArgument::of_machine())]
    lang: LanguageArgument,
}

/// The most people who can be assessed, in all.
const MOST: u64 = 1_000_000;
/// The most people of a stratum.
const MOST_PEOPLE: u64 = 1_000_000_000;

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let text = Text::new(arguments.lang.into());
    if !(0.5..1.0).contains(&arguments.level) {
        bail!(text.fill("argument-level", &[("value", arguments.level.to_string())]));
    }
    let known = match &arguments.check {
        Some(given) => check(&text, "--check", given)?,
        None => Check::default(),
    };
    let shown = match arguments.assess {
        Some(total) => plan(arguments, &text, known, total)?,
        None => estimate(arguments, &text, known)?,
    };
    print_coloured(&shown)
}

/// Whom to draw.
fn plan(arguments: &Arguments, text: &Text, check: Check, total: u64) -> anyhow::Result<String> {
    let strata = all(text, "argument-sample-expected", &arguments.strata, |parts| {
        let [people, share] = parts else { return None };
        let belongs = share.parse::<f64>().ok().filter(|s| (0.0..=1.0).contains(s))?;
        Some(ExpectedStratum { people: number(people)?, belongs })
    })?;
    let survey = Some(total)
        .filter(|t| *t <= MOST)
        .and_then(|total| survey(&strata, check, total, arguments.with_trial))
        .with_context(|| text.fill("argument-sample-assess", &[("value", total.to_string())]))?;
    let plan = SamplePlan { strata, check, survey };
    if arguments.json {
        return Ok(ijsberg_outside::json(&planned_json(&plan))?);
    }
    Ok(planned(text, &plan, colour()))
}

/// What the sample says.
fn estimate(arguments: &Arguments, text: &Text, known: Check) -> anyhow::Result<String> {
    let strata = all(text, "argument-sample-drawn", &arguments.strata, |parts| {
        let [people, drawn, found] = parts else { return None };
        let (people, drawn, found) = (number(people)?, number(drawn)?, found.parse::<u64>().ok()?);
        (drawn >= 2 && drawn <= people && found <= drawn).then_some(Stratum { people, drawn, found })
    })?;
    let check: CheckAccuracy = match &arguments.trial {
        Some(given) => trial(text, "--trial", given)?.into(),
        None => known.into(),
    };
    let (level, seed) = (arguments.level, arguments.seed);
    let found = stratified(&strata, check, level, seed).with_context(|| text.say("argument-sample-blind"))?;
    let done = SampleEstimate { strata, check, found, level, seed };
    if arguments.json {
        return Ok(ijsberg_outside::json(&drawn_json(&done))?);
    }
    Ok(drawn(text, &done, colour()))
}

/// A number of people in a stratum.
fn number(given: &str) -> Option<u64> {
    given.parse().ok().filter(|n| (2..=MOST_PEOPLE).contains(n))
}

/// The strata; the first that is none is named.
fn all<T>(
    text: &Text,
    key: &str,
    given: &[String],
    read: impl Fn(&[&str]) -> Option<T>,
) -> anyhow::Result<Vec<T>> {
    let of = |one: &String| {
        let parts: Vec<&str> = one.split(':').collect();
        read(&parts).with_context(|| text.fill(key, &[("value", one.clone())]))
    };
    given.iter().map(of).collect()
}
