//! What must hold of the tree: no category lies below itself, and none deeper than a breadcrumb can be shown.

use crate::kernel::id::CategoryId;
use crate::kernel::problem::{Code, Problem, Result};

/// The deepest that a category may lie; the root is 0.
pub const DEEPEST: i64 = 50;

/// Whether a category may be put below `parent`, whose ancestors, itself included, are `above`. `height` is how deep the tree below the category
/// itself is.
///
/// # Errors
/// `cycle` (409) if the parent lies in or below the category; 422 if something would lie too deep.
pub fn check_parent(id: CategoryId, parent: CategoryId, above: &[CategoryId], height: i64) -> Result<()> {
    if id == parent {
        return Err(Problem::new(Code::Cycle, "A category cannot lie in itself."));
    }
    if above.contains(&id) {
        return Err(Problem::new(Code::Cycle, "That parent lies below the category itself."));
    }
    let deepest = i64::try_from(above.len()).unwrap_or(i64::MAX).saturating_add(height);
    if deepest > DEEPEST {
        let detail = format!("categories lie at most {DEEPEST} deep, and this would put one at {deepest}");
        return Err(Problem::invalid_field("/parent_id", "too_deep", detail));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_category_goes_anywhere_but_into_itself() {
        let [root, child, grandchild, other] = [(); 4].map(|()| CategoryId::new());
        let code = |result: Result<()>| result.unwrap_err().code();
        assert_eq!(code(check_parent(root, root, &[root], 2)), Code::Cycle);
        assert_eq!(code(check_parent(root, child, &[child, root], 2)), Code::Cycle);
        assert_eq!(code(check_parent(root, grandchild, &[grandchild, child, root], 2)), Code::Cycle);
        assert!(check_parent(grandchild, root, &[root], 0).is_ok());
        assert!(check_parent(root, other, &[other], 2).is_ok());
    }

    #[test]
    fn nothing_lies_deeper_than_the_limit() {
        let above: Vec<CategoryId> = (0..DEEPEST).map(|_| CategoryId::new()).collect();
        let id = CategoryId::new();
        assert!(check_parent(id, above[0], &above, 0).is_ok());
        let problem = check_parent(id, above[0], &above, 1).unwrap_err();
        assert_eq!((problem.code(), problem.errors()[0].pointer.as_str()), (Code::Invalid, "/parent_id"));
    }
}
