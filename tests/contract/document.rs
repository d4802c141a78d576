//! The committed API document is the one that the program makes.

#[test]
fn the_committed_document_is_the_one_that_the_program_prints() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/openapi/openapi.json");
    let committed = std::fs::read_to_string(path).unwrap_or_default();
    assert!(committed == dateline::app::document().text(), "run `dateline openapi > openapi/openapi.json`");
}
