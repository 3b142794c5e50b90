//! Which field goes into which column.

use std::collections::BTreeMap;

use ijsberg_outside::Line;
use serde::{Deserialize, Serialize};

use crate::PullError;
use crate::flat::Fields;

/// Characters of the name of a column.
const MOST: usize = 200;

/// Fields with the column of each. A field that has none stays where it is: nothing of it is written.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    columns: BTreeMap<String, String>,
}

impl Mapping {
    /// The same, if every column has a name and no other field has it too.
    ///
    /// # Errors
    /// If that is not so.
    pub fn checked(self) -> Result<Self, PullError> {
        if self.columns.is_empty() {
            return Err(PullError::NoColumns);
        }
        for column in self.columns.values() {
            if Line::new(column, MOST).map_err(|_| PullError::Column)?.as_str() != column {
                return Err(PullError::Column);
            }
        }
        let names = self.names();
        let twice = names.windows(2).find(|two| two[0] == two[1]).map(|two| two[0].to_owned());
        twice.map_or(Ok(self), |column| Err(PullError::Twice { column }))
    }

    /// The column of a field.
    pub fn column(&self, field: &str) -> Option<&str> {
        self.columns.get(field).map(String::as_str)
    }

    /// The fields.
    pub fn fields(&self) -> impl Iterator<Item = &str> {
        self.columns.keys().map(String::as_str)
    }

    /// Columns in their order, each with its field.
    fn header(&self) -> Vec<(&str, &str)> {
        let mut header: Vec<_> = self.columns.iter().map(|(f, c)| (c.as_str(), f.as_str())).collect();
        header.sort_unstable();
        header
    }

    /// Names of the columns.
    pub(crate) fn names(&self) -> Vec<&str> {
        self.header().into_iter().map(|(column, _)| column).collect()
    }

    /// What a record has in each column.
    pub(crate) fn row<'a>(&self, fields: &'a Fields) -> Vec<&'a str> {
        let of = |(_, field): (&str, &str)| fields.get(field).map_or("", String::as_str);
        self.header().into_iter().map(of).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mapping(of: &[(&str, &str)]) -> Result<Mapping, PullError> {
        let columns = of.iter().map(|(f, c)| ((*f).to_owned(), (*c).to_owned())).collect();
        Mapping { columns }.checked()
    }

    #[test]
    fn a_column_has_one_name_and_one_field() {
        let good = mapping(&[("z", "case"), ("a/b", "sex"), ("c", "date")]).unwrap();
        assert_eq!(good.names(), ["case", "date", "sex"]);
        let fields = Fields::from([("a/b".to_owned(), "F".to_owned()), ("z".to_owned(), "1".to_owned())]);
        assert_eq!(good.row(&fields), ["1", "", "F"]);
        assert!(matches!(mapping(&[]), Err(PullError::NoColumns)));
        for bad in ["", " sex", "a\nb", "a\u{202e}b"] {
            assert!(matches!(mapping(&[("a", bad)]), Err(PullError::Column)), "{bad:?}");
        }
        let twice = mapping(&[("a", "sex"), ("b", "sex")]);
        assert!(matches!(twice, Err(PullError::Twice { column }) if column == "sex"));
    }
}
