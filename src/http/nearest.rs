//! "Did you mean": the known name that a wrong one is nearest to.

/// Longer names than this are not compared: nobody meant them.
const LONGEST: usize = 64;

/// The name at the least edit distance from `wrong` of those that are near enough to have been meant.
pub fn nearest<'a>(wrong: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if wrong.len() > LONGEST {
        return None;
    }
    let wrong = wrong.to_ascii_lowercase();
    let near = known.into_iter().filter_map(|name| Some((nearness(&wrong, &name.to_ascii_lowercase())?, name)));
    near.min_by_key(|(distance, _)| *distance).map(|(_, name)| name)
}

/// The distance, where it is a slip of the pen, a word of the name, or the name with a little more or another ending.
fn nearness(wrong: &str, name: &str) -> Option<usize> {
    let (shorter, longer) = (wrong.len().min(name.len()), wrong.len().max(name.len()));
    let slips = match shorter {
        0..3 => 0,
        3..6 => 1,
        6..10 => 2,
        _ => 3,
    };
    let distance = distance(wrong, name);
    let is_word = shorter >= 3 && name.split(['_', '-']).any(|word| word == wrong);
    let has_more = shorter >= 3 && wrong.contains(name) && 2 * shorter > longer;
    let same = wrong.bytes().zip(name.bytes()).take_while(|(one, other)| one == other).count();
    (distance <= slips || is_word || has_more || 3 * same >= 2 * longer).then_some(distance)
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
        let more = ["page", "limit", "sort", "published_from", "published_before", "category", "kind", "locale"];
        for (wrong, meant) in [
            ("pages", "page"),
            ("Sort", "sort"),
            ("sotr", "sort"),
            ("category_id", "category"),
            ("from", "published_from"),
            ("published_at", "published_from"),
            ("lcoale", "locale"),
        ] {
            assert_eq!(nearest(wrong, more), Some(meant), "{wrong}");
        }
        for far in ["tag", "author", "at", "q", "p", "", "page_size", "per_page", "title", "state", "offset", "since"] {
            assert_eq!(nearest(far, more), None, "{far}");
        }
    }
}
