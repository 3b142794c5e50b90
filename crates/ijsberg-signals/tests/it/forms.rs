//! Forms out and in.

use ijsberg_signals::answer::Answer;
use ijsberg_signals::rules::Rules;
use ijsberg_signals::xlsform::{Form, FormError, Kind, RowError, Sheet, submissions, workbook};

use crate::TODAY;

fn sheet(name: &str, text: &str) -> Sheet {
    let rows = text.lines().map(|l| l.split('|').map(str::to_owned).collect());
    (name.to_owned(), rows.collect())
}

#[test]
fn the_short_form_goes_out_and_comes_back_whole() {
    let rules = Rules::shipped();
    let form = Form::read(&workbook(&rules), false).unwrap();
    assert_eq!(form.findings, []);
    assert_eq!(form.settings["form_id"], "nl-short");
    let questions: Vec<&str> = form
        .fields
        .iter()
        .filter(|f| f.kind == Kind::One("answer".into(), false))
        .map(|f| f.name.as_str())
        .collect();
    let expected: Vec<&str> = rules
        .questions
        .blocks
        .iter()
        .flat_map(|b| rules.questions.questions.iter().filter(|q| q.block == b.id))
        .map(|q| q.id.as_str())
        .collect();
    assert_eq!(questions, expected);
    assert!(form.fields.iter().all(|f| f.labels.len() == 2));
    let follow_up = form.fields.iter().find(|f| f.name == "papers_taken_here").unwrap();
    assert_eq!(follow_up.columns["relevant"], "${no_own_papers} = 'yes'");
    assert_eq!(form.choices.len(), 5);
}

#[test]
fn a_form_becomes_questions_and_what_it_cannot_say_is_kept() {
    let rules = Rules::shipped();
    let form = Form::read(&workbook(&rules), false).unwrap();
    let (questions, findings) = form.questions(&rules.questions);
    assert_eq!(findings, []);
    // Blocks gather their questions; nothing else changes.
    let mut expected = rules.questions.clone();
    let place = |block: &str| rules.questions.blocks.iter().position(|b| b.id == block);
    expected.questions.sort_by_key(|q| place(&q.block));
    assert_eq!(questions, expected);
    let survey = "type|name|label::English (en)|label::Nederlands (nl)|relevant
begin group|work|Work|Werk|
select_one answer|own|Own?|Eigen?|
select_one answer|low_pay|Little?|Weinig?|${own} = 'yes'
select_one answer|odd|Odd?|Raar?|${own} = 'yes' or ${low_pay} = 'no'
select_one colour|red|Red?|Rood?|
select_one answer|half|Half?||
end group||||
text|note|N|N|";
    let choices = "list_name|name\nanswer|yes\nanswer|no\ncolour|red";
    let form = Form::read(&[sheet("survey", survey), sheet("choices", choices)], false).unwrap();
    let (questions, findings) = form.questions(&rules.questions);
    let ids: Vec<&str> = questions.questions.iter().map(|q| q.id.as_str()).collect();
    assert_eq!(ids, ["own", "low_pay", "odd"]);
    assert_eq!((questions.questions[0].harm, questions.questions[1].harm), (2, 1));
    assert_eq!(questions.questions[1].only_if.as_deref(), Some("own"));
    let named: Vec<&str> = findings.iter().map(|f| f.cell.as_str()).collect();
    assert_eq!(named, ["survey: odd", "survey: red", "survey: half", "survey: note"]);
    assert!(questions.indications.is_empty());
}

