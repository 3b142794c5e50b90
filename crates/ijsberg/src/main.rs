//! The command line of ijsberg: it reads arguments and files, calls the pure crates, and writes what they return.

#![warn(clippy::print_stdout, clippy::print_stderr)]

mod anchor;
mod assess;
mod checkpoints;
mod codes;
mod covariates;
mod delays;
mod demo;
mod design;
mod dossier;
mod encode;
mod estimate;
mod evidence;
mod files;
mod help;
mod intake;
mod link;
mod lists;
mod log;
mod logs;
mod noise_key;
mod nowcast;
mod open;
mod output;
mod page;
mod passphrase;
mod protect;
mod pull;
mod reading;
mod register;
mod report;
mod resolve;
mod review;
mod sample;
mod serve;
mod shards;
mod shell;
mod simulate;
mod sql;
mod wrong;

use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};
use ijsberg_report::text::Text;

use crate::estimate::LanguageArgument;

#[derive(Debug, Parser)]
#[command(
    name = "ijsberg",
    version,
    about = "See below the waterline: how many people are on no list?",
    max_term_width = help::WIDTH
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Try everything on synthetic data: signals, a register, linkage and estimates; then estimate from the real Dutch table.
    Demo(demo::Arguments),
    /// Write completions for a shell.
    Completions(shell::Completions),
    /// Assess signals of human trafficking against the law and the ILO indicators.
    Assess(Box<assess::Arguments>),
    /// Complete counts by month with the registrations that are still to come, and measure the error of such figures.
    Delays(Box<delays::Arguments>),
    /// Find out what would give a better answer: a random sample, one list more, or other use of the lists.
    Design(Box<design::Arguments>),
    /// Print the assurance dossier of a register: record of processing, annex for the impact assessment, controls, versions, limits.
    Dossier(Box<dossier::Arguments>),
    /// Estimate the size of a population from overlapping lists.
    Estimate(Box<estimate::Arguments>),
    /// Link lists: find records that belong to the same person.
    Link(Box<link::Arguments>),
    /// Write man pages.
    Man(shell::Man),
    /// Estimate the last year before its late list is in, from how that list overlapped with the others in earlier years.
    Nowcast(Box<nowcast::Arguments>),
    /// Estimate how many people there are in each year and how many different ones in all years, from lists over several years.
    Open(Box<open::Arguments>),
    /// Write one web page that estimates without a server: for teaching, and where nothing may be installed. It never sends anything.
    Page(page::Arguments),
    /// Apply disclosure control to a table of capture histories, so that estimates from it can be published.
    Protect(Box<protect::Arguments>),
    /// Pull records from ODK Central, KoboToolbox, Primero or DHIS2 into a CSV file, for `ijsberg register import`.
    Pull(Box<pull::Arguments>),
    /// Keep an encrypted, audited register of presumed victims, with or without names.
    Register(Box<register::Arguments>),
    /// Write the yearly report with disclosure control: web pages, PDF, spreadsheets and open data.
    Report(Box<report::Arguments>),
    /// Plan a random sample of strata, such as sectors: whom to draw; or estimate from one that was drawn.
    Sample(Box<sample::Arguments>),
    /// Run the web application: assess, register and estimate.
    Serve(Box<serve::Arguments>),
    /// Test methods on populations of known size.
    Simulate(Box<simulate::Arguments>),
}

/// Reads the arguments; ends the program where they are not understood, or where they ask for help.
fn parse() -> Cli {
    let dutch = matches!(LanguageArgument::of_arguments(std::env::args_os()), LanguageArgument::Nl);
    let command = Cli::command();
    let command = if dutch { help::in_dutch(command) } else { help::in_english(command) };
    let parsed = command.try_get_matches().and_then(|matches| Cli::from_arg_matches(&matches));
    parsed.unwrap_or_else(|error| {
        if let Some(complaint) = help::complaint(&error).filter(|_| dutch) {
            crate::output::tell(&complaint);
            std::process::exit(2);
        }
        error.exit()
    })
}

fn main() -> ExitCode {
    let mut words = std::env::args().skip(1);
    if words.next().as_deref() == Some(ijsberg_apart::COMMAND) {
        return ijsberg_apart::child(words.next().as_deref());
    }
    ijsberg_apart::keep_to_oneself();
    let report = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        // A broken file that trips a decoder is reported as an error about the file.
        if !ijsberg_tables::is_decoding() {
            report(panic);
        }
    }));
    let result = match parse().command {
        Command::Completions(arguments) => arguments.run(Cli::command()),
        Command::Man(arguments) => arguments.run(Cli::command()),
        Command::Demo(arguments) => demo::run(&arguments),
        Command::Assess(arguments) => assess::run(&arguments),
        Command::Delays(arguments) => delays::run(&arguments),
        Command::Design(arguments) => design::run(&arguments),
        Command::Dossier(arguments) => dossier::run(&arguments),
        Command::Estimate(arguments) => estimate::run(&arguments),
        Command::Link(arguments) => link::run(&arguments),
        Command::Nowcast(arguments) => nowcast::run(&arguments),
        Command::Open(arguments) => open::run(&arguments),
        Command::Page(arguments) => page::run(&arguments),
        Command::Protect(arguments) => protect::run(&arguments),
        Command::Pull(arguments) => pull::run(&arguments),
        Command::Register(arguments) => register::run(&arguments),
        Command::Report(arguments) => report::run(&arguments),
        Command::Sample(arguments) => sample::run(&arguments),
        Command::Serve(arguments) => serve::run(&arguments),
        Command::Simulate(arguments) => simulate::run(&arguments),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let text = Text::new(LanguageArgument::of_arguments(std::env::args_os()).into());
            crate::output::tell(&format!("ijsberg: {:#}", wrong::in_words(&text, &error)));
            ExitCode::from(2)
        }
    }
}
