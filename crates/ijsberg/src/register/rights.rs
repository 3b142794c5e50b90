//! Rights of people: a packet with what is registered about one of them, and restriction of processing.

use std::path::{Path, PathBuf};

use clap::Subcommand;
use clap::builder::PossibleValuesParser;
use ijsberg_register::RegisterError;
use ijsberg_register::citizenships;
use ijsberg_register::entities::{Holds, kind_of};
use ijsberg_register::expected::Thing;
use ijsberg_register::keeper::write;
use ijsberg_register::parts;
use ijsberg_register::register::id;
use ijsberg_register::registrations::Registration;
use ijsberg_register::restricting::{Cause, Restriction, Use};
use ijsberg_register::rights::{Packet, PacketRecord};
use ijsberg_report::text::Text;
use serde_json::Value;

use super::Place;
use super::admin::said;
use super::staged::StagedDirectory;
use crate::output::print;

#[derive(Debug, Subcommand)]
pub(super) enum Rights {
    /// Write what is registered about one person, for that person: packet.txt and packet.json, without what is about others.
    Access {
        /// The pseudonym.
        person: String,
        /// The directory to make.
        #[arg(long)]
        out: PathBuf,
        /// Include free texts. Someone has to check that they say nothing about others.
        #[arg(long)]
        texts: bool,
    },
    /// Restrict processing of a person's data: they are stored, and in no list, count, export or linkage until this is lifted.
    Restrict {
        /// The pseudonym.
        person: String,
        /// Why: the person contests the accuracy of the data, processing was unlawful, the person needs them for legal claims, or the person objected.
        #[arg(long, value_parser = PossibleValuesParser::new(Cause::ALL.map(Cause::name)))]
        reason: String,
    },
    /// Lift the restriction of a person's data. Inform the person first.
    Lift {
        /// The pseudonym.
        person: String,
    },
    /// Show the people whose data are restricted.
    Restricted,
    /// Print the restricted data of a person as JSON. The log records the reason.
    Open {
        /// The pseudonym.
        person: String,
        /// Why: the person consents, for legal claims, to protect the rights of another person, or for important reasons of public interest.
        #[arg(long, value_parser = PossibleValuesParser::new(Use::ALL.map(Use::name)))]
        reason: String,
    },
}

impl Rights {
    pub(super) fn run(&self, text: &Text, place: &Place) -> anyhow::Result<()> {
        match self {
            Self::Access { person, out, texts } => access(text, place, person, out, *texts),
            Self::Restrict { person, reason } => {
                let cause = Cause::parse(reason).ok_or(RegisterError::NotFound(Thing::Action))?;
                place.open(text, false)?.restrict(&id(person)?, cause)?;
                said(text, "rights-restricted")
            }
            Self::Lift { person } => {
                place.open(text, false)?.lift_restriction(&id(person)?)?;
                said(text, "rights-lifted")
            }
            Self::Restricted => {
                let all = place.open(text, false)?.restricted()?;
                let lines: Vec<String> = all.iter().map(|one| line(text, one) + "\n").collect();
                if lines.is_empty() { said(text, "rights-restricted-none") } else { print(&lines.concat()) }
            }
            Self::Open { person, reason } => {
                let of = Use::parse(reason).ok_or(RegisterError::NotFound(Thing::Action))?;
                let opened = place.open(text, true)?.open_restricted(&id(person)?, of)?;
                print(&ijsberg_outside::json(&opened)?)
            }
        }
    }
}

fn access(text: &Text, place: &Place, person: &str, out: &Path, texts: bool) -> anyhow::Result<()> {
    let packet = place.open(text, true)?.access_packet(&id(person)?, texts)?;
    written(text, &packet, out)?;
    let free: usize = packet.records.iter().map(|r| r.texts.len()).sum();
    let others: usize = packet.records.iter().map(|r| r.others.len()).sum();
    let key = if texts { "rights-written-texts" } else { "rights-written" };
    let parts =
        [("path", out.display().to_string()), ("texts", free.to_string()), ("others", others.to_string())];
    print(&(text.fill(key, &parts) + "\n"))
}

/// A person whose data are restricted, in one line.
fn line(text: &Text, of: &Restriction) -> String {
    let parts = [
        ("person", of.person.clone()),
        ("cause", text.say(&format!("restriction-cause-{}", of.cause.name()))),
        ("by", of.by.clone()),
        ("day", of.at.get(..10).unwrap_or(&of.at).to_owned()),
    ];
    text.fill("rights-restricted-line", &parts)
}

/// For its owner alone, as everything that names somebody.
fn written(text: &Text, packet: &Packet, out: &Path) -> anyhow::Result<()> {
    let staged = StagedDirectory::beside(text, out)?;
    write(staged.path(), "packet.txt", page(text, packet).as_bytes())?;
    write(staged.path(), "packet.json", ijsberg_outside::json(packet)?.as_bytes())?;
    staged.done()
}

