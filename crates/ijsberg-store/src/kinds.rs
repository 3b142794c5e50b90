//! Of which kinds a query finds records.

/// Of which kinds a query finds records. The names are those of the program itself: they stand in the text of the query.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kinds {
    /// Of these and of no other.
    Only(&'static [&'static str]),
    /// Of all but these.
    AllBut(&'static [&'static str]),
}

impl Kinds {
    /// The condition that the column `kind` names one of them.
    pub(crate) fn condition(self) -> String {
        let (not, names) = match self {
            Self::Only(names) => ("", names),
            Self::AllBut(names) => ("NOT ", names),
        };
        let names: Vec<String> = names.iter().map(|name| format!("'{name}'")).collect();
        format!("kind {not}IN ({})", names.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_a_condition() {
        assert_eq!(Kinds::Only(&["suspect", "judgment"]).condition(), "kind IN ('suspect', 'judgment')");
        assert_eq!(Kinds::AllBut(&["suspect"]).condition(), "kind NOT IN ('suspect')");
    }
}
