//! `ijsberg link resolve`: people find all records of some persons drawn at random. What is saved are numbers of lists and
//! groups, never values of a record.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;
use std::io::{BufRead, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow, bail, ensure};
use clap::Args;
use ijsberg_analysis::linkage::{prints_of_lists, shown};
use ijsberg_linkage::link::score;
use ijsberg_linkage::normalise::fold;
use ijsberg_linkage::partition::Sampling;
use ijsberg_linkage::resolve::{
    Frame, RecallOf, Resolved, Totals, draw_groups, kinds, recall_by, redrawn, resolved, totals,
};
use ijsberg_linkage::schema::Records;
use ijsberg_report::text::Text;
use serde::{Deserialize, Serialize};

use crate::estimate::{LanguageArgument, read_file};
use crate::intake::read_records;
use crate::output::write_whole;
use crate::review::one_line;

/// The fewest persons of a kind on more than one list in the sample for which the message gives their recall.
const FEWEST: usize = 10;

/// Records shown of those that a search finds.
const SHOWN: usize = 30;

/// Records shown beside a group.
const ALIKE: usize = 12;

/// Find all records of some persons drawn at random, to learn how much linkage missed.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The lists, in the same order as for linking.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// The schema: what each column means (TOML).
    #[arg(long)]
    schema: Option<PathBuf>,
    /// The linked.csv whose groups are drawn.
    #[arg(long)]
    linked: PathBuf,
    /// The file of resolved groups; new ones are added to what it holds.
    #[arg(long)]
    resolved: PathBuf,
    /// Groups to resolve now.
    #[arg(long, default_value_t = 30)]
    count: usize,
    /// Seed; the same each time, so that the file can be continued.
    #[arg(long, default_value_t = Sampling::default().seed)]
    seed: u64,
    /// Language.
    #[arg(long, value_enum, default_value_t = LanguageArgument::of_machine())]
    lang: LanguageArgument,
}

/// What was resolved of a linkage.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Sample {
    frame: Frame,
    /// Groups are drawn in the order that it gives.
    seed: u64,
    groups: Vec<Resolved>,
    /// By the name of each list a print of who is on it, to know the lists again; none in files of before it was kept.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    lists: BTreeMap<String, String>,
}

impl Sample {
    /// Refuses the sample of other lists: what it says are numbers of people on these.
    pub(crate) fn is_of(&self, text: &Text, path: &Path, records: &Records) -> anyhow::Result<()> {
        let same = self.lists.is_empty() || self.lists == prints_of_lists(records);
        ensure!(same, text.fill("resolve-other-lists", &[("path", path.display().to_string())]));
        Ok(())
    }

    pub(crate) fn totals(&self) -> Totals {
        totals(&self.frame, &self.groups)
    }

    pub(crate) fn redrawn(&self, seed: u64, draw: u64) -> Totals {
        redrawn(&self.frame, &self.groups, seed, draw)
    }

    /// How many persons were searched for over all lists, of how many, and how many records only that found.
    fn searched(&self) -> (usize, usize, u32) {
        let persons = || self.groups.iter().flat_map(|g| &g.persons);
        let shown = || persons().filter_map(|p| p.shown);
        (shown().count(), persons().count(), shown().map(|s| s.beyond).sum())
    }

    /// Sentences about the search for matches that were not shown.
    pub(crate) fn searched_told(&self, text: &Text) -> String {
        let (searched, persons, beyond) = self.searched();
        if searched == 0 {
            return text.say("resolve-not-searched");
        }
        let [searched, persons, beyond] =
            [searched as f64, persons as f64, f64::from(beyond)].map(|n| text.number(n));
        text.fill("resolve-searched", &[("searched", searched), ("persons", persons), ("beyond", beyond)])
    }

    /// How much was found of persons of each kind, where enough of them were resolved to say.
    pub(crate) fn recall_by_kind(&self) -> Vec<RecallOf> {
        recall_by(&self.frame, &self.groups, FEWEST, Sampling::default().seed)
    }

