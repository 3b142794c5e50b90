//! What R asks is done by the same function as for the command line, the pages and Python.

use ijsberg_analysis::linkage::{Drawn, chosen, histories_csv, linked_csv, list_of};
use ijsberg_analysis::{AnalysisError, CovariateRequest, Outcome, Request as Asked, Written, run as analyse};
use ijsberg_linkage::covariates::Covariates;
use ijsberg_linkage::link::link as link_records;
use ijsberg_linkage::partition::Sampling;
use ijsberg_linkage::schema::{Rows, Schema};
use ijsberg_mse::doubly_robust::chosen::Chosen;
use ijsberg_mse::doubly_robust::learner::Learner;
use ijsberg_mse::evidence::Given;
use ijsberg_mse::method::{Cost, Method};
use ijsberg_mse::methods::{Progress, Settings};
use ijsberg_mse::timely::NoNowcast;
use ijsberg_report::terminal::{Colour, Detail, counts_report, report};
use ijsberg_report::text::{Language, Text};
use ijsberg_report::{errors, headline, html, machine};
use ijsberg_tables::{Blanks, Cells, Choices, CovariateError, Limits, Overlaps, Thousands};
use serde_json::{Value, json};

use crate::answer::{Refusal, bytes};
use crate::figures::{delays, nowcast, open};
use crate::request::{Elsewhere, Estimate, Link, Request, Task};

/// The answer to a request.
pub(crate) fn run(request: Request, progress: &dyn Progress) -> Vec<u8> {
    let Request { task, tables, .. } = request;
    let done = match task {
        Task::Methods => Ok(methods()),
        Task::Estimate(asked) => estimate(*asked, tables, progress),
        Task::Link(asked) => link(&asked, &tables, progress),
        Task::Nowcast(asked) => nowcast(*asked, &tables, progress),
        Task::Open(asked) => open(asked, &tables, progress),
        Task::Delays(asked) => delays(asked, &tables, progress),
    };
    done.map_or_else(|refusal| refusal.bytes(), |value| bytes(&value))
}

fn methods() -> Value {
    let named: Vec<Method> = Method::ALL.iter().copied().filter(|m| m.cost() != Cost::Given).collect();
    json!({
        "version": env!("CARGO_PKG_VERSION"),
        "method": named.iter().map(|m| m.id()).collect::<Vec<_>>(),
        "thorough": named.iter().map(|m| m.cost() == Cost::Slow).collect::<Vec<_>>(),
        "covariates": named.iter().map(|m| m.takes_covariates()).collect::<Vec<_>>(),
    })
}

pub(crate) fn text(language: &str) -> Result<Text, Refusal> {
    match language {
        "en" => Ok(Text::new(Language::English)),
        "nl" => Ok(Text::new(Language::Dutch)),
        _ => Err(Refusal::argument("language", "expected \"en\" or \"nl\"".to_owned())),
    }
}

/// A value that has a name in the program.
pub(crate) fn named<T>(
    argument: &str,
    given: Option<&String>,
    parse: impl Fn(&str) -> Option<T>,
    expected: &str,
) -> Result<Option<T>, Refusal> {
    let Some(given) = given else { return Ok(None) };
    parse(given).map(Some).ok_or_else(|| Refusal::argument(argument, format!("expected {expected}")))
}

fn estimate(asked: Estimate, tables: Vec<Vec<u8>>, progress: &dyn Progress) -> Result<Value, Refusal> {
    let text = text(&asked.language)?;
    let mut tables = tables.into_iter();
    let Some(table) = tables.next() else { return Err(Refusal::fault("no table".to_owned())) };
    let level = asked.level;
    let input = asked.input.clone();
    let request = request(asked, tables.next(), &text)?;
    let mut warned = Vec::new();
    let outcome = analyse(&table, &input, &request, &text, progress, &mut |said| warned.push(said))
        .map_err(|e| refused(&e, &text))?;
    let mut value = told(&outcome, &text, level);
    value["warned"] = json!(warned);
    Ok(value)
}

