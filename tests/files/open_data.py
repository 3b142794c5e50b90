"""Opens every file of deliveries with the programs of those who use open data, and compares what they read with the tables.

    python open_data.py FOLDER...

Each folder is one delivery. What differs ends the program with what it is.
"""

import csv
import hashlib
import json
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import bagit
import frictionless
import rdflib
import sdmx
import yaml
from csvw import CSVW
from odf import teletype
from odf.opendocument import load
from odf.table import Table, TableCell, TableRow
from pysdmx.io import get_datasets, read_sdmx
from pysdmx.model import Codelist, Dataflow
from rdflib.namespace import DCAT, DCTERMS, RDF
from rocrate.rocrate import ROCrate

SIGNS = {"[c]", "[x]", "[z]", "[w]"}
SPDX = rdflib.Namespace("http://spdx.org/rdf/terms#")


def same(found, wanted, what):
    if found != wanted:
        raise SystemExit(f"{what}: {found!r} is not {wanted!r}")


def table(path):
    with open(path, encoding="utf-8", newline="") as file:
        head, *rows = csv.reader(file)
    return [dict(zip(head, row, strict=True)) for row in rows]


def number(text):
    """What stands where a number may: none if a sign does."""
    return None if text in SIGNS or text in ("", "NaN") else float(text)


def place(folder):
    """Where the tables lie: a yearly report has a folder for them."""
    return folder / "tables" if (folder / "tables").is_dir() else folder


def tables(folder):
    ending = ".csv-metadata.json"
    return sorted(p.name.removesuffix(ending) for p in place(folder).glob(f"*{ending}"))


def columns_of(folder, name):
    """Names of the columns of a table that hold numbers, as its metadata say."""
    metadata = json.loads((place(folder) / f"{name}.csv-metadata.json").read_text(encoding="utf-8"))
    columns = metadata["tableSchema"]["columns"]
    return [c["titles"] for c in columns if c["datatype"] != "string"]


def with_csvw(folder, name):
    read = CSVW(str(place(folder) / f"{name}.csv-metadata.json"), validate=True)
    same((read.is_valid, list(map(str, read.warnings))), (True, []), f"{name}: CSVW")
    (one,) = read.tables
    rows = table(place(folder) / f"{name}.csv")
    found = list(one.iterdicts())
    same(len(found), len(rows), f"{name}: rows in CSVW")
    # Columns are named after what stands in the first line, and every number is one.
    for c in columns_of(folder, name):
        values = [None if r[c] is None else float(r[c]) for r in found]
        same(values, [number(r[c]) for r in rows], f"{name}: {c} in CSVW")


def with_frictionless(folder):
    report = frictionless.validate(str(folder / "datapackage.json"))
    same((report.valid, report.flatten(["title", "message"])), (True, []), f"{folder}: data package")
    package = frictionless.Package(str(folder / "datapackage.json"))
    names = [Path(r.path).stem for r in package.resources]
    same(sorted(names), tables(folder), f"{folder}: tables in the data package")
    for resource in package.resources:
        name = Path(resource.path).stem
        rows, found = table(folder / resource.path), resource.read_rows()
        for c in columns_of(folder, name):
            values = [None if r[c] is None else float(r[c]) for r in found]
            same(values, [number(r[c]) for r in rows], f"{name}: {c} in the data package")


def observations(rows, columns, is_of_cells):
    """The numbers of a table in the order in which SDMX has them: a row each, or each number of a row."""
    if not is_of_cells:
        return [(row, c, row[c]) for row in rows for c in columns]
    all_of = []
    for row in rows:
        all_of.append((row, "persons", row["persons"]))
        if number(row.get("rate", "")) is not None:
            all_of.append((row, "rate", row["rate"]))
    return all_of


# What levels are called in SDMX where the United Nations or everybody has a code for them.
CODES = {"minor": "Y0T17", "adult": "Y_GE18", "unknown": "_U"}


