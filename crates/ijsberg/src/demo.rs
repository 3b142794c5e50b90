//! `ijsberg demo`: the whole chain on synthetic people, and the real Dutch table next to them.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context, bail, ensure};
use clap::Args;
use ijsberg_apart::{Kind, Reader};
use ijsberg_report::text::Text;
use ijsberg_web::{Config, Listen};

use crate::estimate::LanguageArgument;
use crate::output::{print, write_bytes};

/// The published table of the Dutch study.
const DUTCH: &str = include_str!("../../../data/netherlands-2010-2015.csv");

/// Somebody who does not exist.
const CASE: &str = "key = \"synthetic-1\"\nfacts_on = \"2015-06-30\"\n\n[facts]\nhours_a_week = 72\n\n[answers]\n\
    minor = \"no\"\nno_own_papers = \"yes\"\npapers_taken_here = \"yes\"\nhigh_debt = \"yes\"\nexcessive_hours = \"yes\"\n\
    low_pay = \"yes\"\ntold_other_pay = \"yes\"\nform_labour = \"yes\"\n";

/// Lines that are shown of what a step says; all of it is in the files.
const SHOWN: usize = 14;

/// Try everything. Example: ijsberg demo
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The directory to make.
    #[arg(long, default_value = "demo")]
    out: PathBuf,
    /// Open the application on it once it is made.
    #[arg(long)]
    serve: bool,
    /// Address and port of the application; on this machine.
    #[arg(long, default_value = "127.0.0.1:8217")]
    listen: SocketAddr,
    /// Language.
    #[arg(long, value_enum, default_value_t = LanguageArgument::of_machine())]
    lang: LanguageArgument,
}

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let text = Text::new(arguments.lang.into());
    let lang = text.language().code();
    let out = &arguments.out;
    if out.exists() {
        bail!(text.fill("register-exists", &[("path", out.display().to_string())]));
    }
    let begun = Instant::now();
    let at = |name: &str| out.join(name).display().to_string();
    let step = |title: &str, words: &[&str]| step(&text, title, words, lang);
    step("demo-register", &["register", "demo", "--out", &out.display().to_string()])?;
    write_bytes(out, "case.toml", CASE.as_bytes())?;
    write_bytes(out, "netherlands-2010-2015.csv", DUTCH.as_bytes())?;
    step("demo-assess", &["assess", &at("case.toml")])?;
    let lists: Vec<String> = ["I", "K", "O", "P", "R", "Z"].map(|l| at(&format!("lists/{l}.csv"))).to_vec();
    let linked = at("linked");
    let mut link = vec!["link"];
    link.extend(lists.iter().map(String::as_str));
    link.extend(["--out", &linked]);
    step("demo-link", &link)?;
    let (register, passphrase, password) = (at("register"), at("passphrase"), at("password"));
    let opened = ["--at", &register, "--passphrase-file", &passphrase, "--password-file", &password];
    let take = ["register", "link", "take", &at("linked/linked.csv"), "--lists", &at("lists")];
    step("demo-take", &[take.as_slice(), &opened].concat())?;
    let histories = at("histories.csv");
    let years = ["register", "histories", "--from", "2010", "--to", "2015", "--out", &histories];
    step("demo-histories", &[years.as_slice(), &opened].concat())?;
    step("demo-estimate", &["estimate", &histories, "--out", &at("synthetic")])?;
    let real = at("netherlands-2010-2015.csv");
    step("demo-real", &["estimate", &real, "--out", &at("netherlands")])?;
    let yearly = ["report", "--year", "2015", "--years", "6", "--synthetic"];
    let from = ["--from", "register", "--key-file", &at("key"), "--out", &at("reports")];
    step("demo-report", &[yearly.as_slice(), &from, &opened].concat())?;
    let parts = [("path", out.display().to_string()), ("seconds", begun.elapsed().as_secs().to_string())];
    print(&format!("\n{}\n", text.fill("demo-done", &parts)))?;
    if arguments.serve { serve(&text, arguments) } else { Ok(()) }
}

/// Opens the application on the register that was made.
fn serve(text: &Text, arguments: &Arguments) -> anyhow::Result<()> {
    let out = &arguments.out;
    let place =
        crate::register::place::bare(out.join("register"), out.join("passphrase"), out.join("password"));
    let reader = Some(Reader::of_this_program(Kind::Sent)?);
    let config = Config { synthetic: true, language: text.language(), reader, ..Config::default() };
    let publisher = crate::report::publisher(text, &out.join("key"), &out.join("reports"))?;
    print(&format!(
        "{}\n",
        text.fill("demo-serve", &[("path", out.join("password").display().to_string())])
    ))?;
    let listen = Listen { address: arguments.listen, tls: None, metrics: None };
    crate::serve::up(
        text,
        config,
        Some(crate::serve::register_pool(text, &place, true, true)?),
        Some(publisher),
        &listen,
    )
}

/// Runs the program on a step, as a user would.
fn step(text: &Text, title: &str, words: &[&str], lang: &str) -> anyhow::Result<()> {
    print(&format!("\n== {}\n$ ijsberg {}\n", text.say(title), shown(words)))?;
    let program = std::env::current_exe().context("cannot find the program itself")?;
    let output = Command::new(program)
        .args(words)
        .args(["--lang", lang])
        .env_remove("IJSBERG_PASSWORD")
        .env_remove("IJSBERG_REGISTER_URL")
        .stderr(Stdio::inherit())
        .output()
        .context("cannot run the program itself")?;
    let said = String::from_utf8_lossy(&output.stdout);
    let lines: Vec<&str> = said.lines().filter(|l| !l.trim().is_empty()).collect();
    for line in lines.iter().take(SHOWN) {
        print(&format!("{line}\n"))?;
    }
    if lines.len() > SHOWN {
        print("...\n")?;
    }
    ensure!(output.status.success(), text.fill("demo-failed", &[("step", text.say(title))]));
    Ok(())
}

/// The command as one would type it: several lists are one pattern.
fn shown(words: &[&str]) -> String {
    let is_list = |word: &&str| {
        let path = Path::new(word);
        path.extension().is_some_and(|e| e == "csv") && path.parent().is_some_and(|p| p.ends_with("lists"))
    };
    let mut typed: Vec<String> = Vec::new();
    for word in words {
        let word = match Path::new(word).parent().filter(|_| is_list(word)) {
            Some(dir) => dir.join("*.csv").display().to_string(),
            None => (*word).to_owned(),
        };
        if typed.last() != Some(&word) {
            typed.push(word);
        }
    }
    typed.join(" ")
}
