//! `ijsberg assess`: signals weighed against the law and the ILO's indicators.

mod disk;
mod form;

use std::fmt::Write as _;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow, bail};
use clap::{Args, Subcommand};
use dialoguer::Select;
use dialoguer::console::style;
use dialoguer::theme::ColorfulTheme;
use ijsberg_crypto::{Cost, open, seal};
use ijsberg_report::assessment::{terminal, words};
use ijsberg_report::terminal::Colour;
use ijsberg_report::text::Text;
use ijsberg_signals::answer::Answer;
use ijsberg_signals::assess::{Case, assess, day_of, has_come};
use ijsberg_signals::next::{Depth, worth_asking};
use ijsberg_signals::rules::{Question, Rules, SHIPPED, line_of};
use ijsberg_signals::xlsform::submissions;

use self::disk::{rules, write_beside};
use self::form::{read_form, write_form};
use crate::estimate::LanguageArgument;
use crate::files::{grid, read_file};
use crate::output::{print, print_coloured};
use crate::passphrase::passphrase;
use crate::wrong::in_words;

/// What a saved case is sealed for, so that nothing else opens in its place.
const CONTEXT: &[u8] = b"case";

/// Assess signals of human trafficking.
#[derive(Debug, Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "Examples:\n  ijsberg assess --facts-on 2016-05-31\n  ijsberg assess CASE.toml"
)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    what: Option<AssessCommand>,
    /// A case (TOML or JSON), or submissions of the form (CSV, Excel, Parquet); without it the questions are asked on the
    /// terminal.
    file: Option<PathBuf>,
    /// Print everything as JSON.
    #[arg(long)]
    json: bool,
    /// Save the answers to this file after each question, encrypted, and continue with it if it exists.
    #[arg(long, conflicts_with = "file")]
    save: Option<PathBuf>,
    /// If the questions are asked here: your own case reference, never a name.
    #[arg(long, conflicts_with = "file")]
    key: Option<String>,
    /// If the questions are asked here: the date of the events, 2016-05-31; the law of that date applies.
    #[arg(long, conflicts_with = "file")]
    facts_on: Option<jiff::civil::Date>,
    /// A file with the passphrase; otherwise the variable `IJSBERG_PASSPHRASE`, otherwise the program asks for it.
    #[arg(long)]
    passphrase_file: Option<PathBuf>,
    #[command(flatten)]
    common: CommonArguments,
}

#[derive(Debug, Args)]
struct CommonArguments {
    /// A directory of instruments in place of those that come with the program.
    #[arg(long)]
    rules: Option<PathBuf>,
    /// Language.
    #[arg(long, value_enum, default_value_t = LanguageArgument::of_machine())]
    lang: LanguageArgument,
}

#[derive(Debug, Subcommand)]
enum AssessCommand {
    /// List the instruments and the questions, and check them.
    Rules {
        #[command(flatten)]
        common: CommonArguments,
        /// Write them as files, to change and pass with --rules.
        #[arg(long)]
        out: Option<PathBuf>,
    },
    /// Compare the rules with the bank of cases, as a table by form.
    Bank,
    /// Write the questions as an `XLSForm` for `KoBo` and ODK.
    Form {
        /// The file to write.
        #[arg(long)]
        out: PathBuf,
        #[command(flatten)]
        common: CommonArguments,
    },
    /// Read an `XLSForm` and report what of it is understood.
    ReadForm {
        /// The form.
        file: PathBuf,
        /// Write its questions as an instrument, to be checked and used with --rules.
        #[arg(long)]
        questions: Option<PathBuf>,
        /// Keep fields that can reveal where someone is; state the purpose.
        #[arg(long, value_name = "PURPOSE")]
        tracking: Option<String>,
        /// Language.
        #[arg(long, value_enum, default_value_t = LanguageArgument::of_machine())]
        lang: LanguageArgument,
    },
}

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let lang = match &arguments.what {
        Some(AssessCommand::Rules { common, .. } | AssessCommand::Form { common, .. }) => common.lang,
        Some(AssessCommand::ReadForm { lang, .. }) => *lang,
        Some(AssessCommand::Bank) | None => arguments.common.lang,
    };
    act(arguments).map_err(|e| in_words(&Text::new(lang.into()), &e))
}

fn act(arguments: &Arguments) -> anyhow::Result<()> {
    match &arguments.what {
        Some(AssessCommand::Rules { common, out }) => list(common, out.as_deref()),
        Some(AssessCommand::Bank) => {
            print(&ijsberg_signals::bank::table(&ijsberg_signals::bank::run(&Rules::shipped())))
        }
        Some(AssessCommand::Form { out, common }) => write_form(out, common),
        Some(AssessCommand::ReadForm { file, questions, tracking, lang }) => {
            read_form(&Text::new((*lang).into()), file, questions.as_deref(), tracking.as_deref())
        }
        None => assess_cases(arguments),
    }
}

