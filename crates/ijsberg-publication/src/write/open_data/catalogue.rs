//! A folder as a DCAT-AP 3 catalogue in JSON-LD: a data set for each table, and one for the files that contain all tables.
//!
//! The final location of the folder is not known here, so addresses are relative to the catalogue.

use ijsberg_report::text::{Language, Text};
use serde_json::{Map, Value, json};

use super::bag::sum;
use super::file_names::{BAG, STRUCTURE, sdmx_file};
use super::languages::{LANGUAGES, names};
use super::{FolderInfo, Names};
use crate::tables::PublicTable;
use crate::write::File;
use crate::write::licence::LICENCE;

/// The code lists of the Publications Office of the European Union.
const AUTHORITY: &str = "http://publications.europa.eu/resource/authority";

/// The registered media types.
const MEDIA_TYPES: &str = "https://www.iana.org/assignments/media-types";

/// File extensions with the file type of the Publications Office and the media type.
const KINDS: [(&str, &str, &str); 12] = [
    ("csv", "CSV", "text/csv"),
    ("xml", "XML", "application/xml"),
    ("xlsx", "XLSX", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ("ods", "ODS", "application/vnd.oasis.opendocument.spreadsheet"),
    ("html", "HTML", "text/html"),
    ("pdf", "PDFA2A", "application/pdf"),
    ("svg", "SVG", "image/svg+xml"),
    ("png", "PNG", "image/png"),
    ("json", "JSON", "application/json"),
    ("jsonld", "JSON_LD", "application/ld+json"),
    ("cff", "TXT", "application/yaml"),
    ("zip", "ZIP", "application/zip"),
];

/// The namespace prefixes.
fn context() -> Value {
    json!({
        "dcat": "http://www.w3.org/ns/dcat#",
        "dct": "http://purl.org/dc/terms/",
        "foaf": "http://xmlns.com/foaf/0.1/",
        "skos": "http://www.w3.org/2004/02/skos/core#",
        "spdx": "http://spdx.org/rdf/terms#",
        "wdrs": "http://www.w3.org/2007/05/powder-s#",
        "xsd": "http://www.w3.org/2001/XMLSchema#",
    })
}

fn id(address: impl Into<String>) -> Value {
    json!({ "@id": address.into() })
}

fn both(names: &Names) -> Value {
    let one =
        |(language, name): (&Language, &String)| json!({ "@value": name, "@language": language.code() });
    LANGUAGES.iter().zip(names).map(one).collect()
}

fn day(date: &str) -> Value {
    json!({ "@value": date, "@type": "xsd:date" })
}

/// The file type of the Publications Office and the media type of a file.
pub(super) fn kind_of(name: &str) -> Option<(&'static str, &'static str)> {
    KINDS.into_iter().find(|k| name.rsplit('.').next() == Some(k.0)).map(|k| (k.1, k.2))
}

/// A distribution: a file, and the file that describes it for programs.
fn distribution((name, bytes): (&str, Option<&[u8]>), described_by: Option<String>) -> Value {
    let mut of = Map::new();
    let mut put = |key: &str, value: Value| of.insert(key.to_owned(), value);
    put("@id", format!("#file-{name}").into());
    put("@type", "dcat:Distribution".into());
    put("dct:title", name.into());
    put("dcat:accessURL", id(name));
    put("dcat:downloadURL", id(name));
    put("dct:license", id(LICENCE));
    if let Some((kind, media)) = kind_of(name) {
        put("dct:format", id(format!("{AUTHORITY}/file-type/{kind}")));
        put("dcat:mediaType", id(format!("{MEDIA_TYPES}/{media}")));
    }
    if let Some(bytes) = bytes {
        put("dcat:byteSize", json!({ "@value": bytes.len().to_string(), "@type": "xsd:nonNegativeInteger" }));
        let sum = json!({
            "@type": "spdx:Checksum",
            "spdx:algorithm": id("spdx:checksumAlgorithm_sha256"),
            "spdx:checksumValue": { "@value": sum(bytes), "@type": "xsd:hexBinary" },
        });
        put("spdx:checksum", sum);
    }
    if let Some(description) = described_by {
        put("wdrs:describedby", id(description));
    }
    of.into()
}

/// The properties common to the catalogue and its data sets.
fn common(about: &FolderInfo, titles: &Names, descriptions: &Names) -> Map<String, Value> {
    let languages = ["ENG", "NLD"].map(|l| id(format!("{AUTHORITY}/language/{l}")));
    let mut of = Map::new();
    let mut put = |key: &str, value: Value| of.insert(key.to_owned(), value);
    put("dct:title", both(titles));
    put("dct:description", both(descriptions));
    put("dct:publisher", id("#publisher"));
    put("dct:issued", day(&about.date.to_string()));
    put("dct:license", id(LICENCE));
    put("dct:language", languages.into_iter().collect());
    put("dct:spatial", id("#country"));
    of
}

/// A data set with its files.
fn data_set(
    texts: [&Text; 2],
    about: &FolderInfo,
    (of, titles, descriptions): (&str, &Names, &Names),
    files: Vec<Value>,
) -> Value {
    let mut all = Map::new();
    all.insert("@id".to_owned(), format!("#{of}").into());
    all.insert("@type".to_owned(), "dcat:Dataset".into());
    all.append(&mut common(about, titles, descriptions));
    let mut put = |key: &str, value: Value| all.insert(key.to_owned(), value);
    let [from, to] = about.years;
    put("dct:identifier", format!("{}/{of}", about.id).into());
    put(
        "dct:temporal",
        json!({
            "@type": "dct:PeriodOfTime",
            "dcat:startDate": day(&format!("{from}-01-01")),
            "dcat:endDate": day(&format!("{to}-12-31")),
        }),
    );
    put("dcat:version", about.version().into());
    put("dct:accessRights", id(format!("{AUTHORITY}/access-right/PUBLIC")));
    put("dct:accrualPeriodicity", id(format!("{AUTHORITY}/frequency/ANNUAL")));
    put(
        "dcat:theme",
        ["JUST", "SOCI"].map(|t| id(format!("{AUTHORITY}/data-theme/{t}"))).into_iter().collect(),
    );
    let keywords = names(texts, |t| t.say("data-keywords"));
    let each = LANGUAGES.iter().zip(&keywords).flat_map(|(language, words)| {
        words.split(", ").map(move |w| json!({ "@value": w, "@language": language.code() }))
    });
    put("dcat:keyword", each.collect());
    put("dcat:distribution", files.into());
    all.into()
}

/// The data set of a table: its CSV with metadata, and its numbers in SDMX.
fn of_table(texts: [&Text; 2], about: &FolderInfo, tables: [&PublicTable; 2], files: &[File]) -> Value {
    let of = &tables[0].id;
    let (csv, sdmx) = (format!("{}{of}.csv", about.tables), sdmx_file(of));
    let described = [(csv.clone(), format!("{csv}-metadata.json")), (sdmx, STRUCTURE.to_owned())];
    let all = described.into_iter().filter_map(|(name, by)| {
        let bytes = files.iter().find(|f| f.0 == name)?.1.as_slice();
        Some(distribution((name.as_str(), Some(bytes)), Some(by)))
    });
    let descriptions = tables.map(|t| t.notes.join(" "));
    let titles = tables.map(|t| t.title.clone());
    // The standard requires a description.
    let described = descriptions.iter().all(|d| !d.is_empty());
    let descriptions = if described { &descriptions } else { &titles };
    data_set(texts, about, (of, &titles, descriptions), all.collect())
}

/// The catalogue of the tables that are among the files.
pub(super) fn catalogue(
    texts: [&Text; 2],
    about: &FolderInfo,
    tables: [&[PublicTable]; 2],
    files: &[File],
) -> Value {
    let mut sets: Vec<Value> =
        tables[0].iter().zip(tables[1]).map(|(en, nl)| of_table(texts, about, [en, nl], files)).collect();
    let of_one = |name: &str| {
        let is = |t: &PublicTable| {
            name.starts_with(&format!("{}{}.csv", about.tables, t.id)) || name == sdmx_file(&t.id)
        };
        tables[0].iter().any(is)
    };
    let rest = files.iter().filter(|f| !of_one(&f.0)).map(|f| (f.0.as_str(), Some(f.1.as_slice())));
    // The bag contains the catalogue, so the catalogue cannot have the checksum of the bag.
    let rest = rest.chain([(BAG, None)]).map(|file| distribution(file, None));
    let rest: Vec<Value> = rest.collect();
    sets.push(data_set(texts, about, ("all", &about.titles, &about.descriptions), rest));
    let known = sets.iter().filter_map(|s| s["@id"].as_str()).map(id);
    let mut of = Map::new();
    of.insert("@id".to_owned(), "./".into());
    of.insert("@type".to_owned(), "dcat:Catalog".into());
    of.append(&mut common(about, &about.titles, &about.descriptions));
    of.insert("dcat:dataset".to_owned(), known.collect());
    let publisher =
        json!({ "@id": "#publisher", "@type": "foaf:Agent", "foaf:name": both(&about.publishers) });
    let country = json!({
        "@id": "#country",
        "@type": "dct:Location",
        "dct:identifier": about.country,
        "skos:prefLabel": both(&about.countries),
    });
    let graph: Vec<Value> = [of.into(), publisher, country].into_iter().chain(sets).collect();
    json!({ "@context": context(), "@graph": graph })
}
