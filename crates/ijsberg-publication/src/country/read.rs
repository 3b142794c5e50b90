//! Reads and checks a profile; errors have the line on which they occur.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use jiff::civil::Date;
use serde::Deserialize;
use toml::Spanned;

use super::{Change, Coding, Country, CountryError, FINAL_AFTER, Group, Name, NamedCode, Status, Wrong};
use crate::eu;

/// The status codes of a register.
const STATUSES: [&str; 7] = [
    "SIGNAL_ONLY",
    "PRESUMED",
    "PLAUSIBLE",
    "ESTABLISHED",
    "DECLINED_IDENTIFICATION",
    "NOT_VICTIM",
    "INSUFFICIENT",
];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    code: Spanned<String>,
    united_nations: Spanned<String>,
    name: Spanned<Name>,
    publisher: Option<Spanned<Name>>,
    final_after: Option<Spanned<u8>>,
    groups_note: Option<Spanned<Name>>,
    status: FileStatus,
    reporters: Vec<FileNamed>,
    #[serde(default)]
    codings: Vec<FileCoding>,
    #[serde(default)]
    groups: Vec<FileGroup>,
    #[serde(default)]
    law: Vec<FileChange>,
    #[serde(default)]
    territory: Vec<FileNamed>,
    population: FilePopulation,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileStatus {
    undecided: Spanned<String>,
    presumed: Vec<Spanned<String>>,
    identified: Vec<Spanned<String>>,
    not_victim: Vec<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileNamed {
    code: Spanned<String>,
    name: Spanned<Name>,
    short: Option<Spanned<Name>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileCoding {
    source: String,
    lists: BTreeMap<String, Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileGroup {
    id: Spanned<String>,
    name: Spanned<Name>,
    forms: Vec<Spanned<String>>,
    citizenship: Vec<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileChange {
    from: Spanned<String>,
    name: Spanned<Name>,
    source: String,
    recode: Option<BTreeMap<String, Spanned<String>>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FilePopulation {
    source: String,
    years: Vec<Spanned<FileYear>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileYear {
    year: i16,
    persons: u64,
}

/// The text of a profile, for the lines of errors.
struct Lines<'a>(&'a str);

impl Lines<'_> {
    fn wrong(&self, span: &Range<usize>, what: Wrong) -> CountryError {
        let before = self.0.get(..span.start).unwrap_or_default();
        CountryError { line: 1 + before.matches('\n').count(), what }
    }

    fn want<T>(
        &self,
        value: &Spanned<T>,
        fits: impl Fn(&T) -> bool,
        what: Wrong,
    ) -> Result<(), CountryError> {
        if fits(value.get_ref()) { Ok(()) } else { Err(self.wrong(&value.span(), what)) }
    }

    fn name(&self, name: &Spanned<Name>) -> Result<Name, CountryError> {
        let fits = |n: &Name| !n.nl.trim().is_empty() && !n.en.trim().is_empty();
        self.want(name, fits, Wrong::Name)?;
        Ok(name.get_ref().clone())
    }

    fn once(&self, seen: &mut BTreeSet<String>, value: &Spanned<String>) -> Result<(), CountryError> {
        if seen.insert(value.get_ref().clone()) {
            Ok(())
        } else {
            Err(self.wrong(&value.span(), Wrong::Twice))
        }
    }

    fn codes(
        &self,
        codes: &[Spanned<String>],
        all: &[&str],
        what: &Wrong,
    ) -> Result<Vec<String>, CountryError> {
        let each = |c: &Spanned<String>| {
            self.want(c, |c| all.contains(&c.as_str()), what.clone())?;
            Ok(c.get_ref().clone())
        };
        codes.iter().map(each).collect()
    }

    fn named(
        &self,
        all: &[FileNamed],
        fits: impl Fn(&str) -> bool,
        what: &Wrong,
    ) -> Result<Vec<NamedCode>, CountryError> {
        let mut seen = BTreeSet::new();
        let each = |n: &FileNamed| {
            self.want(&n.code, |c| fits(c), what.clone())?;
            self.once(&mut seen, &n.code)?;
            let short = n.short.as_ref().map(|short| self.name(short)).transpose()?;
            Ok(NamedCode { code: n.code.get_ref().clone(), name: self.name(&n.name)?, short })
        };
        all.iter().map(each).collect()
    }

    /// The list codes of published tables.
    fn codings(&self, all: &[FileCoding], reporters: &[NamedCode]) -> Result<Vec<Coding>, CountryError> {
        let each = |c: &FileCoding| {
            let one = |(list, code): (&String, &Spanned<String>)| {
                self.want(code, |code| reporters.iter().any(|r| r.code == *code), Wrong::Unknown)?;
                Ok((list.clone(), code.get_ref().clone()))
            };
            let lists = c.lists.iter().map(one).collect::<Result<BTreeMap<_, _>, CountryError>>()?;
            Ok(Coding { source: c.source.clone(), lists })
        };
        all.iter().map(each).collect()
    }

    fn final_after(&self, months: Option<&Spanned<u8>>) -> Result<u8, CountryError> {
        let Some(months) = months else { return Ok(FINAL_AFTER) };
        self.want(months, |m| (1..=60).contains(m), Wrong::Months)?;
        Ok(*months.get_ref())
    }

    fn status(&self, file: &FileStatus) -> Result<Status, CountryError> {
        let fits = |s: &String| ["presumed", "undecided"].contains(&s.as_str());
        self.want(&file.undecided, fits, Wrong::Undecided)?;
        let mut seen = BTreeSet::new();
        let mut classes = BTreeMap::new();
        for (class, codes) in
            [("presumed", &file.presumed), ("identified", &file.identified), ("not_victim", &file.not_victim)]
        {
            codes.iter().try_for_each(|c| self.once(&mut seen, c))?;
            classes.insert(class.to_owned(), self.codes(codes, &STATUSES, &Wrong::Unknown)?);
        }
        Ok(Status { undecided: file.undecided.get_ref().clone(), classes })
    }

    fn groups(&self, groups: &[FileGroup], forms: &[&str]) -> Result<Vec<Group>, CountryError> {
        let mut seen = BTreeSet::new();
        let each = |g: &FileGroup| {
            self.once(&mut seen, &g.id)?;
            Ok(Group {
                id: g.id.get_ref().clone(),
                name: self.name(&g.name)?,
                forms: self.codes(&g.forms, forms, &Wrong::Unknown)?,
                citizenship: self.codes(&g.citizenship, &eu::GROUPS, &Wrong::Citizenship)?,
            })
        };
        groups.iter().map(each).collect()
    }

    /// Recoding of forms: both sides are codes of forms, and the former code is empty if the former definition did not include the form.
    fn recode(
        &self,
        codes: &BTreeMap<String, Spanned<String>>,
        forms: &[&str],
    ) -> Result<BTreeMap<String, String>, CountryError> {
        let each = |(new, former): (&String, &Spanned<String>)| {
            let is = |code: &str| forms.contains(&code);
            self.want(former, |f| is(new) && (f.is_empty() || is(f)), Wrong::Unknown)?;
            Ok((new.clone(), former.get_ref().clone()))
        };
        codes.iter().map(each).collect()
    }

    fn law(&self, changes: &[FileChange], forms: &[&str]) -> Result<Vec<Change>, CountryError> {
        let mut all: Vec<Change> = Vec::new();
        for c in changes {
            let from: Date = c.from.get_ref().parse().map_err(|_| self.wrong(&c.from.span(), Wrong::Day))?;
            if all.last().is_some_and(|last| last.from >= from) {
                return Err(self.wrong(&c.from.span(), Wrong::Order));
            }
            let recode = c.recode.as_ref().map(|codes| self.recode(codes, forms)).transpose()?;
            all.push(Change { from, name: self.name(&c.name)?, source: c.source.clone(), recode });
        }
        Ok(all)
    }

    fn population(&self, file: &FilePopulation) -> Result<BTreeMap<i16, u64>, CountryError> {
        let mut all = BTreeMap::new();
        for y in &file.years {
            self.want(y, |y| (1900..=2100).contains(&y.year) && y.persons > 0, Wrong::Population)?;
            if all.insert(y.get_ref().year, y.get_ref().persons).is_some() {
                return Err(self.wrong(&y.span(), Wrong::Twice));
            }
        }
        Ok(all)
    }
}

impl Country {
    /// Reads a profile; `forms` are the codes of forms of exploitation.
    ///
    /// # Errors
    /// If the profile is not valid; the error has the line.
    pub fn read(text: &str, forms: &[&str]) -> Result<Self, CountryError> {
        let lines = Lines(text);
        let file: File = toml::from_str(text).map_err(|e| {
            let span = e.span().unwrap_or_default();
            lines.wrong(&span, Wrong::Form(e.message().to_owned()))
        })?;
        let capitals = |c: &String| c.len() == 2 && c.bytes().all(|b| b.is_ascii_uppercase());
        lines.want(&file.code, capitals, Wrong::Code)?;
        let digits = |c: &String| c.len() == 3 && c.bytes().all(|b| b.is_ascii_digit());
        lines.want(&file.united_nations, digits, Wrong::Number)?;
        let prefix = format!("{}-", file.code.get_ref());
        let word = |c: &str| {
            !c.is_empty() && c.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')
        };
        let reporters = lines.named(&file.reporters, word, &Wrong::Unknown)?;
        Ok(Self {
            code: file.code.get_ref().clone(),
            united_nations: file.united_nations.get_ref().clone(),
            name: lines.name(&file.name)?,
            publisher: file.publisher.as_ref().map(|publisher| lines.name(publisher)).transpose()?,
            status: lines.status(&file.status)?,
            codings: lines.codings(&file.codings, &reporters)?,
            reporters,
            final_after: lines.final_after(file.final_after.as_ref())?,
            groups: lines.groups(&file.groups, forms)?,
            groups_note: file.groups_note.as_ref().map(|note| lines.name(note)).transpose()?,
            law: lines.law(&file.law, forms)?,
            territory: lines.named(&file.territory, |c| c.starts_with(&prefix), &Wrong::Region)?,
            population: lines.population(&file.population)?,
            population_source: file.population.source.clone(),
        })
    }
}