def stands_at(row, column, of, names):
    """A number is at the place of its row: at its codes, or at the words of its row."""
    if "COLUMN" in of:
        # What says nothing, or is a sign, has a name of its own.
        words = {c: "not applicable" if not v or v in SIGNS else v for c, v in row.items()}
        is_there = [names[c.upper()][of[c.upper()]] == v for c, v in words.items() if c.upper() in of]
        return any(is_there) and all(is_there)
    levels = row["code"].split(" ") if row["code"].startswith("VC_HTF") else [row["code"]]
    at = {v for d, v in of.items() if d not in ("FREQ", "REF_AREA", "MEASURE", "UNIT_MEASURE")}
    is_there = all(not level or CODES.get(level.lower(), level) in at for level in levels)
    measure = "measure" not in row or names["MEASURE"][of["MEASURE"]] == row["measure"]
    unit = "PER_100000_POP" if column == "rate" else "NUMBER"
    return is_there and measure and of["UNIT_MEASURE"] == unit and of["CELL"] == row["cell"]


def with_sdmx(folder):
    structure = folder / "sdmx" / "structure.xml"
    message = read_sdmx(str(structure), validate=True)
    lists = {s.id: s for s in message.structures if isinstance(s, Codelist)}
    flows = {s.id for s in message.structures if isinstance(s, Dataflow)}
    other = sdmx.read_sdmx(str(structure))
    same(set(other.codelist), set(lists), f"{folder}: code lists")
    same(set(other.dataflow), flows, f"{folder}: dataflows")
    for name, codes in lists.items():
        same([c.id for c in codes.items], list(other.codelist[name].items), f"{name}: codes")
        for code in other.codelist[name]:
            same(set(code.name.localizations), {"en", "nl"}, f"{name}: languages of {code.id}")
    # A table without a number has none to tell.
    told_of = [n for n in tables(folder) if columns_of(folder, n) and table(place(folder) / f"{n}.csv")]
    same(sorted(p.stem for p in (folder / "sdmx").glob("*.csv")), told_of, f"{folder}: data")
    used = {name: set() for name in lists}
    for name in told_of:
        data = folder / "sdmx" / f"{name}.csv"
        (dataset,) = get_datasets(str(data), str(structure))
        flow = other.dataflow[dataset.structure.id]
        (read,) = sdmx.read_sdmx(str(data), structure=flow).data
        found = dataset.data.to_dict("records")
        rows, is_of_cells = table(place(folder) / f"{name}.csv"), "COLUMN" not in dataset.data
        wanted = observations(rows, columns_of(folder, name), is_of_cells)
        same((len(found), len(read.obs)), (len(wanted),) * 2, f"{name}: observations")
        keys = {tuple(sorted(o.dimension.values.items())) for o in read.obs}
        same(len({tuple(k.value for _, k in key) for key in keys}), len(wanted), f"{name}: keys")
        coded, names = {}, {}
        for component in dataset.structure.components:
            if component.enumeration is not None:
                coded[component.id] = component.enumeration.id
                names[component.id] = {c.id: c.name for c in component.enumeration.items}
        # What one program reads is what the other reads, and both read what stands in the table.
        for of, o, (row, column, value) in zip(found, read.obs, wanted, strict=True):
            same((number(of["OBS_VALUE"]), number(o.value)), (number(value),) * 2, f"{name}: {row}")
            attributes = {k: a.value for k, a in o.attached_attribute.items()}
            dimensions = {k: v.value for k, v in o.dimension.values.items()}
            told = {k: v for k, v in of.items() if k != "OBS_VALUE"}
            same({**dimensions, **attributes}, told, f"{name}: {row}")
            same(stands_at(row, column, of, names), True, f"{name}: {row} at {of}")
            for component, codes in coded.items():
                used[codes].add(of[component])
    # No code is made up, and none is missing.
    for name, codes in lists.items():
        same({c.id for c in codes.items}, used[name], f"{name}: codes that are used")
    return sum(len(u) for u in used.values())


def with_united_nations(folder):
    """The file for the United Nations has the numbers of the table; they keep its structure themselves."""
    for path in folder.glob("*.sdmx.csv"):
        (dataset,) = read_sdmx(str(path)).data
        same(dataset.short_urn, "Dataflow=IAEG-SDGs:SDG(1.0)", path.name)
        rows = table(folder / path.name.replace(".sdmx", ""))
        persons = dataset.data[dataset.data["UNIT_MEASURE"] == "NUMBER"]["OBS_VALUE"]
        same([number(v) for v in persons], [number(r["persons"]) for r in rows], path.name)


