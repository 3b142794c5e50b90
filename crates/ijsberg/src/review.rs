//! `ijsberg link review`: people judge pairs. Judgements hold files and lines, never values.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::io::BufRead;
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow, ensure};
use clap::Args;
use ijsberg_analysis::linkage::{FIELDS, print_of, shown};
use ijsberg_linkage::blocking::Pair;
use ijsberg_linkage::link::score;
use ijsberg_linkage::partition::Sampling;
use ijsberg_linkage::schema::Records;
use ijsberg_outside::{Csv, cell};
use ijsberg_report::text::Text;
use serde::{Deserialize, Serialize};

use crate::estimate::{LanguageArgument, read_file};
use crate::intake::read_records;

/// Review pairs of records, to calibrate the probabilities of the model.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The lists, in the same order as for linking.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// The schema: what each column means (TOML).
    #[arg(long)]
    schema: Option<PathBuf>,
    /// The file of judgements; new ones are added to what it holds.
    #[arg(long)]
    judgements: PathBuf,
    /// Pairs to review now.
    #[arg(long, default_value_t = 30)]
    count: usize,
    /// Seed; the same as for linking.
    #[arg(long, default_value_t = Sampling::default().seed)]
    seed: u64,
    /// Language.
    #[arg(long, value_enum, default_value_t = LanguageArgument::of_machine())]
    lang: LanguageArgument,
}

/// One judged pair.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Judgement {
    file_a: String,
    line_a: u64,
    file_b: String,
    line_b: u64,
    same: bool,
    /// Of what was judged, to know it again when a list changes: four digits, which many thousands of records share.
    #[serde(default)]
    print_a: String,
    #[serde(default)]
    print_b: String,
}

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let text = Text::new(arguments.lang.into());
    let (files, records, _) = read_records(&text, &arguments.files, arguments.schema.as_deref())?;
    let mut known =
        if arguments.judgements.exists() { read(&text, &arguments.judgements)? } else { Vec::new() };
    let scored = score(&records.records, arguments.seed);
    let place = |i: u32| {
        let (f, line) = records.origin[i as usize];
        (files[f].clone(), line)
    };
    let mut asked = 0;
    let mut input = std::io::stdin().lock();
    for edge in scored.worth_judging(known.len() + arguments.count, arguments.seed) {
        if asked == arguments.count {
            break;
        }
        let (i, j) = scored.edges[edge].0;
        let ((file_a, line_a), (file_b, line_b)) = (place(i), place(j));
        let is_pair =
            |k: &Judgement| (&k.file_a, k.line_a, &k.file_b, k.line_b) == (&file_a, line_a, &file_b, line_b);
        if known.iter().any(is_pair) {
            continue;
        }
        asked += 1;
        let page = side_by_side(&text, &records, i, j, asked, arguments.count);
        match ask(&text, &page, &mut input)? {
            Answer::Stop => break,
            Answer::NoOpinion => {}
            Answer::Same(same) => {
                let (print_a, print_b) = (print_of(&records, i), print_of(&records, j));
                known.push(Judgement { file_a, line_a, file_b, line_b, same, print_a, print_b });
                // After every answer, so that nothing is lost when the terminal closes.
                write(&arguments.judgements, &known)?;
            }
        }
    }
    let saved = [("n", known.len().to_string()), ("path", arguments.judgements.display().to_string())];
    crate::output::print(&(text.fill("review-saved", &saved) + "\n"))?;
    Ok(())
}

enum Answer {
    Same(bool),
    NoOpinion,
    Stop,
}

fn ask(text: &Text, page: &str, input: &mut impl BufRead) -> anyhow::Result<Answer> {
    loop {
        crate::output::ask(&format!("{page}{} ", text.say("review-question")))?;
        let mut answer = String::new();
        if input.read_line(&mut answer)? == 0 {
            return Ok(Answer::Stop);
        }
        match answer.trim().to_lowercase().as_str() {
            "y" | "j" | "yes" | "ja" => return Ok(Answer::Same(true)),
            "n" | "no" | "nee" => return Ok(Answer::Same(false)),
            "?" | "u" | "o" => return Ok(Answer::NoOpinion),
            "q" | "s" => return Ok(Answer::Stop),
            _ => {}
        }
    }
}

