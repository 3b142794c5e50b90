//! `ijsberg register`: the register on the command line.

mod admin;
mod cases;
mod copies;
mod demo;
mod export;
mod import;
pub(crate) mod place;
mod received;
mod retention;
mod rights;
mod secrets;
mod staged;

pub(crate) use place::Opener;

use std::path::PathBuf;

use clap::{Args, Subcommand};
use ijsberg_register::citizenships;
use ijsberg_report::text::Text;

use crate::estimate::LanguageArgument;
use crate::output::print;
use crate::wrong::in_words;

/// Keep a register. Example: ijsberg register demo
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    place: Place,
    #[command(subcommand)]
    what: RegisterCommand,
}

/// Where the register lies and who is at work.
#[derive(Debug, Args)]
pub(crate) struct Place {
    /// The directory of the register and its key files.
    #[arg(long, default_value = "register", global = true)]
    at: PathBuf,
    /// A PostgreSQL database; the key files stay in the directory. Another machine is reached over TLS only, with its certificate
    /// verified (`sslrootcert=FILE` for your own authority). A URL with a password comes from a file or from the variable.
    #[arg(long, env = "IJSBERG_REGISTER_URL", hide_env_values = true, global = true)]
    url: Option<String>,
    /// A file with that URL.
    #[arg(long, conflicts_with = "url", global = true)]
    url_file: Option<PathBuf>,
    /// The user who does this; without it the first user.
    #[arg(long, default_value = "keeper", global = true)]
    user: String,
    /// A file with the passphrase of the keys; otherwise the variable `IJSBERG_PASSPHRASE`, otherwise the program asks for it.
    #[arg(long, global = true)]
    passphrase_file: Option<PathBuf>,
    /// A file with the passphrase of the identity vault, if it has its own.
    #[arg(long, global = true)]
    vault_passphrase_file: Option<PathBuf>,
    /// A file with the user's password; otherwise the variable `IJSBERG_PASSWORD`, otherwise the program asks for it.
    #[arg(long, global = true)]
    password_file: Option<PathBuf>,
    /// The code for two-factor login, or a recovery code.
    #[arg(long, global = true)]
    code: Option<String>,
    /// The date, if the clock is right although the log of the register is much older.
    #[arg(long, global = true)]
    today: Option<jiff::civil::Date>,
    /// Language.
    #[arg(long, value_enum, default_value_t = LanguageArgument::of_machine(), global = true)]
    lang: LanguageArgument,
}

#[derive(Debug, Subcommand)]
enum RegisterCommand {
    /// Make a register: an encrypted file, two key files, the first user, and shares of a recovery key.
    Init(secrets::Shares),
    /// Make a register of 8,234 synthetic people on the lists of the Dutch study, and lists for linkage.
    Demo {
        /// The directory to make.
        #[arg(long, default_value = "demo")]
        out: PathBuf,
        /// Write the lists also as organisations send them, each in its own way.
        #[arg(long)]
        as_received: bool,
        /// Seed.
        #[arg(long, default_value_t = 1)]
        seed: u64,
    },
    /// Number of rows of each kind.
    Status,
    /// Users and roles.
    #[command(subcommand)]
    User(admin::User),
    /// Organisations that notify.
    #[command(subcommand)]
    Organisation(admin::Organisation),
    /// Tracks and their lawful basis.
    #[command(subcommand)]
    Lane(admin::LaneCommand),
    /// Import notifications from a file (CSV, Excel, Parquet, submissions of a form).
    Import(import::Arguments),
    /// The pseudonym of the person an organisation notified under its own case reference.
    Find {
        /// The organisation.
        organisation: String,
        /// Its own case reference.
        case: String,
    },
    /// Correct coded fields of a registration; give the version that was read.
    Correct {
        /// The registration.
        registration: String,
        /// The version that was read.
        #[arg(long)]
        version: i64,
        /// Fields and values, `sex=F` or `nationality=NL,MA`; leave the value empty to remove a year or the nationalities.
        #[arg(required = true, value_parser = cases::field_and_value)]
        changes: Vec<(String, String)>,
    },
    /// What is known about a pseudonym: registrations and, with --records, the case.
    Show(cases::ShowArguments),
    /// Identities.
    #[command(subcommand)]
    Identity(cases::IdentityCommand),
    /// Records of a case.
    #[command(subcommand)]
    Record(cases::RecordCommand),
    /// Assess a person by the observations of the case, and keep the result as a record that cannot be changed.
    Assess(cases::Assess),
    /// Emergency access to an identity, and its review afterwards.
    #[command(subcommand)]
    Glass(cases::EmergencyCommand),
    /// Write lists with names for `ijsberg link`.
    Lists {
        /// Directory to write to.
        #[arg(long)]
        out: PathBuf,
        /// Add the year, age group and form of exploitation, for `ijsberg link --covariates`.
        #[arg(long)]
        codes: bool,
    },
    /// Save the results of `ijsberg link`, or undo decisions.
    #[command(subcommand)]
    Link(import::LinkCommand),
    /// Registrations that share a code.
    Duplicates,
    /// Write capture histories for `ijsberg estimate`.
    Histories {
        /// First year.
        #[arg(long)]
        from: i16,
        /// Last year.
        #[arg(long)]
        to: i16,
        /// One column for each list and year, for `ijsberg open`, and a row for each combination with the number of people.
        #[arg(long)]
        years: bool,
        /// The file to write.
        #[arg(long)]
        out: PathBuf,
    },
    /// Write cases in another standard, with a report of what is lost.
    #[command(subcommand)]
    Export(export::Export),
    /// Retention periods.
    #[command(subcommand)]
    Retention(retention::Retention),
    /// Rights of people: what is registered about one of them, and restriction of processing.
    #[command(subcommand)]
    Rights(rights::Rights),
    /// The audit log: who did what.
    #[command(subcommand)]
    Audit(admin::Audit),
    /// Change keys and passphrases, or recover a register.
    #[command(subcommand)]
    Keys(secrets::Keys),
    /// Copy the register, encrypted, restore the copy in a temporary place, and open everything in it.
    Backup {
        /// The directory to make.
        #[arg(long)]
        out: PathBuf,
    },
    /// Restore a copy: the register's directory must not exist, and the database must have no tables.
    Restore {
        /// The directory of the copy.
        from: PathBuf,
    },
}

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let text = Text::new(arguments.place.lang.into());
    act(&text, arguments).map_err(|e| in_words(&text, &e))
}

