//! What came out, as a table in Markdown: each operation on the smallest site and on the largest one.

use super::measure::process::Measured;
use super::support::Engine;

/// What an operation may take of a large site, as a multiple of a small one.
const MOST_OF_SMALL: f64 = 3.0;
/// What a preview may take, as a multiple of the same page for readers.
const MOST_OF_DELIVERY: f64 = 1.5;

/// One operation on one site.
pub struct Row {
    pub engine: Engine,
    pub size: usize,
    pub name: &'static str,
    /// The operation for readers that it is a preview of.
    pub as_readers: Option<&'static str>,
    pub measured: Measured,
}

impl Row {
    /// The time of a request, in milliseconds: half of them take less.
    fn time(&self) -> f64 {
        self.measured.seen.percentile(0.5).as_secs_f64() * 1e3
    }
}

/// All that was measured in one run.
pub struct Report {
    baseline: Measured,
    rows: Vec<Row>,
}

impl Report {
    pub fn new(baseline: Measured) -> Self {
        Self { baseline, rows: Vec::new() }
    }

    pub fn row(&mut self, row: Row) {
        eprintln!("  {:.3} ms, {:.0} us: {}", row.time(), row.measured.cpu_micros(), row.name);
        self.rows.push(row);
    }

    pub fn print(&self) {
        let bare = self.baseline.seen.percentile(0.5).as_secs_f64() * 1e3;
        println!("bare handler: {bare:.3} ms, {:.0} us\n", self.baseline.cpu_micros());
        println!(
            "| engine | operation | small ms | large ms | small CPU us | large CPU us | large / small | large CPU / bare | preview / delivery |"
        );
        println!("| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
        for large in &self.rows {
            let others = || self.rows.iter().filter(|row| row.engine == large.engine);
            let Some(small) = others().find(|row| row.name == large.name && row.size < large.size) else { continue };
            let readers = others().find(|row| Some(row.name) == large.as_readers && row.size == large.size);
            let marked = |ratio: f64, most: f64| format!("{ratio:.2}{}", if ratio > most { " !" } else { "" });
            println!(
                "| {} | {} | {:.2} | {:.2} | {:.0} | {:.0} | {} | {:.1} | {} |",
                large.engine.name(),
                large.name,
                small.time(),
                large.time(),
                small.measured.cpu_micros(),
                large.measured.cpu_micros(),
                marked(large.time() / small.time(), MOST_OF_SMALL),
                large.measured.cpu_micros() / self.baseline.cpu_micros(),
                readers.map_or_else(String::new, |readers| marked(large.time() / readers.time(), MOST_OF_DELIVERY)),
            );
        }
    }
}
