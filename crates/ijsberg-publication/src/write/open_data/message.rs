//! The structure of all tables of a folder as one SDMX-ML 3.0 message: code lists, concepts, data structures and dataflows.

use std::collections::BTreeMap;
use std::fmt::Write;

use ijsberg_outside::markup;

use super::FolderInfo;
use super::cube::{AGENCY, Component, Cube, Names, Structure, TIME, VALUE};
use super::ids::component_id;
use super::languages::LANGUAGES;

/// Namespaces of the message.
const SPACES: &str = "http://www.sdmx.org/resources/sdmxml/schemas/v3_0/";

/// The URN prefix of artefacts.
const URN: &str = "urn:sdmx:org.sdmx.infomodel";

/// The concept scheme.
const CONCEPTS: &str = "CONCEPTS";

/// Texts in both languages.
fn in_languages(element: &str, texts: &Names) -> String {
    LANGUAGES.iter().zip(texts).fold(String::new(), |mut out, (language, text)| {
        let (code, text) = (language.code(), markup(text));
        let _ = write!(out, "<com:{element} xml:lang=\"{code}\">{text}</com:{element}>");
        out
    })
}

fn named(names: &Names) -> String {
    in_languages("Name", names)
}

impl Structure {
    /// The message. `concepts` is the name of the concept scheme.
    pub fn message(&self, about: &FolderInfo, concepts: &Names) -> String {
        let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
        let _ = writeln!(
            out,
            "<mes:Structure xmlns:mes=\"{SPACES}message\" xmlns:str=\"{SPACES}structure\" xmlns:com=\"{SPACES}common\">"
        );
        let _ = writeln!(
            out,
            "<mes:Header><mes:ID>{}</mes:ID><mes:Test>{}</mes:Test><mes:Prepared>{}T00:00:00Z</mes:Prepared>\
             <mes:Sender id=\"{AGENCY}\"/></mes:Header>\n<mes:Structures>",
            component_id(&about.id),
            about.synthetic,
            about.date
        );
        self.lists_in(&mut out);
        self.concepts_in(&mut out, concepts);
        let mut all = |kind: &str, one: &dyn Fn(&Cube) -> String| {
            let _ = writeln!(out, "<str:{kind}s>");
            for cube in self.cubes() {
                let head = self.maintained(kind, &cube.id, &cube.names);
                let _ = writeln!(out, "{head}{}</str:{kind}>", one(cube));
            }
            let _ = writeln!(out, "</str:{kind}s>");
        };
        all("Dataflow", &|cube| {
            format!(
                "<str:Structure>{URN}.datastructure.DataStructure={}</str:Structure>",
                self.full(&cube.id)
            )
        });
        all("DataStructure", &|cube| self.components(cube));
        out.push_str("</mes:Structures>\n</mes:Structure>\n");
        out
    }

    /// The full reference of an artefact.
    fn full(&self, id: &str) -> String {
        format!("{AGENCY}:{id}({})", self.version)
    }

    fn maintained(&self, kind: &str, id: &str, names: &Names) -> String {
        format!("<str:{kind} id=\"{id}\" agencyID=\"{AGENCY}\" version=\"{}\">{}", self.version, named(names))
    }

    fn lists_in(&self, out: &mut String) {
        let of_cubes = self.cubes().iter().flat_map(|c| c.dimensions.iter().chain(&c.attributes));
        let mut names: BTreeMap<&str, &Names> = BTreeMap::new();
        for component in of_cubes {
            if let Some(list) = &component.list {
                names.entry(list).or_insert(&component.names);
            }
        }
        out.push_str("<str:Codelists>\n");
        for (list, name) in names {
            let rule = self.described.get(list).map(|rule| in_languages("Description", rule));
            let head = self.maintained("Codelist", list, name) + &rule.unwrap_or_default();
            let _ = writeln!(out, "{head}");
            for (code, names) in self.codes(list) {
                let _ = writeln!(out, "<str:Code id=\"{code}\">{}</str:Code>", named(names));
            }
            out.push_str("</str:Codelist>\n");
        }
        out.push_str("</str:Codelists>\n");
    }

    fn concepts_in(&self, out: &mut String, title: &Names) {
        let of_cubes = self.cubes().iter().flat_map(|c| c.dimensions.iter().chain(&c.attributes));
        let mut names: BTreeMap<&str, &Names> = BTreeMap::new();
        for component in of_cubes.chain([&self.measure]) {
            names.entry(&component.id).or_insert(&component.names);
        }
        let scheme = self.maintained("ConceptScheme", CONCEPTS, title);
        let _ = writeln!(out, "<str:ConceptSchemes>\n{scheme}");
        for (id, names) in names {
            let _ = writeln!(out, "<str:Concept id=\"{id}\">{}</str:Concept>", named(names));
        }
        out.push_str("</str:ConceptScheme>\n</str:ConceptSchemes>\n");
    }

    /// The concept of a component, and its possible values.
    fn component(&self, component: &Component) -> String {
        let holds = match &component.list {
            Some(list) => {
                format!("<str:Enumeration>{URN}.codelist.Codelist={}</str:Enumeration>", self.full(list))
            }
            None if component.id == TIME => {
                "<str:TextFormat textType=\"ObservationalTimePeriod\"/>".to_owned()
            }
            None => "<str:TextFormat textType=\"Double\"/>".to_owned(),
        };
        format!(
            "<str:ConceptIdentity>{URN}.conceptscheme.Concept={}.{}</str:ConceptIdentity>\
             <str:LocalRepresentation>{holds}</str:LocalRepresentation>",
            self.full(CONCEPTS),
            component.id
        )
    }

    fn components(&self, cube: &Cube) -> String {
        let mut out =
            String::from("<str:DataStructureComponents>\n<str:DimensionList id=\"DimensionDescriptor\">\n");
        // The standard requires the time dimension last.
        let (time, others): (Vec<&Component>, Vec<&Component>) =
            cube.dimensions.iter().partition(|c| c.id == TIME);
        for (at, c) in others.into_iter().enumerate() {
            let (id, of) = (&c.id, self.component(c));
            let _ = writeln!(out, "<str:Dimension id=\"{id}\" position=\"{}\">{of}</str:Dimension>", at + 1);
        }
        for c in time {
            let of = self.component(c);
            let _ = writeln!(out, "<str:TimeDimension id=\"{TIME}\">{of}</str:TimeDimension>");
        }
        out.push_str("</str:DimensionList>\n<str:AttributeList id=\"AttributeDescriptor\">\n");
        for c in &cube.attributes {
            let (id, of) = (&c.id, self.component(c));
            let _ = writeln!(
                out,
                "<str:Attribute id=\"{id}\" usage=\"mandatory\">{of}<str:AttributeRelationship><str:Observation/>\
                 </str:AttributeRelationship></str:Attribute>"
            );
        }
        let of = self.component(&self.measure);
        let _ = writeln!(
            out,
            "</str:AttributeList>\n<str:MeasureList id=\"MeasureDescriptor\">\n<str:Measure id=\"{VALUE}\" \
             usage=\"optional\">{of}</str:Measure>\n</str:MeasureList>\n</str:DataStructureComponents>"
        );
        out
    }
}