    /// Parts of the message with the results, with 95% intervals.
    pub(crate) fn told(&self, text: &Text) -> Vec<(&'static str, String)> {
        let all = self.totals();
        let again: Vec<Totals> = (0..1000).map(|d| self.redrawn(Sampling::default().seed, d)).collect();
        let interval = |of: &dyn Fn(&Totals) -> f64| {
            let mut values: Vec<f64> = again.iter().map(of).collect();
            values.sort_by(f64::total_cmp);
            [text.percent(values[25]), text.percent(values[974])]
        };
        let [precision_low, precision_high] = interval(&|t| t.precision);
        let [recall_low, recall_high] = interval(&|t| t.recall);
        vec![
            ("n", text.number(self.groups.len() as f64)),
            ("persons", text.number(all.persons)),
            ("precision", text.percent(all.precision)),
            ("precisionlow", precision_low),
            ("precisionhigh", precision_high),
            ("recall", text.percent(all.recall)),
            ("recalllow", recall_low),
            ("recallhigh", recall_high),
        ]
    }
}

pub(crate) fn read(text: &Text, path: &Path) -> anyhow::Result<Sample> {
    serde_json::from_slice(&read_file(text, path)?).with_context(|| path.display().to_string())
}

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let text = Text::new(arguments.lang.into());
    let (files, records, _) = read_records(&text, &arguments.files, arguments.schema.as_deref())?;
    let groups = groups_of(&text, &arguments.linked, &files, &records)?;
    let lists: Vec<usize> = records.records.iter().map(|r| r.list).collect();
    let frame = Frame::from_groups(&groups, &lists);
    let path = &arguments.resolved;
    let mut known = if path.exists() {
        read(&text, path)?
    } else {
        Sample { frame, seed: arguments.seed, groups: Vec::new(), lists: prints_of_lists(&records) }
    };
    known.is_of(&text, path, &records)?;
    if known.frame != frame || known.seed != arguments.seed {
        bail!(text.fill("resolve-other-frame", &[("path", path.display().to_string())]));
    }
    let scored = score(&records.records, arguments.seed);
    let drawn = draw_groups(&groups, &lists, known.groups.len() + arguments.count, arguments.seed);
    let folded: Vec<String> = (0..groups.len()).map(|i| fold(&shown(&records, i)[1..].join(" "))).collect();
    let mut input = std::io::stdin().lock();
    for (number, group) in drawn.iter().skip(known.groups.len()).enumerate() {
        let own: Vec<usize> = (0..groups.len()).filter(|i| groups[*i] == *group).collect();
        let mut all = own.clone();
        for i in &own {
            let near = scored.nearest(*i, ALIKE / own.len().min(3) + own.len());
            all.extend(near.into_iter().filter(|j| groups[*j] != *group));
        }
        let mut seen = std::collections::BTreeSet::new();
        all.retain(|i| seen.insert(*i));
        let parts = [
            ("number", (number + 1).to_string()),
            ("count", arguments.count.to_string()),
            ("size", own.len().to_string()),
        ];
        let page = text.fill("resolve-group", &parts) + "\n" + &table(&records, &all, 0);
        let mut shown = Page { records: &records, own: own.len(), at_first: all.len(), all, folded: &folded };
        let Some(persons) = ask(&text, &page, &mut shown, &mut input)? else { break };
        let numbered = |numbers: &[usize]| numbers.iter().map(|n| shown.all[*n]).collect::<Vec<usize>>();
        let person = |i: usize| {
            let Some(p) = persons.iter().find(|p| p.numbers.iter().any(|n| shown.all[*n] == i)) else {
                return (vec![i], None);
            };
            let at_first: Vec<usize> = p.numbers.iter().copied().filter(|n| *n < shown.at_first).collect();
            (numbered(&p.numbers), p.searched.then(|| numbered(&at_first)))
        };
        let kind = |i: usize| kinds(&records.records[i]);
        known.groups.push(resolved(&own, person, kind, &groups, &lists));
        write(path, &known)?;
    }
    let parts = [("n", known.groups.len().to_string()), ("path", path.display().to_string())];
    crate::output::print(&(known.searched_told(&text) + "\n"))?;
    crate::output::print(&(text.fill("resolve-saved", &parts) + "\n"))?;
    Ok(())
}

/// Records one a line, numbered from after those before.
fn table(records: &Records, all: &[usize], before: usize) -> String {
    let mut page = String::new();
    for (n, i) in all.iter().enumerate() {
        let cells: Vec<String> =
            shown(records, *i).iter().map(|c| one_line(c)).filter(|c| !c.is_empty()).collect();
        let _ = writeln!(page, "  {:>3}  {}", before + n + 1, cells.join(" | "));
    }
    page
}

/// The text of a group on the terminal.
struct Page<'a> {
    records: &'a Records,
    /// Records of the group, which come first.
    own: usize,
    /// Records that were shown before any search.
    at_first: usize,
    all: Vec<usize>,
    /// What is compared of each record, folded.
    folded: &'a [String],
}

