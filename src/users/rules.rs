//! What an e-mail address looks like, as far as it can be told without writing to it.

/// Whether a text has the form of an e-mail address: something, an `@` and something, without white space.
pub fn is_email(text: &str) -> bool {
    text.split_once('@').is_some_and(|(name, host)| !name.is_empty() && !host.is_empty() && !host.contains('@'))
        && !text.contains(|c: char| c.is_whitespace() || c.is_control())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_one_at_with_something_on_both_sides() {
        for address in ["a@b", "admin@localhost", "äyna@example.org"] {
            assert!(is_email(address), "{address}");
        }
        for other in ["", "@", "a@", "@b", "a", "a@b@c", "a b@c", "a@b\n"] {
            assert!(!is_email(other), "{other:?}");
        }
    }
}
