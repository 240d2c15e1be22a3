//! Once there are users, `--by` names one, who may do it and proves who they are. One table of all commands that do something for a person.

use super::*;

/// What somebody does: a command but for `--by`, and the role that it takes.
const COMMANDS: &[(&[&str], &str)] = &[
    (&["run", "nightly", "--as-of", "2026-02-02T09:00:00Z"], "preparer"),
    (&["run", "nightly", "--slot", "2026-02-02T02:00:00Z"], "preparer"),
    (&["run", "nightly", "--as-of", "2026-02-02T09:00:00Z", "--restate", "new terms"], "approver"),
    (&["run", "nightly", "--as-of", "2026-02-02T09:00:00Z", "--accept-missing", "gone"], "approver"),
    (&["run", "nightly", "--as-of", "2026-02-02T09:00:00Z", "--drop-clicks", "gone"], "approver"),
    (&["run", "nightly", "--as-of", "2026-02-02T09:00:00Z", "--new-program"], "approver"),
    (&["batch", "approve", "shop-0001"], "approver"),
    (&["batch", "reject", "shop-0001"], "approver"),
    (&["batch", "export", "shop-0001"], "approver"),
    (&["batch", "export", "shop-0001", "--format", "paypal", "--out", "out.csv"], "approver"),
    (&["batch", "settle", "shop-0001"], "approver"),
    (&["batch", "import", "answer.csv"], "approver"),
    (&["batch", "return", "shop-0001", "--creator", "ana", "--reason", "closed"], "preparer"),
    (&["batch", "void", "shop-0001", "--reason", "lost"], "preparer"),
    (&["adjust", "ana", "-1.00", "--reason", "sample"], "preparer"),
    (&["write-off", "ana", "--reason", "left"], "preparer"),
    (&["credit", "o3", "cho", "--reason", "banner"], "preparer"),
    (&["withdraw", "shop-p0001", "--reason", "no banner"], "preparer"),
    (&["opening", "fees.csv", "--reason", "old"], "preparer"),
    (&["proposal", "approve", "shop-p0001"], "approver"),
    (&["proposal", "reject", "shop-p0001"], "approver"),
    (&["rename", "shop", "shop", "--reason", "brand"], "approver"),
    (&["retire", "shop", "--reason", "closed"], "approver"),
    (&["mail", "lift", "ana@example.com", "--reason", "works"], "preparer"),
    (&["mail", "bounces", "answer.csv"], "preparer"),
    (&["erase", "creator", "ana", "--reason", "asked"], "preparer"),
    (&["erase", "creator", "ana", "--approve"], "approver"),
];

/// Which roles may do what takes one.
fn may(role: &str, takes: &str) -> bool {
    role == "approver" || (role == "preparer" && takes == "preparer")
}