/// A form with the faults that the standard's own has: names with underscores, a choice with a space, a label of another field.
#[test]
fn a_form_with_the_known_faults_of_the_standards_own_is_read() {
    let survey = "type|name|label::English (en)|relevant|calculation
start|start|||
end|end|||
date|prs_Birthdate|Birth date||
calculate|age|||int((today() - ${prs_Birthdate}) div 365.25)
begin group|person|Person||
text|prs_First_Name|First name||
text|prs_Second_Name|Second name||
text|prs_Title|Second Name||
select_one country|prs_Citizenship|Citizenship||
end group||||
select_multiple control|vic_Methods_of_Control|Methods of control||
select_multiple isic|vic_ForcedLabourIndustry|Industry|selected(${vic_Methods_of_Control}, 'DebtBondage')|
text|cas_ReasonForIncomingReferral|Reason||
deviceid|deviceid|||
hologram|b|B||";
    let choices = "list_name|name|label::English (en)
country|NA|Namibia
control|DebtBondage |Debt bondage
isic|A|Agriculture";
    let form = Form::read(&[sheet("survey", survey), sheet("choices", choices)], false).unwrap();
    let standard: Vec<&str> = form.fields.iter().filter_map(|f| f.htcds).collect();
    assert_eq!(
        standard,
        [
            "prs_Birthdate",
            "prs_FirstName",
            "prs_SecondName",
            "prs_Title",
            "prs_Citizenship",
            "vic_MethodsOfControl",
            "vic_ForcedLabourIndustry",
            "cas_ReasonForIncomingReferral"
        ]
    );
    assert!(
        form.choices.iter().any(|c| c.name == "DebtBondage") && form.choices.iter().any(|c| c.name == "NA")
    );
    let cells: Vec<&str> = form.findings.iter().map(|f| f.cell.as_str()).collect();
    assert_eq!(cells, ["choices!B3", "survey!A15", "survey!A16"]);
    let kept = Form::read(&[sheet("survey", survey), sheet("choices", choices)], true).unwrap();
    assert!(kept.fields.iter().any(|f| f.name == "deviceid"));
}

#[test]
fn what_is_no_form_is_refused_with_its_cell() {
    let read = |survey: &str| Form::read(&[sheet("survey", survey)], false);
    assert_eq!(Form::read(&[], false), Err(FormError::NoSheet("survey")));
    // One sheet is the survey, whatever it is called; of several, none can be guessed.
    let text = "type|name\ntext|a";
    assert_eq!(Form::read(&[sheet("Sheet1", text)], false).unwrap().fields[0].name, "a");
    let several = [sheet("Sheet1", text), sheet("Sheet2", text)];
    assert_eq!(Form::read(&several, false), Err(FormError::NoSheet("survey")));
    assert_eq!(read("type|label\ntext|x"), Err(FormError::NoColumn("survey", "name")));
    let errors = [
        ("type|name\nbegin group|a\ntext|b", "survey!A3: group a has no end"),
        ("type|name\nend group|", "survey!A2: end group without a beginning"),
        ("type|name\nbegin repeat|a\nend group|", "survey!A3: end group, but it was repeat a that began"),
        ("type|name\ntext|a\ntext|a", "survey!B3: a is the name of another field too"),
    ];
    for (survey, expected) in errors {
        assert_eq!(read(survey).unwrap_err().to_string(), expected);
    }
    let again =
        read("type|name\nbegin group|g\ntext|a\nend group|\nbegin group|h\ntext|a\nend group|").unwrap();
    assert_eq!(again.fields.len(), 2);
    let form = read("type|name|relevant|colour\ntext|a|${b} = 1|red\nselect_one l|c||").unwrap();
    let found: Vec<String> = form.findings.iter().map(|f| format!("{}: {}", f.cell, f.what)).collect();
    assert_eq!(
        found,
        [
            "survey!D1: this column is not known and was left out",
            "survey!A3: there is no list of choices l",
            "survey: a: relevant names b, which is no field of the form",
        ]
    );
}

#[test]
fn submissions_become_cases_or_nothing_does() {
    let rules = Rules::shipped();
    let rows = |text: &str| -> Vec<Vec<String>> {
        text.lines().map(|l| l.split(',').map(str::to_owned).collect()).collect()
    };
    let header = &rows("_id,key,facts_on,block_signals/high_debt,low_pay,ilo.D1.travel")[0];
    let two = rows("1,A-7,2016-05-31T00:00,ja,,yes\n2,A-8,,refused,no,");
    let read = submissions(&rules, header, &two, TODAY).unwrap();
    assert_eq!(read.left_out, ["_id"]);
    assert_eq!(read.cases[0].facts_on, Some("2016-05-31".parse().unwrap()));
    assert_eq!(read.cases[0].answers.given("high_debt"), Answer::Yes);
    assert!(!read.cases[0].answers.0.contains_key("low_pay"));
    assert_eq!(read.cases[1].answers.given("high_debt"), Answer::Refused);
    let wrong = |text: &str| submissions(&rules, header, &rows(text), TODAY).unwrap_err();
    let error = wrong("1,A-7,,yes,,\n2,A-8,,Fatima,,");
    assert_eq!(error, RowError::Answer { line: 3, column: "high_debt".into() });
    assert!(!error.to_string().contains("Fatima"));
    assert_eq!(wrong("1,A-7,31 May,yes,,"), RowError::Day { line: 2, column: "facts_on".into() });
    let column = "facts_on".to_owned();
    let later = RowError::Future { line: 3, column, day: "2026-11-30".parse().unwrap() };
    assert_eq!(wrong("1,A-7,2026-11-29,yes,,\n2,A-8,2026-11-30T08:00,yes,,"), later);
    let twice = &rows("high_debt,a/high_debt")[0];
    assert_eq!(submissions(&rules, twice, &[], TODAY).unwrap_err(), RowError::Twice("high_debt".into()));
    assert_eq!(submissions(&rules, &rows("a,b")[0], &[], TODAY).unwrap_err(), RowError::NoQuestion);
}

