//! `ijsberg link encode`: lists in codes, made at the organisation.

use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow, bail};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use clap::{Args, Subcommand};
use ijsberg_analysis::linkage::list_of;
use ijsberg_linkage::codes::encode::Encoder;
use ijsberg_linkage::codes::file::CodeFile;
use ijsberg_linkage::codes::schema::CodeSchema;
use ijsberg_linkage::schema::{Schema, lists_are_fit};
use ijsberg_report::errors;
use ijsberg_report::text::Text;
use ijsberg_tables::Grid;

use crate::estimate::{LanguageArgument, read_file};
use crate::intake::{grids, list_name};
use crate::output::{print, write_whole};

/// The environment variable that may hold the secret.
const VARIABLE: &str = "IJSBERG_SECRET";

/// Make codes of lists, so that they can be linked without names.
#[derive(Debug, Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "Examples:\n  ijsberg link encode secret --out secret.key\n  ijsberg link encode init list.csv > codes.json\n  ijsberg link encode list.csv --schema codes.json \\\n    --secret-file secret.key --out codes\n  ijsberg link codes/*.codes.json --out linked"
)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    what: Option<EncodeCommand>,
    /// Lists: CSV, Excel or Parquet.
    files: Vec<PathBuf>,
    /// How each column is hashed: a linkage schema of clkhash, version 3; `encode init` proposes one.
    #[arg(long)]
    schema: Option<PathBuf>,
    /// The file with the secret; otherwise the variable `IJSBERG_SECRET`. Never on the command line, where others can see it.
    #[arg(long)]
    secret_file: Option<PathBuf>,
    /// Write NAME.codes.json for each list to this folder.
    #[arg(long)]
    out: Option<PathBuf>,
    /// Language.
    #[arg(long, value_enum, default_value_t = LanguageArgument::of_machine())]
    lang: LanguageArgument,
}

#[derive(Debug, Subcommand)]
enum EncodeCommand {
    /// Propose a schema from the names of the columns, with a salt of its own.
    Init {
        /// A list with the columns that all lists have.
        file: PathBuf,
        /// Language.
        #[arg(long, value_enum, default_value_t = LanguageArgument::of_machine())]
        lang: LanguageArgument,
    },
    /// Generate a secret that only its holders know.
    Secret {
        /// The file to write; it must not exist.
        #[arg(long)]
        out: PathBuf,
        /// Language.
        #[arg(long, value_enum, default_value_t = LanguageArgument::of_machine())]
        lang: LanguageArgument,
    },
}

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    match &arguments.what {
        None => encode(arguments),
        Some(EncodeCommand::Init { file, lang }) => {
            let all = grids(&Text::new((*lang).into()), std::slice::from_ref(file))?;
            let header = &all[0].1.header;
            let schema = CodeSchema::propose(&Schema::propose(header), header, &random::<16>()?);
            print(&ijsberg_outside::json(&schema)?)
        }
        Some(EncodeCommand::Secret { out, lang }) => {
            let text = Text::new((*lang).into());
            if out.exists() {
                bail!(text.fill("encode-secret-exists", &[("path", out.display().to_string())]));
            }
            let secret = STANDARD.encode(random::<32>()?);
            let dir = out.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
            let name = out.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
            // Temporary files, by way of which files are written, are open to their owner only.
            write_whole(dir, &name, &(secret + "\n"))?;
            print(&(text.fill("encode-secret-made", &[("path", out.display().to_string())]) + "\n"))
        }
    }
}

fn random<const N: usize>() -> anyhow::Result<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|e| anyhow!("no random numbers from the system: {e}"))?;
    Ok(bytes)
}

