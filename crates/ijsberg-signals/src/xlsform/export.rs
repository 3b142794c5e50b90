//! The short form as an XLSForm.

use super::Sheet;
use crate::answer::Answer;
use crate::rules::Rules;

/// Labels of the case reference, English and Dutch.
pub(super) const KEY_LABELS: [&str; 2] =
    ["Case key of your organisation, never a name", "Zaaknummer van uw organisatie, nooit een naam"];
/// Labels of the day of the facts.
pub(super) const DAY_LABELS: [&str; 2] = ["Day of the facts", "Dag van de feiten"];

/// Sheets `survey`, `choices` and `settings` in English and Dutch. No question is required, and the form collects nothing but
/// answers: no device, no place, no time.
pub fn workbook(rules: &Rules) -> Vec<Sheet> {
    let row = |cells: &[&str]| cells.iter().map(|c| (*c).to_owned()).collect::<Vec<String>>();
    let mut survey =
        vec![row(&["type", "name", "label::English (en)", "label::Nederlands (nl)", "required", "relevant"])];
    survey.push(row(&["text", "key", KEY_LABELS[0], KEY_LABELS[1], "", ""]));
    survey.push(row(&["date", "facts_on", DAY_LABELS[0], DAY_LABELS[1], "", ""]));
    for block in &rules.questions.blocks {
        survey.push(row(&[
            "begin group",
            &format!("block_{}", block.id),
            &block.text.en,
            &block.text.nl,
            "",
            "",
        ]));
        for q in rules.questions.questions.iter().filter(|q| q.block == block.id) {
            let yes = q.only_if.as_ref().map(|p| format!("${{{p}}} = 'yes'"));
            let in_vain = q.if_open.as_ref().map(|p| format!("${{{p}}} = 'unknown' or ${{{p}}} = 'refused'"));
            let relevant = yes.or(in_vain).unwrap_or_default();
            survey.push(row(&["select_one answer", &q.id, &q.text.en, &q.text.nl, "", &relevant]));
        }
        survey.push(row(&["end group", "", "", "", "", ""]));
    }
    let mut choices = vec![row(&["list_name", "name", "label::English (en)", "label::Nederlands (nl)"])];
    let labels = [
        ("Yes", "Ja"),
        ("No", "Nee"),
        ("Unknown", "Onbekend"),
        ("Not asked", "Niet gevraagd"),
        ("Does not want to answer", "Wil niet antwoorden"),
    ];
    for ((word, _), (en, nl)) in Answer::ALL.iter().zip(labels) {
        choices.push(row(&["answer", word, en, nl]));
    }
    let settings = vec![
        row(&["form_title", "form_id", "version", "default_language"]),
        row(&[&rules.questions.title.en, &rules.questions.id, &rules.questions.version, "Nederlands (nl)"]),
    ];
    vec![("survey".to_owned(), survey), ("choices".to_owned(), choices), ("settings".to_owned(), settings)]
}
