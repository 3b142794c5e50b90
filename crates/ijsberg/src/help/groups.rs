//! Flags under headings, the same for every command and in the same order.

use clap::{Arg, ArgAction, Command};

use super::first::GENERAL;

/// Of what a command of the register takes itself, and of anything that is in no group.
const OWN: &str = "This command";

/// Headings in their order, with the flags below each. A flag that means something else in one command stands with that command.
const GROUPS: [(&str, &[&str]); 19] = [
    (OWN, &[]),
    (
        "Input",
        &[
            "assess save",
            "assess key",
            "assess facts-on",
            "assess passphrase-file",
            "assess read-form tracking",
            "rules",
            "schema",
            "pull mapping",
            "secret-file",
            "splink",
            "plan",
            "linked",
            "judgements",
            "link resolved",
            "link resolve count",
            "link review count",
            "link covariates",
            "earlier",
            "report from",
            "delays from",
            "report population",
            "others",
            "justice",
            "profile",
            "levels",
            "evidence",
        ],
    ),
    ("Columns of the table", &["lists", "count", "ignore", "covariates", "sheet", "happened", "registered"]),
    ("Values in the table", &["thousands", "hidden", "absent", "overlaps", "blanks"]),
    (
        "What to estimate",
        &[
            "methods",
            "thorough",
            "small-groups",
            "identifying",
            "learner",
            "late",
            "nowcast year",
            "window",
            "staying",
            "most",
            "since",
            "until",
            "model",
            "designs",
            "like",
            "consistency",
            "merge",
        ],
    ),
    ("Changes to try out", &["samples", "reaches", "known", "wider", "resolved"]),
    (
        "Uncertainty",
        &[
            "level",
            "replicates",
            "breakdown-replicates",
            "interval",
            "reselect",
            "over-coverage",
            "missed-links",
            "simulations",
            "draws",
            "chains",
            "as-compared",
        ],
    ),
    (
        "Random sample",
        &[
            "anchor",
            "anchor-share",
            "anchor-people",
            "anchor-cleared",
            "anchor-check",
            "anchor-trial",
            "sample assess",
            "check",
            "trial",
            "with-trial",
            "sample level",
        ],
    ),
    (
        "Covariates",
        &["by", "numeric", "polynomial", "inactive", "order", "criterion", "average", "population"],
    ),
    ("Publication", &["year", "years", "date", "embargo", "country", "for", "report text", "synthetic"]),
    (
        "Protection",
        &["key-file", "other-people", "counts", "variance", "epsilon", "budget", "protect release"],
    ),
    (
        "Network",
        &[
            "listen",
            "serve",
            "host",
            "pull url",
            "token-file",
            "tls-cert",
            "tls-key",
            "behind-tls-proxy",
            "open-studio",
            "rate",
        ],
    ),
    (
        "Register",
        &["register", "vault", "serve synthetic", "probabilities", "at", "url", "url-file", "today"],
    ),
    ("Login", &["user", "passphrase-file", "vault-passphrase-file", "password-file", "code"]),
    ("Yearly report", &["reports", "serve key-file"]),
    ("Log and checkpoints", &["log", "metrics", "checkpoints", "checkpoint-syslog", "checkpoint-every"]),
    (
        "Output",
        &[
            "out",
            "pull preview",
            "json",
            "csv",
            "all",
            "rows",
            "questions",
            "counts-only",
            "microdata",
            "k-anonymous",
        ],
    ),
    ("Advanced", &["seed", "per-page", "threads", "threshold", "shards", "shard", "report replicates"]),
    (GENERAL, &["lang"]),
];

/// The command with its flags, and those of the commands below it, under headings. Before it is built: then they can change places.
pub(super) fn grouped(command: Command) -> Command {
    in_order(command, "")
}

fn in_order(command: Command, path: &str) -> Command {
    let mut arguments: Vec<Arg> = command.get_arguments().map(|a| headed(a.clone(), path)).collect();
    arguments.sort_by_key(rank);
    let mut arguments = arguments.into_iter();
    command.mut_args(|own| arguments.next().unwrap_or(own)).mut_subcommands(|below| {
        let path = [path, below.get_name()].join(" ");
        in_order(below, path.trim_start())
    })
}

