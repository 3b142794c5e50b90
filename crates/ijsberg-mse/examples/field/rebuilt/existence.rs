//! For which models an estimate exists and is determined (Chan, Silverman and Vincent 2021, sections 2.6 and 4.2).

use ijsberg_mse::histories::Mask;
use ijsberg_mse::loglinear::Engine;
use ijsberg_mse::model::{Model, pairs};

use super::Data;

const EXISTS: &str = "exists";
const NONE: &str = "does not exist";
const OPEN: &str = "not identifiable";

/// Models of the artificial table and what was published of them.
const PUBLISHED: [(&str, &str); 8] = [
    ("[A,B,C]", EXISTS),
    ("[AB,C]", NONE),
    ("[AC,B]", EXISTS),
    ("[A,BC]", EXISTS),
    ("[AB,AC]", NONE),
    ("[AB,BC]", NONE),
    ("[AC,BC]", EXISTS),
    ("[AB,AC,BC]", OPEN),
];

/// The question as the paper asks it: whether all parameters but those of empty overlaps are finite and determined.
fn verdict(engine: &Engine, model: &Model) -> &'static str {
    let face = engine.face(model);
    let empty = model.terms().iter().filter(|a| engine.histories().on_all(**a) == 0).count();
    if !face.outside.is_empty() {
        NONE
    } else if face.rank + empty < model.parameters() {
        OPEN
    } else {
        EXISTS
    }
}

/// The table of the chapter, and whether all of it is as published.
pub(crate) fn table() -> (String, bool) {
    let mut lines = vec!["| table | model | published | ours |".to_owned(), "|---|---|---|---|".to_owned()];
    let mut agrees = true;
    let engine = Engine::new(&Data::Artificial.histories());
    for (formula, published) in PUBLISHED {
        let model = Model::parse(formula, engine.histories().lists()).unwrap();
        let ours = verdict(&engine, &model);
        agrees &= ours == published;
        lines.push(format!("| {} | `{formula}` | {published} | {ours} |", Data::Artificial.name()));
    }
    let engine = Engine::new(&Data::Western.histories());
    let t = engine.histories().t();
    let all: Vec<Mask> = pairs(t).collect();
    let models = 1_usize << all.len();
    let without = (0..models)
        .filter(|set| {
            let chosen: Vec<Mask> =
                all.iter().enumerate().filter(|(i, _)| set >> i & 1 == 1).map(|(_, a)| *a).collect();
            verdict(&engine, &Model::from_generators(t, &chosen)) != EXISTS
        })
        .count();
    agrees &= without == 0;
    lines.push(format!(
        "| {} | all {models} with terms of two lists | 0 without an estimate | {without} without an estimate |",
        Data::Western.name()
    ));
    (lines.join("\n"), agrees)
}