fn request(asked: Estimate, population: Option<Vec<u8>>, text: &Text) -> Result<Asked, Refusal> {
    let thousands = named("thousands", asked.thousands.as_ref(), Thousands::parse, "\"point\" or \"comma\"")?;
    let overlaps = named("overlaps", asked.overlaps.as_ref(), Overlaps::parse, "\"exact\" or \"nested\"")?;
    let blanks = named("blanks", asked.blanks.as_ref(), Blanks::parse, "\"above\" or \"missing\"")?;
    let methods = Method::parse_all(&asked.methods).map_err(|e| refused(&AnalysisError::from(e), text))?;
    let identifying = chosen_lists(asked.identifying, asked.learner.as_ref())?;
    let Estimate {
        lists, count, ignore, covariates, hidden, absent, sheet, by, inactive, replicates, ..
    } = asked;
    let (numeric, small) = (asked.numeric, asked.small_groups);
    Ok(Asked {
        choices: Choices {
            lists,
            count,
            ignore,
            covariates,
            thousands,
            hidden,
            absent,
            overlaps,
            blanks,
            sheet,
        },
        settings: Settings {
            methods,
            formulas: asked.models,
            thorough: asked.thorough,
            level: asked.level,
            replicates: replicates.unwrap_or(Settings::default().replicates),
            replicates_asked: replicates.is_some(),
            seed: asked.seed,
            identifying,
            ..Settings::default()
        },
        over_coverage: asked.over_coverage,
        missed_links: asked.missed_links,
        covariates: CovariateRequest {
            by,
            numeric,
            inactive,
            population,
            small,
            ..CovariateRequest::default()
        },
        evidence: evidence(asked.evidence, text)?,
    })
}

/// The lists whose interaction is assumed to be absent, where some are chosen.
fn chosen_lists(lists: Vec<String>, learner: Option<&String>) -> Result<Option<Chosen>, Refusal> {
    if learner.is_some() && lists.is_empty() {
        let why = "expected lists in `identifying`, which it is for".to_owned();
        return Err(Refusal::argument("learner", why));
    }
    let parse = |name: &str| match name {
        "logistic" => Some(Learner::Logistic),
        "spline" => Some(Learner::Spline),
        _ => None,
    };
    let learner = named("learner", learner, parse, "\"logistic\" or \"spline\"")?.unwrap_or_default();
    Ok((!lists.is_empty()).then_some(Chosen { lists, learner }))
}

fn evidence(all: Vec<Elsewhere>, text: &Text) -> Result<Vec<Given>, Refusal> {
    let given = |(i, one): (usize, Elsewhere)| {
        let Elsewhere { name, kind, source, year, estimate, lower, upper, level } = one;
        let written = Written { name, kind, source, year, estimate, lower, upper, level };
        written.given(i + 1, text).map_err(|why| Refusal::argument("evidence", why))
    };
    all.into_iter().enumerate().map(given).collect()
}

/// Which argument is to blame.
pub(crate) fn refused(error: &AnalysisError, text: &Text) -> Refusal {
    let said = error.in_words(text);
    match error {
        AnalysisError::Population(_) => Refusal::table("population", said),
        AnalysisError::Model(_) => Refusal::argument("models", said),
        AnalysisError::Covariates(CovariateError::Inactive { .. }) => Refusal::argument("inactive", said),
        AnalysisError::Covariates(_) => Refusal::argument("by", said),
        AnalysisError::Method(_) => Refusal::argument("methods", said),
        AnalysisError::Level(_) => Refusal::argument("level", said),
        AnalysisError::NoIdentifying { .. } | AnalysisError::FewIdentifying { .. } => {
            Refusal::argument("identifying", said)
        }
        AnalysisError::Nowcast(NoNowcast::NoSuchList { .. }) => Refusal::argument("late", said),
        AnalysisError::Nowcast(NoNowcast::TooFewLists { .. } | NoNowcast::TooManyLists { .. }) => {
            Refusal::argument("lists", said)
        }
        AnalysisError::NowcastOfOneYear { .. } => Refusal::argument("year", said),
        AnalysisError::Read(_)
        | AnalysisError::Nowcast(_)
        | AnalysisError::NowcastOfCounts
        | AnalysisError::NowcastOfDraws => Refusal::table("table", said),
        AnalysisError::Threshold(_)
        | AnalysisError::Lists { .. }
        | AnalysisError::NoAnchor { .. }
        | AnalysisError::Anchor { .. }
        | AnalysisError::Design(_)
        | AnalysisError::DesignOfCounts => Refusal::fault(said),
    }
}

