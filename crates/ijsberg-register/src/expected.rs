//! What was looked for and what was expected, as values: every language has words of its own for them.

/// Values that each have a name for word lists and words in English.
macro_rules! said {
    ($(#[$doc:meta])* $name:ident { $($variant:ident $key:literal $words:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum $name {
            $(#[doc = concat!("`", $words, "`")] $variant,)*
        }

        impl $name {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// Its name in lists of words.
            pub fn key(self) -> &'static str {
                match self { $(Self::$variant => $key,)* }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(match self { $(Self::$variant => $words,)* })
            }
        }
    };
}

said! {
    /// Something that is not there, or is there already.
    Thing {
        Action "action" "action",
        Case "case" "case",
        Decision "decision" "decision",
        DecisionInForce "decision-in-force" "decision in force",
        Entry "entry" "entry",
        EventOfAnother "event-of-another" "event that somebody else caused",
        EventToldOf "event-told-of" "event that you were told of",
        Key "key" "key",
        KindOfRecord "kind-of-record" "kind of record",
        Lane "lane" "track",
        Organisation "organisation" "organisation",
        Person "person" "person",
        Record "record" "record",
        ReadableRecord "readable-record" "record that can be read",
        Version "version" "version of this record",
        Registration "registration" "registration",
        Role "role" "role",
        SecondFactor "second-factor" "second factor",
        Session "session" "session",
        Token "token" "token",
        User "user" "user",
        View "view" "saved list",
    }
}

said! {
    /// Where a log breaks.
    Break {
        Missing "missing" "an entry is missing",
        DoesNotFollow "does-not-follow" "it does not follow the one before it",
        Changed "changed" "it was changed",
    }
}

