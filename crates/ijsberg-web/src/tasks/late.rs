//! The figure of a year before its late list is in.

use ijsberg_analysis::{LateRequest, Source, nowcast};
use ijsberg_mse::methods::Progress;
use ijsberg_mse::timely::NowcastSettings as Usual;
use ijsberg_report::charts;
use ijsberg_report::late::{NowcastReport, body, page, to_json};
use ijsberg_report::text::Text;
use ijsberg_tables::{Cells, Choices};

use super::{Example, Renderers, SentForm, Task};
use crate::app::App;
use crate::ask::{Columns, READING, choices, in_form};
use crate::error::WebError;
use crate::jobs::Kind;
use crate::queue::{Jobs, Work};
use crate::requests::NowcastRequest as Request;
use crate::studio::TABLES;

/// Runs.
pub(crate) struct Nowcasts;

impl Kind for Nowcasts {
    const AT: &'static str = "/nowcast";
    type Request = Request;
    type Result = NowcastReport;
    const WORK: Work<Request, NowcastReport> = work;

    fn jobs(app: &App) -> &Jobs<Request, NowcastReport> {
        &app.nowcasts
    }
}

/// Works the figure out.
fn work(
    source: &Source,
    input: &str,
    request: &Request,
    text: &Text,
    progress: &dyn Progress,
    warn: &mut dyn FnMut(String),
) -> Result<NowcastReport, String> {
    let found = nowcast(source, input, &request.choices, &request.wanted, text, progress, warn);
    found.map_err(|e| in_form(text, &e.in_words(text)))
}

impl Task for Nowcasts {
    const NAME: &'static str = "nowcast";
    const SHOWN: &'static [&'static str] = &["late", "year"];
    const FOLDED: &'static [&'static str] = &["window", "model", "nowcast_tables", "level", "seed"];
    const READING: &'static [&'static str] = &READING;
    const EXAMPLE: Example =
        Example { name: TABLES[1].0, content: TABLES[1].1, settings: &[("late", "Z"), ("year", "year")] };

    const RENDERED: Renderers<NowcastReport> =
        Renderers { body, document: page, json: to_json, chart: charts::late };

    fn usual(field: &str) -> String {
        let of = Usual::about("");
        match field {
            "window" => of.window.to_string(),
            "nowcast_tables" => of.replicates.to_string(),
            "level" => of.level.to_string(),
            "seed" => of.seed.to_string(),
            _ => String::new(),
        }
    }

    fn request(sent: &mut SentForm<'_>) -> Result<Request, WebError> {
        let choices = choices(sent.text, sent.asked).unwrap_or_else(|errors| {
            errors.all().iter().for_each(|e| sent.wrong(&e.field, e.expected.clone()));
            Choices::default()
        });
        let usual = Usual::about("");
        let wanted = LateRequest {
            late: sent.needed("late"),
            year: sent.needed("year"),
            model: sent.value("model"),
            window: sent.number("window", usual.window),
            replicates: sent.simulated("nowcast_tables", usual.replicates),
            level: sent.number("level", usual.level),
            seed: sent.number("seed", usual.seed),
        };
        if let Some((setting, _)) = wanted.outside(sent.text) {
            sent.unfit(if setting == "replicates" { "nowcast_tables" } else { setting });
        }
        Ok(Request { choices, wanted })
    }

    fn columns(request: &Request, cells: Cells) -> Option<Columns> {
        Columns::from_cells(&cells, &request.choices)
    }

    fn named(request: &Request, columns: &Columns, sent: &mut SentForm<'_>) {
        let LateRequest { late, year, .. } = &request.wanted;
        let said = |key: &str, value: &str, kind: &'static str, known: &[String]| {
            sent.text.fill(key, &[("value", value.to_owned()), (kind, known.join(", "))])
        };
        let no_list = (!columns.lists.contains(late)).then(|| {
            if columns.lists.is_empty() {
                sent.text.say("web-lists-none")
            } else {
                said("web-list-unknown", late, "lists", &columns.lists)
            }
        });
        let no_year = (!columns.others.contains(year))
            .then(|| said("web-column-unknown", year, "columns", &columns.others));
        if let Some(why) = no_list {
            sent.wrong("late", why);
        }
        if let Some(why) = no_year {
            sent.wrong("year", why);
        }
    }
}
