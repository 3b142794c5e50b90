//! What is wrong with instruments and forms, as values: every language has its words for them.

/// Values with parts that each have a name for word lists and words in English.
macro_rules! said {
    ($(#[$doc:meta])* $name:ident { $($variant:ident { $($part:ident)* } $key:literal $words:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum $name {
            $(
                #[doc = concat!("`", $words, "`")]
                $variant {
                    $(#[doc = concat!("`", stringify!($part), "`")] $part: String,)*
                },
            )*
        }

        impl $name {
            /// Its name in lists of words.
            pub fn key(&self) -> &'static str {
                match self { $(Self::$variant { .. } => $key,)* }
            }

            /// Its parts by name.
            pub fn parts(&self) -> Vec<(&'static str, String)> {
                match self { $(Self::$variant { $($part),* } => vec![$((stringify!($part), $part.clone())),*],)* }
            }

            /// One of each, its parts filled with their names.
            pub fn examples() -> Vec<Self> {
                vec![$(Self::$variant { $($part: stringify!($part).to_owned()),* },)*]
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                match self { $(Self::$variant { $($part),* } => write!(f, $words),)* }
            }
        }
    };
}

said! {
    /// What is wrong with an entry of an instrument, and what is expected.
    Contradiction {
        UnknownQuestion { id } "unknown-question" "no question is called {id}; expected a name from questions.toml",
        NotBefore { field id } "not-before" "{field} names {id}, which is no question before it",
        Harm { given } "harm" "harm is {given}; expected 1, 2 or 3",
        NoBlock { id } "no-block" "there is no block {id}",
        NoDimension { id } "no-dimension" "there is no dimension {id}; expected a name like D1.job",
        CountedTwice { id } "counted-twice" "{id} counts for two indicators of one phase; one fact would count twice",
        InForce { id day } "in-force" "{id} is still in force on {day}",
        TwoMeans { id } "two-means" "{id} supports two means; one answer would count twice",
        NoGroup { id } "no-group" "there is no group {id}",
        Telephone {} "telephone" "the telephone number is none; expected digits and spaces",
        Addresses {} "addresses" "web and source are addresses that begin with https://",
        NoSituation { id } "no-situation" "there is no situation {id}",
        NoContact { id } "no-contact" "there is no contact {id}",
        NotAlways {} "not-always" "the route for any case does not name it",
        Criterion { id } "criterion" "{id} is no question, no dimension, and no group that rests on questions alone",
        Name {} "name" "the name is empty or given twice",
        Languages {} "languages" "the text is empty in one of the languages; expected English and Dutch",
    }
}

said! {
    /// What was not read as it stands in a form.
    Unread {
        Spaces {} "spaces" "spaces around the name were taken off",
        UnknownColumn {} "unknown-column" "this column is not known and was left out",
        NoName {} "no-name" "the field has no name and was left out",
        UnknownKind { kind } "unknown-kind" "type {kind} is not known; the field was left out",
        Tracking { kind } "tracking" "{kind} was left out: it can tell where somebody is; read the form with a purpose to keep it",
        Included { form } "included" "{form} includes another form, whose fields are not read",
        NoList { list } "no-list" "there is no list of choices {list}",
        NoField { column name } "no-field" "{column} names {name}, which is no field of the form",
        NotOneAnswer {} "not-one-answer" "no question of one answer; left out",
        OtherChoices {} "other-choices" "its choices are not yes, no, unknown, not_asked and refused; left out",
        NoWords {} "no-words" "it has no text in English and Dutch; left out",
        Condition {} "condition" "when it is asked is more than one answer yes; it is always asked",
    }
}

said! {
    /// How groups of a form do not match.
    Unmatched {
        OtherEnd { end begun of } "other-end" "end {end}, but it was {begun} {of} that began",
        NoBeginning { end } "no-beginning" "end {end} without a beginning",
        NoEnd { begun of } "no-end" "{begun} {of} has no end",
    }
}
