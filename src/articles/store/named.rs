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

/// Adds that `k` of `revision_keys` names one of these categories or what lies below it, or one of these authors. A category is meant by the slugs that it
/// had as well.
pub(super) fn naming<ST>(statement: Statement<ST>, named: Named, slugs: &[String]) -> Statement<ST> {
    const CATEGORIES: &str = "k.relation = 'category' AND k.target_id IN (SELECT d.category_id FROM categories c JOIN category_ancestors d ON d.ancestor_id = c.id WHERE c.id IN (SELECT id FROM categories WHERE slug IN (";
    const FORMER: &str = ") UNION SELECT category_id FROM category_slugs WHERE slug IN (";
    const AUTHORS: &str = "k.relation = 'author' AND k.target_id IN (SELECT w.id FROM terms w WHERE w.relation = 'author' AND w.slug IN (";
    let slugs = || slugs.iter().map(String::as_str);
    match named {
        Named::Authors => statement.sql(AUTHORS).bind_all(slugs()).sql("))"),
        Named::Categories => statement.sql(CATEGORIES).bind_all(slugs()).sql(FORMER).bind_all(slugs()).sql(")))"),
    }
}

/// Adds the id of the category that is or was called so, or of the author.
pub(super) fn called<ST>(statement: Statement<ST>, named: Named, slug: &str) -> Statement<ST> {
    const CATEGORY: &str = "(SELECT COALESCE((SELECT id FROM categories WHERE slug = ";
    const FORMER: &str = "), (SELECT category_id FROM category_slugs WHERE slug = ";
    match named {
        Named::Authors => statement.sql("(SELECT id FROM terms WHERE relation = 'author' AND slug = ").bind(slug).sql(")"),
        Named::Categories => statement.sql(CATEGORY).bind(slug).sql(FORMER).bind(slug).sql(")))"),
    }
}
