//! What revisions name, as a condition: categories with whatever lies below them, and authors.

use crate::db::Statement;

/// What is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Named {
    /// Categories.
    Categories,
    /// Authors.
    Authors,
}

/// Adds that `k` of `revision_keys` names one of these categories or what lies below it, or one of these authors.
pub(super) fn naming<ST>(statement: Statement<ST>, named: Named, slugs: &[String]) -> Statement<ST> {
    const CATEGORIES: &str = "k.relation = 'category' AND k.target_id IN (SELECT d.category_id FROM categories c JOIN category_ancestors d ON d.ancestor_id = c.id WHERE c.slug IN (";
    const AUTHORS: &str = "k.relation = 'author' AND k.target_id IN (SELECT w.id FROM authors w WHERE w.slug IN (";
    let relation = if named == Named::Authors { AUTHORS } else { CATEGORIES };
    statement.sql(relation).bind_all(slugs.iter().map(String::as_str)).sql("))")
}
