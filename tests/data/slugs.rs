//! Slugs against the cases of five projects, strings that break things, and titles in 24 languages.

use dateline::kernel::slug::Slug;
use serde_json::Value;
use unicode_normalization::UnicodeNormalization;

use super::shared;

/// Cases in which Dateline writes something else: letters that transliterators write differently, one of them in the cases
/// themselves (`Компьютер` is `kompiuter` there, `Ж п ю` is `zh-p-yu`).
const OTHERWISE: [(&str, &str); 5] = [
    ("ٹ ڈ ھ", "tt-dd-h"),
    ("ګ ړ څ", "k-r-h"),
    ("Ж п ю", "zh-p-iu"),
    ("Ե ր ե ւ ա ն", "e-r-e-w-a-n"),
    ("control:\u{7}notcontrol:µ", "control-notcontrol-m"),
];

/// What holds of every slug that is made from a title.
fn check(title: &str) -> Slug {
    let slug = Slug::from_title(title, "article");
    assert_eq!(slug.as_str().parse::<Slug>().as_ref(), Ok(&slug), "{title:?}");
    assert!(slug.as_str().len() <= 80, "{title:?}");
    assert_eq!(Slug::from_title(slug.as_str(), "article"), slug, "{title:?}");
    let decomposed: String = title.nfd().collect();
    assert_eq!(Slug::from_title(&decomposed, "article"), slug, "{title:?}");
    slug
}

#[test]
fn titles_become_the_slugs_on_which_five_projects_agree() {
    let Some(cases) = shared::json("slugs/cases.json") else { return };
    let mut wrong = Vec::new();
    for case in cases["cases"].as_array().unwrap() {
        let (input, expected) = (case["input"].as_str().unwrap(), case["expected"].as_str().unwrap());
        let slug = check(input);
        let wanted = OTHERWISE.iter().find(|(i, _)| *i == input).map_or(expected, |(_, ours)| ours);
        if case.get("opinion").is_none() && slug.as_str() != wanted {
            wrong.push(format!("{input:?}: {slug}, not {wanted}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn letters_of_turkmen_and_turkish_become_the_plain_letter() {
    let Some(letters) = shared::json("slugs/turkmen-letters.json") else { return };
    for letter in letters["letters"].as_array().unwrap() {
        let slug = check(letter["letter"].as_str().unwrap());
        assert_eq!(letter["unidecode"].as_str(), Some(slug.as_str()), "{letter}");
    }
}

#[test]
fn a_sentence_of_any_language_has_a_slug_of_its_own() {
    let Some(rows) = shared::json("slugs/transliterations.json") else { return };
    for row in rows["rows"].as_array().unwrap() {
        let slug = check(row["text"].as_str().unwrap());
        assert_ne!(slug.as_str(), "article", "{row}");
        assert!(slug.as_str().len() > 10, "{row}");
        if row["language"].as_str().unwrap().ends_with("_Latn") && row["unidecode"] == row["anyascii"] {
            let shorter = |text: &Value| text.as_str().unwrap().replace('-', "").chars().take(30).collect::<String>();
            assert_eq!(shorter(&row["unidecode"]), shorter(&slug.as_str().into()), "{row}");
        }
    }
    for entry in shared::find("multilingual/sib-200").iter().flat_map(|folder| std::fs::read_dir(folder).unwrap()) {
        let text = std::fs::read_to_string(entry.unwrap().path().join("test.tsv")).unwrap();
        for line in text.lines().skip(1) {
            assert_ne!(check(line.split('\t').nth(2).unwrap()).as_str(), "article", "{line}");
        }
    }
}

#[test]
fn strings_that_break_things_have_a_slug() {
    let Some(strings) = shared::json("naughty-strings/blns.json") else { return };
    for string in strings.as_array().unwrap() {
        let string = string.as_str().unwrap();
        check(string);
        if let Ok(slug) = string.parse::<Slug>() {
            assert_eq!(slug.as_str(), string);
        }
    }
}
