//! Passphrases: from a file or the environment or typed in, never from the command line.

use std::io::IsTerminal;
use std::path::Path;

use anyhow::bail;
use ijsberg_report::text::Text;
use zeroize::Zeroizing;

use crate::estimate::read_file;

/// The environment variable that holds the passphrase where nobody can type it in.
pub(crate) const VARIABLE: &str = "IJSBERG_PASSPHRASE";

/// The passphrase for a file; asked for twice where it is `new`.
pub(crate) fn passphrase(text: &Text, file: Option<&Path>, new: bool) -> anyhow::Result<Zeroizing<String>> {
    if let Some(path) = file {
        let bytes = Zeroizing::new(read_file(text, path)?);
        let all = std::str::from_utf8(&bytes).map(|s| s.trim_end_matches(['\r', '\n']).to_owned());
        return Ok(Zeroizing::new(all?));
    }
    if let Ok(set) = std::env::var(VARIABLE) {
        return Ok(Zeroizing::new(set));
    }
    if !std::io::stdin().is_terminal() {
        bail!(text.fill("passphrase-none", &[("variable", VARIABLE.to_owned())]));
    }
    ask(text, "assess-passphrase", new)
}

/// A user's password; asked for twice where it is `new`.
pub(crate) fn password(text: &Text, file: Option<&Path>, new: bool) -> anyhow::Result<Zeroizing<String>> {
    if file.is_some() {
        return passphrase(text, file, new);
    }
    if !std::io::stdin().is_terminal() {
        bail!(text.say("register-no-password"));
    }
    ask(text, "register-password", new)
}

fn ask(text: &Text, prompt: &str, new: bool) -> anyhow::Result<Zeroizing<String>> {
    let ask = dialoguer::Password::new().with_prompt(text.say(prompt));
    let ask =
        if new { ask.with_confirmation(text.say("assess-again"), text.say("assess-differs")) } else { ask };
    Ok(Zeroizing::new(ask.interact()?))
}
