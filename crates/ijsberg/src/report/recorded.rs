//! What a register says, read once for a whole report.

use anyhow::bail;
use ijsberg_publication::country::Country;
use ijsberg_publication::legal::justice::Justice;
use ijsberg_publication::legal::persons::Persons;
use ijsberg_publication::source::of_register;
use ijsberg_register::histories::HistoryTable;
use ijsberg_register::proceedings::Suspect;
use ijsberg_register::worklist::Organisation;
use ijsberg_report::text::Text;
use ijsberg_signals::rules::Rules;
use ijsberg_tables::Study;

use super::Arguments;

/// Persons and suspects of a register. All tables of a report are made from them: who is reported while it is made is in none of its
/// tables, where a second look would have them in some.
#[derive(Debug)]
pub(super) struct RegisterSnapshot {
    histories: HistoryTable,
    suspects: Vec<Suspect>,
    organisations: Vec<Organisation>,
}

impl RegisterSnapshot {
    /// Reads them; none for a report that is not of a register. Suspects are read for what the law asks for, where no file has them.
    pub(super) fn read(text: &Text, a: &Arguments) -> anyhow::Result<Option<Self>> {
        if a.from != "register" {
            return Ok(None);
        }
        let mut register = a.place.open(text, false)?;
        let first = a.year - a.years + 1;
        let signals = Rules::shipped().signals();
        let mut histories = if a.is_for_monitor() {
            register.histories_for_report(first, a.year, &signals)?
        } else {
            register.histories_for_delivery(first, a.year, &signals)?
        };
        // A monitor reaches back to a year with somebody who is published, whichever that is.
        if histories.persons.is_empty()
            && let Some([from, to]) = register.registered_years()?
        {
            histories = register.histories_for_report(from, to, &signals)?;
        }
        if histories.persons.is_empty() {
            bail!(text.say("publish-empty"));
        }
        let has_suspects = a.wanted.is_some() && a.justice.is_none();
        let suspects = if has_suspects { register.proceedings_for_report(a.year)? } else { Vec::new() };
        let organisations = register.organisations()?;
        Ok(Some(Self { histories, suspects, organisations }))
    }

    /// Its organisations, by which lists are called.
    pub(super) fn organisations(&self) -> &[Organisation] {
        &self.organisations
    }

    /// The histories as a table to estimate from.
    pub(super) fn study(&self) -> Study {
        of_register(&self.histories)
    }

    /// The same persons with what the law asks for beside.
    pub(super) fn persons(&self, country: &Country, year: i16) -> Persons {
        Persons::of_register(&self.histories, year).coded(country, year)
    }

    /// The numbers of suspects, and of what became of them.
    pub(super) fn justice(&self, country: &Country, year: i16) -> Option<Justice> {
        Justice::of_suspects(&self.suspects, country, year)
    }
}