said! {
    /// What a field should hold; what it held is not repeated.
    Wanted {
        MustBeThere "must-be-there" "must be there",
        SecondReader "second-reader" "somebody else than decided_by: not a victim needs a second pair of eyes",
        ReflectionDays "reflection-days" "90, or 30 for a Dublin claimant to whom it was given after 18 May 2023",
        Words "words" "a text of at most 10000 characters, without signs that cannot be seen",
        YesOrNo "yes-or-no" "true or false",
        Page "page" "a page of the list",
        Positive "positive" "a number, not negative",
        PartialDay "partial-day" "a day, a month or a year: 2016-05-31, 2016-05, 2016",
        Happened "happened" "a day, a month or a year from 1900 that is not in the future: 2016-05-31, 2016-05, 2016",
        Day "day" "a day: 2027-01-31",
        DayWithinAYear "day-within-a-year" "a day after today, within a year",
        Countries "countries" "countries in two capitals, [\"RO\", \"NL\"]",
        Citizenships "citizenships" "a country in two capitals, or several such as MA;NL, XX for a stateless person, or nothing",
        RecordNames "record-names" "names of records",
        HelpLane "help-lane" "help: the statistics track holds no direct identifiers",
        HelpLaneForRecords "help-lane-for-records" "help: the statistics track holds no records of cases",
        LaneName "lane-name" "help or statistics",
        OpenLane "open-lane" "a track that is open",
        Reason "reason" "why it cannot wait, in a sentence",
        Minutes "minutes" "1 to 180",
        SomebodyTold "somebody-told" "another user, who is told and looks at it afterwards",
        Identity "identity" "at most 500 characters, without signs that cannot be seen",
        Id "id" "32 hexadecimal digits",
        UserName "user-name" "up to 60 letters, digits, dots, dashes or @",
        NoColon "no-colon" "a name without a colon",
        OneColumn "one-column" "one column, and there are two",
        Column "column" "a column of that name",
        ColumnOrOrganisation "column-or-organisation" "a column of that name, or one organisation for the whole file",
        KeyColumn "key-column" "a column with the organisation's own key for the case",
        Year "year" "a year, or nothing",
        BornBefore "born-before" "no later than happened_on: nobody is notified before they were born",
        YearOfBirthDate "year-of-birth-date" "the year of birth_date",
        UnderAge "under-age" "yes, or unknown: by birth_year or birth_date the person was under 18 on the day of happened_on",
        SuspectNumber "suspect-number" "a number or code and no name: at most 40 letters, digits, dots, dashes and slashes, with a digit",
        BirthYear "birth-year" "a year from 1900 that is not in the future, or nothing",
        Years "years" "a first and a last year between 1900 and 2100, in this order",
        WhomItIsAbout "whom-it-is-about" "whom it is about",
        PurposeAndBasis "purpose-and-basis" "a purpose of the code list, and a basis",
        Oneself "oneself" "whoever is logged in",
        Label "label" "up to 60 letters, digits, dots and dashes",
        OwnOperations "own-operations" "one or more that your roles allow",
        Region "region" "a code in capitals and digits, or nothing",
        ArticleParts "article-parts" "items of article 273f(1), such as sub3 or sub1 sub4, or nothing",
        Corrected "corrected" "sex, form, minor, sector, nationality, happened_on, region, birth_year or article_part",
        CorrectedInMany "corrected-in-many" "form, sector, sex, nationality or article_part",
        SomeRegistrations "some-registrations" "1 to 200 registrations",
        ViewName "view-name" "a name on one line, at most 60 characters",
        FewerViews "fewer-views" "at most 20 saved lists; remove one first",
        PurposeAndMonths "purpose-and-months" "a purpose of the code list, and 1 to 600 months",
        Owner "owner" "who answers for it",
        Probability "probability" "0 to 1",
        LegalBasis "legal-basis" "the article of the law, or another lawful basis",
        BasisInOneLine "basis-in-one-line" "the lawful basis in one line of at most 500 characters",
        Assessed "assessed" "the day of the data protection impact assessment, which has been",
        HoldUntil "hold-until" "a day after today and within ten years",
        OrganisationId "organisation-id" "an id and a list of up to 40 letters, digits, dots and dashes, a letter or digit at both ends",
        OneLine "one-line" "one line of at most 200 characters",
        KnownOrganisation "known-organisation" "one that was added: ijsberg register organisation add",
        LocalKey "local-key" "the organisation's own key for the case, one line of at most 200 characters",
        UndecidedKinds "undecided-kinds" "kinds that nobody has to decide",
    }
}

said! {
    /// Why a form of another standard does not hold something, or not all of it.
    Lack {
        NoCodeForX "no-code-for-x" "X has no code and is missing",
        Threats "threats" "threats against the person and the family are one column",
        AgeAtEntry "age-at-entry" "the register does not hold the age at entry; the column is left out",
        Suspects "suspects" "only records of suspects say so, and they are kept apart; the column is left out",
        FromMethod "from-method" "taken from the method of recruitment, not from who recruited",
        OneCountry "one-country" "one country only; the first was kept",
        OneCitizenship "one-citizenship" "one citizenship only: that of the country of the register, otherwise the first in the order of the codes",
        OtherRelation "other-relation" "no method of recruitment tells another relation; the column is left out",
        Agriculture "agriculture" "ISIC has it under agriculture; the column is left out",
        NoIsic "no-isic" "ISIC has no section for it; the column is left out",
        NotInDataset "not-in-dataset" "the dataset has no column for it",
        Withheld "withheld" "withheld: it names or finds a person",
        NotHeld "not-held" "the register does not hold it; left empty",
        FirstSector "first-sector" "one value only; the first sector was kept",
        NotDecided "not-decided" "nobody has decided; left empty",
        FreeText "free-text" "withheld: free text may name a person",
        NotAsked "not-asked" "nobody was asked; left empty",
        NoCodeOfStandard "no-code-of-standard" "no code of the standard; left out",
        Transgender "transgender" "the register has no code for transgender",
        OneForm "one-form" "a notification has one form; the first was kept",
        OneSector "one-sector" "a notification has one sector; the first was kept",
        NoIdentifiers "no-identifiers" "left out: the statistics track holds no direct identifiers",
        NoRecords "no-records" "left out: the statistics track holds no records of cases",
        PersonDecides "person-decides" "a person decides on the status; not taken over",
        NoPlace "no-place" "the register has no place for it",
    }
}

