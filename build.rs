//! Embedded migrations are read at compile time; cargo does not see them by itself.

fn main() {
    println!("cargo:rerun-if-changed=migrations");
}
