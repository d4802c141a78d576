//! "Did you mean": the known name that a wrong one is nearest to.

/// Longer names than this are not compared: nobody meant them.
const LONGEST: usize = 64;

/// The name at the least edit distance from `wrong`, if it is near enough to have been meant.
pub fn nearest<'a>(wrong: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if wrong.len() > LONGEST {
        return None;
    }
    let wrong = wrong.to_ascii_lowercase();
    let near = known.into_iter().map(|name| (distance(&wrong, &name.to_ascii_lowercase()), name));
    let (least, name) = near.min_by_key(|(distance, _)| *distance)?;
    let is_part = name.len() >= 3 && wrong.len() >= 3 && (name.contains(wrong.as_str()) || wrong.contains(name));
    (is_part || least <= 1 + name.len() / 4).then_some(name)
}

/// Optimal string alignment: insertions, deletions, substitutions and swaps of neighbours count one each.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut rows: Vec<Vec<usize>> = vec![(0..=b.len()).collect()];
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let substituted = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut least = substituted.min(rows[i - 1][j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                least = least.min(rows[i - 2][j - 2] + 1);
            }
            row.push(least);
        }
        rows.push(row);
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_found_and_a_far_one_is_not() {
        let known = ["limit", "cursor", "published_from", "published_before", "category"];
        assert_eq!(nearest("limt", known), Some("limit"));
        assert_eq!(nearest("Limit", known), Some("limit"));
        assert_eq!(nearest("published_form", known), Some("published_from"));
        assert_eq!(nearest("categories", known), Some("category"));
        assert_eq!(nearest("curosr", known), Some("cursor"));
        assert_eq!(nearest("password_hash", known), None);
        assert_eq!(nearest(&"x".repeat(10_000), known), None);
        assert_eq!(nearest("x", []), None);
    }
}