/// All that R shows of an outcome.
fn told(outcome: &Outcome, text: &Text, level: f64) -> Value {
    match outcome {
        Outcome::Histories(a) => {
            let card = headline::card(text, a);
            let json = machine::to_json(a);
            let breakdown = a.covariates.as_ref().map(|c| c.csv(a.diagnostics.verdict));
            json!({
                "json": json.to_string(),
                "raw": json,
                "breakdown": breakdown,
                "verdict": card.verdict,
                "conclusion": headline::conclusion(text, a),
                "because": card.because,
                "short": report(text, a, Detail::Families, Colour::Off),
                "long": report(text, a, Detail::Methods, Colour::Off),
                "html": html::page(text, a),
            })
        }
        Outcome::Counts(c) => {
            let card = c.card(text);
            let json = c.json();
            let said = counts_report(text, &c.title(text), c, level, Colour::Off);
            json!({
                "json": json.to_string(),
                "raw": json,
                "breakdown": null,
                "verdict": card.verdict,
                "conclusion": c.conclusion(text),
                "because": card.because,
                "short": said,
                "long": said,
                "html": html::document(text, "ijsberg", html::STYLE, &html::counts(text, c, level)),
            })
        }
    }
}

/// The year of the calendar, to the day.
fn this_year() -> i16 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    let days = since.map_or(0, |s| s.as_secs() / 86_400);
    i16::try_from(1970 + days * 400 / 146_097).unwrap_or(i16::MAX)
}

fn link(asked: &Link, tables: &[Vec<u8>], progress: &dyn Progress) -> Result<Value, Refusal> {
    let text = text(&asked.language)?;
    if asked.draws == 0 {
        return Err(Refusal::argument("draws", "expected 1 or more".to_owned()));
    }
    let mut grids = Vec::new();
    for (name, bytes) in asked.names.iter().zip(tables) {
        let grid = Cells::read(bytes, Limits::OWN)
            .and_then(list_of)
            .map_err(|e| Refusal::table("lists", format!("{name}: {}", errors::read_error(&text, &e))))?;
        grids.push(grid);
    }
    let mut schemas: Vec<Schema> = grids.iter().map(|g| Schema::propose(&g.header)).collect();
    // Nobody on a list is born after today.
    for s in &mut schemas {
        s.two_digit_years_until = Some(this_year());
    }
    let rows: Vec<Rows<'_>> = asked
        .names
        .iter()
        .zip(&grids)
        .map(|(name, g)| Rows { name, header: &g.header, rows: &g.rows })
        .collect();
    let records = Schema::records_by(&schemas, &rows)
        .map_err(|e| Refusal::table("lists", errors::schema_error(&text, &e)))?;
    let covariates = Covariates::of(&rows, &records, &asked.covariates)
        .map_err(|e| Refusal::argument("covariates", errors::covariate_of_lists(&text, &e)))?;
    let caps = schemas.first().map(|s| s.caps(&records.lists)).unwrap_or_default();
    let usual = Sampling::default();
    let kept = asked.draws.div_ceil(usual.chains).max(100);
    let sampling = Sampling { draws: kept, caps, least: asked.draws, seed: asked.seed, ..usual };
    let linked = link_records(&records.records, &sampling, &|| progress.tick());
    let tables = chosen(&linked, asked.draws);
    let persons = |groups: &&Vec<u32>| groups.iter().collect::<std::collections::BTreeSet<_>>().len();
    let persons: Vec<usize> = tables.iter().map(persons).collect();
    let how = Drawn {
        draws: asked.draws,
        seed: asked.seed,
        resolved: None,
        as_compared: false,
        covariates: &covariates,
    };
    let draws = histories_csv(&records, &linked, how);
    Ok(json!({
        "linked": linked_csv(&records, &asked.names, &linked),
        "draws": draws,
        "persons": persons,
    }))
}