/// What a field is called.
pub(crate) fn field(text: &Text, name: &str) -> String {
    text.say(&format!("link-column-{name}"))
}

/// A value as it stands in a table on the terminal: on one line, and without what moves the cursor or turns the line round.
pub(crate) fn one_line(value: &str) -> String {
    let spaced: String = value.chars().map(|c| if c.is_whitespace() { ' ' } else { c }).collect();
    let plain = ijsberg_outside::terminal(&spaced).into_owned();
    plain.split(' ').filter(|w| !w.is_empty()).collect::<Vec<_>>().join(" ")
}

fn side_by_side(text: &Text, records: &Records, i: u32, j: u32, number: usize, count: usize) -> String {
    let (a, b) = (shown(records, i as usize), shown(records, j as usize));
    let mut page = format!("\n{number}/{count}\n");
    for ((name, x), y) in FIELDS.iter().zip(&a).zip(&b) {
        if !x.is_empty() || !y.is_empty() {
            let _ = writeln!(page, "  {:<22}{:<30}{}", field(text, name), one_line(x), one_line(y));
        }
    }
    page
}

fn read(text: &Text, path: &Path) -> anyhow::Result<Vec<Judgement>> {
    let bytes = read_file(text, path)?;
    csv::Reader::from_reader(bytes.as_slice())
        .deserialize()
        .collect::<Result<_, _>>()
        .with_context(|| path.display().to_string())
}

/// Whole or not at all: beside the file, then over it.
fn write(path: &Path, all: &[Judgement]) -> anyhow::Result<()> {
    let dir = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    crate::output::write_whole(dir, &name, &Csv::from_rows(all))
}

/// Judgements of people, matched to the lists.
#[derive(Debug, Default)]
pub(crate) struct Judgements {
    /// The pairs.
    pub(crate) pairs: Vec<(Pair, bool)>,
    /// Judgements of records that these lines do not hold any more; they are not used.
    pub(crate) stale: usize,
}

/// The largest share of judgements that may be of other records; more are those of other lists.
const MOST_STALE: f64 = 0.5;

/// The judged pairs.
pub(crate) fn judged(
    text: &Text,
    path: &Path,
    files: &[String],
    records: &Records,
) -> anyhow::Result<Judgements> {
    let at: HashMap<(String, u64), u32> = records
        .origin
        .iter()
        .enumerate()
        .map(|(i, (f, line))| ((cell(&files[*f]).into_owned(), *line), i as u32))
        .collect();
    let mut judged = Judgements::default();
    let all = read(text, path)?;
    for k in &all {
        let find = |file: &str, line: u64| {
            at.get(&(cell(file).into_owned(), line)).copied().ok_or_else(|| {
                let parts = [("file", file.to_owned()), ("line", line.to_string())];
                anyhow!(text.fill("review-unknown", &parts))
            })
        };
        let (i, j) = (find(&k.file_a, k.line_a)?, find(&k.file_b, k.line_b)?);
        let changed = |print: &str, at: u32| !print.is_empty() && print != print_of(records, at);
        if changed(&k.print_a, i) || changed(&k.print_b, j) {
            judged.stale += 1;
            continue;
        }
        judged.pairs.push(((i, j), k.same));
    }
    let of = [
        ("path", path.display().to_string()),
        ("n", judged.stale.to_string()),
        ("all", all.len().to_string()),
    ];
    ensure!(judged.stale as f64 <= MOST_STALE * all.len() as f64, text.fill("review-other-lists", &of));
    Ok(judged)
}

#[cfg(test)]
mod tests {
    use ijsberg_report::text::Language;

    use super::*;

    #[test]
    fn every_field_has_a_name_in_both_languages() {
        for text in [Language::English, Language::Dutch].map(Text::new) {
            for name in FIELDS {
                assert!(!field(&text, name).contains("link-column"), "{name}");
            }
        }
    }

    #[test]
    fn values_stay_on_their_line_and_move_nothing() {
        assert_eq!(one_line("Anna\n\u{1b}[2J\tde \u{202e}Vries\r"), "Anna <001B>[2J de <202E>Vries");
        assert_eq!(one_line("\u{1b}[31mred"), "<001B>[31mred");
    }
}