fn act(text: &Text, arguments: &Arguments) -> anyhow::Result<()> {
    let place = &arguments.place;
    match &arguments.what {
        RegisterCommand::Init(how) => place.init(text, *how),
        RegisterCommand::Demo { out, as_received, seed } => {
            demo::run(text, place, (out.as_path(), *as_received), *seed)
        }
        RegisterCommand::Status => admin::status(text, place),
        RegisterCommand::User(command) => command.run(text, place),
        RegisterCommand::Organisation(command) => command.run(text, place),
        RegisterCommand::Lane(command) => command.run(text, place),
        RegisterCommand::Import(command) => command.run(text, place),
        RegisterCommand::Find { organisation, case } => {
            let found = place.open(text, false)?.find(organisation, case)?;
            print(&(ijsberg_crypto::hex(&found.person) + "\n"))
        }
        RegisterCommand::Correct { registration, version, changes } => {
            let registration = ijsberg_register::register::id(registration)?;
            // Several citizenships may stand in any order.
            let kept = |(field, value): &(String, String)| {
                let several = field == "nationality";
                (field.clone(), if several { citizenships::typed(value) } else { value.clone() })
            };
            let changes = changes.iter().map(kept).collect();
            let version = place.open(text, false)?.correct(&registration, *version, &changes)?;
            print(&(text.fill("register-version", &[("version", version.to_string())]) + "\n"))
        }
        RegisterCommand::Show(command) => command.run(text, place),
        RegisterCommand::Identity(command) => command.run(text, place),
        RegisterCommand::Record(command) => command.run(text, place),
        RegisterCommand::Assess(command) => command.run(text, place),
        RegisterCommand::Glass(command) => command.run(text, place),
        RegisterCommand::Lists { out, codes } => {
            export::lists(text, &mut place.open(text, true)?, *codes, out)
        }
        RegisterCommand::Link(command) => command.run(text, place),
        RegisterCommand::Duplicates => import::duplicates(text, place),
        RegisterCommand::Histories { from, to, years, out } => {
            let write = if *years { export::histories_by_year } else { export::histories };
            write(text, &mut place.open(text, false)?, *from, *to, out)
        }
        RegisterCommand::Export(command) => command.run(text, place),
        RegisterCommand::Retention(command) => command.run(text, place),
        RegisterCommand::Rights(command) => command.run(text, place),
        RegisterCommand::Audit(command) => command.run(text, place),
        RegisterCommand::Keys(command) => command.run(text, place),
        RegisterCommand::Backup { out } => place.backup(text, out),
        RegisterCommand::Restore { from } => place.restore(text, from),
    }
}