def with_rdflib(folder):
    graph = rdflib.Graph()
    graph.parse(str(folder / "dcat.jsonld"), format="json-ld")
    here = folder.resolve().as_uri() + "/"
    catalogue = rdflib.URIRef(here)
    same(list(graph.subjects(RDF.type, DCAT.Catalog)), [catalogue], f"{folder}: catalogue")
    sets = set(graph.subjects(RDF.type, DCAT.Dataset))
    same(set(graph.objects(catalogue, DCAT.dataset)), sets, f"{folder}: data sets")
    same(len(sets), len(tables(folder)) + 1, f"{folder}: data sets")
    # What the profile says that each must have.
    for of in [catalogue, *sets]:
        for needed in [DCTERMS.title, DCTERMS.description, DCTERMS.publisher, DCTERMS.license]:
            same(graph.value(of, needed, any=True) is not None, True, f"{of}: {needed}")
    listed = set()
    for of in graph.subjects(RDF.type, DCAT.Distribution):
        address = str(graph.value(of, DCAT.accessURL))
        same(address.startswith(here), True, address)
        path = address.removeprefix(here)
        listed.add(path)
        kept = (folder / path).read_bytes()
        checksum = graph.value(of, SPDX.checksum)
        if checksum is None:
            same(path, "deposit.zip", "a file without its sum")
            continue
        sum_of = str(graph.value(checksum, SPDX.checksumValue))
        same(sum_of, hashlib.sha256(kept).hexdigest(), f"{path}: sum")
        same(int(graph.value(of, DCAT.byteSize)), len(kept), f"{path}: bytes")
    there = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}
    described = {p for p in there if p.endswith(".csv-metadata.json")} | {"dcat.jsonld"}
    same(listed, there - described, f"{folder}: files in the catalogue")


def with_rocrate(folder):
    """The crate describes every file of the folder but the archive that it is in itself, as the catalogue and the citation do."""
    crate = ROCrate(str(folder))
    root = crate.root_dataset
    cited = yaml.safe_load((folder / "CITATION.cff").read_text(encoding="utf-8"))
    said = [crate.version, root["name"], root["version"], root["publisher"]["name"], root["license"]["identifier"]]
    wanted = ["1.2", cited["title"], cited["version"], cited["authors"][0]["name"], cited["license"]]
    same(said, wanted, f"{folder}: crate")
    same(root["datePublished"], cited["date-released"], f"{folder}: day of the crate")
    same(root["description"], cited["abstract"], f"{folder}: description of the crate")
    listed = {e.id: e for e in crate.data_entities}
    same({p.id for p in root["hasPart"]}, set(listed), f"{folder}: parts of the crate")
    there = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}
    same(set(listed), there - {"deposit.zip", "ro-crate-metadata.json"}, f"{folder}: files in the crate")
    for name, entity in listed.items():
        kept = (folder / name).read_bytes()
        same(all(entity.get(k) for k in ("name", "encodingFormat")), True, f"{name}: name and format")
        # The catalogue has the sum of the crate, and of two files only one can have that of the other.
        if name != "dcat.jsonld":
            same(entity["sha256"], hashlib.sha256(kept).hexdigest(), f"{name}: sum in the crate")
            same(int(entity["contentSize"]), len(kept), f"{name}: bytes in the crate")


WORKBOOK = "tables.en.ods"


def plain(text):
    """A number however it is written, and all other words as they are."""
    if not re.fullmatch(r"-?\d+(\.\d+)?%?", text):
        return text
    return round(float(text.rstrip("%")) / (100 if text.endswith("%") else 1), 6)


def by_odfpy(folder):
    """The sheets of the workbook: of a number its value, of all else its words."""
    sheets = {}
    for sheet in load(str(folder / WORKBOOK)).spreadsheet.getElementsByType(Table):
        rows = []
        for row in sheet.getElementsByType(TableRow):
            cells = row.getElementsByType(TableCell)
            rows.append([plain(c.getAttribute("value") or teletype.extractText(c)) for c in cells])
        sheets[sheet.getAttribute("name")] = rows
    return sheets


