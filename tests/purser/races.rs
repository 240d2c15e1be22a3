//! Several at once: of two who decide, one does; of ten who run, one runs; who froze and wakes does nothing.

use std::sync::Arc;
use std::thread::sleep;
use std::time::Duration;

use purser::ledger::{Account, Entry, EntryKind, Particulars, Transfer, post};
use purser::payees::Keyring;
use purser::payout::{Decision, Grounds, decide, draft};
use purser::program::Program;
use purser::store::{Address, Store};
use purser::vocabulary::{self, Reason};

use crate::support::Shop;
use crate::support::database::Kind;
use crate::support::held::{Held, steps};
use crate::support::picture::Picture;

const NIGHT: &[&str] = &["run", "nightly", "--as-of", "2026-02-01T02:00:00Z"];
const BATCHES: usize = 500;
const PROGRAMS: usize = 10;
/// 2026-02-01 and the day after, in microseconds since 1970.
const DRAFTED: i64 = 1_769_904_000_000_000;
const DECIDED: i64 = DRAFTED + 86_400_000_000;

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(4).enable_all().build().expect("a runtime")
}

async fn open(shop: &Shop) -> Store {
    Store::open(&Address::parse(&shop.database.url).expect("an address")).await.expect("it opens")
}

/// A program's batches of one creator each, drafted by one person in one transaction.
async fn draft_batches(store: Store, program: Program) -> Vec<(Arc<Program>, String)> {
    let program = Arc::new(program);
    let mut tx = store.begin(&program.id).await.expect("it begins");
    let mut batches = Vec::new();
    for n in 0..BATCHES / PROGRAMS {
        let fee = format!("f{n}");
        let about = Particulars::of_balance(vocabulary::Kind::Fee, &fee, "ana", 20_000, Reason::Fee);
        let transfer = Transfer { about, revision: 0, source: Account::Expense, target: Account::Payable, amount: 100 };
        let entry = Entry {
            kind: EntryKind::Reconciled,
            subject: "",
            booked_at: DRAFTED,
            actor: "rosa",
            reason: "",
            program_text: "",
            facts: "",
        };
        post(&mut tx, &program, &entry, &[transfer]).await.expect("it is posted");
        let batch = draft(&mut tx, &program, &[], ("rosa", DRAFTED), None).await.expect("it is drafted");
        batches.push((program.clone(), batch.expect("somebody is paid").batch_id));
    }
    tx.commit("the batches").await.expect("it is committed");
    batches
}

/// The batches of all programs. Programs are drafted side by side: PostgreSQL waits long for each small load.
async fn batches(shop: &Shop) -> Vec<(Arc<Program>, String)> {
    let program = Program::load(&shop.path("shop.toml")).expect("the program is fine");
    let mut drafting = Vec::new();
    for n in 0..PROGRAMS {
        let named = Program { id: format!("shop{n}"), ..program.clone() };
        drafting.push(tokio::spawn(draft_batches(open(shop).await, named)));
    }
    let mut batches = Vec::new();
    for drafted in drafting {
        batches.extend(drafted.await.expect("no panic"));
    }
    batches
}

#[test]
fn of_two_approvers_one_approves() {
    for kind in Kind::BOTH {
        let shop = Shop::small_on(kind).copy();
        let won = runtime().block_on(async {
            let batches = batches(&shop).await;
            let (mia, lee) = (open(&shop).await, open(&shop).await);
            let mut won = [0, 0];
            for (program, id) in batches {
                let approve = |store: &Store, by: &'static str| {
                    let (store, program, id) = (store.clone(), program.clone(), id.clone());
                    tokio::spawn(async move {
                        let keyring = Keyring::default();
                        let no_payees = Grounds { payees: None, keyring: &keyring, seen: None };
                        decide(&store, &program, Decision::Approve, &id, (by, DECIDED), no_payees).await
                    })
                };
                let (first, second) = (approve(&mia, "mia"), approve(&lee, "lee"));
                let both = [first.await.expect("no panic"), second.await.expect("no panic")];
                for (who, decided) in both.iter().enumerate() {
                    won[who] += usize::from(decided.is_ok());
                    if let Err(error) = decided {
                        assert!(error.to_string().contains("only a batch that is a draft can be approved"), "{id}: {error:#}");
                    }
                }
                assert_eq!(both.iter().filter(|decided| decided.is_ok()).count(), 1, "{id} is approved once");
            }
            won
        });
        println!("{kind:?}: of {BATCHES} batches mia approved {}, lee {}", won[0], won[1]);
        assert_eq!(won[0] + won[1], BATCHES);
        let counted = "SELECT COUNT(*), COUNT(DISTINCT subject) FROM entries WHERE kind = 'approved'";
        assert_eq!(shop.database.sql(counted).trim(), format!("{BATCHES}|{BATCHES}"));
        assert_eq!(shop.database.sql("SELECT COUNT(*) FROM batches WHERE state = 'approved'").trim(), BATCHES.to_string());
    }
}