/// What clap adds when a command is built has its heading too.
pub(super) fn of_clap(command: Command) -> Command {
    let general = |argument: Arg| {
        let added = matches!(argument.get_action(), ArgAction::Help | ArgAction::Version);
        if added { argument.help_heading(GENERAL) } else { argument }
    };
    command.mut_args(general).mut_subcommands(of_clap)
}

fn headed(argument: Arg, path: &str) -> Arg {
    match argument.get_long().map(|flag| heading(path, flag)) {
        Some(heading) => argument.help_heading(heading),
        None => argument,
    }
}

/// The heading of a flag of the command with this path.
fn heading(path: &str, flag: &str) -> &'static str {
    let top = path.split(' ').next().unwrap_or_default();
    // Below the register are commands with one or two flags of their own; the rest comes from above.
    let bare = (!path.starts_with("register ")).then(|| flag.to_owned());
    let names = [Some(format!("{path} {flag}")), Some(format!("{top} {flag}")), bare];
    let of = |name: &String| {
        let group = GROUPS.iter().find(|(_, flags)| flags.contains(&name.as_str()));
        group.map(|(heading, _)| *heading)
    };
    names.iter().flatten().find_map(of).unwrap_or(OWN)
}

/// Arguments without a heading, which are no flags, come first.
fn rank(argument: &Arg) -> usize {
    let heading = argument.get_help_heading();
    GROUPS.iter().position(|(name, _)| Some(*name) == heading).map_or(0, |at| at + 1)
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use clap::CommandFactory;

    use super::*;

    /// What is done for each command, with its path; not for what clap adds.
    fn each(command: &Command, path: &str, look: &mut impl FnMut(&Command, &str)) {
        look(command, path);
        for below in command.get_subcommands().filter(|c| c.get_name() != "help") {
            each(below, [path, below.get_name()].join(" ").trim_start(), look);
        }
    }

    #[test]
    fn groups_are_small_and_stand_in_one_order() {
        let mut program = grouped(crate::Cli::command());
        program.build();
        each(&of_clap(program), "", &mut |command: &Command, path: &str| {
            let mut sizes: BTreeMap<usize, usize> = BTreeMap::new();
            let flags: Vec<&Arg> = command.get_arguments().filter(|a| !a.is_positional()).collect();
            flags.iter().for_each(|flag| *sizes.entry(rank(flag)).or_default() += 1);
            assert!(!sizes.contains_key(&0), "{path}: a flag without a heading");
            assert!(sizes.values().all(|n| *n <= 8), "{path}: {sizes:?}");
            assert!(flags.is_sorted_by_key(|flag| rank(flag)), "{path}: {flags:?}");
        });
    }

    /// A flag that is new belongs somewhere: only commands below others keep what is their own together.
    #[test]
    fn every_flag_of_the_table_is_there_and_the_other_way_round() {
        let mut used = BTreeSet::new();
        let mut missing = Vec::new();
        each(&crate::Cli::command(), "", &mut |command: &Command, path: &str| {
            for flag in command.get_arguments().filter_map(Arg::get_long) {
                let top = path.split(' ').next().unwrap_or_default();
                used.extend([format!("{path} {flag}"), format!("{top} {flag}"), flag.to_owned()]);
                if !path.contains(' ') && heading(path, flag) == OWN {
                    missing.push(format!("{path} --{flag}"));
                }
            }
        });
        let unused: Vec<&str> =
            GROUPS.iter().flat_map(|(_, flags)| *flags).filter(|f| !used.contains(**f)).copied().collect();
        assert!(missing.is_empty() && unused.is_empty(), "in no group {missing:?}, of no command {unused:?}");
    }

    #[test]
    fn a_flag_is_what_its_command_takes_it_for() {
        assert_eq!(heading("estimate", "seed"), "Advanced");
        assert_eq!(heading("protect", "key-file"), "Protection");
        assert_eq!(heading("serve", "key-file"), "Yearly report");
        assert_eq!(heading("link merge", "covariates"), "Input");
        assert_eq!(heading("register link take", "lists"), OWN);
        assert_eq!(heading("register", "at"), "Register");
    }
}
