//! Several at once on one ledger, killed at any moment.

use std::collections::BTreeSet;
use std::process::Stdio;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::sleep;
use std::time::{Duration, Instant, SystemTime};

use super::story::{STORY, Stage, Step};
use crate::support::database::Kind;
use crate::support::mail_server::Mail;
use crate::support::picture::Picture;
use crate::support::shops::rng::Rng;

/// How many of each command are at work at once.
const AT_ONCE: usize = 4;

/// How many must be killed on each database.
const KILLS: usize = 200;

/// How often each of those at work is killed over one command before it is left alone.
const PATIENCE: usize = 3;

/// The latest moment at which one is killed, in milliseconds: most commands are done by then.
const LATEST: i64 = 80;

/// The story when nobody disturbs it: what it leaves, and its mails.
fn calm(kind: Kind) -> (Picture, BTreeSet<Mail>) {
    let stage = Stage::new(kind);
    for step in STORY {
        stage.tell(step);
        stage.play(step);
    }
    (Picture::whole(&stage.shop), stage.server.taken().into_iter().collect())
}

/// Starts a command again and again; most of the times it is killed before it ends. Answers how often.
fn insist(stage: &Stage, step: &Step, mut rng: Rng) -> usize {
    let mut killed = 0;
    while killed < PATIENCE {
        let mut command = stage.command(step);
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the binary starts");
        sleep(Duration::from_millis(rng.between(0, LATEST) as u64));
        if child.try_wait().expect("it can be watched").is_some() {
            break;
        }
        child.kill().expect("it can be killed");
        // One that ended at the last moment was not killed.
        killed += usize::from(child.wait().expect("it ends").code().is_none());
    }
    stage.play(step);
    killed
}

fn under_fire(kind: Kind) {
    let since = Instant::now();
    let (end, mails) = calm(kind);
    let seed = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |time| time.as_secs());
    let (killed, mut rounds) = (AtomicUsize::new(0), 0);
    while killed.load(Ordering::Relaxed) < KILLS {
        let stage = Stage::new(kind);
        for (place, step) in STORY.iter().enumerate() {
            stage.tell(step);
            std::thread::scope(|scope| {
                for worker in 0..AT_ONCE {
                    let rng = Rng::new(seed.wrapping_add((rounds * 1000 + place * 10 + worker) as u64));
                    let (stage, killed) = (&stage, &killed);
                    scope.spawn(move || killed.fetch_add(insist(stage, step, rng), Ordering::Relaxed));
                }
            });
        }
        Picture::whole(&stage.shop).must_be(&end, &format!("{kind:?}, seed {seed}, round {rounds}"));
        // A mail may come twice, but never in other words.
        assert_eq!(stage.server.taken().into_iter().collect::<BTreeSet<_>>(), mails, "{kind:?}, seed {seed}, round {rounds}");
        rounds += 1;
    }
    let killed = killed.into_inner();
    println!("{kind:?}: seed {seed}: {killed} of {AT_ONCE} at once were killed in {rounds} rounds, {:?}", since.elapsed());
}

#[test]
fn kills_at_random_moments_change_nothing_in_sqlite() {
    under_fire(Kind::Sqlite);
}

#[test]
fn kills_at_random_moments_change_nothing_in_postgresql() {
    under_fire(Kind::Postgres);
}
