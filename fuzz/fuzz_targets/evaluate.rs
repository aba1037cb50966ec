#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| diffract_fuzz::evaluate(data));
