//! What a database means to do for a statement.

use diesel::sql_types::Text;
use diesel::{Connection, PgConnection, QueryableByName, RunQueryDsl, SqliteConnection, sql_query};

use crate::support::Engine;
use crate::support::database::TestDatabase;

/// The tables that grow with what is written. Of the others some are read as a whole where names have changed, and the log of the tallies is
/// folded away by the next write.
const GROWING: [&str; 13] = [
    "articles",
    "revisions",
    "revision_bodies",
    "revision_keys",
    "publications",
    "listings",
    "tallies",
    "slugs",
    "trashings",
    "audit",
    "standings",
    "named_standings",
    "title_grams",
];

/// Asks a database for its plans.
pub enum Plans {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

#[derive(QueryableByName)]
struct SqliteStep {
    #[diesel(sql_type = Text)]
    detail: String,
}

#[derive(QueryableByName)]
struct PostgresStep {
    #[diesel(sql_type = Text, column_name = "QUERY PLAN")]
    step: String,
}

impl Plans {
    /// Those of a database, which gathers statistics first.
    pub fn of(database: &TestDatabase) -> Self {
        match database.engine() {
            Engine::Sqlite => {
                let mut connection = SqliteConnection::establish(&database.file().to_string_lossy()).unwrap();
                sql_query("ANALYZE").execute(&mut connection).unwrap();
                Self::Sqlite(connection)
            }
            Engine::Postgres => {
                let mut connection = PgConnection::establish(database.url()).unwrap();
                sql_query("ANALYZE").execute(&mut connection).unwrap();
                // A table of a few pages is rightly read as a whole. They are planned for as if each page held a hundred times as many rows.
                let dense = "UPDATE pg_class SET reltuples = reltuples * 100 WHERE relnamespace = 'public'::regnamespace AND reltuples > 0";
                sql_query(dense).execute(&mut connection).unwrap();
                Self::Postgres(connection)
            }
        }
    }

    /// What is wrong with a statement, as it was recorded: the steps that read a table which grows from end to end.
    pub fn whole_tables(&mut self, statement: &str) -> Vec<String> {
        let (sql, steps) = (text(statement), self.steps(statement));
        let whole = steps.iter().filter(|step| reads_whole_table(step, sql, &steps));
        whole.map(|step| format!("{} of\n  {statement}\n  {}", step.trim(), steps.join("\n  "))).collect()
    }

    /// What it means to do for a statement, as it was recorded.
    pub fn steps(&mut self, statement: &str) -> Vec<String> {
        let (sql, values) = statement.split_once(" -- binds: ").unwrap_or((statement, "[]"));
        match self {
            Self::Sqlite(connection) => {
                let steps: Vec<SqliteStep> = sql_query(format!("EXPLAIN QUERY PLAN {sql}")).load(connection).unwrap();
                steps.into_iter().map(|step| step.detail).collect()
            }
            Self::Postgres(connection) => explained(connection, sql, &literals(values)),
        }
    }
}

/// A recorded statement without its values.
pub fn text(statement: &str) -> &str {
    statement.split_once(" -- binds: ").map_or(statement, |(sql, _)| sql)
}

/// What PostgreSQL means to do with these values, and what with any.
fn explained(connection: &mut PgConnection, sql: &str, values: &[(&str, String)]) -> Vec<String> {
    let in_brackets = |texts: Vec<&str>| if texts.is_empty() { String::new() } else { format!("({})", texts.join(", ")) };
    let types = in_brackets(values.iter().map(|(kind, _)| *kind).collect());
    let values = in_brackets(values.iter().map(|(_, value)| value.as_str()).collect());
    sql_query(format!("PREPARE asked{types} AS {sql}")).execute(connection).unwrap();
    let mut steps = Vec::new();
    for mode in ["force_custom_plan", "force_generic_plan"] {
        sql_query(format!("SET plan_cache_mode = {mode}")).execute(connection).unwrap();
        let plan: Vec<PostgresStep> = sql_query(format!("EXPLAIN EXECUTE asked{values}")).load(connection).unwrap();
        steps.extend(plan.into_iter().map(|step| step.step));
    }
    sql_query("DEALLOCATE asked").execute(connection).unwrap();
    steps
}

/// Types and values of a statement in SQL, out of how they are recorded: `[Some(7), Some("a"), Some(StoredId(…)), None]`.
fn literals(recorded: &str) -> Vec<(&'static str, String)> {
    let inner = recorded.trim_start_matches('[').trim_end_matches(']');
    let values = inner.split(", ").filter(|value| !value.is_empty()).map(|value| value.trim_start_matches("Some("));
    let literal = |value: &str| match (value.trim_end_matches(')'), value.strip_prefix("StoredId(")) {
        ("None", _) => ("unknown", "NULL".to_owned()),
        (_, Some(id)) => ("uuid", format!("'{}'", id.trim_end_matches(')'))),
        (text, _) if text.starts_with('"') => ("text", format!("'{}'", text.trim_matches('"'))),
        (number, _) => ("bigint", number.to_owned()),
    };
    values.map(literal).collect()
}

/// Whether a step is `Seq Scan on TABLE alias`, or `SCAN alias` of a table, of one that grows.
fn reads_whole_table(step: &str, sql: &str, steps: &[String]) -> bool {
    let Some(name) = scanned(step) else { return false };
    // An alias may stand for several; of what does not grow each may be scanned once.
    let may_be = |source: &str| sql.matches(&format!("{source} {name} ")).count();
    let others = may_be("tally_log") + may_be(")");
    let scans = steps.iter().filter(|step| scanned(step) == Some(name)).count();
    GROWING.iter().any(|table| name == *table || may_be(table) > 0 && scans > others)
}

/// The table or alias that a step reads from end to end.
fn scanned(step: &str) -> Option<&str> {
    let step = step.trim().trim_start_matches("->").trim_start();
    let scanned = step.strip_prefix("Seq Scan on ").or_else(|| step.strip_prefix("SCAN "));
    scanned?.split_whitespace().next()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reads(sql: &str, steps: &[&str]) -> bool {
        let steps: Vec<String> = steps.iter().map(|step| (*step).to_owned()).collect();
        steps.iter().any(|step| reads_whole_table(step, sql, &steps))
    }

    #[test]
    fn a_table_that_grows_is_known_by_its_name_and_its_alias() {
        assert!(reads("SELECT 1 FROM articles", &["SCAN articles"]));
        assert!(reads("SELECT 1 FROM articles a JOIN tags t", &["SEARCH t", "SCAN a USING COVERING INDEX x"]));
        assert!(reads("SELECT 1 FROM articles a", &["Nested Loop", "  ->  Seq Scan on articles a  (cost=0.00 rows=1)"]));
        assert!(reads("FROM tally_log l JOIN x UNION SELECT 1 FROM listings l WHERE y", &["SCAN l", "SCAN l"]));
        assert!(!reads("FROM tally_log l JOIN x UNION SELECT 1 FROM listings l WHERE y", &["SCAN l", "SEARCH l USING INDEX z"]));
        assert!(!reads("SELECT 1 FROM tags t", &["SCAN t", "SEARCH articles USING INDEX x"]));
    }
}
