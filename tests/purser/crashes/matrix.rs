//! Every command is stopped before and after each of its durable effects, and played again: nothing is lost, nothing
//! happens twice. The effects are those that the commands themselves come to, so a new one is tried as soon as it is there.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};

use super::story::{Played, STORY, Stage, undisturbed};
use crate::support::database::Kind;
use crate::support::held::{Held, failed};
use crate::support::mail_server::Mail;
use crate::support::picture::Picture;

/// How many trials go on at once: while one waits for the database, another computes.
const AT_ONCE: usize = 3;

/// What is done to a command at an effect.
const HOW: [&str; 4] = ["hold-before", "hold-after", "fail-before", "fail-after"];

/// What comes after the command was played again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Then {
    /// Nothing: what is there is what was there, so what follows follows.
    Nothing,
    /// A night with new facts.
    Night,
    /// The rest of the story.
    Rest,
}

/// One disturbance.
#[derive(Debug, Clone, Copy)]
struct Trial {
    command: usize,
    effect: usize,
    how: &'static str,
    then: Then,
}

/// Each effect in each way; and once for each command, in turn at its first, second, … effect, the rest of the story.
fn trials(story: &[Played]) -> Vec<Trial> {
    let mut trials = Vec::new();
    for (command, played) in story.iter().enumerate() {
        for effect in 0..played.effects.len() {
            for how in HOW {
                let then = if how.starts_with("hold") { Then::Night } else { Then::Nothing };
                trials.push(Trial { command, effect, how, then });
            }
        }
        trials.push(Trial { command, effect: command % played.effects.len(), how: HOW[command % 2], then: Then::Rest });
    }
    trials
}

impl Trial {
    fn play(self, story: &[Played], end: &Picture) {
        let played = &story[self.command];
        let stage = Stage::of(played.before.copy());
        let effect = &played.effects[self.effect];
        let mut command = stage.command(played.step);
        if self.how.starts_with("hold") {
            Held::at(&mut command, self.how, effect).kill();
        } else {
            let done = failed(&mut command, self.how, effect);
            assert!(done.ok || done.err.contains("a trial failed the effect"), "{}", done.err);
        }
        stage.play(played.step);
        Picture::of(&stage.shop).must_be(&played.after, "the command was played again");
        match self.then {
            Then::Nothing => {}
            Then::Night => {
                stage.night();
                Picture::whole(&stage.shop).must_be(&played.night, "the night after");
            }
            Then::Rest => {
                for step in &STORY[self.command + 1..] {
                    stage.tell(step);
                    stage.play(step);
                }
                Picture::whole(&stage.shop).must_be(end, "the rest of the story");
            }
        }
        let rest = if self.then == Then::Rest { &story[self.command..] } else { &story[self.command..=self.command] };
        let wanted: Vec<Mail> = rest.iter().flat_map(|played| played.mails.clone()).collect();
        self.judge_mails(played, &wanted, &stage.server.taken());
    }

    /// Each mail has come, and none twice but the one of which nobody could know whether it was taken over.
    fn judge_mails(self, played: &Played, wanted: &[Mail], taken: &[Mail]) {
        let mut came: BTreeMap<&str, Vec<&Mail>> = BTreeMap::new();
        for mail in taken {
            came.entry(mail.id()).or_default().push(mail);
        }
        assert_eq!(came.len(), wanted.iter().map(Mail::id).collect::<std::collections::BTreeSet<_>>().len(), "no other mails");
        for mail in wanted {
            let copies = came.get(mail.id()).map_or(&[][..], Vec::as_slice);
            assert!(!copies.is_empty(), "{} never came", mail.id());
            assert!(copies.iter().all(|copy| *copy == mail), "{} came in other words", mail.id());
            assert!(
                copies.len() <= 1 + usize::from(self.leaves_in_doubt(played, mail)),
                "{} came {} times",
                mail.id(),
                copies.len()
            );
        }
    }

    /// Whether the mail was handed over, and the process stopped before that was written down.
    fn leaves_in_doubt(self, played: &Played, mail: &Mail) -> bool {
        let sends = |effects: &[String]| effects.iter().filter(|effect| effect.starts_with("send ")).count();
        let reached = sends(&played.effects[..=self.effect]);
        let effect = &played.effects[self.effect];
        let is_between = match self.how.ends_with("after") {
            true => effect.starts_with("send "),
            false => effect.starts_with("commit how sending a letter ended"),
        };
        is_between && played.mails.get(reached.wrapping_sub(1)) == Some(mail)
    }
}

fn crash_everywhere(kind: Kind) {
    let since = std::time::Instant::now();
    let (story, end) = undisturbed(kind);
    let effects: usize = story.iter().map(|played| played.effects.len()).sum();
    for played in &story {
        println!("{kind:?}: {} effects of purser {}: {}", played.effects.len(), played.step.name(), played.effects.join(", "));
        assert!(!played.effects.is_empty(), "{} has effects", played.step.name());
    }
    let (trials, next) = (trials(&story), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                while let Some(trial) = trials.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let tried = catch_unwind(AssertUnwindSafe(|| trial.play(&story, &end)));
                    if let Err(failure) = tried {
                        let (step, effect) = (story[trial.command].step.name(), &story[trial.command].effects[trial.effect]);
                        eprintln!("{kind:?}: purser {step}, {} {effect}, then {:?}", trial.how, trial.then);
                        resume_unwind(failure);
                    }
                }
            });
        }
    });
    println!("{kind:?}: {effects} effects of {} commands, {} trials, {:?}", story.len(), trials.len(), since.elapsed());
    assert!(effects > 100, "only {effects} effects were found");
}

#[test]
fn a_crash_at_any_effect_leaves_nothing_half_done_in_sqlite() {
    crash_everywhere(Kind::Sqlite);
}

#[test]
fn a_crash_at_any_effect_leaves_nothing_half_done_in_postgresql() {
    crash_everywhere(Kind::Postgres);
}
