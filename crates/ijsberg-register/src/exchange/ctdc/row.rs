//! A person as a row of the global dataset.

use super::Person;
use super::codebook::{
    CONTROLS, FORMS, LABOUR, MISSING, RECRUITERS, SEX, SEX_AND_LABOUR_AT, band, control, labour,
};
use crate::citizenships::codes;
use crate::exchange::Losses;
use crate::expected::{Lack, Lost};

/// Zeros and ones for some columns, then whether nothing is known, and the labels.
fn marks(columns: &[&str], there: &[&str], ends: bool) -> Vec<String> {
    let known = !there.is_empty();
    let mark = |is: bool| if known { i32::from(is).to_string() } else { MISSING.to_owned() };
    let mut cells: Vec<String> = columns.iter().map(|c| mark(there.contains(c))).collect();
    if ends {
        cells.push(i32::from(!known).to_string());
    }
    let labels: Vec<&str> = columns.iter().filter(|c| there.contains(c)).copied().collect();
    cells.push(if known { labels.join(";") } else { MISSING.to_owned() });
    cells
}

/// The cells of a person in the order of [`super::columns`], and what they lose.
pub(super) fn row(p: &Person, source: &str, country: &str, losses: &mut Losses) -> Vec<String> {
    let forms: Vec<&str> = p.forms.iter().map(String::as_str).filter(|f| *f != "UNKNOWN").collect();
    let is = |of: &[&str]| forms.iter().any(|f| of.contains(f));
    let there: Vec<&str> = FORMS.iter().filter(|f| is(f.1)).map(|f| f.0).collect();
    let mut cells = who(p, source, country, losses);
    cells.extend(controls(p, losses));
    cells.extend(exploitation(&forms, &there, losses));
    cells.extend(work(p, &forms, there.contains(&"isForcedLabour"), losses));
    let mut sexual: Vec<&str> = p.sex_types.iter().map(String::as_str).collect();
    if forms.contains(&"SEX_PROSTITUTION") {
        sexual.push("Prostitution");
    }
    cells.extend(marks(&SEX, &sexual, false));
    let by: Vec<&str> =
        RECRUITERS.iter().filter(|r| p.methods.iter().any(|m| m == r.1)).map(|r| r.0).collect();
    if !by.is_empty() {
        losses.add("recruiterRelation", Lack::FromMethod);
    }
    // The labels stand before the country, the marks after it.
    let mut relation = marks(&RECRUITERS.map(|r| r.0), &by, true);
    cells.extend(relation.pop());
    if p.countries.len() > 1 {
        losses.add("CountryOfExploitation", Lack::OneCountry);
    }
    cells.push(p.countries.first().map_or(country, String::as_str).to_owned());
    cells.extend(relation);
    cells
}

/// Who and when.
fn who(p: &Person, source: &str, country: &str, losses: &mut Losses) -> Vec<String> {
    let gender = match p.sex.as_str() {
        "F" => "Female",
        "M" => "Male",
        "X" => {
            losses.add("gender", Lack::NoCodeForX);
            MISSING
        }
        _ => MISSING,
    };
    let age = p.birth_year.and_then(|b| Some(p.year.parse::<i64>().ok()? - b));
    let at_exploit = match p.minor.as_str() {
        "yes" => "Minor",
        "no" => "Adult",
        _ => MISSING,
    };
    // A year of birth leaves one year open: a person who turned eighteen in that year may have been either.
    let now = match age {
        Some(..=17) => "Minor",
        Some(19..) => "Adult",
        _ => at_exploit,
    };
    let mut cells: Vec<String> = vec![p.year.clone(), source.to_owned(), gender.to_owned()];
    let citizenship = citizenship(p, country, losses);
    cells.extend([age.map_or(MISSING, band), now, at_exploit, citizenship].map(str::to_owned));
    cells
}

/// The one citizenship that there is room for: that of the country of the register before others.
fn citizenship<'a>(p: &'a Person, country: &str, losses: &mut Losses) -> &'a str {
    let all: Vec<&str> = codes(&p.nationality).collect();
    if all.len() > 1 {
        losses.add("citizenship", Lack::OneCitizenship);
    }
    let own = all.iter().find(|code| **code == country);
    own.or(all.first()).copied().unwrap_or(MISSING)
}

/// Means of control.
fn controls(p: &Person, losses: &mut Losses) -> Vec<String> {
    let mut controls: Vec<&str> = Vec::new();
    for code in &p.controls {
        controls.push(control(code).unwrap_or_else(|| {
            losses.add("meansOfControl", Lost::NoColumn(code.clone()));
            "Other"
        }));
        if ["PhysicalThreats", "ThreatensChildrenFamily"].contains(&code.as_str()) {
            losses.add("meansOfControlThreats", Lack::Threats);
        }
    }
    marks(&CONTROLS, &controls, true)
}

/// Forms of exploitation, of which those in `there` have a column.
fn exploitation(forms: &[&str], there: &[&str], losses: &mut Losses) -> Vec<String> {
    for form in forms.iter().filter(|f| ["ILLEGAL_ADOPTION", "SURROGACY"].contains(f)) {
        losses.add("isOtherExploit", Lost::NoColumn((*form).to_owned()));
    }
    let mut of_form = marks(&FORMS.map(|f| f.0), there, false);
    let labels = of_form.pop().unwrap_or_default();
    let both = there.contains(&"isForcedLabour") && there.contains(&"isSexualExploit");
    let both = if there.is_empty() { MISSING.to_owned() } else { i32::from(both).to_string() };
    of_form.insert(SEX_AND_LABOUR_AT, both);
    of_form.push(labels);
    of_form
}

/// Types of labour. The sector of sexual exploitation is none: sectors count for people in forced labour.
fn work(p: &Person, forms: &[&str], forced: bool, losses: &mut Losses) -> Vec<String> {
    let mut work: Vec<&str> = Vec::new();
    let by_form = [
        ("DOMESTIC_SERVITUDE", "DomesticWork"),
        ("BEGGING", "Begging"),
        ("CRIMINAL_ACTIVITY", "IllicitActivities"),
    ];
    work.extend(by_form.iter().filter(|f| forms.contains(&f.0)).map(|f| f.1));
    for sector in p.sectors.iter().filter(|s| *s != "UNKNOWN" && forced) {
        work.push(labour(sector).unwrap_or_else(|| {
            losses.add("typeOfLabour", Lost::NoSection(sector.clone()));
            "Other"
        }));
    }
    marks(&LABOUR, &work, true)
}