/// Headers as ODK Central and KoBo export them: `group-name`, `group/name`, labels in either language.
#[test]
fn headers_of_odk_central_and_labels_of_kobo_are_read() {
    let rules = Rules::shipped();
    let rows = |text: &str| -> Vec<Vec<String>> {
        text.lines().map(|l| l.split('|').map(str::to_owned).collect()).collect()
    };
    let central = include_str!("../cases/odk-central.csv");
    let central: Vec<Vec<String>> =
        central.lines().map(|l| l.split(',').map(str::to_owned).collect()).collect();
    let read = submissions(&rules, &central[0], &central[1..], TODAY).unwrap();
    assert_eq!(read.cases[0].answers.0.len(), 5);
    assert_eq!(
        (read.cases[0].key.as_str(), read.cases[0].facts_on),
        ("A1", Some("2016-05-31".parse().unwrap()))
    );
    assert_eq!(read.cases[0].answers.given("limited_freedom"), Answer::Unknown);
    assert!(
        read.left_out.contains(&"meta-instanceID".to_owned()) && !read.left_out.contains(&"key".to_owned())
    );
    // As a spreadsheet in between may leave them.
    let header = "key|Block_Exploitation/High_Debt|BLOCK_FEAR-Means_Violence|Facts_On|ilo.d1.travel";
    let cells = rows("A2|JA|Wil Niet Antwoorden|2016-05-31T00:00|No");
    let read = submissions(&rules, &rows(header)[0], &cells, TODAY).unwrap();
    assert_eq!((read.cases[0].key.as_str(), read.left_out.len()), ("A2", 0));
    assert_eq!(read.cases[0].answers.given("high_debt"), Answer::Yes);
    assert_eq!(read.cases[0].answers.given("means_violence"), Answer::Refused);
    assert_eq!(read.cases[0].answers.given("ilo.D1.travel"), Answer::No);
    for language in ["en", "nl"] {
        let texts = |id: &str| {
            let text = &rules.questions.get(id).unwrap().text;
            if language == "en" { text.en.clone() } else { text.nl.clone() }
        };
        let header = format!("Fear and violence/{}|{}|_uuid", texts("means_violence"), texts("minor"));
        let words =
            if language == "en" { "Yes|Does not want to answer|1" } else { "Ja|Wil niet antwoorden|1" };
        let read = submissions(&rules, &rows(&header)[0], &rows(words), TODAY).unwrap();
        assert_eq!(read.cases[0].answers.given("means_violence"), Answer::Yes);
        assert_eq!(read.cases[0].answers.given("minor"), Answer::Refused);
    }
}

#[test]
fn every_spelling_of_a_choice_and_of_a_group_is_read() {
    let survey = "type|name|label
begin loop|l|L
text|in_loop|I
end loop||
begin_group|g|G
select_one_from_file towns.csv|town|T
select_multiple_from_file towns.csv|towns|T
select_one_external county|county|C
select one from yn|a|A
select all that apply from yn|b|B
add select one prompt using yn|c|C
select_one yn or_other|d|D
rank yn|e|E
barcode|f|F
string|s|S
end_group||";
    let choices = "list_name|name\nyn|yes\nyn|no";
    let form = Form::read(&[sheet("survey", survey), sheet("choices", choices)], false).unwrap();
    assert_eq!(form.findings, []);
    let kinds: Vec<(&str, bool)> = form
        .fields
        .iter()
        .filter(|f| !matches!(f.kind, Kind::Plain(_)))
        .map(|f| (f.name.as_str(), matches!(f.kind, Kind::Many(..))))
        .collect();
    let expected = [
        ("town", false),
        ("towns", true),
        ("county", false),
        ("a", false),
        ("b", true),
        ("c", false),
        ("d", false),
        ("e", true),
    ];
    assert_eq!(kinds, expected);
}
