//! Settings that only some edges had: one answer to them by every way, typed as each way has them.

use std::path::Path;
use std::process::Stdio;

use serde_json::{Value, json};

use super::{by_interface, by_python, by_r, differences, place};
use crate::program::ijsberg;
use crate::server::Server;

/// Three lists with two covariates; C did not operate in 2015.
const YEARS: &str = "A,B,C,sex,year,count\n\
                     1,0,0,f,2015,61\n0,1,0,f,2015,52\n1,1,0,f,2015,21\n\
                     1,0,0,m,2015,40\n0,1,0,m,2015,71\n1,1,0,m,2015,19\n\
                     1,0,0,f,2016,58\n0,1,0,f,2016,47\n0,0,1,f,2016,44\n1,1,0,f,2016,14\n\
                     1,0,1,f,2016,11\n0,1,1,f,2016,8\n1,1,1,f,2016,4\n\
                     1,0,0,m,2016,37\n0,1,0,m,2016,66\n0,0,1,m,2016,38\n1,1,0,m,2016,9\n\
                     1,0,1,m,2016,7\n0,1,1,m,2016,12\n1,1,1,m,2016,3\n";

/// S is a random sample.
const SAMPLED: &str =
    "A,B,S,count\n1,0,0,225\n0,1,0,90\n1,1,0,135\n1,0,1,25\n0,1,1,10\n1,1,1,15\n0,0,1,150\n";

/// Estimates from elsewhere, as the command reads them.
const SURVEY: &str = "name,kind,year,estimate,lower,upper\nSurvey,survey,2016,1900,1500,2400\n";

/// A table with settings: as flags, as JSON, and as arguments of R.
struct Case {
    name: &'static str,
    table: &'static str,
    flags: Vec<String>,
    json: Value,
    r: &'static str,
}

fn words(flags: &str) -> Vec<String> {
    flags.split_whitespace().map(str::to_owned).collect()
}

fn cases() -> [Case; 2] {
    let survey = place().join("survey.csv");
    std::fs::write(&survey, SURVEY).unwrap();
    let of_sample = "--anchor S --anchor-people 10000 --anchor-cleared 800 --anchor-trial 100,90,200,198 \
                     --identifying A,B --learner logistic --replicates 5 --model [AB,S] --model [A,B,S] --evidence";
    [
        Case {
            name: "years",
            table: YEARS,
            flags: words(
                "--absent 0-0 --by sex,year --inactive C:year=2015 --order three --criterion aic --average \
                 --polynomial year=1 --breakdown-replicates 3 --replicates 5 --reselect shortlist --small-groups \
                 --methods loglinear.covariates,loglinear.best-bic --over-coverage 0.02-0.08 --missed-links 0.05",
            ),
            json: json!({
                "absent": [0, 0], "by": ["sex", "year"], "inactive": ["C:year=2015"], "order": "three",
                "criterion": "aic", "average": true, "polynomial": { "year": 1 }, "breakdown_replicates": 3,
                "replicates": 5, "reselect": "shortlist", "small_groups": true,
                "methods": ["loglinear.covariates", "loglinear.best-bic"], "over_coverage": [0.02, 0.08],
                "missed_links": 0.05
            }),
            r: "absent = c(0, 0), by = c('sex', 'year'), inactive = 'C:year=2015', order = 'three', \
                criterion = 'aic', average = TRUE, polynomial = c(year = 1), breakdown_replicates = 3, \
                replicates = 5, reselect = 'shortlist', small_groups = TRUE, \
                methods = c('loglinear.covariates', 'loglinear.best-bic'), over_coverage = c(0.02, 0.08), \
                missed_links = 0.05",
        },
        Case {
            name: "sample",
            table: SAMPLED,
            flags: words(of_sample).into_iter().chain([survey.display().to_string()]).collect(),
            json: json!({
                "anchor": "S", "anchor_people": 10000, "anchor_cleared": 800, "anchor_trial": [100, 90, 200, 198],
                "identifying": ["A", "B"], "learner": "logistic", "replicates": 5, "models": ["[AB,S]", "[A,B,S]"],
                "evidence": [{
                    "name": "Survey", "kind": "survey", "year": "2016", "estimate": 1900, "lower": 1500, "upper": 2400
                }]
            }),
            r: "anchor = 'S', anchor_people = 10000, anchor_cleared = 800, anchor_trial = c(100, 90, 200, 198), \
                identifying = c('A', 'B'), learner = 'logistic', replicates = 5, models = c('[AB,S]', '[A,B,S]'), \
                evidence = list(list(name = 'Survey', kind = 'survey', year = 2016, estimate = 1900, lower = 1500, \
                upper = 2400))",
        },
    ]
}

fn by_command(table: &Path, flags: &[String]) -> Value {
    let mut command = ijsberg();
    command.args(["estimate", "--json"]).arg(table).args(flags);
    let output = command.stdout(Stdio::piped()).stderr(Stdio::piped()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn settings_of_every_kind_give_one_json() {
    let server = Server::open();
    let cases = cases();
    let tables = cases.each_ref().map(|case| {
        // As the interface calls a table that has no name.
        let table = place().join(case.name).join("table.csv");
        std::fs::create_dir_all(table.parent().unwrap()).unwrap();
        std::fs::write(&table, case.table).unwrap();
        table
    });
    let (mut python, mut r) = (Vec::new(), Vec::new());
    for (case, table) in cases.iter().zip(&tables) {
        let mut asked = case.json.clone();
        asked["table"] = json!(table);
        python.push(asked);
        r.push(format!("{}, {}", json!(table), case.r));
    }
    let python = by_python(&python, "settings.json");
    let r = by_r(&r, "settings.R");
    assert_eq!((python.len(), r.len()), (cases.len(), cases.len()));
    for (i, (case, table)) in cases.iter().zip(&tables).enumerate() {
        let theirs = by_command(table, &case.flags);
        let interface = by_interface(&server, table, &case.json);
        for (way, ours) in [("the interface", &interface), ("Python", &python[i]), ("R", &r[i])] {
            let mut found = Vec::new();
            differences(&theirs, ours, "", &[], &mut found);
            assert!(found.is_empty(), "{} by {way}:\n{}", case.name, found.join("\n"));
        }
        // What was asked for was done.
        let of_years = theirs["covariates"]["settings"]["rule"]["averaged"] == true;
        let drawn = &theirs["provenance"]["settings"]["anchor"]["drawn"]["check"]["belonging"];
        assert!(if case.name == "years" {
            of_years
        } else {
            *drawn == 100 && theirs["evidence"].is_object()
        });
    }
}