fn encode(arguments: &Arguments) -> anyhow::Result<()> {
    let text = Text::new(arguments.lang.into());
    if arguments.files.is_empty() {
        bail!(text.say("argument-no-files"));
    }
    let (Some(schema), Some(out)) = (&arguments.schema, &arguments.out) else {
        bail!(text.say("encode-needs"));
    };
    let written = read_file(&text, schema)?;
    let schema = CodeSchema::parse(&written)
        .map_err(|e| anyhow!("{}: {}", schema.display(), errors::code_schema_error(&text, &e)))?;
    if schema.misnamed_folds() {
        crate::output::tell(&text.say("encode-folds"));
    }
    let encoder = Encoder::new(&schema, &secret(&text, arguments)?)
        .map_err(|e| anyhow!(errors::encode_error(&text, &e)))?;
    std::fs::create_dir_all(out)
        .with_context(|| text.fill("argument-folder", &[("path", out.display().to_string())]))?;
    // All lists are read and encoded before any file is written, and no two to one file.
    let mut files = Vec::new();
    let all = as_written(&text, &arguments.files)?;
    let names: Vec<String> = all.iter().map(|g| g.0.clone()).collect();
    let sizes: Vec<usize> = all.iter().map(|g| g.1.rows.len()).collect();
    lists_are_fit(&names, &sizes).map_err(|e| anyhow!(errors::schema_error(&text, &e)))?;
    for (name, grid) in all {
        let rows = in_order(&text, &schema, &name, &grid)?;
        tell_of_blanks(&text, &schema, &name, &rows);
        let seed = u64::from_le_bytes(random()?);
        let codes = encoder
            .encode(&rows, seed)
            .map_err(|e| anyhow!("{name}: {}", errors::encode_error(&text, &e)))?;
        let lines = rows.iter().map(|r| r.0);
        files.push(CodeFile::new(&name, &schema, &encoder, lines.zip(codes).collect()));
    }
    for file in files {
        let name = format!("{}.codes.json", file.list);
        write_whole(out, &name, &file.write())?;
        let parts = [("n", file.rows.len().to_string()), ("path", out.join(name).display().to_string())];
        print(&(text.fill("encode-written", &parts) + "\n"))?;
    }
    Ok(())
}

/// Lists with all that stands in their cells, since every blank is hashed, as clkhash does.
fn as_written(text: &Text, files: &[PathBuf]) -> anyhow::Result<Vec<(String, Grid)>> {
    let list = |path: &PathBuf| {
        let cells = crate::files::as_written(text, path)?;
        let grid = match cells.sheets_to_choose().len() {
            0 | 1 => cells.list_as_written(),
            _ => list_of(cells).map_err(|e| crate::files::wrong(text, path, &e))?,
        };
        Ok((list_name(path), grid))
    };
    files.iter().map(list).collect()
}

/// Warns of values with blanks around them that are hashed with the value: another list may have the same value without.
fn tell_of_blanks(text: &Text, schema: &CodeSchema, name: &str, rows: &[(u64, Vec<String>)]) {
    let own = &schema.ijsberg;
    for (place, feature) in schema.features.iter().enumerate().filter(|(_, f)| !f.ignored) {
        let known = [&own.fold, &own.dates].iter().any(|all| all.contains(&feature.identifier));
        let blanks = |r: &&(u64, Vec<String>)| r.1[place].trim() != r.1[place];
        let n = rows.iter().filter(blanks).count();
        if n > 0 && !known {
            let column = format!("{:?}", feature.identifier);
            let parts = [("file", name.to_owned()), ("column", column), ("n", text.number(n as f64))];
            crate::output::tell(&text.fill("encode-blanks", &parts));
        }
    }
}

/// Cells in the order of the features. Columns are found by their names; those that are not hashed need not be there.
fn in_order(
    text: &Text,
    schema: &CodeSchema,
    name: &str,
    grid: &Grid,
) -> anyhow::Result<Vec<(u64, Vec<String>)>> {
    let places = schema
        .features
        .iter()
        .map(|f| match grid.header.iter().position(|h| h.trim() == f.identifier.trim()) {
            None if !f.ignored => {
                let parts = [
                    ("file", name.to_owned()),
                    ("column", format!("{:?}", f.identifier)),
                    ("columns", grid.header.join(", ")),
                ];
                Err(anyhow!(text.fill("schema-error-column", &parts)))
            }
            place => Ok(place),
        })
        .collect::<anyhow::Result<Vec<_>>>()?;
    let cell = |cells: &[String], place: &Option<usize>| {
        place.and_then(|p| cells.get(p)).cloned().unwrap_or_default()
    };
    let row = |(line, cells): &(u64, Vec<String>)| (*line, places.iter().map(|p| cell(cells, p)).collect());
    Ok(grid.rows.iter().map(row).collect())
}

/// From the file or the variable, without the end of the line.
fn secret(text: &Text, arguments: &Arguments) -> anyhow::Result<Vec<u8>> {
    let bytes = match &arguments.secret_file {
        Some(path) => read_file(text, path)?,
        None => std::env::var(VARIABLE)
            .map_err(|_| anyhow!(text.fill("encode-no-secret", &[("name", VARIABLE.to_owned())])))?
            .into_bytes(),
    };
    let end = bytes.iter().rposition(|b| !b"\r\n".contains(b)).map_or(0, |e| e + 1);
    Ok(bytes[..end].to_vec())
}