/// What a form of another standard cannot hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lost {
    /// In words alone.
    Lack(Lack),
    /// A code without a column.
    NoColumn(String),
    /// A section of ISIC without a column.
    NoSection(String),
    /// A code that the standard does not have.
    NoCode(String),
    /// A code that is not among the choices of the standard.
    NoChoice(String),
    /// A code for which the standard has a wider one.
    Became(String, String),
}

impl Lost {
    /// One of each.
    pub fn examples() -> Vec<Self> {
        let code = || "CODE".to_owned();
        let mut all: Vec<Self> = Lack::ALL.iter().map(|l| Self::Lack(*l)).collect();
        all.extend([
            Self::NoColumn(code()),
            Self::NoSection(code()),
            Self::NoCode(code()),
            Self::NoChoice(code()),
        ]);
        all.push(Self::Became(code(), code()));
        all
    }
}

impl From<Lack> for Lost {
    fn from(lack: Lack) -> Self {
        Self::Lack(lack)
    }
}

impl std::fmt::Display for Lost {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Lack(lack) => lack.fmt(f),
            Self::NoColumn(code) => write!(f, "{code} has no column and became Other"),
            Self::NoSection(code) => write!(f, "section {code} of ISIC has no column and became Other"),
            Self::NoCode(code) => write!(f, "{code} has no code and became Other"),
            Self::NoChoice(code) => write!(f, "{code} has no choice in the standard's list and became Other"),
            Self::Became(code, other) => write!(f, "{code} became {other}"),
        }
    }
}

/// What was expected of a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expected {
    /// Words alone.
    Wanted(Wanted),
    /// One of these codes.
    OneOf(String),
    /// Fields that there are.
    Fields(String),
    /// One of these organisations, of which the user is to be one.
    Organisations(String),
    /// So many lists.
    Lists {
        /// At most.
        most: usize,
        /// There are.
        there: usize,
    },
    /// So many rows of a file.
    Rows {
        /// At most.
        most: usize,
        /// There are.
        there: usize,
    },
    /// A unique key: a line before has the same one, and differs.
    Twice {
        /// The line.
        line: u64,
        /// Fields that differ.
        fields: String,
    },
    /// Something of a field within it.
    Of(String, Box<Expected>),
}

impl Expected {
    /// One of the codes of a list.
    pub(crate) fn code_of(list: &str) -> Self {
        Self::OneOf(crate::codes::code_list(list).map(|l| l.codes.join(", ")).unwrap_or_default())
    }
}

/// What is expected of a day on which something happened.
pub(crate) const HAPPENED: Wanted = Wanted::Happened;

impl From<Wanted> for Expected {
    fn from(wanted: Wanted) -> Self {
        Self::Wanted(wanted)
    }
}

impl std::fmt::Display for Expected {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Wanted(wanted) => wanted.fmt(f),
            Self::OneOf(codes) => write!(f, "one of {codes}"),
            Self::Fields(all) => write!(f, "a field is not one of {all}"),
            Self::Organisations(all) => write!(f, "the organisation of the user: {all}"),
            Self::Lists { most, there } => write!(f, "at most {most}; there are {there}"),
            Self::Rows { most, there } => {
                write!(f, "at most {most} rows at once, and there are {there}; import the file in parts")
            }
            Self::Twice { line, fields } => {
                write!(f, "a unique key: line {line} has the same one, with another value for: {fields}")
            }
            Self::Of(field, expected) => write!(f, "{field}: {expected}"),
        }
    }
}
