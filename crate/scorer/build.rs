//! How the module is linked.

fn main() {
    // tract's kernels register themselves in constructors. Unless somebody else calls these, the linker has every export call them, at every call.
    if std::env::var("CARGO_CFG_TARGET_ARCH").is_ok_and(|target| target == "wasm32") {
        println!("cargo::rustc-cdylib-link-arg=--export=__wasm_call_ctors");
    }
    println!("cargo::rerun-if-changed=build.rs");
}
