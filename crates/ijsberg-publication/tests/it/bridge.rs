//! A series across a change of the law, from published counts.

use std::collections::BTreeMap;

use ijsberg_publication::Options;
use ijsberg_publication::country::{Change, Country, FORMS};
use ijsberg_publication::ledger::Ledger;
use ijsberg_publication::legal::bridge::{BridgeCount, LawPeriod, bridges};
use ijsberg_publication::legal::persons::Persons;
use ijsberg_publication::legal::write::{bridge, files, quality};
use ijsberg_publication::legal::{Delivery, Kind, Measure, Request, deliver};
use ijsberg_publication::protection::TableProtection;
use ijsberg_report::text::{Language, Text};
use ijsberg_tables::Choices;

use crate::options;

/// Persons of a year on two lists; since the change, one form has a code of its own that was included in another before.
fn persons(year: i16) -> Persons {
    let other = if year < 2025 { "SEX_PROSTITUTION" } else { "SEX_OTHER" };
    let csv = format!(
        "NP,FAIRWORK,year,sex,form,count\n1,0,{year},F,SEX_PROSTITUTION,60\n0,1,{year},F,{other},20\n\
         1,1,{year},M,LABOUR,40\n1,0,{year},M,LABOUR,30\n"
    );
    let lists = ["NP", "FAIRWORK"].map(str::to_owned).to_vec();
    let table = ijsberg_tables::read(csv.as_bytes(), &Choices { lists, ..Choices::default() }).unwrap();
    Persons::of_table(&table, &Country::shipped("528").unwrap(), year)
}

fn made(year: i16, change: &Change, earlier: BTreeMap<Measure, Ledger>) -> Delivery {
    let Options { date, secret, noise, .. } = options(2025);
    let mut country = Country::shipped("528").unwrap();
    country.law = vec![change.clone()];
    let plain = TableProtection::Rounded;
    let request =
        Request { country, year, years: 1, date, secret, noise, plain, embargo: None, synthetic: true };
    deliver(request, &persons(year), None, earlier).unwrap()
}

fn change(recode: &str) -> Change {
    let first = "[[law]]\nfrom = \"2005-01-01\"";
    let profile = include_str!("../../../../countries/nl.toml")
        .replace(first, &format!("[[law]]\nrecode = {recode}\nfrom = \"2005-01-01\""));
    let mut change = Country::read(&profile, FORMS).unwrap().law[0].clone();
    change.from = "2025-01-01".parse().unwrap();
    change
}

#[test]
fn years_on_both_sides_of_a_change_are_shown_as_published_and_recoded() {
    let change = change("{ SEX_OTHER = \"SEX_PROSTITUTION\" }");
    let first = made(2024, &change, BTreeMap::new());
    assert!(bridges(&first).is_empty(), "nothing is published of the year after");
    let earlier: BTreeMap<Measure, Ledger> = first.ledgers().map(|(m, l)| (m, l.clone())).collect();
    let second = made(2025, &change, earlier.clone());
    let all = bridges(&second);
    assert_eq!(all.len(), 1);
    let of = |year: i16, recoded: bool, form: &str| -> Option<&BridgeCount> {
        all[0].counts.iter().find(|s| (s.year, s.recoded, s.form.as_str()) == (year, recoded, form))
    };
    let shown = |s: Option<&BridgeCount>| s.map(|s| (s.period, s.persons, s.breaks));
    assert_eq!(shown(of(2024, false, "")), Some((LawPeriod::Former, Some(150), true)));
    assert_eq!(shown(of(2025, false, "SEX_OTHER")), Some((LawPeriod::New, Some(20), true)));
    assert_eq!(shown(of(2024, true, "SEX_PROSTITUTION")), Some((LawPeriod::Former, Some(80), false)));
    assert_eq!(shown(of(2025, true, "SEX_PROSTITUTION")), Some((LawPeriod::New, Some(80), false)));
    assert!(of(2025, true, "SEX_OTHER").is_none());
    // Every number is a published count or a sum of published counts, never an exact one.
    let files = files(&second, Kind::Eu19a).unwrap();
    let csv = files.iter().find(|f| f.0 == "bridge.csv").unwrap();
    let csv = String::from_utf8(csv.1.clone()).unwrap();
    assert!(
        csv.contains(",recoded to the former definition,SEX_PROSTITUTION,") && csv.contains(",80,no"),
        "{csv}"
    );
    for language in [Language::Dutch, Language::English] {
        let text = Text::new(language);
        let page = format!("{:?} {:?}", quality(&text, &second).blocks, bridge(&text, &second));
        assert!(page.contains(&text.say("legal-quality-bridge")) && !page.contains("legal-"), "{page}");
    }
    // A copy under embargo is not published.
    let mut embargoed = earlier;
    let releases = &mut embargoed.get_mut(&Measure::Registered).unwrap().releases;
    releases.iter_mut().for_each(|r| r.embargo = Some("2025-12-01".to_owned()));
    assert!(bridges(&made(2025, &change, embargoed)).is_empty());
}

#[test]
fn recoding_requires_codes_of_the_register() {
    let profile = include_str!("../../../../countries/nl.toml");
    for codes in ["{ SEX_OTHER = \"SEX\" }", "{ SEX = \"SEX_OTHER\" }"] {
        let wrong = profile.replace("recode = {}", &format!("recode = {codes}"));
        let error = Country::read(&wrong, FORMS).unwrap_err();
        let line = profile.lines().position(|l| l == "recode = {}").unwrap() + 1;
        assert_eq!((error.line, error.what.key()), (line, "country-unknown"));
    }
    assert_eq!(change("{ SURROGACY = \"\" }").recode.unwrap()["SURROGACY"], "");
}