fn assess_cases(arguments: &Arguments) -> anyhow::Result<()> {
    let text = Text::new(arguments.common.lang.into());
    let rules = rules(&text, arguments.common.rules.as_deref())?;
    let today = day_of(jiff::Timestamp::now());
    has_come(arguments.facts_on, today)?;
    let cases = match &arguments.file {
        Some(path) => read_cases(&text, &rules, path, today)?,
        None => match interview(&text, &rules, arguments)? {
            Some(case) => vec![case],
            None => return Ok(()),
        },
    };
    let assessed: Vec<_> = cases
        .iter()
        .enumerate()
        .map(|(i, case)| assess(&rules, case, today).with_context(|| (i + 1).to_string()))
        .collect::<Result<_, _>>()?;
    if arguments.json {
        let json = match assessed.as_slice() {
            [one] => ijsberg_outside::json(one)?,
            all => ijsberg_outside::json(all)?,
        };
        return print(&json);
    }
    let colour = if std::io::stdout().is_terminal() { Colour::On } else { Colour::Off };
    assessed.iter().try_for_each(|a| print_coloured(&terminal(&text, colour, &rules, a)))
}

/// A case, or many.
fn read_cases(
    text: &Text,
    rules: &Rules,
    path: &Path,
    today: jiff::civil::Date,
) -> anyhow::Result<Vec<Case>> {
    let bytes = || read_file(text, path);
    let wrong = |why: String| {
        anyhow!(text.fill("assess-no-toml", &[("path", path.display().to_string()), ("why", why)]))
    };
    match path.extension().and_then(|e| e.to_str()) {
        Some("toml") => {
            let bytes = bytes()?;
            let content = std::str::from_utf8(&bytes).map_err(|e| wrong(e.to_string()))?;
            // The whole message would repeat the line, and a line may hold anything.
            let read: Result<Case, toml::de::Error> = toml::from_str(content);
            Ok(vec![read.map_err(|e| wrong(at_line(text, content, &e)))?])
        }
        Some("json") => {
            Ok(vec![serde_json::from_slice(&bytes()?).map_err(|e| wrong(without_values(&e.to_string())))?])
        }
        _ => {
            let grid = grid(text, path)?;
            let rows: Vec<Vec<String>> = grid.rows.into_iter().map(|r| r.1).collect();
            let read =
                submissions(rules, &grid.header, &rows, today).with_context(|| path.display().to_string())?;
            if !read.left_out.is_empty() {
                crate::output::tell(&text.fill("assess-left-out", &[("columns", read.left_out.join(", "))]));
            }
            Ok(read.cases)
        }
    }
}

fn at_line(text: &Text, content: &str, error: &toml::de::Error) -> String {
    let line = line_of(content, error).to_string();
    text.fill("answers-at-line", &[("line", line)])
}

/// What a reader of files complains of, without what stood there: that may be anybody's name.
fn without_values(message: &str) -> String {
    let mut out = String::new();
    for (i, part) in message.split('"').enumerate() {
        out += if i % 2 == 0 { part } else { "…" };
    }
    if out.starts_with("unknown ")
        && let Some((before, rest)) = out.split_once('`')
        && let Some((_, after)) = rest.split_once('`')
    {
        return format!("{before}…{after}");
    }
    out
}

