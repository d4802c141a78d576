//! In what two texts differ: word by word, and as `diff -u` has it. Pure; what it takes is bounded by the lines and words that differ, never by a clock, so
//! that the same texts give the same answer on every machine.

use std::collections::HashMap;
use std::fmt::Write as _;

use similar::udiff::UnifiedHunkHeader;
use similar::{Algorithm, DiffOp, DiffTag, DiffableStr, capture_diff_slices, group_diff_ops};

use super::dto::history::{TextGranularity, TextOp, TextPiece};

/// Between the first and the last difference no more lines of both texts together are compared one by one: at the worst that takes a quarter of a second.
const MOST_LINES: usize = 100_000;
/// In the lines that differ no more words are compared one by one; what stands between words counts as one as well.
const MOST_WORDS: usize = 100_000;
/// Text that has more bytes for each of those words is not even taken apart.
const BYTES_A_WORD: usize = 10;
/// The lines around a difference that a unified one shows.
const AROUND: usize = 3;

/// Two texts, compared line by line.
#[derive(Debug)]
pub struct Difference<'a> {
    old: Vec<&'a str>,
    new: Vec<&'a str>,
    operations: Vec<DiffOp>,
    is_whole: bool,
}

impl<'a> Difference<'a> {
    /// Compares two texts of any length.
    pub fn of(old: &'a str, new: &'a str) -> Self {
        let (old, new): (Vec<&str>, Vec<&str>) = (old.split_inclusive('\n').collect(), new.split_inclusive('\n').collect());
        let start = old.iter().zip(&new).take_while(|(old, new)| old == new).count();
        let (rest_of_old, rest_of_new) = (&old[start..], &new[start..]);
        let end = rest_of_old.iter().rev().zip(rest_of_new.iter().rev()).take_while(|(old, new)| old == new).count();
        let (old_len, new_len) = (rest_of_old.len() - end, rest_of_new.len() - end);
        let is_whole = old_len + new_len > MOST_LINES;
        let operations = if is_whole { between(start, end, old_len, new_len) } else { operations(&old, &new) };
        Self { old, new, operations, is_whole }
    }

    /// How the one becomes the other, and how finely that is told.
    pub fn words(&self) -> (Vec<TextPiece>, TextGranularity) {
        let granularity = if self.is_whole { TextGranularity::Whole } else { TextGranularity::Word };
        let mut words = Words { pieces: Vec::new(), left: MOST_WORDS, granularity };
        for operation in &self.operations {
            let (tag, old, new) = operation.as_tag_tuple();
            match tag {
                DiffTag::Equal => words.add(TextOp::Equal, &self.old[old]),
                DiffTag::Delete => words.add(TextOp::Delete, &self.old[old]),
                DiffTag::Insert => words.add(TextOp::Insert, &self.new[new]),
                DiffTag::Replace => words.compare(&self.old[old], &self.new[new]),
            }
        }
        (words.pieces, words.granularity)
    }

    /// The same in the form of `diff -u`, with these names above.
    pub fn unified(&self, old_name: &str, new_name: &str) -> String {
        let mut text = format!("--- {old_name}\n+++ {new_name}\n");
        for hunk in group_diff_ops(self.operations.clone(), AROUND) {
            writeln!(text, "{}", UnifiedHunkHeader::new(&hunk)).expect("writing to a String does not fail");
            for operation in &hunk {
                let (tag, old, new) = operation.as_tag_tuple();
                if tag == DiffTag::Equal {
                    add_lines(&mut text, ' ', &self.old[old]);
                } else {
                    add_lines(&mut text, '-', &self.old[old]);
                    add_lines(&mut text, '+', &self.new[new]);
                }
            }
        }
        text
    }
}

/// All between what is common at the start and at the end, as one.
fn between(start: usize, end: usize, old_len: usize, new_len: usize) -> Vec<DiffOp> {
    let all = [
        DiffOp::Equal { old_index: 0, new_index: 0, len: start },
        DiffOp::Replace { old_index: start, old_len, new_index: start, new_len },
        DiffOp::Equal { old_index: start + old_len, new_index: start + new_len, len: end },
    ];
    all.into_iter().filter(|operation| !matches!(operation, DiffOp::Equal { len: 0, .. })).collect()
}

/// The difference of two lists of texts, each of which is read once: what is equal has the same number.
fn operations(old: &[&str], new: &[&str]) -> Vec<DiffOp> {
    let mut numbers = HashMap::new();
    let mut number = |text| {
        let next = numbers.len();
        *numbers.entry(text).or_insert(next)
    };
    let old: Vec<usize> = old.iter().map(&mut number).collect();
    let new: Vec<usize> = new.iter().map(&mut number).collect();
    capture_diff_slices(Algorithm::Myers, &old, &new)
}

fn add_lines(text: &mut String, sign: char, lines: &[&str]) {
    for line in lines {
        text.push(sign);
        text.push_str(line);
        if !line.ends_with('\n') {
            text.push_str("\n\\ No newline at end of file\n");
        }
    }
}

/// Pieces in the making.
struct Words {
    pieces: Vec<TextPiece>,
    /// How many words may still be compared.
    left: usize,
    granularity: TextGranularity,
}

impl Words {
    /// Goes on with what stands in both texts, or in one.
    fn add(&mut self, op: TextOp, texts: &[&str]) {
        if texts.is_empty() {
            return;
        }
        match self.pieces.last_mut().filter(|last| last.op == op) {
            Some(last) => texts.iter().for_each(|text| last.text.push_str(text)),
            None => self.pieces.push(TextPiece { op, text: texts.concat() }),
        }
    }

    /// Goes on with lines that became others.
    fn compare(&mut self, old: &[&str], new: &[&str]) {
        let Some((old_words, new_words)) = self.taken_apart(old, new) else {
            self.add(TextOp::Delete, old);
            return self.add(TextOp::Insert, new);
        };
        for operation in operations(&old_words, &new_words) {
            let (tag, old, new) = operation.as_tag_tuple();
            if tag == DiffTag::Equal {
                self.add(TextOp::Equal, &old_words[old]);
            } else {
                self.add(TextOp::Delete, &old_words[old]);
                self.add(TextOp::Insert, &new_words[new]);
            }
        }
    }

    /// The words of lines, unless they are too many.
    fn taken_apart<'a>(&mut self, old: &[&'a str], new: &[&'a str]) -> Option<(Vec<&'a str>, Vec<&'a str>)> {
        let bytes: usize = old.iter().chain(new).map(|line| line.len()).sum();
        let apart = |lines: &[&'a str]| lines.iter().flat_map(|line| line.tokenize_unicode_words()).collect::<Vec<_>>();
        let words = (bytes <= self.left.saturating_mul(BYTES_A_WORD)).then(|| (apart(old), apart(new)));
        let words = words.filter(|(old, new)| old.len() + new.len() <= self.left);
        match &words {
            Some((old, new)) => self.left -= old.len() + new.len(),
            None if self.granularity == TextGranularity::Word => self.granularity = TextGranularity::Line,
            None => {}
        }
        words
    }
}

#[cfg(test)]
#[path = "difference_tests.rs"]
mod tests;
