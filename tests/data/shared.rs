//! Finds and reads the shared data: `../shared/data`, or what `DATELINE_SHARED_DATA` names.

use std::path::PathBuf;

/// The path of a file or folder of the shared data; `None`, after saying so by name, where it is missing.
pub fn find(name: &str) -> Option<PathBuf> {
    let root = std::env::var_os("DATELINE_SHARED_DATA")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/data"), PathBuf::from);
    let path = root.join(name);
    if !path.exists() {
        eprintln!("skipped: the shared data has no {name}");
        return None;
    }
    Some(path)
}

/// A JSON file of the shared data.
pub fn json(name: &str) -> Option<serde_json::Value> {
    let text = std::fs::read_to_string(find(name)?).unwrap();
    Some(serde_json::from_str(&text).unwrap())
}

/// The files of a folder of the shared data, with their names, in order.
pub fn files(folder: &str) -> Vec<(String, String)> {
    let Some(path) = find(folder) else { return Vec::new() };
    let mut files: Vec<(String, String)> = std::fs::read_dir(path)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_file())
        .map(|path| {
            (path.file_name().unwrap().to_string_lossy().into_owned(), String::from_utf8_lossy(&std::fs::read(&path).unwrap()).into_owned())
        })
        .collect();
    files.sort();
    files
}
