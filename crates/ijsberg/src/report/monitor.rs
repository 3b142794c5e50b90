//! `ijsberg report --for monitor` and `--text`: the report in chapters, whose text its author edits.

use std::path::Path;

use anyhow::{Context, anyhow, bail};
use ijsberg_publication::Edition;
use ijsberg_publication::document::Document;
use ijsberg_publication::edition::years_needed;
use ijsberg_publication::ledger::Ledger;
use ijsberg_publication::legal::deliver::{MONITOR, chain};
use ijsberg_publication::legal::{Delivery, Measure, Request, deliver};
use ijsberg_publication::monitor::{
    Chapter, Facts, Front, chapters, compose, ending, front, resolve, tables,
};
use ijsberg_publication::tables::PublicTable;
use ijsberg_report::text::{Language, Text};
use ijsberg_tables::Contents;

use super::legal;
use super::recorded::RegisterSnapshot;
use super::{Arguments, LANGUAGES};
use crate::files::read_file;
use crate::logs::LockedLogs;
use crate::output::{tell, write_whole};

/// The years of the period. That of a monitor reaches back to the last year with somebody who is published, so that years with nobody have a
/// report too.
pub(super) fn years(a: &Arguments, contents: Option<&Contents>, log: (&Ledger, &[u8])) -> i16 {
    match contents.filter(|_| a.is_for_monitor()) {
        Some(contents) => years_needed(contents, log, a.year, a.years),
        None => a.years,
    }
}

/// What a report has beside its edition: pages with a text of their own, and the counts of the criminal justice chain.
#[derive(Debug, Default)]
pub(super) struct Pages {
    documents: Vec<(Document, Front)>,
    chain: Option<Delivery>,
}

impl Pages {
    /// Those that are asked for; none for a report as the program writes it. A text with faults is refused, and one that is not there
    /// yet is written.
    pub(super) fn prepare(
        text: &Text,
        a: &Arguments,
        e: &Edition,
        recorded: Option<&RegisterSnapshot>,
    ) -> anyhow::Result<Self> {
        let monitor = a.is_for_monitor();
        if !monitor && a.text.is_none() {
            return Ok(Self::default());
        }
        let chain = if monitor { chain_of(text, a, e, recorded)? } else { None };
        let (mut documents, mut new, mut read) = (Vec::new(), Vec::new(), 0);
        let mut faults = Vec::new();
        for language in LANGUAGES {
            let own = Text::new(language);
            let facts = Facts::from_edition(&own, e, chain.as_ref());
            let mut of =
                a.text.as_deref().map_or_else(|| Ok(Vec::new()), |dir| there(text, dir, language))?;
            read += of.len();
            if of.is_empty() {
                of = chapters(&own, e, &facts);
                new.extend(of.iter().cloned());
            }
            let resolved = resolve(&own, &facts, &of);
            for finding in &resolved.findings {
                let said = finding.in_words(text);
                if finding.refuses() {
                    faults.push(said);
                } else {
                    tell(&said);
                }
            }
            let front = front(&own, e, &resolved);
            documents.push((compose(&own, e, resolved), front));
        }
        if !faults.is_empty() {
            faults.push(text.say("monitor-refused"));
            bail!(faults.join("\n"));
        }
        if let Some(dir) = &a.text {
            written(text, dir, &new)?;
            told(text, "monitor-read", dir, read);
        }
        Ok(Self { documents, chain })
    }

    /// The pages in a language, and their cover.
    pub(super) fn document(&self, language: Language) -> Option<(Document, Front)> {
        self.documents.iter().find(|d| d.0.language == language).cloned()
    }

    /// The tables of the edition, and those that the pages have beside them.
    pub(super) fn tables(&self, text: &Text, e: &Edition) -> Vec<PublicTable> {
        tables(text, e, self.chain.as_ref())
    }

    /// The log of victims with the edition and with its counts of victims by sector, region and citizenship.
    pub(super) fn ledger(&self, e: &Edition) -> Ledger {
        let victims = self.chain.as_ref().and_then(|d| d.ledgers().find(|l| l.0 == Measure::Registered));
        victims.map_or_else(|| e.ledger(), |(_, ledger)| ledger.clone())
    }