#[test]
fn of_ten_runners_one_does_a_slot() {
    for kind in Kind::BOTH {
        let shop = Shop::small_on(kind).copy();
        let start = |_| Held::running(&mut shop.command(&["run", "nightly", "--slot", "2026-02-01T02:00:00Z"]));
        let running: Vec<Held> = (0..10).map(start).collect();
        let (mut did, mut before) = (0, 0);
        for runner in running {
            let done = runner.go_on();
            assert!(done.ok, "{}", done.err);
            did += usize::from(done.out.contains("chain: entry 1"));
            before += usize::from(done.out.contains("nightly of 2026-02-01T02:00:00Z was already completed by run "));
        }
        assert_eq!((did, before), (1, 9), "{kind:?}");
        assert_eq!(shop.database.sql("SELECT COUNT(*), MIN(state) FROM runs").trim(), "1|done");
        assert_eq!(shop.database.sql("SELECT COUNT(*) FROM entries").trim(), "1");
    }
}

/// A night with a short lease.
fn night(shop: &Shop) -> std::process::Command {
    let mut command = shop.command(NIGHT);
    command.env("PURSER_LEASE", "2");
    command
}

/// What the night leaves when one runner does it alone.
fn calm(kind: Kind) -> Picture {
    let shop = Shop::small_on(kind).copy();
    shop.must(NIGHT);
    Picture::whole(&shop)
}

/// A second runner does the work of one that froze, who finds that out when it wakes.
fn takes_over(shop: &Shop, frozen: Held, wanted: &Picture, effect: &str) {
    let second = Held::running(&mut night(shop)).go_on();
    assert!(second.ok, "{effect}: {}", second.err);
    assert!(second.err.contains("has stopped responding; taking over"), "{effect}: {}", second.err);
    Picture::whole(shop).must_be(wanted, effect);
    frozen.thaw();
    let woken = frozen.go_on();
    assert_eq!(woken.code, Some(75), "{effect}: {}{}", woken.out, woken.err);
    // Before it said that it started, nobody can have taken anything over from it.
    let wanted_words =
        if effect == "commit the start of a run#1" { "cannot make the start of a run durable" } else { "another run took over" };
    assert!(woken.err.contains(wanted_words), "{effect}: {}", woken.err);
    println!("{effect}: {}", woken.err.lines().last().unwrap_or_default());
    Picture::whole(shop).must_be(wanted, effect);
}

#[test]
fn a_runner_that_froze_and_wakes_posts_nothing() {
    for kind in Kind::BOTH {
        let wanted = calm(kind);
        let (_, effects) = steps(&mut night(&Shop::small_on(kind).copy()));
        // In SQLite, who froze over a transaction keeps everybody from writing: see the troubles.
        let is_over_transaction = |effect: &str| effect.starts_with("commit") || effect.starts_with("rename outcomes");
        let effects = effects.iter().filter(|effect| kind == Kind::Postgres || !is_over_transaction(effect));
        let effects: Vec<&String> = effects.filter(|effect| !effect.starts_with("commit the migration")).collect();
        assert!(effects.len() >= 8, "{effects:?}");
        // They mostly wait.
        std::thread::scope(|scope| {
            for effect in effects {
                let wanted = &wanted;
                scope.spawn(move || {
                    let shop = Shop::small_on(kind).copy();
                    let frozen = Held::at(&mut night(&shop), "hold-before", effect);
                    frozen.freeze();
                    takes_over(&shop, frozen, wanted, effect);
                });
            }
        });
    }
}

/// A runner that froze in the middle of a heartbeat kept the row of its lease for ever, and nobody could take over.
#[test]
fn a_heartbeat_that_froze_keeps_nobody_from_the_lease() {
    let shop = Shop::small_on(Kind::Postgres).copy();
    shop.must(NIGHT);
    let runtime = tokio::runtime::Runtime::new().expect("a runtime starts");
    runtime.block_on(async {
        let store = Store::open(&Address::parse(&shop.database.url).expect("an address")).await.expect("the ledger opens");
        let renewal = "UPDATE leases SET expires_at = expires_at";
        let mut frozen = store.begin_brief(Duration::from_millis(500)).await.expect("it begins");
        frozen.execute(renewal, &[]).await.expect("it writes");
        let mut second = store.begin_brief(Duration::from_secs(60)).await.expect("it begins");
        let written = tokio::time::timeout(Duration::from_secs(60), second.execute(renewal, &[])).await;
        assert_eq!(written.expect("it does not wait for ever").expect("it writes"), 1);
        second.commit("the renewal of a lease").await.expect("it commits");
        assert!(frozen.commit("a heartbeat").await.is_err(), "its transaction was ended");
    });
}

