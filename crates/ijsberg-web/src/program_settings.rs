//! Settings of an estimate that a program sends in JSON, and their description for `OpenAPI`: both by the table of settings.

use ijsberg_analysis::{
    Bounds, Request, SETTINGS, Setting, SettingError, SettingKind, setting, sha256, words_of,
};
use ijsberg_report::text::{Language, Text};
use serde::Deserialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;
use utoipa::openapi::schema::{Object, ObjectBuilder, SchemaType, Type};

use crate::ask::{self, SettingTexts, with_names};
use crate::elsewhere;
use crate::error::WebError;
use crate::wrong::FieldErrors;

/// A table to estimate from.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewEstimate {
    /// The table as CSV; or nothing, if `table` in the settings names a table of the program.
    #[serde(default)]
    pub(crate) csv: String,
    /// Settings by their names.
    #[serde(default)]
    #[schema(schema_with = settings_schema)]
    pub(crate) settings: Map<String, Value>,
}

/// What a program asks of an estimate.
pub(crate) struct ProgramSettings {
    /// The request, without inhabitants.
    pub(crate) request: Request,
    /// The settings as they are typed in the form, for the link of the run.
    pub(crate) texts: SettingTexts,
    /// A table of inhabitants.
    pub(crate) inhabitants: Option<Vec<u8>>,
}

impl ProgramSettings {
    /// Reads settings, each typed or as it is typed in the form. Fields of the form that are no settings may be among them: the table of the
    /// program, and rows of estimates from elsewhere.
    pub(crate) fn read(text: &Text, mut settings: Map<String, Value>) -> Result<Self, WebError> {
        if let Some(value) = settings.remove("small") {
            settings.entry("small_groups").or_insert(value);
        }
        let is_other = |name: &str| matches!(name, "table" | "sha256") || elsewhere::is_field(name);
        let mut others = SettingTexts::new();
        for (name, value) in settings.iter().filter(|(name, value)| is_other(name) && !value.is_null()) {
            let typed = value.as_str().ok_or_else(|| refused(name, &text.say("setting-text")))?;
            others.insert(name.clone(), typed.to_owned());
        }
        settings.retain(|name, _| !is_other(name));
        let inhabitants = match settings.remove("population") {
            None | Some(Value::Null) => None,
            Some(Value::String(csv)) => Some(csv.into_bytes()).filter(|csv| !csv.is_empty()),
            Some(_) => return Err(refused("population", &text.say("setting-table"))),
        };
        let mut request = ask::from_json(&settings, text).map_err(|errors| first(&errors))?;
        let mut wrong = FieldErrors::default();
        request.evidence.extend(elsewhere::read(text, &others, &mut wrong));
        if let Some(first) = wrong.all().first() {
            return Err(refused(&first.field, &first.expected));
        }
        let typed = settings.iter().filter_map(|(name, value)| {
            Some((name.clone(), setting(name)?.typed(value).filter(|typed| *typed != ask::usual(name))?))
        });
        let mut texts: SettingTexts = typed.chain(others).collect();
        if let Some(csv) = &inhabitants {
            texts.insert("population".to_owned(), sha256(csv));
        }
        Ok(Self { request, texts, inhabitants })
    }
}

/// A setting that does not fit, by its name in JSON. What was sent is not repeated.
pub(crate) fn refused(name: &str, expected: &str) -> WebError {
    let by_flag = |flag: &str| SETTINGS.iter().find(|s| s.flag == flag).map(|s| format!("`{}`", s.name));
    WebError::Sent(format!("settings.{name}: {}", with_names(expected, by_flag)))
}

fn first(errors: &[SettingError]) -> WebError {
    match errors.first() {
        Some(e) if setting(&e.setting).is_some() => refused(&e.setting, &e.expected),
        Some(e) => WebError::Sent(format!("settings: {}", e.expected)),
        None => WebError::Internal,
    }
}

/// All settings as properties, in English.
fn settings_schema() -> Object {
    let text = Text::new(Language::English);
    let all = ObjectBuilder::new().schema_type(Type::Object).description(Some(
        "Settings by their names, each typed or as it is typed in the form on the page; `table` names a table of the program",
    ));
    let table = ObjectBuilder::new().schema_type(Type::String);
    let all = all.property("table", table);
    SETTINGS.iter().fold(all, |all, s| all.property(s.name, property(s, &text))).build()
}

