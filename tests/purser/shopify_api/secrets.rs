//! The access token comes from the environment or a file of the user's own, and is in nothing that purser says or keeps.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;

use super::orders::many;
use super::{ApiShop, NIGHT};
use crate::support::files_below;

const TOKEN: &str = "shpat_secret_of_the_shop";

#[test]
fn a_token_that_is_missing_is_said_before_anything_is_asked() {
    let shop = ApiShop::new(many(1));
    for arguments in [&NIGHT[..], &["doctor"]] {
        let done = shop.shop.run(arguments);
        let said = done.out + &done.err;
        assert!(!done.ok && said.contains("the environment variable SHOP_TOKEN does not hold the access token"), "{said}");
    }
    assert_eq!(shop.server.truth().requests, 0);
    assert!(shop.must(&["validate"]).contains("not checked: shopify, which is asked when facts are fetched"));
    let doctor = shop.run(&["doctor"]);
    assert!(doctor.out.contains("shopify") && !doctor.out.contains("no access token"), "{}", doctor.out);
}

#[test]
fn a_token_in_a_file_is_for_its_owner_alone() {
    let shop = ApiShop::new(many(1));
    let program = shop.shop.read("shop.toml").replace("token_env = \"SHOP_TOKEN\"", "token_file = \"token\"");
    shop.shop.write("shop.toml", program);
    let done = shop.shop.run(&NIGHT);
    assert!(!done.ok && done.err.contains("write the access token into it") && done.err.contains("chmod 600"), "{}", done.err);
    shop.shop.write("token", format!("{TOKEN}\n"));
    let file = shop.shop.path("token");
    fs::set_permissions(&file, Permissions::from_mode(0o644)).expect("rights can be set");
    let done = shop.shop.run(&NIGHT);
    assert!(!done.ok && done.err.contains("every user of this machine"), "{}", done.err);
    fs::set_permissions(&file, Permissions::from_mode(0o600)).expect("rights can be set");
    shop.shop.must(&NIGHT);
}

#[test]
fn a_token_is_in_nothing_that_is_said_or_kept() {
    let shop = ApiShop::new(many(2));
    let loud = shop.command(&NIGHT).env("PURSER_LOG", "trace").output().expect("the binary starts");
    assert!(loud.status.success() && loud.stderr.len() > 1_000, "{}", String::from_utf8_lossy(&loud.stderr));
    let mut said = vec![loud.stdout, loud.stderr];
    shop.must(&NIGHT);
    shop.server.truth().token = "shpat_another".to_owned();
    let done = shop.shop.command(&NIGHT).env("SHOP_TOKEN", TOKEN).output().expect("the binary starts");
    let refused = String::from_utf8_lossy(&done.stderr).into_owned();
    assert!(!done.status.success() && refused.contains("does not know the access token (401)"), "{refused}");
    said.extend([done.stdout, done.stderr]);
    for file in files_below(shop.shop.folder.path()) {
        said.push(fs::read(&file).expect("it can be read"));
    }
    for text in said {
        assert!(!text.windows(TOKEN.len()).any(|window| window == TOKEN.as_bytes()), "{}", String::from_utf8_lossy(&text));
    }
}

#[test]
fn a_source_that_is_wrong_in_the_program_file_is_refused() {
    let shop = ApiShop::new(many(1));
    let program = shop.shop.read("shop.toml");
    let url = &shop.server.url;
    let cases = [
        (url.as_str(), "http://shop.example", "may begin with http:// on this machine alone"),
        (url.as_str(), "my store", "is no address of a shop"),
        ("token_env = \"SHOP_TOKEN\"", "", "needs `token_env`"),
        ("token_env = \"SHOP_TOKEN\"", "token_env = \"A\"\ntoken_file = \"b\"", "write one of the two"),
        ("token_env = \"SHOP_TOKEN\"", "token_env = \"A\"\npath = \"b.csv\"", "is no key of this kind"),
        ("token_env = \"SHOP_TOKEN\"", "token_env = \"A\"\nsince = \"soon\"", "since"),
    ];
    for (from, to, said) in cases {
        shop.shop.write("shop.toml", program.replace(from, to));
        let done = shop.run(&["validate"]);
        assert!(!done.ok && done.err.contains(said), "{said}: {}", done.err);
    }
}

#[test]
fn orders_before_the_first_day_are_left_where_they_are() {
    let shop = ApiShop::new(many(3_000));
    let program = shop.shop.read("shop.toml").replace("kind = \"shopify\"", "kind = \"shopify\"\nsince = 2026-01-07");
    shop.shop.write("shop.toml", program);
    let out = shop.must(&NIGHT);
    assert!(out.contains("121 of 121 orders"), "{out}");
}
