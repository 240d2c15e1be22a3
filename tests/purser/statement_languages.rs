//! The words of statements: every language has all of them, every one that is asked for is there, and numbers are written as at home.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use purser::money::Currency;
use purser::program::{LANGUAGES, Program};
use purser::statement::{Language, Locale, MESSAGE_FILES, Reader, pdf, render};

use crate::statement_ties::statements;
use crate::support::{Shop, files_below, project};

/// The messages of a file, each with its variables.
fn messages(text: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut messages: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut last = String::new();
    for line in text.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#')) {
        if let Some((key, _)) = line.split_once(" = ").filter(|_| !line.starts_with([' ', '}'])) {
            key.clone_into(&mut last);
        }
        let variables = line.split('$').skip(1).map(|rest| rest.chars().take_while(char::is_ascii_lowercase).collect::<String>());
        messages.entry(last.clone()).or_default().extend(variables);
    }
    messages
}

#[test]
fn every_language_has_every_message_with_its_variables() {
    let languages: Vec<&str> = MESSAGE_FILES.iter().map(|(language, _)| language.code()).collect();
    assert_eq!(languages, LANGUAGES, "the program file names the languages that there are");
    let english = messages(MESSAGE_FILES[0].1);
    assert!(english.len() > 200, "{}", english.len());
    for (language, text) in MESSAGE_FILES {
        assert_eq!(messages(text), english, "{language}");
    }
}

/// What is asked for in the code is there; what is there is asked for.
#[test]
fn every_message_that_is_asked_for_is_there() {
    let english = messages(MESSAGE_FILES[0].1);
    let mut sources = String::new();
    for path in files_below(&project().join("src/statement")) {
        let is_source = path.extension().is_some_and(|ending| ["rs", "html", "txt"].iter().any(|known| ending == *known));
        if is_source {
            sources.push_str(&fs::read_to_string(&path).expect("it is text"));
        }
    }
    for begin in ["say(\"", "tell(\"", "paragraph(\""] {
        for rest in sources.split(begin).skip(1) {
            let key = rest.split('"').next().unwrap_or_default();
            assert!(english.contains_key(key), "{key} is asked for, and is no message");
        }
    }
    // Of these the code makes the end.
    let made = ["month-", "reason-", "terms-last-click", "terms-first-click", "terms-linear"];
    let is_used = |key: &str| sources.contains(&format!("\"{key}\"")) || made.iter().any(|begin| key.starts_with(begin));
    let unused: Vec<&String> = english.keys().filter(|key| !is_used(key)).collect();
    assert!(unused.is_empty(), "nobody asks for {unused:?}");
}

#[test]
fn numbers_and_amounts_are_written_as_at_home() {
    let money = |tag: &str, minor: i64, currency: &str| {
        let currency = Currency::parse(currency).expect("a currency");
        Locale::parse(tag).expect("a known language").money(minor, currency)
    };
    for (tag, minor, currency, wanted) in [
        ("en", 123_450, "USD", "$1,234.50"),
        ("en-US", -2_468, "USD", "-$24.68"),
        ("en-GB", 123_450, "USD", "USD\u{a0}1,234.50"),
        ("en", 123_450, "JPY", "¥123,450"),
        ("de", 123_450, "EUR", "1.234,50\u{a0}€"),
        ("de-CH", 123_450, "CHF", "CHF\u{a0}1’234.50"),
        ("fr", 123_450, "EUR", "1\u{202f}234,50\u{a0}€"),
        ("es", 123_450, "EUR", "1234,50\u{a0}€"),
        ("es-ES", 1_234_500, "EUR", "12.345,00\u{a0}€"),
        ("es-MX", 123_450, "MXN", "MXN\u{a0}1,234.50"),
        ("pt_BR", 123_450, "BRL", "BRL\u{a0}1.234,50"),
        ("pt-PT", 123_450, "EUR", "1234,50\u{a0}€"),
        ("pt", 1_234_567, "KWD", "KWD\u{a0}1.234,567"),
    ] {
        assert_eq!(money(tag, minor, currency), wanted, "{tag}");
    }
    assert_eq!(Locale::parse("de").expect("German").percent("12.5"), "12,5\u{a0}%");
    assert_eq!(Locale::parse("xx"), None);
    assert_eq!(Locale::parse(""), None);
}

/// A creator reads the language of the table, else that of the program; and what is sent is shown so again.
#[test]
fn statements_are_written_in_the_language_of_their_reader() {
    let shop = Shop::small();
    shop.write("shop.toml", shop.read("shop.toml") + "\n[statements]\nlocale = \"fr\"\n");
    shop.write(
        "creators.csv",
        "creator_id,name,email,group,active_from,active_to,locale\nana,Ana,ana@example.com,,,,de-DE\nben,Ben,ben@example.com,,,,pt\n\
         cho,Cho,cho@example.com,,,,\n",
    );
    shop.must(&["run", "nightly", "statements", "--as-of", "2026-02-01T10:00:00Z"]);
    let of = |creator: &str| shop.must(&["statement", creator, "--month", "2026-01"]);
    assert!(of("ana").contains("Deine Abrechnung für Januar 2026") && of("ana").contains("12,05"), "{}", of("ana"));
    assert!(
        of("ben").contains("Seu extrato de janeiro de 2026") && of("ben").contains("5 de") || of("ben").contains("6 de janeiro")
    );
    assert!(of("cho").contains("Votre relevé de janvier 2026") && of("cho").contains("15 janvier"), "{}", of("cho"));
    // Every message of every language can be written.
    let program = Program::load(&shop.path("shop.toml")).expect("the program file can be read");
    for statement in statements(&shop) {
        let mut texts = BTreeSet::new();
        for language in Language::ALL {
            let locale = Locale::parse(language.code());
            let reader = Reader { name: "Ana", ..Reader::of(&program.mailing).in_locale(locale) };
            let rendered = render(&statement, &reader).expect("it can be written");
            assert!(rendered.html.contains(&format!("<html lang=\"{}\">", language.code())));
            assert!(pdf(&statement, &reader).is_ok());
            texts.insert(rendered.text);
        }
        assert_eq!(texts.len(), Language::ALL.len(), "each says it in its own words");
    }
    for wrong in [
        "locale = \"xx\"",
        "accent = \"yellow\"",
        "accent = \"#ffff00\"",
        "logo = \"http://shop.example/a.png\"",
        "reply_to = \"nobody\"",
    ] {
        let text = shop.read("shop.toml").replace("locale = \"fr\"", wrong);
        let error = Program::parse("shop", &text, &project().join("none")).err().unwrap_or_else(|| panic!("{wrong} is refused"));
        assert!(error.to_string().contains(wrong.split(' ').next().unwrap_or_default()), "{error}");
    }
}
