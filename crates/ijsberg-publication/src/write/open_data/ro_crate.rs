//! A folder as a research object crate (RO-Crate 1.2): description, publisher and files, for repositories of research data. The crate is in
//! the payload of the bag. Catalogue, citation and data package are made from the same description.

use ijsberg_report::text::{Language, Text};
use serde_json::{Value, json};

use super::bag::sum;
use super::catalogue::kind_of;
use super::file_names::{CATALOGUE, CRATE, sdmx_file};
use super::languages::{LANGUAGES, names};
use super::{FolderInfo, Names, citation};
use crate::tables::PublicTable;
use crate::write::File;
use crate::write::licence::LICENCE;

/// The version of the format.
const VERSION: &str = "https://w3id.org/ro/crate/1.2";
const PUBLISHER: &str = "#publisher";
const COUNTRY: &str = "#country";

fn id(address: &str) -> Value {
    json!({ "@id": address })
}

/// An entity with its name in both languages.
fn named(address: &str, kind: &str, called: &Names) -> Value {
    json!({ "@id": address, "@type": kind, "name": called[0], "alternateName": called[1] })
}

/// A file, with the table that it contains.
fn file(name: &str, bytes: Option<&[u8]>, table: Option<&PublicTable>) -> Value {
    let mut of = json!({ "@id": name, "@type": "File", "name": table.map_or(name, |t| t.title.as_str()) });
    if let Some((_, media)) = kind_of(name) {
        of["encodingFormat"] = media.into();
    }
    if let Some(bytes) = bytes {
        of["contentSize"] = bytes.len().to_string().into();
        of["sha256"] = sum(bytes).into();
    }
    if let Some(table) = table.filter(|t| !t.notes.is_empty()) {
        of["description"] = table.notes.join(" ").into();
    }
    of
}

/// The folder itself.
fn root(texts: [&Text; 2], about: &FolderInfo, parts: &[Value]) -> Value {
    let [from, to] = about.years;
    let keywords = names(texts, |t| t.say("data-keywords"));
    let keywords: Vec<&str> = keywords.iter().flat_map(|words| words.split(", ")).collect();
    let mut root = json!({
        "@id": "./",
        "@type": "Dataset",
        "name": about.titles[0],
        "alternateName": about.titles[1],
        "description": about.descriptions[0],
        "identifier": about.id,
        "version": about.version(),
        "datePublished": about.date.to_string(),
        "license": id(LICENCE),
        "author": id(PUBLISHER),
        "publisher": id(PUBLISHER),
        "temporalCoverage": format!("{from}-01-01/{to}-12-31"),
        "spatialCoverage": id(COUNTRY),
        "inLanguage": LANGUAGES.map(Language::code),
        "keywords": keywords,
        "creditText": citation(texts[0], about),
        "isAccessibleForFree": true,
        "hasPart": parts,
    });
    if let Some(stage) = about.stage {
        root["creativeWorkStatus"] = stage.into();
    }
    root
}

/// The crate of the files, which include those of the tables.
pub(super) fn metadata(
    texts: [&Text; 2],
    about: &FolderInfo,
    tables: &[PublicTable],
    files: &[File],
) -> Value {
    let table_of = |name: &str| {
        tables.iter().find(|t| name == format!("{}{}.csv", about.tables, t.id) || name == sdmx_file(&t.id))
    };
    let known = files.iter().map(|(name, bytes)| (name.as_str(), Some(bytes.as_slice())));
    // The catalogue has the checksum of this file, so this file cannot have that of the catalogue.
    let each = known.chain([(CATALOGUE, None)]);
    let each: Vec<Value> = each.map(|(name, bytes)| file(name, bytes, table_of(name))).collect();
    let parts: Vec<Value> = each.iter().filter_map(|f| f["@id"].as_str()).map(id).collect();
    let mut country = named(COUNTRY, "Country", &about.countries);
    country["identifier"] = about.country.clone().into();
    let licence = json!({
        "@id": LICENCE,
        "@type": "CreativeWork",
        "name": "Creative Commons Attribution 4.0 International",
        "identifier": "CC-BY-4.0",
    });
    let itself = json!({
        "@id": CRATE, "@type": "CreativeWork", "conformsTo": id(VERSION), "about": id("./"),
    });
    let mut graph = vec![itself, root(texts, about, &parts)];
    graph.extend([named(PUBLISHER, "Organization", &about.publishers), country, licence]);
    graph.extend(each);
    json!({ "@context": format!("{VERSION}/context"), "@graph": graph })
}
