use proptest::prelude::*;

use super::*;

fn words(old: &str, new: &str) -> (Vec<TextPiece>, TextGranularity) {
    Difference::of(old, new).words()
}

/// The pieces in short: `[-deleted-]`, `{+inserted+}`.
fn marked(old: &str, new: &str) -> String {
    let mark = |piece: TextPiece| match piece.op {
        TextOp::Equal => piece.text,
        TextOp::Delete => format!("[-{}-]", piece.text),
        TextOp::Insert => format!("{{+{}+}}", piece.text),
    };
    words(old, new).0.into_iter().map(mark).collect()
}

fn holds_both(old: &str, new: &str) -> TextGranularity {
    let (pieces, granularity) = words(old, new);
    let without = |op| pieces.iter().filter(|piece| piece.op != op).map(|piece| piece.text.as_str()).collect::<String>();
    assert!(without(TextOp::Insert) == old && without(TextOp::Delete) == new);
    assert!(pieces.windows(2).all(|pair| pair[0].op != pair[1].op) && pieces.iter().all(|piece| !piece.text.is_empty()));
    granularity
}

#[test]
fn a_text_differs_in_words() {
    for (old, new, expected) in [
        ("", "", ""),
        ("", "New", "{+New+}"),
        ("Old", "", "[-Old-]"),
        ("Same", "Same", "Same"),
        ("Council votes for bridge", "Council votes for the new bridge", "Council votes for {+the new +}bridge"),
        ("Seven to two.", "Seven to three!", "Seven to [-two.-]{+three!+}"),
        ("One\nTwo\nThree\n", "One\n2\nThree\n", "One\n[-Two-]{+2+}\nThree\n"),
        ("Köprü açyldy", "Köprü ýapyldy", "Köprü [-açyldy-]{+ýapyldy+}"),
        ("新しい橋", "新しい家", "新しい[-橋-]{+家+}"),
        ("a\nb", "a\nb\n", "a\nb{+\n+}"),
    ] {
        assert_eq!(marked(old, new), expected);
    }
}

#[test]
fn a_unified_difference_is_what_diff_shows() {
    let old: String = (1..=20).map(|n| format!("{n}\n")).collect();
    let new = old.replace("\n3\n", "\nthree\n").replace("\n18\n", "\n18\nmore\n").trim_end().to_owned();
    let expected = "--- revision 1\n+++ revision 2\n@@ -1,6 +1,6 @@\n 1\n 2\n-3\n+three\n 4\n 5\n 6\n@@ -16,5 +16,6 @@\n 16\n 17\n 18\n+more\n 19\n-20\n+20\n\\ No newline at end of file\n";
    assert_eq!(Difference::of(&old, &new).unified("revision 1", "revision 2"), expected);
    let from_nothing = Difference::of("", "a\nb").unified("/dev/null", "revision 1");
    assert_eq!(from_nothing, "--- /dev/null\n+++ revision 1\n@@ -0,0 +1,2 @@\n+a\n+b\n\\ No newline at end of file\n");
}

#[test]
fn what_has_too_many_words_or_lines_is_told_by_lines_or_as_one() {
    let long = |word: &str| format!("{word} ").repeat(MOST_WORDS / 2);
    let (one, other) = (format!("Start\n{}\nSame\nEnd", long("a")), format!("Begin\n{}\nSame\nEnd", long("b")));
    assert_eq!(holds_both(&one, &other), TextGranularity::Line);
    let pieces = words(&format!("First here\nSame\n{}", long("a")), &format!("First there\nSame\n{}", long("b"))).0;
    assert_eq!((pieces[0].text.as_str(), pieces[1].text.as_str()), ("First ", "here"), "what comes first is told in words all the same");
    let lines = |word: &str| format!("{word}\n").repeat(MOST_LINES / 2 + 1);
    let (one, other) = (format!("Same\n{}Same", lines("a")), format!("Same\n{}Same", lines("b")));
    assert_eq!(holds_both(&one, &other), TextGranularity::Whole);
    assert_eq!(words(&one, &other).0.len(), 4);
    assert_eq!(holds_both(&one, &one), TextGranularity::Word, "nothing differs");
    // However long the text is, a word is a word.
    let (one, other) = (format!("{}{}", lines("a"), "One word."), format!("{}{}", lines("a"), "Another word."));
    assert_eq!(holds_both(&one, &other), TextGranularity::Word);
    assert_eq!(words(&one, &other).0.len(), 4);
}

proptest! {
    #[test]
    fn the_pieces_make_up_both_texts(old in "[ab \n.é]{0,60}", new in "[ab \n.é]{0,60}") {
        holds_both(&old, &new);
    }

    #[test]
    fn a_unified_difference_makes_the_one_text_of_the_other(old in "([ab]{0,2}\n){0,12}[ab]{0,2}", new in "([ab]{0,2}\n){0,12}[ab]{0,2}") {
        let unified = Difference::of(&old, &new).unified("old", "new");
        prop_assert_eq!(patched(&old, &unified), new);
    }
}

/// What `patch` makes of a text.
fn patched(old: &str, unified: &str) -> String {
    let old: Vec<&str> = old.split_inclusive('\n').collect();
    let (mut made, mut at) = (String::new(), 0);
    let mut lines = unified.split_inclusive('\n').skip(2).peekable();
    while let Some(line) = lines.next() {
        let is_cut = lines.peek().is_some_and(|next| next.starts_with('\\'));
        let text = if is_cut { &line[1..line.len() - 1] } else { &line[1..] };
        match line.as_bytes()[0] {
            b'@' => {
                let range = line.split(' ').nth(1).unwrap();
                let (start, count) = range[1..].split_once(',').unwrap_or((&range[1..], "1"));
                let start = start.parse::<usize>().unwrap() - usize::from(count != "0");
                made.extend(old[at..start].iter().copied());
                at = start;
            }
            b'\\' => {}
            b'+' => made.push_str(text),
            sign => {
                assert_eq!(old[at], text);
                at += 1;
                if sign == b' ' {
                    made.push_str(text);
                }
            }
        }
    }
    made.extend(old[at..].iter().copied());
    made
}
