//! People over several years: how many in each, and how many different ones in all.

use ijsberg_analysis::{OpenRequest, Source, open_population, staying};
use ijsberg_mse::methods::Progress;
use ijsberg_mse::open::OpenSettings as Usual;
use ijsberg_report::charts;
use ijsberg_report::open::{OpenPopulationReport, body, page, to_json};
use ijsberg_report::text::Text;

use super::{Example, Renderers, SentForm, Task};
use crate::app::App;
use crate::ask::in_form;
use crate::error::WebError;
use crate::jobs::Kind;
use crate::queue::{Jobs, Work};

/// The runs of estimates of an open population.
pub(crate) struct OpenPopulationRuns;

impl Kind for OpenPopulationRuns {
    const AT: &'static str = "/open";
    type Request = OpenRequest;
    type Result = OpenPopulationReport;
    const WORK: Work<OpenRequest, OpenPopulationReport> = work;

    fn jobs(app: &App) -> &Jobs<OpenRequest, OpenPopulationReport> {
        &app.opens
    }
}

/// Works the figures out.
fn work(
    source: &Source,
    input: &str,
    request: &OpenRequest,
    text: &Text,
    progress: &dyn Progress,
    warn: &mut dyn FnMut(String),
) -> Result<OpenPopulationReport, String> {
    let found = open_population(source, input, request, text, progress, warn);
    // What to choose is one of a few words in the form.
    let same = || format!("{}: {}", text.say("web-field-staying"), text.say("web-choice-staying-same"));
    let named = || text.fill("web-setting-named", &[("field", same())]);
    found.map_err(|e| in_form(text, &e.in_words(text).replace("--staying same", &named())))
}

impl Task for OpenPopulationRuns {
    const NAME: &'static str = "open";
    const SHOWN: &'static [&'static str] = &["staying"];
    const FOLDED: &'static [&'static str] = &["model", "open_populations", "level", "seed"];
    const EXAMPLE: Example = Example {
        name: "open-synthetic",
        content: include_str!("../../../../data/open-synthetic.csv"),
        settings: &[],
    };

    const RENDERED: Renderers<OpenPopulationReport> =
        Renderers { body, document: page, json: to_json, chart: charts::open };

    fn usual(field: &str) -> String {
        let of = Usual::default();
        match field {
            "staying" => of.staying.id().to_owned(),
            "open_populations" => of.replicates.to_string(),
            "level" => of.level.to_string(),
            "seed" => of.seed.to_string(),
            _ => String::new(),
        }
    }

    fn request(sent: &mut SentForm<'_>) -> Result<OpenRequest, WebError> {
        let usual = Usual::default();
        let staying = sent.value("staying").map_or(Ok(usual.staying), |said| staying(&said));
        if staying.is_err() {
            sent.unfit("staying");
        }
        let wanted = OpenRequest {
            staying: staying.unwrap_or(usual.staying),
            model: sent.value("model"),
            replicates: sent.simulated("open_populations", usual.replicates),
            level: sent.number("level", usual.level),
            seed: sent.number("seed", usual.seed),
        };
        if let Some((setting, _)) = wanted.outside(sent.text) {
            sent.unfit(if setting == "replicates" { "open_populations" } else { setting });
        }
        Ok(wanted)
    }
}