/// Asks the questions one by one. `None` when it was saved to go on later.
fn interview(text: &Text, rules: &Rules, arguments: &Arguments) -> anyhow::Result<Option<Case>> {
    if !std::io::stdin().is_terminal() {
        bail!(text.say("assess-no-terminal"));
    }
    let saved = arguments.save.as_deref();
    let exists = saved.is_some_and(Path::exists);
    let secret = match saved {
        Some(_) => Some(passphrase(text, arguments.passphrase_file.as_deref(), !exists)?),
        None => None,
    };
    let mut case = match (saved, &secret) {
        (Some(path), Some(secret)) if exists => {
            let plain =
                open(secret, &read_file(text, path)?, CONTEXT).with_context(|| path.display().to_string())?;
            serde_json::from_slice(&plain).with_context(|| path.display().to_string())?
        }
        _ => Case::default(),
    };
    if let Some(key) = &arguments.key {
        key.clone_into(&mut case.key);
    }
    case.facts_on = arguments.facts_on.or(case.facts_on);
    let keep = |case: &Case| -> anyhow::Result<()> {
        if let (Some(path), Some(secret)) = (saved, &secret) {
            write_beside(path, &seal(secret, &serde_json::to_vec(case)?, CONTEXT, Cost::default())?)?;
        }
        Ok(())
    };
    let answers: Vec<String> =
        Answer::ALL.iter().map(|(w, _)| text.say(&format!("answer-{}", w.replace('_', "-")))).collect();
    // A question ends as it ends.
    let theme =
        ColorfulTheme { prompt_suffix: style(String::new()).for_stderr(), ..ColorfulTheme::default() };
    let mut stopped = false;
    // Questions that were answered here, to go back by.
    let mut behind: Vec<&Question> = Vec::new();
    let mut again: Option<&Question> = None;
    while !stopped {
        let worth = worth_asking(rules, &case, Depth::Enough);
        // What was passed over here does not come again.
        let fresh = worth.iter().find(|w| !behind.iter().any(|b| b.id == w.id));
        let Some(q) = again.take().or(fresh.copied()) else { break };
        let block =
            rules.questions.blocks.iter().find(|b| b.id == q.block).map_or("", |b| words(text, &b.text));
        let answered = case.answers.0.keys().filter(|id| **id != q.id).count();
        let of = answered + worth.iter().filter(|w| w.id != q.id).count() + 1;
        let place =
            text.fill("assess-question-of", &[("n", (answered + 1).to_string()), ("of", of.to_string())]);
        let mut items = answers.clone();
        items.push(text.say("assess-back"));
        items.push(text.say(if saved.is_some() { "assess-save-stop" } else { "assess-stop" }));
        let now = case.answers.0.get(&q.id).and_then(|a| Answer::ALL.iter().position(|x| x.1 == *a));
        let chosen = Select::with_theme(&theme)
            .with_prompt(format!("{block} ({place})\n{}", words(text, &q.text)))
            .items(&items)
            .default(now.unwrap_or(3))
            .interact_opt()?;
        match chosen {
            Some(k) if k < answers.len() => {
                case.answers.0.insert(q.id.clone(), Answer::ALL[k].1);
                behind.push(q);
                // Whatever happens to the terminal, an answer is asked once.
                keep(&case)?;
            }
            // Escape goes back, too.
            Some(k) if k == answers.len() + 1 => stopped = true,
            _ => again = behind.pop().or(Some(q)),
        }
    }
    if let Some(path) = saved {
        keep(&case)?;
        crate::output::tell(&text.fill("assess-saved", &[("path", path.display().to_string())]));
        if stopped {
            return Ok(None);
        }
    }
    Ok(Some(case))
}

fn list(common: &CommonArguments, out: Option<&Path>) -> anyhow::Result<()> {
    let text = Text::new(common.lang.into());
    let rules = rules(&text, common.rules.as_deref())?;
    if let Some(dir) = out {
        for below in ["law", "countries"] {
            std::fs::create_dir_all(dir.join(below)).with_context(|| dir.display().to_string())?;
        }
        for (name, content) in SHIPPED {
            write_beside(&dir.join(name), content.as_bytes())?;
        }
        return Ok(());
    }
    let mut page = String::new();
    let law = |l: &ijsberg_signals::rules::Law| {
        let until = l.valid_until.map_or_else(String::new, |d| d.to_string());
        (
            words(&text, &l.title).to_owned(),
            format!("{} {}", l.id, l.version),
            format!(" {} – {until}", l.valid_from),
            l.verified,
            l.note.clone(),
        )
    };
    let (q, o, e, h) = (&rules.questions, &rules.operational, &rules.eleven, &rules.helps);
    let mut all = vec![
        (words(&text, &q.title).to_owned(), format!("{} {}", q.id, q.version), String::new(), true, None),
        (
            words(&text, &o.title).to_owned(),
            format!("{} {}", o.id, o.version),
            String::new(),
            o.verified,
            o.note.clone(),
        ),
        (
            words(&text, &e.title).to_owned(),
            format!("{} {}", e.id, e.version),
            String::new(),
            e.verified,
            None,
        ),
    ];
    all.extend(rules.laws.iter().map(law));
    all.push((
        words(&text, &h.title).to_owned(),
        format!("{} {}", h.id, h.version),
        String::new(),
        h.verified,
        None,
    ));
    for (title, id, valid, verified, note) in all {
        let _ = writeln!(page, "{title} [{id}]{valid}");
        if let Some(note) = note.filter(|_| !verified) {
            let _ = writeln!(
                page,
                "  {}",
                text.fill("assess-unverified", &[("what", words(&text, &note).to_owned())])
            );
        }
    }
    for block in &q.blocks {
        let _ = writeln!(page, "\n{}", words(&text, &block.text));
        for question in q.questions.iter().filter(|x| x.block == block.id) {
            let _ = writeln!(page, "  {:<24} {}", question.id, words(&text, &question.text));
        }
    }
    print(&page)
}
