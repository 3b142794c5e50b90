//! Names of organisations: one look-up for every page, chart, table and sentence of an edition. A list has a code, such as `KMAR` or `K`;
//! readers see the name of the organisation, and machine-readable files keep the code.

use ijsberg_register::worklist::Organisation;
use ijsberg_report::Analysis;
use ijsberg_report::named::ListNames;
use ijsberg_report::text::Text;

use crate::country::{Country, NamedCode, name};
use crate::edition::Edition;
use crate::labels;
use crate::persons::{LIST, folded};
use crate::tables::{Cell, PublicTable, reported_id};

/// A name in short form, such as for a chart, and in full.
#[derive(Debug, Clone, PartialEq, Eq)]
struct DisplayName {
    short: String,
    full: String,
}

impl DisplayName {
    fn from_reporter(text: &Text, reporter: &NamedCode) -> Self {
        let full = name(text, &reporter.name);
        Self { short: reporter.short.as_ref().map_or_else(|| full.clone(), |n| name(text, n)), full }
    }

    fn both(words: &str) -> Self {
        Self { short: words.to_owned(), full: words.to_owned() }
    }
}

/// Names of the lists of an edition. A list without a known organisation keeps its code.
#[derive(Debug, Clone)]
pub struct Names {
    codes: Vec<String>,
    /// In the order of the codes.
    shorts: Vec<String>,
    fulls: Vec<String>,
}

impl Names {
    /// The names for an edition: from the country profile and, if the edition comes from a register, from the register.
    pub fn from_edition(text: &Text, e: &Edition) -> Self {
        Self::new(text, &e.lists, e.profile.as_ref(), &e.organisations)
    }

    /// The names of lists. A name that would fit two lists is given to neither.
    pub fn new(
        text: &Text,
        lists: &[String],
        country: Option<&Country>,
        organisations: &[Organisation],
    ) -> Self {
        let all: Vec<Vec<DisplayName>> =
            lists.iter().map(|list| possible(text, list, lists, (country, organisations))).collect();
        let is_free = |at: usize, of: &DisplayName| {
            let other = |(i, list): (usize, &String)| {
                let mut taken = all[i].iter().map(|c| &c.short).chain([list]);
                i != at && taken.any(|name| folded(name) == folded(&of.short))
            };
            !lists.iter().enumerate().any(other)
        };
        let display_name = |(at, list): (usize, &String)| {
            let first = all[at].iter().find(|of| is_free(at, of));
            first.cloned().unwrap_or_else(|| DisplayName::both(list))
        };
        let (shorts, fulls) = lists.iter().enumerate().map(display_name).map(|c| (c.short, c.full)).unzip();
        Self { codes: lists.to_vec(), shorts, fulls }
    }

    /// The position of a list among those of the edition.
    fn at(&self, code: &str) -> Option<usize> {
        let same = || self.codes.iter().position(|c| folded(c) == folded(code));
        self.codes.iter().position(|c| c == code).or_else(same)
    }

    /// The short name of a list.
    pub fn short<'a>(&'a self, code: &'a str) -> &'a str {
        self.at(code).map_or(code, |at| self.shorts[at].as_str())
    }

    /// The full name of a list.
    pub fn full<'a>(&'a self, code: &'a str) -> &'a str {
        self.at(code).map_or(code, |at| self.fulls[at].as_str())
    }

    /// The name of a level; for a list, its short name.
    pub fn level(&self, text: &Text, covariate: &str, level: &str) -> String {
        word(text, covariate, level, self.short(level))
    }

    /// The name of a level; for a list, its full name.
    pub fn words(&self, text: &Text, covariate: &str, level: &str) -> String {
        word(text, covariate, level, self.full(level))
    }

    /// A model formula or other text, with the codes of lists replaced by their names.
    pub fn with_names(&self, words: &str) -> String {
        ListNames { codes: &self.codes, names: &self.shorts }.said(words)
    }

    /// An analysis with list names in place of codes.
    pub fn analysis(&self, of: &Analysis) -> Analysis {
        let names: Vec<String> = of.histories.lists().iter().map(|l| self.short(l).to_owned()).collect();
        of.with_lists_called(&names)
    }

    /// A table for readers. The first table of lists explains the codes that the machine-readable files use.
    pub fn table(&self, mut table: PublicTable) -> PublicTable {
        let explains = table.id == reported_id(LIST);
        let column = |name: &str| table.columns.iter().position(|c| c.name == name);
        let (lists, models) = (column(LIST), column("model"));
        for row in &mut table.rows {
            if let Some(Cell::Text(code)) = lists.and_then(|at| row.get_mut(at)) {
                *code = self.explained(code, explains);
            }
            if let Some(Cell::Text(formula)) = models.and_then(|at| row.get_mut(at)) {
                *formula = self.with_names(formula);
            }
        }
        if table.id == "capture-histories" {
            for c in &mut table.columns {
                c.title = self.short(&c.title).to_owned();
            }
        }
        table
    }

    fn explained(&self, code: &str, explains: bool) -> String {
        let full = self.full(code);
        if explains && folded(full) != folded(code) { format!("{full} ({code})") } else { full.to_owned() }
    }
}

/// The name of a level: `name` if it is a list.
fn word(text: &Text, covariate: &str, level: &str, name: &str) -> String {
    let is_named = covariate == LIST && name != level;
    if is_named { name.to_owned() } else { labels::level(text, covariate, level) }
}