#[test]
fn once_there_are_users_by_names_one_who_may_and_proves_it() {
    for kind in Kind::BOTH {
        let shop = Shop::small_on(kind);
        shop.write("answer.csv", "customer id,status\nX1,completed\n");
        shop.must(&["run", "nightly", "payout", "--as-of", "2026-02-01T09:00:00Z", "--by", "rosa"]);
        shop.must(&["adjust", "ana", "-2.00", "--reason", "before", "--by", "rosa", "--as-of", "2026-02-01T10:00:00Z"]);
        let people = [("vic", "viewer"), ("pat", "preparer"), ("ann", "approver")];
        add_users(&shop, &people);
        let tokens: Vec<(&str, &str, String)> =
            [("mia", "admin")].iter().chain(&people).map(|(name, role)| (*name, *role, token(&shop, name))).collect();
        let entries = || shop.database.sql("SELECT COUNT(*) FROM entries") + &shop.database.sql("SELECT COUNT(*) FROM proposals");
        let before = entries();
        let anns = tokens.iter().find(|(name, ..)| *name == "ann").map(|(.., token)| token.as_str()).expect("ann has a token");
        let refused = |done: Done, why: &str, about: String| {
            assert!(
                !done.ok && done.err.contains("nothing was changed") && done.err.contains(why),
                "{about}: {why}: {}{}",
                done.out,
                done.err
            );
        };
        for (command, takes) in COMMANDS {
            let by = |name: &'static str| [*command, &["--by", name]].concat();
            refused(with_token(&shop, anns, &by("rosa")), "there is no user rosa", format!("{command:?}"));
            refused(with_token(&shop, "", &by("ann")), "prove that you are ann", format!("{command:?}"));
            refused(with_token(&shop, "ff", &by("ann")), "the token is not that of ann", format!("{command:?}"));
            for (name, role, own) in &tokens {
                let about = format!("{name} {command:?}");
                if may(role, takes) {
                    refused(
                        with_token(&shop, if *name == "ann" { &tokens[0].2 } else { anns }, &by(name)),
                        "the token is not that of",
                        about,
                    );
                } else {
                    refused(with_token(&shop, own, &by(name)), "this requires", about);
                }
            }
            // A session's user who is none, where --by may be left out.
            if command[0] == "run" {
                let done = with_token(&shop, anns, command);
                assert!(!done.ok && done.err.contains("there is no user"), "{command:?}: {}", done.err);
            }
        }
        assert_eq!(entries(), before, "nothing was done");
        // What only looks takes nobody, and a dry run only looks.
        shop.must(&["batch", "show", "shop-0001"]);
        shop.must(&["run", "nightly", "--as-of", "2026-02-02T09:00:00Z", "--by", "rosa", "--dry-run"]);
        // Who may, does: under the name that the user has, however it was typed.
        let pats = tokens.iter().find(|(name, ..)| *name == "pat").map(|(.., token)| token.as_str()).expect("pat has a token");
        let done = with_token(&shop, pats, &["adjust", "ana", "-1.00", "--reason", "sample", "--by", " P\u{e0}T "]);
        assert!(done.ok, "{}", done.err);
        assert_eq!(shop.database.sql("SELECT proposed_by FROM proposals WHERE proposal_id = 'shop-p0002'").trim(), "pat");
        let done = with_token(&shop, anns, &["batch", "approve", "shop-0001", "--by", "ANN"]);
        assert!(done.ok, "{}", done.err);
        // Who proposed something may take it back, and nobody else without deciding.
        refused(
            with_token(&shop, pats, &["proposal", "reject", "shop-p0001", "--by", "pat"]),
            "this requires an approver",
            "pat".to_owned(),
        );
        let done = with_token(&shop, pats, &["proposal", "reject", "shop-p0002", "--by", "pat"]);
        assert!(done.ok, "{}", done.err);
        shop.must(&["check"]);
    }
}

#[test]
fn a_disabled_user_and_an_expired_token_do_nothing() {
    let shop = shop_with(Kind::Sqlite, &[("ann", "approver")]);
    let (admin, ann) = (token(&shop, "mia"), token(&shop, "ann"));
    let approve = ["batch", "approve", "shop-0001", "--by", "ann"];
    shop.database.sql("UPDATE users SET token_until = 1 WHERE name = 'ann'");
    let late = with_token(&shop, &ann, &approve);
    assert!(!late.ok && late.err.contains("the token of ann has expired"), "{}", late.err);
    let (first, ann) = (ann, token(&shop, "ann"));
    let old = with_token(&shop, &first, &approve);
    assert!(!old.ok && old.err.contains("the token is not that of ann"), "the token before counts no longer: {}", old.err);
    assert!(with_token(&shop, &admin, &["user", "disable", "ann", "--by", "mia"]).ok);
    let disabled = with_token(&shop, &ann, &approve);
    assert!(!disabled.ok && disabled.err.contains("the user ann is disabled; nothing was changed"), "{}", disabled.err);
    assert!(with_token(&shop, &admin, &["user", "enable", "ann", "--by", "mia"]).ok);
    let gone = with_token(&shop, &ann, &approve);
    assert!(!gone.ok && gone.err.contains("the token is not that of ann"), "the token ended with it: {}", gone.err);
    assert!(with_token(&shop, &token(&shop, "ann"), &approve).ok);
}

