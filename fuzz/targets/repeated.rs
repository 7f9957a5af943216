//! A long document of one shape takes time as its length does: `what stands once%%what is repeated`.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(text) = std::str::from_utf8(bytes) {
        runward_fuzz::repeated(text);
    }
});