/// The packet as the person reads it.
fn page(text: &Text, packet: &Packet) -> String {
    let mut page = Lines { text, out: String::new() };
    page.out += &(text.say("rights-title") + "\n\n" + &text.say("rights-intro") + "\n");
    page.heading("rights-identity");
    if packet.identity.is_empty() {
        page.out += &(text.say("rights-no-name") + "\n");
    }
    packet.identity.iter().for_each(|(field, value)| page.field(field, value));
    page.heading("rights-registrations");
    packet.registrations.iter().for_each(|r| page.registration(r));
    page.heading("rights-records");
    if packet.records.is_empty() {
        page.out += &(text.say("rights-no-records") + "\n");
    }
    packet.records.iter().for_each(|r| page.record(r));
    page.heading("rights-periods");
    for period in &packet.periods {
        let parts = [("purpose", text.say(&format!("code-purpose-{}", period.purpose)))];
        let months = text.fill("dossier-months", &[("n", period.months.to_string())]);
        page.out += &(text.fill("rights-period", &parts) + ": " + &months + "\n");
    }
    page.heading("rights-yours");
    page.out += &(text.say("rights-yours-text") + "\n");
    ijsberg_outside::terminal(&page.out).into_owned()
}

/// A page that grows.
struct Lines<'a> {
    text: &'a Text,
    out: String,
}

impl Lines<'_> {
    fn add(&mut self, what: &str) {
        self.out.push_str(what);
    }

    fn heading(&mut self, key: &str) {
        let said = self.text.say(key);
        self.add(&format!("\n{said}\n{}\n", "-".repeat(said.chars().count())));
    }

    fn field(&mut self, field: &str, value: &str) {
        if !value.is_empty() {
            self.add(&format!("{}: {value}\n", self.text.say(&format!("field-{field}"))));
        }
    }

    /// A code in words; the code itself where it has none.
    fn word(&self, list: &str, code: &str) -> String {
        let key = format!("code-{list}-{code}");
        let said = self.text.say(&key);
        if said == key { code.to_owned() } else { said }
    }

    fn registration(&mut self, r: &Registration) {
        let coded = |list: &str, code: &str| match code {
            "" => String::new(),
            code => self.word(list, code),
        };
        let nationalities: Vec<String> =
            citizenships::codes(&r.nationality).map(|code| self.word("country", code)).collect();
        let rests_on: Vec<String> =
            parts::codes(&r.article_part).map(|part| self.word(parts::LIST, part)).collect();
        let fields = [
            ("organisation", r.organisation.clone()),
            ("list", r.list.clone()),
            ("happened_on", self.text.day(&r.happened_on)),
            ("basis", r.basis.clone()),
            ("sex", coded("sex", &r.sex)),
            ("birth_year", r.birth_year.map_or_else(String::new, |year| year.to_string())),
            ("minor", coded("answer", &r.minor)),
            ("nationality", nationalities.join(", ")),
            ("form", coded("form", &r.form)),
            ("sector", coded("sector", &r.sector)),
            ("region", r.region.clone()),
            ("article_part", rests_on.join("; ")),
        ];
        fields.iter().for_each(|(field, value)| self.field(field, value));
        self.out.push('\n');
    }

    fn record(&mut self, r: &PacketRecord) {
        self.out += &(self.text.say(&format!("kind-{}", r.kind)) + "\n");
        let purpose = self.word("purpose", &r.purpose);
        let ground = [("organisation", &r.organisation), ("purpose", &purpose), ("basis", &r.basis)];
        ground.iter().for_each(|(field, value)| self.field(field, value));
        for (field, value) in &r.fields {
            let said = self.value(&r.kind, field, value);
            self.field(field, &said);
        }
        let left = r.others.iter().chain(r.texts.iter().filter(|t| !r.fields.contains_key(*t)));
        let left: Vec<String> = left.map(|f| self.text.say(&format!("field-{f}"))).collect();
        if !left.is_empty() {
            self.out += &(self.text.fill("rights-left-out", &[("fields", left.join(", "))]) + "\n");
        }
        self.out.push('\n');
    }

    /// What a field of a record says, in words.
    fn value(&self, kind: &str, field: &str, value: &Value) -> String {
        let holds = kind_of(kind).ok().and_then(|k| k.fields.iter().find(|f| f.0 == field));
        let one = |value: &Value| match (holds.map(|f| f.1), value) {
            (Some(Holds::Code(list) | Holds::Codes(list)), Value::String(code)) => self.word(list, code),
            (Some(Holds::Countries), Value::String(code)) => self.word("country", code),
            (Some(Holds::Day), Value::String(day)) => self.text.day(day),
            (_, Value::String(said)) => said.clone(),
            (_, Value::Bool(yes)) => self.word("answer", if *yes { "yes" } else { "no" }),
            (_, Value::Null) => String::new(),
            (_, other) => other.to_string(),
        };
        match value {
            Value::Array(all) => all.iter().map(one).collect::<Vec<_>>().join(", "),
            value => one(value),
        }
    }
}
