//! `ijsberg simulate lists`: synthetic lists of persons whose truth is known.

use std::path::PathBuf;

use anyhow::{Context, bail};
use clap::Args;
use ijsberg_linkage::generate::{Design, generate};
use ijsberg_outside::Csv;
use ijsberg_report::text::Text;

use crate::estimate::LanguageArgument;
use crate::output::{print, write_whole};

/// Make lists of synthetic people, with the correct linkage.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// People in the population.
    #[arg(long, default_value_t = Design::default().persons)]
    persons: usize,
    /// Dependence between lists: standard deviation between people of the log odds of being on a list.
    #[arg(long, default_value_t = 0.0)]
    dependence: f64,
    /// Error level of the lists: 0 is none, 1 is usual.
    #[arg(long, default_value_t = 1.0)]
    damage: f64,
    /// Seed.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The folder to write to.
    #[arg(long)]
    out: PathBuf,
    /// Language.
    #[arg(long, value_enum, default_value_t = LanguageArgument::of_machine())]
    lang: LanguageArgument,
}

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let text = Text::new(arguments.lang.into());
    if !(2..=5_000_000).contains(&arguments.persons) {
        bail!(text.fill("argument-persons", &[("value", arguments.persons.to_string())]));
    }
    for (name, value, most) in
        [("--dependence", arguments.dependence, 5.0), ("--damage", arguments.damage, 3.0)]
    {
        if !(0.0..=most).contains(&value) {
            let parts = [("name", name.to_owned()), ("value", value.to_string()), ("most", most.to_string())];
            bail!(text.fill("argument-range", &parts));
        }
    }
    let design = Design {
        persons: arguments.persons,
        dependence: arguments.dependence,
        damage: arguments.damage,
        ..Design::default()
    };
    let made = generate(&design, arguments.seed);
    let dir = &arguments.out;
    std::fs::create_dir_all(dir)
        .with_context(|| text.fill("argument-folder", &[("path", dir.display().to_string())]))?;
    let mut truth = Csv::new();
    truth.row(["list", "line", "person"]);
    for (l, (list, _)) in design.lists.iter().enumerate() {
        let mut out = Csv::new();
        out.row(["given_name", "surname", "date_of_birth", "sex", "nationality", "place"]);
        let own = made.records.iter().zip(&made.truth).filter(|(r, _)| r.list == l);
        for (i, (r, person)) in own.enumerate() {
            let birth = r.birth.map_or_else(String::new, |b| {
                format!("{:04}-{:02}-{:02}", b.year, b.month.unwrap_or(1), b.day.unwrap_or(1))
            });
            let text = |t: Option<&String>| t.cloned().unwrap_or_default();
            out.row([
                text(r.given.first()),
                text(r.family.first()),
                birth,
                text(r.sex.as_ref()),
                text(r.nationality.as_ref()),
                text(r.place.as_ref()),
            ]);
            truth.row([list.clone(), (i + 2).to_string(), person.to_string()]);
        }
        write_whole(dir, &format!("synthetic-{list}.csv"), &out.finish())?;
    }
    write_whole(dir, "truth.csv", &truth.finish())?;
    let design_json = serde_json::json!({"synthetic": true, "seed": arguments.seed, "design": design});
    write_whole(dir, "design.json", &ijsberg_outside::json(&design_json)?)?;
    let parts = [
        ("records", text.number(made.records.len() as f64)),
        ("persons", text.number(arguments.persons as f64)),
        ("path", dir.display().to_string()),
    ];
    print(&(text.fill("lists-made", &parts) + "\n"))
}