def by_libreoffice(folder, office):
    """The same, as LibreOffice writes them as CSV: in UTF-8, numbers unrounded, every sheet."""
    as_csv = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1"
    with tempfile.TemporaryDirectory() as place:
        own = f"-env:UserInstallation={Path(place).as_uri()}/profile"
        command = [office, own, "--headless", "--convert-to", as_csv, "--outdir", place, str(folder / WORKBOOK)]
        subprocess.run(command, check=True, capture_output=True, timeout=300)
        sheets, begins = {}, f"{Path(WORKBOOK).stem}-"
        for path in Path(place).glob("*.csv"):
            with open(path, encoding="utf-8", newline="") as file:
                sheets[path.stem.removeprefix(begins)] = [[plain(c) for c in row] for row in csv.reader(file)]
    return sheets


def in_workbook(folder, sheets, program):
    """Each table is a sheet with the cells of its CSV below its title and its notes, whatever program reads it."""
    wanted = {}
    for name in tables(folder):
        metadata = json.loads((place(folder) / f"{name}.csv-metadata.json").read_text(encoding="utf-8"))
        head = [c["dc:title"]["@value"] for c in metadata["tableSchema"]["columns"]]
        with open(place(folder) / f"{name}.csv", encoding="utf-8", newline="") as file:
            _, *rows = csv.reader(file)
        wanted[metadata["dc:title"]] = [head, *rows]
    same(len(wanted), len(tables(folder)), f"{folder}: titles")
    titled = {f"{rows[0][0]}".removeprefix(f"{name}: "): rows for name, rows in sheets.items()}
    same(set(wanted) - set(titled), set(), f"{folder}: sheets by {program}")
    same(len(sheets), len(wanted) + 2, f"{folder}: sheets by {program}")
    for title, rows in wanted.items():
        if rows[1:]:
            body = [row[: len(rows[0])] for row in titled[title][-len(rows) :]]
            same(body, [[plain(c) for c in row] for row in rows], f"{title} by {program}")


def with_bagit(folder):
    with tempfile.TemporaryDirectory() as place:
        with zipfile.ZipFile(folder / "deposit.zip") as archive:
            archive.extractall(place)
        (top,) = Path(place).iterdir()
        bagit.Bag(str(top)).validate()
        there = {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}
        del there["deposit.zip"]
        data = top / "data"
        kept = {p.relative_to(data).as_posix(): p.read_bytes() for p in data.rglob("*") if p.is_file()}
        same(sorted(kept), sorted(there), f"{folder}: files in the bag")
        same([n for n in there if kept[n] != there[n]], [], f"{folder}: files that differ in the bag")


def with_yaml(folder):
    cited = yaml.safe_load((folder / "CITATION.cff").read_text(encoding="utf-8"))
    kept = (cited["cff-version"], cited["type"], cited["license"])
    same(kept, ("1.2.0", "dataset", "CC-BY-4.0"), f"{folder}: citation")
    for needed in ["message", "title", "abstract", "version", "date-released", "keywords"]:
        same(bool(cited[needed]), True, f"{folder}: {needed}")
    same([list(a) for a in cited["authors"]], [["name"]], f"{folder}: authors")


def main():
    office = shutil.which("soffice")
    if office is None:
        print("Not checked: what LibreOffice reads in the open documents, since it is not there", file=sys.stderr)
    for folder in map(Path, sys.argv[1:]):
        names = tables(folder)
        for name in names:
            with_csvw(folder, name)
        with_frictionless(folder)
        codes = with_sdmx(folder)
        with_united_nations(folder)
        with_rdflib(folder)
        with_rocrate(folder)
        in_workbook(folder, by_odfpy(folder), "odfpy")
        if office:
            in_workbook(folder, by_libreoffice(folder, office), "LibreOffice")
        with_bagit(folder)
        with_yaml(folder)
        print(folder.name, len(names), codes)


if __name__ == "__main__":
    main()
