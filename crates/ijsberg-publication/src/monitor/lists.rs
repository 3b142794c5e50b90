//! Lists that are called by a code of the country profile, such as `KMAR`, under the name of the organisation. Only the chapters are for
//! people who do not know the code: files for machines keep it.

use ijsberg_report::text::Text;

use crate::legal::Country;
use crate::legal::write::name;
use crate::monitor::breakdown::Level;
use crate::persons::folded;
use crate::tables::{Cell, PublicTable};

/// The family, and the column, of lists.
const LIST: &str = "list";

/// Names of organisations by code.
pub(super) struct Lists(Vec<(String, String)>);

impl Lists {
    /// Those of a profile; none without one.
    pub(super) fn of(text: &Text, country: Option<&Country>) -> Self {
        let reporters = country.into_iter().flat_map(|c| &c.reporters);
        Self(reporters.map(|r| (folded(&r.code), name(text, &r.name))).collect())
    }

    /// The name of an organisation, where a level of a family is a list that is called by its code.
    pub(super) fn name(&self, family: &str, code: &str) -> Option<&str> {
        let code = folded(code);
        self.0.iter().find(|of| family == LIST && of.0 == code).map(|of| of.1.as_str())
    }

    /// Levels of a family by these names.
    pub(super) fn named(&self, family: &str, mut levels: Vec<Level>) -> Vec<Level> {
        for level in &mut levels {
            if let Some(name) = self.name(family, &level.code) {
                name.clone_into(&mut level.label);
            }
        }
        levels
    }

    /// A table of lists with the names before the codes, which charts of many lists have room for.
    pub(super) fn explained(&self, mut table: PublicTable) -> PublicTable {
        let Some(first) = table.columns.first().map(|c| c.name.clone()) else { return table };
        for row in &mut table.rows {
            if let Some(Cell::Text(code)) = row.first_mut()
                && let Some(name) = self.name(&first, code)
                && folded(name) != folded(code)
            {
                *code = format!("{name} ({code})");
            }
        }
        table
    }
}

#[cfg(test)]
mod tests {
    use ijsberg_report::text::Language;

    use super::*;
    use crate::tables::Holds;

    #[test]
    fn a_list_that_is_called_by_a_code_has_the_name_of_the_organisation() {
        let lists = Lists::of(&Text::new(Language::Dutch), Country::shipped("528").as_ref());
        let of = |column: &str| {
            let mut table = PublicTable::new("lists", String::new(), &[(column, String::new(), Holds::Text)]);
            table.rows = ["KMAR", "kmar", "K", "FairWork"].map(|code| vec![Cell::from(code)]).to_vec();
            let rows = lists.explained(table).rows;
            rows.iter().map(|row| row[0].plain(Holds::Text)).collect::<Vec<String>>()
        };
        let named = ["Koninklijke Marechaussee (KMAR)", "Koninklijke Marechaussee (kmar)", "K", "FairWork"];
        assert_eq!(of("list"), named);
        assert_eq!(of("form"), ["KMAR", "kmar", "K", "FairWork"]);
        let level = |code: &str| Level { code: code.to_owned(), label: code.to_owned(), persons: None };
        let labels = |family: &str| {
            let levels = lists.named(family, vec![level("NLA"), level("O")]);
            levels.into_iter().map(|l| l.label).collect::<Vec<String>>()
        };
        assert_eq!(labels("list"), ["Nederlandse Arbeidsinspectie", "O"]);
        assert_eq!(labels("sector"), ["NLA", "O"]);
        assert!(Lists::of(&Text::new(Language::Dutch), None).name("list", "KMAR").is_none());
    }
}
