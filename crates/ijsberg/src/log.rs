//! What a server writes to standard error.

use std::io::IsTerminal;

use clap::ValueEnum;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::{Layer, Registry, fmt};

/// In which form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Form {
    /// A line of JSON for each event.
    Json,
    /// Text for people.
    Text,
    /// Nothing.
    Off,
}

/// Begins to write. Of other crates nothing is written: what they say may hold anything.
pub(crate) fn begin(form: Option<Form>) {
    let usual = if std::io::stderr().is_terminal() { Form::Text } else { Form::Json };
    let what = Targets::new().with_target("ijsberg", LevelFilter::INFO).with_default(LevelFilter::OFF);
    let layer: Box<dyn Layer<Registry> + Send + Sync> = match form.unwrap_or(usual) {
        Form::Off => return,
        Form::Json => Box::new(fmt::layer().json().with_writer(std::io::stderr).with_filter(what)),
        Form::Text => Box::new(fmt::layer().with_writer(std::io::stderr).with_filter(what)),
    };
    // A second one is refused and changes nothing.
    let _ = tracing::subscriber::set_global_default(Registry::default().with(layer));
    std::panic::set_hook(Box::new(|panic| {
        // Where, and not what: a message may hold what it stumbled over.
        if !ijsberg_tables::is_decoding() {
            let at = panic.location().map(ToString::to_string).unwrap_or_default();
            tracing::error!(at, "the program made a mistake");
        }
    }));
}
