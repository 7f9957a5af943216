//! The fuzzer tries texts on `runward_fuzz::page`.
#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| {
    runward_fuzz::mind_only_our_panics();
    runward_fuzz::page(text);
});