#[test]
fn a_code_of_the_second_factor_decides_once() {
    for kind in Kind::BOTH {
        let shop = shop_with(kind, &[("ann", "approver"), ("bob", "approver")]);
        shop.must(&["batch", "list"]);
        let app = App::set_up(&shop, "ann");
        let code = app.code(0);
        let decide =
            |what: &[&str], by: &str, code: &str| told(&mut keyed(&shop, &[what, &["--by", by, "--code", code]].concat()), "");
        let wrong = decide(&["batch", "approve", "shop-0001"], "ann", "000000");
        assert!(!wrong.ok && wrong.err.contains("not the code that your second factor shows"), "{}", wrong.err);
        let none = decide(&["batch", "approve", "shop-0001"], "bob", &code);
        assert!(!none.ok && none.err.contains("bob has no second factor"), "{}", none.err);
        let done = decide(&["batch", "approve", "shop-0001"], "ann", &code);
        assert!(done.ok, "{}", done.err);
        for again in [code.as_str(), &app.code(-30)] {
            let used = decide(&["batch", "export", "shop-0001"], "ann", again);
            assert!(!used.ok && used.err.contains("was used before"), "{}", used.err);
        }
        assert!(decide(&["batch", "export", "shop-0001"], "ann", &app.code(30)).ok, "the next one is another");
        let back = shop.database.try_sql("UPDATE users SET last_step = 0 WHERE name = 'ann'").expect_err("it is refused");
        assert!(back.contains("a code of the second factor counts once"), "{back}");
        // A token takes password and code together.
        let password_alone = told(&mut keyed(&shop, &["user", "token", "ann"]), PASSWORD);
        assert!(!password_alone.ok && password_alone.err.contains("ann has a second factor"), "{}", password_alone.err);
    }
}

/// Two decisions with the same code at the same time: one of them is made.
#[test]
fn of_two_who_use_a_code_at_once_one_is_heard() {
    for kind in Kind::BOTH {
        let shop = shop_with(kind, &[("ann", "approver")]);
        for number in 0..4 {
            let reason = format!("reason {number}");
            let done = with_token(&shop, &token(&shop, "ann"), &["adjust", "ana", "-1.00", "--reason", &reason, "--by", "ann"]);
            assert!(done.ok, "{}", done.err);
        }
        let app = App::set_up(&shop, "ann");
        let code = app.code(0);
        let reject = |id: String| told(&mut keyed(&shop, &["proposal", "reject", &id, "--by", "ann", "--code", &code]), "").ok;
        let done: Vec<bool> = std::thread::scope(|scope| {
            let all: Vec<_> = (1..=4).map(|number| scope.spawn(move || reject(format!("shop-p000{number}")))).collect();
            all.into_iter().map(|one| one.join().expect("it ends")).collect()
        });
        assert_eq!(done.iter().filter(|done| **done).count(), 1, "{done:?}");
        assert_eq!(shop.database.sql("SELECT COUNT(*) FROM proposals WHERE state = 'rejected'").trim(), "1");
    }
}

/// While there are no users, everything is as it was.
#[test]
fn without_users_a_name_is_believed() {
    let shop = Shop::small();
    shop.must(&["run", "nightly", "payout", "--as-of", "2026-02-01T09:00:00Z", "--by", "rosa"]);
    let done = with_token(&shop, "nonsense", &["batch", "approve", "shop-0001", "--by", "somebody"]);
    assert!(done.ok, "{}", done.err);
    let done = told(&mut keyed(&shop, &["user", "role", "mia", "viewer", "--by", "mia"]), "");
    assert!(!done.ok && done.err.contains("there are no users yet"), "{}", done.err);
}
