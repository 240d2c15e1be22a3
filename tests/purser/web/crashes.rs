//! A command about users that is stopped at any of its effects leaves all of its change or nothing, and can be given again. What such
//! a command writes is random each time, so pictures of two ledgers cannot be compared as those of the story are.

use super::*;
use crate::support::held::{Held, steps};

/// The commands, and what a repeat is refused with once it was done.
pub const COMMANDS: &[(&[&str], &str)] = &[
    (&["user", "add", "pat", "--role", "preparer", "--by", "mia", "--password-file", "password"], "is a user already"),
    (&["user", "role", "lee", "preparer", "--by", "mia"], ""),
    (&["user", "groups", "lee", "finance", "--by", "mia"], ""),
    (&["user", "disable", "lee", "--by", "mia"], ""),
    (&["user", "enable", "lee", "--by", "mia"], ""),
    (
        &["user", "password", "lee", "--password-file", "password", "--new-password-file", "new"],
        "the name or the password is wrong",
    ),
    (&["user", "token", "lee", "--password-file", "password"], ""),
    (&["user", "second-factor", "lee", "--password-file", "password"], ""),
];

/// Where it is killed: before or after each commit and file.
const HOW: [&str; 2] = ["hold-before", "hold-after"];

/// Who is what, without what is random.
fn who(shop: &Shop) -> String {
    shop.database.sql(
        "SELECT name, role, user_groups, CASE WHEN token IS NULL THEN 'no' ELSE 'yes' END, \
         CASE WHEN pending_factor IS NULL THEN 'no' ELSE 'yes' END, CASE WHEN disabled_at IS NULL THEN 'no' ELSE 'yes' END \
         FROM users ORDER BY name",
    )
}

#[test]
fn a_change_of_a_user_that_is_cut_short_is_whole_or_not_there() {
    for kind in Kind::BOTH {
        let shop = shop_with(kind, &[("lee", "viewer")]);
        let token = token(&shop, "mia");
        password_file(&shop, "password", PASSWORD);
        password_file(&shop, "new", "another few words");
        let mut tried = 0;
        for (arguments, refused_again) in COMMANDS {
            let command = |shop: &Shop| {
                let mut command = keyed(shop, arguments);
                command.env("PURSER_TOKEN", &token);
                command
            };
            let undisturbed = shop.copy();
            let (done, effects) = steps(&mut command(&undisturbed));
            assert!(done.ok && !effects.is_empty(), "{arguments:?}: {}", done.err);
            for effect in &effects {
                for how in HOW {
                    let copy = shop.copy();
                    Held::at(&mut command(&copy), how, effect).kill();
                    copy.must(&["check", "users"]);
                    let again: Done = command(&copy).output().expect("it starts").into();
                    let is_done = again.ok || !refused_again.is_empty() && again.err.contains(refused_again);
                    assert!(is_done, "{arguments:?} after {how} {effect}: {}", again.err);
                    assert_eq!(who(&copy), who(&undisturbed), "{arguments:?} after {how} {effect}");
                    copy.must(&["check", "users"]);
                    tried += 1;
                }
            }
        }
        println!("{tried} trials on {kind:?}");
        assert!(tried >= 20, "{tried}");
    }
}
