//! Any bytes as a schema of codes, a file of codes, a schema of lists, settings of Splink or scored pairs: a result or an error,
//! never a panic.
#![no_main]

use ijsberg_linkage::codes::encode::Encoder;
use ijsberg_linkage::codes::file::CodeFile;
use ijsberg_linkage::codes::schema::CodeSchema;
use ijsberg_linkage::codes::score::{CodeLists, CodeModel};
use ijsberg_linkage::schema::Schema;
use ijsberg_linkage::splink;
use ijsberg_tables::edges::Edges;

fn stop_at_panics_of_ours() {
    let report = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if !ijsberg_tables::is_decoding() {
            report(panic);
        }
    }));
}

libfuzzer_sys::fuzz_target!(init: stop_at_panics_of_ours(), |bytes: &[u8]| {
    let _ = Edges::read(bytes);
    if let Ok(file) = CodeFile::read(bytes, "list") {
        let mut other = file.clone();
        other.list = "other".to_owned();
        if let Ok(lists) = CodeLists::new(&[file, other]) {
            let model = CodeModel::of(&lists);
            let _ = lists.edges(&model);
        }
    }
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let _ = toml::from_str::<Schema>(text);
    if let Ok(settings) = serde_json::from_str(text) {
        let _ = splink::model(&settings, 3);
    }
    if let Ok(schema) = CodeSchema::parse(text) {
        let cells = vec!["1990-01-02".to_owned(); schema.features.len()];
        if let Ok(encoder) = Encoder::new(&schema, b"a secret of sixteen bytes or more") {
            let _ = encoder.encode(&[(2, cells), (3, vec![String::new(); schema.features.len()])], 1);
        }
    }
});
