//! Which requests come from programs instead of readers, by their `User-Agent`. The list beside this file is kept by hand.

use std::sync::LazyLock;

/// See the file.
const LIST: &str = include_str!("programs.txt");

struct Marks {
    /// Whoever says one of these is a program.
    of_programs: Vec<&'static str>,
    /// These are readers' words that hold one of them.
    of_readers: Vec<&'static str>,
}

static MARKS: LazyLock<Marks> = LazyLock::new(|| {
    let lines = LIST.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    let (of_readers, of_programs): (Vec<_>, Vec<_>) = lines.partition(|line| line.starts_with('!'));
    Marks { of_programs, of_readers: of_readers.into_iter().map(|line| &line[1..]).collect() }
});

/// Whether this `User-Agent` is a program's, as one without any is.
pub fn is_program(agent: Option<&str>) -> bool {
    let Some(agent) = agent.map(str::trim).filter(|agent| !agent.is_empty()) else { return true };
    let mut agent = agent.to_ascii_lowercase();
    for word in &MARKS.of_readers {
        if agent.contains(word) {
            agent = agent.replace(word, " ");
        }
    }
    MARKS.of_programs.iter().any(|mark| agent.contains(mark))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_and_apps_are_readers() {
        for agent in [
            "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0",
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1",
            "Mozilla/5.0 (Linux; Android 13; CUBOT KINGKONG 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Mobile Safari/537.36",
            "MorningNews/3.2 (Android 16)",
        ] {
            assert!(!is_program(Some(agent)), "{agent}");
        }
    }

    #[test]
    fn what_says_that_it_is_a_program_or_nothing_at_all_is_one() {
        for agent in [
            "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
            "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; +https://openai.com/gptbot)",
            "Mozilla/5.0 (compatible; Yahoo! Slurp; http://help.yahoo.com/help/us/ysearch/slurp)",
            "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/142.0.0.0 Safari/537.36",
            "curl/8.5.0",
            "python-requests/2.32",
            "Go-http-client/2.0",
            "",
            "  ",
        ] {
            assert!(is_program(Some(agent)), "{agent}");
        }
        assert!(is_program(None));
    }

    #[test]
    fn the_list_is_in_lower_case_and_says_nothing_twice() {
        let Marks { of_programs, of_readers } = &*MARKS;
        for mark in of_programs.iter().chain(of_readers) {
            assert_eq!(**mark, mark.to_ascii_lowercase());
        }
        for (at, mark) in of_programs.iter().enumerate() {
            let is_held = |(other, held): (usize, &&str)| other != at && mark.contains(*held);
            assert!(!of_programs.iter().enumerate().any(is_held), "{mark} is found by a shorter one");
        }
        for word in of_readers {
            assert!(of_programs.iter().any(|mark| word.contains(mark)), "{word} holds none of the marks");
        }
    }
}
