//! What came out, as tables in Markdown.

use std::time::Duration;

use super::measure::process::Measured;
use super::support::Engine;

/// One operation on one site.
pub struct Row {
    pub engine: Engine,
    pub size: usize,
    pub name: String,
    pub measured: Measured,
}

/// All that was measured in one run.
pub struct Report {
    baseline: Measured,
    rows: Vec<Row>,
}

impl Report {
    pub fn new(baseline: Measured) -> Self {
        println!("| engine | articles | operation | requests/s | p50 ms | p99 ms | CPU us/request | CPU / bare | p99 / bare |");
        println!("| --- | ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: |");
        print("", "", "bare handler, 2 KB", &baseline, &baseline);
        Self { baseline, rows: Vec::new() }
    }

    pub fn row(&mut self, row: Row) {
        print(row.engine.name(), &row.size.to_string(), &row.name, &row.measured, &self.baseline);
        self.rows.push(row);
    }

    pub fn start(&self, engine: Engine, size: usize, took: Duration, resident: u64) {
        eprintln!("{} with {size} articles: start in {} ms, {} MiB resident", engine.name(), took.as_millis(), resident >> 20);
    }

    pub fn memory(&self, engine: Engine, size: usize, resident: u64) {
        eprintln!("{} with {size} articles: {} MiB resident after the load", engine.name(), resident >> 20);
    }

    /// What the targets are ratios of.
    pub fn print_ratios(&self) {
        println!("\n| ratio of CPU per request | value |\n| --- | ---: |");
        for row in &self.rows {
            if let Some(first) = self
                .same(row, "list of 10, page 1")
                .filter(|_| row.name.starts_with("list of 10, page 1,000") || row.name.contains("cursor"))
            {
                ratio(row, "page 1", row.measured.cpu_micros() / first.measured.cpu_micros());
            }
            let smallest = self.rows.iter().find(|other| other.engine == row.engine && other.name == row.name);
            if let Some(small) = smallest.filter(|other| other.size < row.size) {
                ratio(row, &format!("{} articles", small.size), row.measured.cpu_micros() / small.measured.cpu_micros());
            }
        }
        println!("\n| ratio of p99 | value |\n| --- | ---: |");
        for row in self.rows.iter().filter(|row| row.name.contains("saves/s")) {
            if let Some(quiet) = self.same(row, "list of 20") {
                let [with, without] = [row, quiet].map(|row| row.measured.seen.percentile(0.99).as_secs_f64());
                ratio(row, "without saves", with / without);
            }
        }
    }

    fn same(&self, row: &Row, name: &str) -> Option<&Row> {
        self.rows.iter().find(|other| (other.engine, other.size, other.name.as_str()) == (row.engine, row.size, name))
    }
}

fn ratio(row: &Row, to: &str, value: f64) {
    println!("| {}, {} articles: {} / {to} | {value:.2} |", row.engine.name(), row.size, row.name);
}

fn print(engine: &str, size: &str, name: &str, measured: &Measured, bare: &Measured) {
    let millis = |measured: &Measured, share| measured.seen.percentile(share).as_secs_f64() * 1e3;
    println!(
        "| {engine} | {size} | {name} | {:.0} | {:.2} | {:.2} | {:.0} | {:.1} | {:.1} |",
        measured.seen.per_second(),
        millis(measured, 0.5),
        millis(measured, 0.99),
        measured.cpu_micros(),
        measured.cpu_micros() / bare.cpu_micros(),
        millis(measured, 0.99) / millis(bare, 0.99),
    );
}
