//! `ijsberg page`: one page that estimates without a server and never sends anything.
//!
//! The parts lie in `page/`. They are put together here with the words of both languages, and the page's policy allows its own script and
//! style by their hashes and nothing else.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use clap::Args;
use ijsberg_report::charts::escape;
use ijsberg_report::html::TOKENS;
use ijsberg_report::text::{Language, Text};
use sha2::{Digest, Sha256};

use crate::estimate::LanguageArgument;
use crate::output::{print, publish};

const TEMPLATE: &str = include_str!("../../../page/page.html");
const STYLE: &str = include_str!("../../../page/page.css");

/// Each needs those before it.
const SCRIPTS: [&str; 5] = [
    include_str!("../../../page/exact.js"),
    include_str!("../../../page/fit.js"),
    include_str!("../../../page/table.js"),
    include_str!("../../../page/machine.js"),
    include_str!("../../../page/show.js"),
];

/// How the keys of the page's words begin.
const WORDS: &str = "alone-";

/// Values that the script puts into words.
const VALUES: [&str; 19] = [
    "all", "before", "column", "expected", "first", "found", "high", "limits", "line", "low", "model",
    "models", "most", "n", "name", "none", "number", "second", "value",
];

/// Write one web page that estimates without a server: for teaching, and where nothing may be installed. It never sends anything.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  ijsberg page --out ijsberg.html")]
pub(crate) struct Arguments {
    /// The file to write.
    #[arg(long, default_value = "ijsberg.html")]
    out: PathBuf,
    /// Language in which the page opens; it has a button for the other one.
    #[arg(long, value_enum, default_value_t = LanguageArgument::of_machine())]
    lang: LanguageArgument,
}

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let text = Text::new(arguments.lang.into());
    let dir = arguments.out.parent().unwrap_or(Path::new(""));
    let name = arguments.out.file_name().unwrap_or_default().to_string_lossy();
    publish(dir, &name, page(&text)?.as_bytes())?;
    let said = text.fill("alone-written", &[("path", arguments.out.display().to_string())]);
    print(&format!("{said}\n"))
}

/// The page, which opens in the language of the text.
fn page(text: &Text) -> anyhow::Result<String> {
    let (style, script) = ([TOKENS, STYLE].concat(), SCRIPTS.concat());
    let (policy, words) = (policy(&style, &script), words()?);
    let mut page = String::new();
    let mut rest = TEMPLATE;
    while let Some((before, (key, after))) = next_place(rest) {
        page += before;
        match key {
            "lang" => page += text.language().code(),
            "policy" => page += &policy,
            "style" => page += &style,
            "script" => page += &script,
            "words" => page += &words,
            "version" => page += env!("CARGO_PKG_VERSION"),
            word => page += &escape(&text.say(word)),
        }
        rest = after;
    }
    Ok(page + rest)
}

/// What comes before the next `{{key}}`, the key, and what comes after it.
fn next_place(rest: &'static str) -> Option<(&'static str, (&'static str, &'static str))> {
    let (before, place) = rest.split_once("{{")?;
    Some((before, place.split_once("}}")?))
}

/// What the browser may do with the page: run this script and apply this style.
fn policy(style: &str, script: &str) -> String {
    let hash = |of: &str| format!("'sha256-{}'", STANDARD.encode(Sha256::digest(of.as_bytes())));
    let none = ["default", "connect", "img"].map(|what| format!("{what}-src 'none'; ")).concat();
    let (style, script) = (hash(style), hash(script));
    format!("{none}base-uri 'none'; form-action 'none'; style-src {style}; script-src {script}")
}

/// The keys of all words that the page or its script asks for.
fn keys() -> BTreeSet<&'static str> {
    let ends = |c: char| !(c.is_ascii_alphanumeric() || c == '-');
    let words = [TEMPLATE].into_iter().chain(SCRIPTS).flat_map(|source| source.split(ends));
    words.filter(|word| word.starts_with(WORDS)).collect()
}

/// The words of both languages as JSON, each value as its name between braces.
fn words() -> anyhow::Result<String> {
    let values: Vec<(&str, String)> = VALUES.iter().map(|name| (*name, format!("{{{name}}}"))).collect();
    let both: BTreeMap<&str, BTreeMap<&str, String>> = [Language::English, Language::Dutch]
        .into_iter()
        .map(|language| {
            let text = Text::new(language);
            (language.code(), keys().into_iter().map(|key| (key, text.fill(key, &values))).collect())
        })
        .collect();
    // No word ends the element that it is in.
    Ok(serde_json::to_string(&both)?.replace('<', "\\u003c"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_there_with_its_values() {
        let said = words().unwrap();
        let both: BTreeMap<String, BTreeMap<String, String>> = serde_json::from_str(&said).unwrap();
        assert!(keys().len() > 60 && both["en"].len() == keys().len() && both["nl"].len() == keys().len());
        for (key, word) in both.values().flatten() {
            assert!(key != word && !word.contains('$'), "{key}: {word}");
        }
        assert!(both["nl"]["alone-between"].contains("{low}"), "{said}");
        let named = |name: &str| both["en"].values().any(|word| word.contains(&format!("{{{name}}}")));
        assert!(VALUES.iter().all(|name| named(name)));
    }

    #[cfg(unix)]
    #[test]
    fn a_web_server_can_read_the_page() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        let (out, usual) = (dir.path().join("page.html"), dir.path().join("usual"));
        run(&Arguments { out: out.clone(), lang: LanguageArgument::of_machine() }).unwrap();
        std::fs::write(&usual, "x").unwrap();
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&out), mode(&usual));
    }

    /// What lies between two marks, of which each is there once.
    fn between<'a>(page: &'a str, from: &str, to: &str) -> &'a str {
        assert_eq!(page.matches(from).count(), 1, "{from}");
        page.split_once(from).unwrap().1.split_once(to).unwrap().0
    }

    #[test]
    fn the_policy_allows_the_script_and_the_style_of_the_page_and_nothing_else() {
        for language in [Language::English, Language::Dutch] {
            let page = page(&Text::new(language)).unwrap();
            assert!(page.contains(&format!("<html lang=\"{}\">", language.code())));
            assert!(!page.contains("{{"), "a place that is not filled");
            let (style, script) =
                (between(&page, "<style>", "</style>"), between(&page, "<script>", "</script>"));
            let allowed = policy(style, script);
            assert_eq!(between(&page, "http-equiv=\"Content-Security-Policy\" content=\"", "\""), allowed);
            // Beside the policy: nothing that could ask for something, and no place to keep anything.
            let asks = "fetch( XMLHttpRequest WebSocket sendBeacon import( src= href= url( Storage cookie";
            for word in asks.split(' ') {
                assert!(!page.contains(word), "{word}");
            }
        }
    }
}