/// A person by the numbers of the records, and whether all lists were searched.
struct Answer {
    numbers: Vec<usize>,
    searched: bool,
}

impl Page<'_> {
    /// Shows the records on all lists that hold every word in what is compared, and numbers those on from the last.
    fn search(&mut self, text: &Text, words: &str) -> anyhow::Result<()> {
        let words = fold(words);
        let holds = |i: usize| words.split(' ').all(|w| self.folded[i].contains(w));
        let mut found: Vec<usize> =
            (0..self.folded.len()).filter(|i| holds(*i) && !self.all.contains(i)).collect();
        if found.is_empty() {
            return crate::output::print(&(text.say("resolve-found-none") + "\n"));
        }
        let shown = if found.len() > SHOWN { "some" } else { "all" };
        let parts = [("n", text.number(found.len() as f64)), ("shown", shown.to_owned())];
        // Those that hold the words as whole words come first, then in the order of the lists.
        found.sort_by_key(|i| !words.split(' ').all(|w| self.folded[*i].split(' ').any(|x| x == w)));
        found.truncate(SHOWN);
        let page = text.fill("resolve-found", &parts) + "\n" + &table(self.records, &found, self.all.len());
        self.all.extend(found);
        crate::output::print(&page)
    }
}

/// The persons among the group's own records; `None` to stop.
fn ask(
    text: &Text,
    page: &str,
    shown: &mut Page<'_>,
    input: &mut impl BufRead,
) -> anyhow::Result<Option<Vec<Answer>>> {
    crate::output::print(&format!("\n{page}"))?;
    let mut persons: Vec<Answer> = Vec::new();
    let mut searched = false;
    let taken = |persons: &[Answer], n: usize| persons.iter().any(|p| p.numbers.contains(&n));
    while let Some(first) = (0..shown.own).find(|n| !taken(&persons, *n)) {
        crate::output::ask(&format!(
            "{} ",
            text.fill("resolve-question", &[("first", (first + 1).to_string())])
        ))?;
        std::io::stdout().flush()?;
        let mut answer = String::new();
        if input.read_line(&mut answer)? == 0 || ["q", "s"].contains(&answer.trim().to_lowercase().as_str()) {
            return Ok(None);
        }
        if let Some(words) = answer.trim().strip_prefix('/').filter(|w| !fold(w).is_empty()) {
            shown.search(text, words)?;
            searched = true;
            continue;
        }
        let most = shown.all.len();
        let numbers: Option<Vec<usize>> =
            answer.split_whitespace().map(|w| w.parse::<usize>().ok()?.checked_sub(1)).collect();
        let numbers = match numbers {
            Some(numbers) if numbers.is_empty() => {
                (first..shown.own).filter(|n| !taken(&persons, *n)).collect()
            }
            Some(mut numbers) if numbers.iter().all(|n| *n < most && !taken(&persons, *n)) => {
                numbers.push(first);
                numbers.sort_unstable();
                numbers.dedup();
                numbers
            }
            _ => {
                let numbers = text.fill("resolve-numbers", &[("most", most.to_string())]);
                crate::output::print(&(numbers + "\n"))?;
                continue;
            }
        };
        persons.push(Answer { numbers, searched });
        searched = false;
    }
    Ok(Some(persons))
}

/// The group of each record, from a linked.csv.
fn groups_of(text: &Text, path: &Path, files: &[String], records: &Records) -> anyhow::Result<Vec<u32>> {
    #[derive(Deserialize)]
    struct Row {
        file: String,
        line: u64,
        person: u32,
    }
    let bytes = read_file(text, path)?;
    let mut persons: HashMap<(String, u64), u32> = HashMap::new();
    for row in csv::Reader::from_reader(bytes.as_slice()).deserialize() {
        let row: Row = row.with_context(|| path.display().to_string())?;
        persons.insert((row.file, row.line), row.person);
    }
    let group = |(f, line): &(usize, u64)| {
        persons.get(&(ijsberg_outside::cell(&files[*f]).into_owned(), *line)).copied()
    };
    records
        .origin
        .iter()
        .map(group)
        .collect::<Option<Vec<u32>>>()
        .ok_or_else(|| anyhow!(text.fill("resolve-linked", &[("path", path.display().to_string())])))
}

/// Whole or not at all.
fn write(path: &Path, sample: &Sample) -> anyhow::Result<()> {
    let dir = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    write_whole(dir, &name, &ijsberg_outside::json(sample)?)
}
