//! The consumer key and secret are in nothing that purser says or keeps, and go to the store alone.

use std::fs;

use super::orders::many;
use super::server::{Fault, KEY};
use super::{NIGHT, WooShop};
use crate::support::files_below;

#[test]
fn keys_are_in_nothing_that_is_said_or_kept() {
    let shop = WooShop::new(many(2));
    let loud = shop.command(&NIGHT).env("PURSER_LOG", "trace").output().expect("the binary starts");
    assert!(loud.status.success() && loud.stderr.len() > 1_000, "{}", String::from_utf8_lossy(&loud.stderr));
    let mut said = vec![loud.stdout, loud.stderr];
    shop.server.truth().is_key_known = false;
    let done = shop.command(&NIGHT).output().expect("the binary starts");
    let refused = String::from_utf8_lossy(&done.stderr).into_owned();
    assert!(!done.status.success() && refused.contains("does not know the consumer key (401)"), "{refused}");
    said.extend([done.stdout, done.stderr]);
    for file in files_below(shop.shop.folder.path()) {
        said.push(fs::read(&file).expect("it can be read"));
    }
    let (key, secret) = KEY.split_once(':').expect("both");
    for text in said {
        for hidden in [key, secret, "Y2tfa2V5"] {
            let found = text.windows(hidden.len()).any(|window| window == hidden.as_bytes());
            assert!(!found, "{}", String::from_utf8_lossy(&text));
        }
    }
}

#[test]
fn keys_that_are_missing_or_in_another_form_are_said_before_anything_is_asked() {
    let shop = WooShop::new(many(1));
    let missing = shop.shop.run(&NIGHT);
    let wanted = "the environment variable STORE_KEY does not hold the consumer key and secret";
    assert!(!missing.ok && missing.err.contains(wanted), "{}", missing.err);
    for form in ["ck_key_of_the_shop", ":cs_secret_of_the_shop", "ck_key_of_the_shop:"] {
        let done = shop.shop.command(&NIGHT).env("STORE_KEY", form).output().expect("the binary starts");
        let said = String::from_utf8_lossy(&done.stderr).into_owned();
        assert!(!done.status.success() && said.contains("not written as ck_…:cs_…") && !said.contains("of_the_shop"), "{said}");
    }
    assert_eq!(shop.server.truth().requests, 0);
}

#[test]
fn a_redirect_is_not_followed() {
    let shop = WooShop::new(many(1));
    shop.server.truth().faults = [(0, Fault::Status(302))].into();
    let done = shop.run(&NIGHT);
    assert!(!done.ok && done.err.contains("the consumer key goes to no other address"), "{}", done.err);
    assert_eq!(shop.server.truth().requests, 1);
}

#[test]
fn a_source_that_is_wrong_in_the_program_file_is_refused() {
    let shop = WooShop::new(many(1));
    let program = shop.shop.read("shop.toml");
    let url = &shop.server.url;
    let key = "key_env = \"STORE_KEY\"";
    let cases = [
        (url.as_str(), "http://shop.example/store", "may begin with http:// on this machine alone"),
        (url.as_str(), "https://shop.example/my store", "is no address of a site"),
        (url.as_str(), "my store", "is no address of a shop"),
        (key, "", "needs `key_env`"),
        (key, "key_env = \"A\"\nkey_file = \"b\"", "write one of the two"),
        (key, "key_env = \"ck_1:cs_2\"", "not the secret itself"),
        (key, "key_env = \"A\"\ntoken_env = \"B\"", "is no key of this kind"),
    ];
    for (from, to, said) in cases {
        shop.shop.write("shop.toml", program.replace(from, to));
        let done = shop.run(&["validate"]);
        assert!(!done.ok && done.err.contains(said) && !done.err.contains("cs_2"), "{said}: {}", done.err);
    }
}

#[test]
fn an_address_without_the_api_is_said() {
    let shop = WooShop::new(many(1));
    let program = shop.shop.read("shop.toml").replace("/store\"", "/elsewhere\"");
    shop.shop.write("shop.toml", program);
    let done = shop.run(&NIGHT);
    assert!(!done.ok && done.err.contains("is no shop with this API (404)"), "{}", done.err);
}