/// Possible names of a list, in order of preference: the profile's name for its code, the profile's name for the kind of its organisations
/// in the register, the name of its only organisation there, and the profile's name in published tables with the same lists.
fn possible(
    text: &Text,
    list: &str,
    lists: &[String],
    (country, organisations): (Option<&Country>, &[Organisation]),
) -> Vec<DisplayName> {
    let by_code = |code: &str| country.and_then(|c| c.reporter(code, &[]));
    let own: Vec<&Organisation> = organisations.iter().filter(|o| folded(&o.list) == folded(list)).collect();
    let kind = own.first().map(|o| o.kind.as_str()).filter(|kind| own.iter().all(|o| o.kind == *kind));
    let profile = |of: Option<&NamedCode>| of.map(|r| DisplayName::from_reporter(text, r));
    let alone = if let [one] = own[..] { Some(DisplayName::both(&one.name)) } else { None };
    let published = country.and_then(|c| c.reporter(list, lists));
    let all = [profile(by_code(list)), profile(kind.and_then(by_code)), alone, profile(published)];
    all.into_iter().flatten().filter(|c| !c.short.trim().is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use ijsberg_report::text::Language;

    use super::*;
    use crate::tables::ColumnType;

    fn names(lists: &[&str], organisations: &[(&str, &str, &str)]) -> Names {
        let lists: Vec<String> = lists.iter().map(|l| (*l).to_owned()).collect();
        let of = |(list, kind, name): &(&str, &str, &str)| Organisation {
            id: name.to_lowercase(),
            name: (*name).to_owned(),
            kind: (*kind).to_owned(),
            list: (*list).to_owned(),
            synthetic: true,
        };
        let organisations: Vec<Organisation> = organisations.iter().map(of).collect();
        Names::new(&Text::new(Language::Dutch), &lists, Country::shipped("528").as_ref(), &organisations)
    }

    #[test]
    fn a_list_is_named_by_the_profile_then_by_the_register_and_otherwise_by_its_code() {
        let of = names(&["KMAR", "nla", "X"], &[]);
        let shorts = |of: &Names, codes: &[&str]| {
            codes.iter().map(|c| of.short(c).to_owned()).collect::<Vec<String>>()
        };
        assert_eq!(
            shorts(&of, &["KMAR", "kmar", "NLA", "X"]),
            ["Marechaussee", "Marechaussee", "Arbeidsinspectie", "X"]
        );
        assert_eq!((of.full("KMAR"), of.full("X")), ("Koninklijke Marechaussee", "X"));
        // The letters of the Dutch study stand for organisations only if the table has exactly these lists.
        let study = names(&["I", "K", "O", "P", "R", "Z"], &[]);
        let expected =
            ["Arbeidsinspectie", "Marechaussee", "opvang", "Politie", "zorgcoördinatie", "overige melders"];
        assert_eq!(shorts(&study, &["I", "K", "O", "P", "R", "Z"]), expected);
        assert_eq!(shorts(&names(&["P", "R", "O"], &[]), &["P", "R", "O"]), ["P", "R", "O"]);
        // A register has the kind and the name of each organisation.
        let register = [("P", "NP", "Eenheid Oost"), ("Z", "OPVANG", "Huis A"), ("Y", "OPVANG", "Huis B")];
        let of = names(&["P", "Z", "Y"], &register);
        assert_eq!(shorts(&of, &["P", "Z", "Y"]), ["Politie", "Huis A", "Huis B"]);
        let two = [("Z", "OPVANG", "Huis A"), ("Z", "OPVANG", "Huis B"), ("Y", "JEUGDZORG", "Huis A")];
        assert_eq!(shorts(&names(&["Z", "Y"], &two), &["Z", "Y"]), ["opvang", "jeugdzorg"]);
        // No two lists have the same name.
        assert_eq!(shorts(&names(&["KMAR", "kmar"], &[]), &["KMAR", "kmar"]), ["KMAR", "kmar"]);
        assert_eq!(shorts(&names(&["NP", "Politie"], &[]), &["NP", "Politie"]), ["NP", "Politie"]);
    }

    #[test]
    fn tables_show_names_and_the_first_table_of_lists_explains_the_codes() {
        let of = names(&["KMAR", "K", "FairWork"], &[]);
        let cells = |id: &str, column: &str, words: [&str; 3]| {
            let mut table = PublicTable::new(id, String::new(), &[(column, String::new(), ColumnType::Text)]);
            table.rows = words.map(|code| vec![Cell::from(code)]).to_vec();
            let rows = of.table(table).rows;
            rows.iter().map(|row| row[0].plain(ColumnType::Text)).collect::<Vec<String>>()
        };
        let codes = ["KMAR", "K", "FairWork"];
        assert_eq!(
            cells("reported-list", "list", codes),
            ["Koninklijke Marechaussee (KMAR)", "K", "FairWork"]
        );
        assert_eq!(cells("lists", "list", codes), ["Koninklijke Marechaussee", "K", "FairWork"]);
        assert_eq!(cells("reported-form", "form", codes), codes);
        let models = ["[KMAR:K,FairWork]", "KMAR | K+FairWork", "3 classes"];
        assert_eq!(
            cells("methods", "model", models),
            ["[Marechaussee:K,FairWork]", "Marechaussee | K+FairWork", "3 classes"]
        );
        let count = ColumnType::Count;
        let head = [("KMAR", "KMAR".to_owned(), count), ("count", "Personen".to_owned(), count)];
        let table = of.table(PublicTable::new("capture-histories", String::new(), &head));
        assert_eq!(
            table.columns.iter().map(|c| c.title.as_str()).collect::<Vec<_>>(),
            ["Marechaussee", "Personen"]
        );
        let text = Text::new(Language::Dutch);
        assert_eq!(of.words(&text, "list", "KMAR"), "Koninklijke Marechaussee");
        assert_eq!(
            [of.level(&text, "list", "kmar"), of.level(&text, "sector", "KMAR")],
            ["Marechaussee", "KMAR"]
        );
    }
}