    /// Whether the logs of the chain are those of the key, and nothing was released since they were read.
    pub(super) fn check(&self, text: &Text, out: &Path, logs: &LockedLogs<'_>) -> anyhow::Result<()> {
        let Some(chain) = &self.chain else { return Ok(()) };
        let mut now = legal::ledgers(text, out)?;
        now.retain(|measure, _| *measure != Measure::Registered);
        if now.iter().any(|(measure, ledger)| chain.earlier().get(measure) != Some(ledger)) {
            bail!(text.say("publish-meanwhile"));
        }
        // The log of victims is that of the edition.
        for (measure, after) in chain.ledgers().filter(|l| l.0 != Measure::Registered) {
            let name = legal::ledger_name(measure);
            logs.check(text, (&name, &out.join(&name)), &chain.earlier()[&measure], after)?;
        }
        Ok(())
    }

    /// Writes those logs.
    pub(super) fn log(&self, text: &Text, out: &Path, logs: &LockedLogs<'_>) -> anyhow::Result<()> {
        let Some(chain) = &self.chain else { return Ok(()) };
        for (measure, ledger) in chain.ledgers().filter(|l| l.0 != Measure::Registered) {
            let name = legal::ledger_name(measure);
            logs.write(text, (&name, &out.join(&name)), &chain.earlier()[&measure], ledger)?;
        }
        Ok(())
    }
}

/// The counts of the criminal justice chain, from a file or from the register's records of suspects; and from a register its victims by
/// sector, region and citizenship, checked with the edition as if that had been published before.
fn chain_of(
    text: &Text,
    a: &Arguments,
    e: &Edition,
    recorded: Option<&RegisterSnapshot>,
) -> anyhow::Result<Option<Delivery>> {
    if a.justice.is_none() && recorded.is_none() {
        return Ok(None);
    }
    let country = legal::country(text, a)?;
    let justice = a.justice.as_deref().map(|path| legal::justice(text, path)).transpose()?;
    // The persons of the edition, and not those of a moment later.
    let persons = recorded.map(|r| r.persons(&country, a.year));
    let justice = justice.or_else(|| recorded.and_then(|r| r.justice(&country, a.year)));
    let o = &e.options;
    let asked = Request {
        country,
        year: a.year,
        years: a.years,
        date: o.date,
        secret: o.secret.clone(),
        noise: o.noise,
        plain: o.plain,
        embargo: o.embargo,
        synthetic: o.synthetic,
    };
    let mut earlier = legal::ledgers(text, &a.out)?;
    let made = match (persons, justice) {
        (Some(persons), justice) => {
            earlier.insert(Measure::Registered, e.ledger());
            deliver(asked, &persons, justice.as_ref(), earlier)
        }
        (None, Some(justice)) => chain(asked, &justice, earlier),
        (None, None) => return Ok(None),
    };
    made.map(|d| Some(d.recorded_as(MONITOR))).map_err(|e| anyhow!(legal::in_words(text, &a.from, &e)))
}

/// The chapters of a language in a folder, in the order of their names.
fn there(text: &Text, dir: &Path, language: Language) -> anyhow::Result<Vec<Chapter>> {
    if !dir.exists() {
        return Ok(Vec::new());
    }
    let mut files = Vec::new();
    for entry in std::fs::read_dir(dir).with_context(|| dir.display().to_string())? {
        let file = entry?.file_name().to_string_lossy().into_owned();
        if file.ends_with(&ending(language)) {
            files.push(file);
        }
    }
    files.sort();
    let chapter = |file: String| {
        let source = String::from_utf8_lossy(&read_file(text, &dir.join(&file))?).into_owned();
        Ok(Chapter { file, source })
    };
    files.into_iter().map(chapter).collect()
}

/// Writes the chapters that are not there yet.
fn written(text: &Text, dir: &Path, new: &[Chapter]) -> anyhow::Result<()> {
    std::fs::create_dir_all(dir).with_context(|| dir.display().to_string())?;
    for chapter in new {
        write_whole(dir, &chapter.file, &chapter.source)?;
    }
    told(text, "monitor-written", dir, new.len());
    Ok(())
}

fn told(text: &Text, key: &str, dir: &Path, files: usize) {
    if files > 0 {
        let parts = [("path", dir.display().to_string()), ("files", files.to_string())];
        tell(&text.fill(key, &parts));
    }
}
