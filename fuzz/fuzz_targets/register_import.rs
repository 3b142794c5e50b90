#![no_main]

#[path = "../targets/import.rs"]
mod target;

fn stop_at_panics_of_ours() {
    let report = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if !ijsberg_tables::is_decoding() {
            report(panic);
        }
    }));
}

libfuzzer_sys::fuzz_target!(init: stop_at_panics_of_ours(), |bytes: &[u8]| target::run(bytes));
