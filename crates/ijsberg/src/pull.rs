//! `ijsberg pull`: records from the systems in which organisations register, as a file for `ijsberg register import`.

mod losses;
mod said;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow};
use clap::{Args, Subcommand};
use ijsberg_outside::json_line;
use ijsberg_pull::{Address, Client, Mapping, Patience, Pull, PullError, Secret, Source, Tally, preview};
use ijsberg_register::exchange::notifications::proposed;
use ijsberg_report::text::Text;

use crate::estimate::LanguageArgument;
use crate::files::read_file;
use crate::output::{print, tell};
use crate::pull::said::said;

/// Records that a preview reads at least, if there are as many.
const PREVIEWED: u64 = 500;

/// Pull records from ODK Central, KoboToolbox, Primero or DHIS2 into a CSV file, for `ijsberg register import`.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  ijsberg pull kobo --url https://eu.kobotoolbox.org --asset aGAcvhamUDu \\\n  \
                        --token-file token --preview > mapping.toml"
)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    from: System,
}

#[derive(Debug, Subcommand)]
enum System {
    /// Submissions of a form in ODK Central.
    Odk {
        /// The number of the project.
        #[arg(long)]
        project: u64,
        /// The form, by its `xmlFormId`.
        #[arg(long)]
        form: String,
        #[command(flatten)]
        how: ServerArguments,
    },
    /// Submissions of a project in KoboToolbox.
    Kobo {
        /// The project, by its `uid`.
        #[arg(long)]
        asset: String,
        #[command(flatten)]
        how: ServerArguments,
    },
    /// Tracked entities of a program in DHIS2 Tracker.
    Dhis2 {
        /// The program, by its UID.
        #[arg(long)]
        program: String,
        /// The organisation unit, by its UID; units below it count too.
        #[arg(long)]
        unit: String,
        #[command(flatten)]
        how: ServerArguments,
    },
    /// Cases in Primero v2.
    Primero {
        #[command(flatten)]
        how: ServerArguments,
    },
}

/// What is the same for every system.
#[derive(Debug, Args)]
struct ServerArguments {
    /// Address of the server, such as `https://example.org`; only this machine is reached without TLS.
    #[arg(long)]
    url: String,
    /// A file with the token, or with user:password, that only you can read.
    #[arg(long)]
    token_file: PathBuf,
    /// A TOML file with the column of each field.
    #[arg(long, required_unless_present = "preview")]
    mapping: Option<PathBuf>,
    /// The CSV file; if an earlier pull wrote it, new records are added.
    #[arg(long, required_unless_present = "preview")]
    out: Option<PathBuf>,
    /// Only read some records, and write a mapping of their fields to standard output; values are not shown.
    #[arg(long, conflicts_with = "out")]
    preview: bool,
    /// Records to ask for at a time.
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=1000))]
    per_page: u32,
    /// Language.
    #[arg(long, value_enum, default_value_t = LanguageArgument::of_machine())]
    lang: LanguageArgument,
}

impl System {
    /// What is asked for, and how.
    fn asked(&self) -> (Source, &ServerArguments) {
        match self {
            Self::Odk { project, form, how } => (Source::Odk { project: *project, form: form.clone() }, how),
            Self::Kobo { asset, how } => (Source::Kobo { asset: asset.clone() }, how),
            Self::Dhis2 { program, unit, how } => {
                (Source::Dhis2 { program: program.clone(), unit: unit.clone() }, how)
            }
            Self::Primero { how } => (Source::Primero, how),
        }
    }
}

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let (source, how) = arguments.from.asked();
    let text = Text::new(how.lang.into());
    let wrong = |e: PullError| anyhow!(said(&text, &e));
    let mapping = how.mapping.as_deref().map(|path| read(&text, path)).transpose()?;
    let address = Address::new(&how.url).map_err(wrong)?;
    let secret = Secret::read(&how.token_file).map_err(wrong)?;
    let mut client = Client::new(address, secret, &source, Patience::default()).map_err(wrong)?;
    let (false, Some(mapping), Some(out)) = (how.preview, &mapping, &how.out) else {
        let tally = preview(&mut client, &source, how.per_page, PREVIEWED).map_err(wrong)?;
        return print(&draft(&text, &source, mapping.as_ref(), &tally));
    };
    let mut pull = Pull::open(client, source, mapping.clone(), how.per_page, out).map_err(wrong)?;
    let mut so_far = |tally: &Tally| {
        tell(&text.fill("pull-so-far", &[("stored", text.number(tally.stored as f64))]));
    };
    let done = pull.run(&mut so_far);
    let done = done.map_err(|e| anyhow!("{}. {}", said(&text, &e), text.say("pull-goes-on")))?;
    print(&losses::report(&text, mapping, &done, out)?)
}

/// The mapping in a file.
fn read(text: &Text, path: &Path) -> anyhow::Result<Mapping> {
    let context = || path.display().to_string();
    let content = String::from_utf8(read_file(text, path)?).with_context(context)?;
    let mapping: Mapping = toml::from_str(&content).with_context(context)?;
    mapping.checked().map_err(|e| anyhow!("{}: {}", path.display(), said(text, &e)))
}

/// Fields as a mapping: those with a column as they are read, the others as comments, and of each in how many records it is.
fn draft(text: &Text, source: &Source, mapping: Option<&Mapping>, tally: &Tally) -> String {
    let number = |n: u64| text.number(n as f64);
    let mut page = format!("# {}\n[columns]\n", text.fill("pull-preview", &[("n", number(tally.read))]));
    let proposals = proposals(source, tally);
    for (field, n) in &tally.fields {
        let column = match mapping {
            Some(mapping) => mapping.column(field),
            None => proposals.get(field.as_str()).copied(),
        };
        let comment = if column.is_none() { "# " } else { "" };
        let label = tally.labels.get(field).map(|l| format!(" {}", quoted(l))).unwrap_or_default();
        let filled = text.fill("pull-filled", &[("n", number(*n)), ("of", number(tally.read))]);
        let (field, column) = (quoted(field), quoted(column.unwrap_or_default()));
        page += &(format!("{comment}{field} = {column}  # {filled}{label}") + "\n");
    }
    let missing = mapping.into_iter().flat_map(Mapping::fields).filter(|f| !tally.fields.contains_key(*f));
    for field in missing {
        page += &(format!("# {}", text.fill("pull-not-there", &[("field", quoted(field))])) + "\n");
    }
    page
}

/// In quotation marks, on one line, as TOML and JSON have it.
fn quoted(text: &str) -> String {
    json_line(text).unwrap_or_default().trim_end().to_owned()
}

/// Columns that the register knows, each for the first field that is called like it.
fn proposals<'a>(source: &Source, tally: &'a Tally) -> BTreeMap<&'a str, &'static str> {
    let mut fields: Vec<&'a String> = tally.fields.keys().collect();
    // What a form asks comes before what its system adds.
    fields.sort_by_key(|field| (field.starts_with('_'), *field));
    let of = |field: &&'a String| Some((*field, proposed(std::slice::from_ref(*field)).first().copied()??));
    let mut wanted: Vec<(&'a String, &'static str)> = fields.iter().filter_map(of).collect();
    for (name, column) in [(source.id_field(), "local_key"), (source.date_field(), "happened_on")] {
        wanted.extend(fields.iter().find(|field| field.as_str() == name).map(|field| (*field, column)));
    }
    let mut found: BTreeMap<&str, &str> = BTreeMap::new();
    for (field, column) in wanted {
        if !found.values().any(|taken| *taken == column) {
            found.entry(field.as_str()).or_insert(column);
        }
    }
    found
}