/// One setting: its types in JSON, bounds and words, its default, and what the form says of it.
fn property(setting: &Setting, text: &Text) -> ObjectBuilder {
    let types: &[Type] = match setting.kind {
        SettingKind::Flag => &[Type::Boolean, Type::String],
        SettingKind::Text | SettingKind::Word | SettingKind::Table => &[Type::String],
        SettingKind::Texts(_) | SettingKind::Range | SettingKind::Check | SettingKind::Trial => {
            &[Type::Array, Type::String]
        }
        SettingKind::Number(_) => &[Type::Number, Type::String],
        SettingKind::Whole => &[Type::Integer, Type::String],
        SettingKind::Shares => &[Type::Array, Type::Number, Type::String],
        SettingKind::Degrees => &[Type::Object, Type::Array, Type::String],
        SettingKind::Estimates => &[Type::Array],
    };
    let name = setting.name.replace('_', "-");
    let key = format!("web-hint-{name}");
    let hint = Some(text.say(&key)).filter(|hint| *hint != key);
    let said = [Some(text.say(&format!("web-field-{name}"))), hint];
    let said: Vec<String> = said.into_iter().flatten().collect();
    let mut made = ObjectBuilder::new()
        .schema_type(types.iter().cloned().collect::<SchemaType>())
        .description(Some(said.join(": ")))
        .default(Some(setting.default.json()).filter(|default| !default.is_null()));
    if setting.kind == SettingKind::Word {
        made = made.enum_values(Some(words_of(setting.name).iter().copied()));
    }
    if let SettingKind::Number(Bounds { least, from_least, most, to_most }) = setting.kind {
        let (least, most) = (Some(least), Some(most));
        made = if from_least { made.minimum(least) } else { made.exclusive_minimum(least) };
        made = if to_most { made.maximum(most) } else { made.exclusive_maximum(most) };
    }
    made
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(settings: Value) -> Result<ProgramSettings, String> {
        let Value::Object(settings) = settings else { panic!("no object") };
        ProgramSettings::read(&Text::new(Language::English), settings).map_err(|e| e.to_string())
    }

    #[test]
    fn every_setting_is_described() {
        let described = serde_json::to_value(settings_schema()).unwrap();
        let described = described["properties"].as_object().unwrap();
        assert_eq!(described.len(), SETTINGS.len() + 1);
        for s in SETTINGS {
            let one = &described[s.name];
            assert!(one["description"].as_str().is_some_and(|d| d.len() > 3 && !d.contains("web-")), "{one}");
            assert_eq!(one["default"], s.default.json(), "{}", s.name);
        }
        assert_eq!(described["level"]["minimum"], json!(0.5));
        assert_eq!(described["level"]["exclusiveMaximum"].as_f64(), Some(1.0));
        assert_eq!(described["criterion"]["enum"], json!(["bic", "aic"]));
    }

    #[test]
    fn typed_settings_are_those_of_the_form() {
        let typed = json!({
            "level": 0.9, "methods": ["chao", "m0"], "over_coverage": [0.02, 0.08], "average": true, "thorough": false,
            "anchor": "S", "evidence": [{ "name": "Survey", "kind": "survey", "estimate": 2200 }], "table": "t"
        });
        let ProgramSettings { request, texts, inhabitants } = read(typed).ok().unwrap();
        assert!(request.covariates.averaged && request.evidence.len() == 1 && inhabitants.is_none());
        let expected = [
            ("anchor", "S"),
            ("average", "yes"),
            ("level", "0.9"),
            ("methods", "chao,m0"),
            ("over_coverage", "0.02-0.08"),
            ("table", "t"),
            ("thorough", "no"),
        ];
        assert!(texts.iter().map(|(k, v)| (k.as_str(), v.as_str())).eq(expected), "{texts:?}");
        let form = ask::request(&Text::new(Language::English), &texts).ok().unwrap();
        let without = Request { evidence: Vec::new(), ..request };
        assert_eq!(format!("{form:?}"), format!("{without:?}"));
        let rows = json!({
            "evidence_1_name": "Survey", "evidence_1_kind": "survey", "evidence_1_estimate": "2200", "small": "yes"
        });
        let request = read(rows).ok().unwrap().request;
        assert!(request.covariates.small && request.evidence.len() == 1);
        let given = read(json!({ "population": "sex,population\nf,9\n" })).ok().unwrap();
        assert!(given.inhabitants.is_some() && given.texts["population"].len() == 64);
    }

    #[test]
    fn what_does_not_fit_is_named_and_not_repeated() {
        for (settings, said) in [
            (json!({ "level": "secret" }), "settings.level: expected a number from 0.5"),
            (json!({ "secret": 1 }), "settings: there is no such setting; the settings are: lists, "),
            (json!({ "methods": ["secret"] }), "settings.methods: no such method"),
            (json!({ "learner": "spline" }), "settings.learner: only together with `identifying`"),
            (json!({ "anchor_share": 0.1 }), "settings.anchor_share: only together with `anchor`"),
            (json!({ "replicates": 5001 }), "settings.replicates: expected a whole number from 0 to 5000"),
            (json!({ "breakdown_replicates": 1001 }), "settings.breakdown_replicates: "),
            (json!({ "evidence_1_secret": "x" }), "settings: "),
            (json!({ "evidence_6_name": "secret" }), "settings: "),
            (json!({ "evidence_1_name": ["secret"] }), "settings.evidence_1_name: expected one text"),
            (json!({ "evidence_1_estimate": 2200 }), "settings.evidence_1_estimate: expected one text"),
            (json!({ "table": 1 }), "settings.table: expected one text"),
            (json!({ "population": 3 }), "settings.population: expected a table"),
            (json!({ "evidence": [{ "secret": 1 }] }), "settings.evidence: estimate 1: expected name"),
        ] {
            let Err(why) = read(settings) else { panic!("it fits: {said}") };
            assert!(why.starts_with(said) && !why.contains("secret") && !why.contains("--"), "{why}");
        }
    }
}