/// PostgreSQL waits for a bulk load whose sender does not go on; nobody else could write meanwhile.
#[test]
fn a_runner_that_froze_over_a_bulk_load_is_put_out() {
    // First: while a backend waits for a frozen sender, the server drops no database, not even another one.
    let wanted = calm(Kind::Postgres);
    let shop = Shop::small_on(Kind::Postgres).copy();
    // It opens the database, and no more.
    shop.must(&["status"]);
    let mut locking = shop.database.shell("BEGIN; LOCK TABLE transfers IN SHARE MODE;");
    let locked = "SELECT COUNT(*) FROM pg_locks WHERE relation = 'transfers'::regclass AND mode = 'ShareLock' AND granted";
    while !shop.database.sql(locked).starts_with('1') {
        sleep(Duration::from_millis(5));
    }
    let frozen = Held::running(&mut night(&shop));
    let copying = "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'COPY transfers%'";
    while !shop.database.sql(copying).starts_with('1') {
        sleep(Duration::from_millis(5));
    }
    frozen.freeze();
    locking.kill().expect("it can be killed");
    locking.wait().expect("it ends");
    takes_over(&shop, frozen, &wanted, "COPY");
}

/// A run that took longer over one transaction than its lease lasts once looked dead: its heartbeat waited for its own work.
#[test]
fn a_slow_runner_is_left_alone() {
    for kind in Kind::BOTH {
        let shop = Shop::small_on(kind).copy();
        let (_, effects) = steps(&mut night(&shop.copy()));
        let within = effects.iter().find(|effect| effect.starts_with("rename outcomes")).expect("outcomes are kept");
        let slow = Held::at(&mut night(&shop), "hold-before", within);
        let mut second = Held::running(&mut night(&shop));
        sleep(Duration::from_secs(5));
        assert!(!second.has_ended(), "{kind:?}: it waits");
        let first = slow.go_on();
        assert!(first.ok, "{kind:?}: {}", first.err);
        let second = second.go_on();
        assert!(second.ok && !second.err.contains("taking over"), "{kind:?}: {}", second.err);
        assert_eq!(shop.database.sql("SELECT COUNT(*), MAX(state) FROM runs").trim(), "2|done");
        Picture::whole(&shop).must_be(&calm(kind), "the second found nothing to do");
    }
}

/// Nobody can know whether a runner that froze while it mailed is in the middle of a mail: the others leave mails alone.
#[test]
fn a_runner_that_froze_over_a_mail_sends_each_once() {
    for kind in Kind::BOTH {
        let shop = Shop::small_on(kind).copy();
        shop.must(NIGHT);
        let statements = || {
            let mut command = shop.command(&["run", "statements", "--as-of", "2026-02-01T10:00:00Z"]);
            command.env("PURSER_LEASE", "2");
            command
        };
        let frozen = Held::at(&mut statements(), "hold-before", "rename outbox/shop_ana_2026-01.eml#1");
        frozen.freeze();
        let second = Held::running(&mut statements()).go_on();
        assert!(second.ok && second.out.contains("may still be sending"), "{kind:?}: {}{}", second.out, second.err);
        frozen.thaw();
        let woken = frozen.go_on();
        assert!(woken.code == Some(75) && woken.err.contains("another run took over"), "{kind:?}: {}", woken.err);
        assert_eq!(shop.database.sql("SELECT COUNT(*), SUM(attempts), MIN(state) FROM outbox").trim(), "3|3|sent", "{kind:?}");
    }
}

/// Who took over from a runner that froze has no lock: that is the frozen one's. When somebody killed that one, the next
/// runner got the lock, and thought that whoever had the lease was dead.
#[test]
fn a_runner_that_took_over_is_left_alone() {
    for kind in Kind::BOTH {
        let shop = Shop::small_on(kind).copy();
        let (_, effects) = steps(&mut night(&shop.copy()));
        let fetching = effects.iter().find(|effect| effect.starts_with("rename orders")).expect("facts are kept");
        let frozen = Held::at(&mut night(&shop), "hold-before", fetching);
        frozen.freeze();
        let second = Held::at(&mut night(&shop), "hold-before", fetching);
        frozen.kill();
        let mut third = Held::running(&mut night(&shop));
        sleep(Duration::from_secs(4));
        assert!(!third.has_ended(), "{kind:?}: it waits");
        let second = second.go_on();
        assert!(second.ok, "{kind:?}: {}", second.err);
        let third = third.go_on();
        assert!(third.ok, "{kind:?}: {}", third.err);
        Picture::whole(&shop).must_be(&calm(kind), "the third found nothing to do");
    }
}

#[test]
fn several_runs_at_once_post_once() {
    for kind in Kind::BOTH {
        let shop = Shop::small_on(kind).copy();
        let running: Vec<Held> = (0..4).map(|_| Held::running(&mut shop.command(NIGHT))).collect();
        for runner in running {
            let done = runner.go_on();
            assert!(done.ok, "{kind:?}: {}", done.err);
        }
        Picture::whole(&shop).must_be(&calm(kind), "several nights at once");
    }
}

/// Several that start on a database that is not there yet: each finds it made.
#[test]
fn many_may_open_a_new_database_at_once() {
    for kind in Kind::BOTH {
        for _ in 0..4 {
            let shop = Shop::small_on(kind).copy();
            let running: Vec<Held> = (0..5).map(|_| Held::running(&mut shop.command(&["run", "nightly", "--dry-run"]))).collect();
            for runner in running {
                let done = runner.go_on();
                assert!(done.ok, "{kind:?}: {}", done.err);
            }
        }
    }
}
