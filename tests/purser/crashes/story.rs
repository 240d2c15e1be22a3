//! A shop's story: every command that writes, on changing facts. What the crash tests play.

use std::process::Command;
use std::sync::OnceLock;

use purser::payout::payment_id;

use crate::support::database::Kind;
use crate::support::mail_server::{Mail, MailServer};
use crate::support::picture::Picture;
use crate::support::{Done, Shop, purser};

/// A command, and the facts that are new when it starts.
pub struct Step {
    /// Rows added to tables.
    facts: &'static [(&'static str, &'static str)],
    pub arguments: &'static [&'static str],
    /// Mails go to the server rather than to files.
    by_smtp: bool,
    /// What lies in the data folder is older than a day.
    aged: bool,
    /// The program file has another name from then on.
    renamed: Option<(&'static str, &'static str)>,
    /// What a repeat is refused with; nothing: it succeeds, and changes nothing.
    refused_again: Option<&'static str>,
}

const fn step(arguments: &'static [&'static str]) -> Step {
    Step { facts: &[], arguments, by_smtp: false, aged: false, renamed: None, refused_again: None }
}

impl Step {
    const fn when(self, facts: &'static [(&'static str, &'static str)]) -> Self {
        Self { facts, ..self }
    }

    const fn by_smtp(self) -> Self {
        Self { by_smtp: true, ..self }
    }

    const fn aged(self) -> Self {
        Self { aged: true, ..self }
    }

    const fn with_file(self, old: &'static str, new: &'static str) -> Self {
        Self { renamed: Some((old, new)), ..self }
    }

    const fn once(self, refused_again: &'static str) -> Self {
        Self { refused_again: Some(refused_again), ..self }
    }

    pub fn name(&self) -> String {
        self.arguments.join(" ")
    }

    /// Whether a command that came to this did what it is for: just now or before.
    pub fn is_done(&self, done: &Done) -> bool {
        done.ok || self.refused_again.is_some_and(|refusal| done.err.contains(refusal))
    }
}

/// A test that a partner reported.
const SANDBOX: &str = "{\"received_at\":\"2026-01-05T12:00:00Z\",\"amount\":\"5.00\",\"currency\":\"USD\",\"link\":\"lana\",\"sandbox\":\"1\",\
                       \"time\":\"2026-01-05T12:00:00Z\",\"transaction\":\"S1\"}\n";

/// What the bank says of the first batch: one of its payments was made, and what that cost.
const ANSWER: &str = "answer.csv";

/// What a provider's webhook says of a statement.
const CAME_BACK: &str = "bounces.jsonl";

/// The first opens a new database. Another command is another line.
pub const STORY: &[Step] = &[
    step(&["run", "nightly", "--as-of", "2026-01-10T02:00:00Z"]),
    step(&["run", "nightly", "--as-of", "2026-01-20T02:00:00Z"]).when(&[
        ("orders.csv", "o5,2026-01-12T10:00:00Z,2026-01-12T10:00:00Z,paid,EUR,p5,,,,ANA\n"),
        ("order_lines.csv", "o5,1,A,x,1,80.00\n"),
    ]),
    step(&["run", "nightly", "--as-of", "2026-02-01T02:00:00Z"]).when(&[("refunds.csv", "r2,o5,1,2026-01-30T09:00:00Z,30.00\n")]),
    step(&["run", "payout", "--as-of", "2026-02-01T09:00:00Z"]),
    step(&["run", "statements", "--as-of", "2026-02-01T10:00:00Z"]),
    step(&["mail", "bounces", CAME_BACK, "--by", "lee"]),
    step(&["mail", "lift", "cho@example.com", "--reason", "works", "--by", "lee"]).once("is not suppressed"),
    step(&["tidy"]).aged(),
    step(&["hold", "add", "ana", "--kind", "tax_form", "--reason", "form", "--by", "lee", "--as-of", "2026-02-02T08:00:00Z"]),
    step(&[
        "batch",
        "hold",
        "shop-0001",
        "--creator",
        "ana",
        "--reason",
        "form",
        "--by",
        "lee",
        "--as-of",
        "2026-02-02T08:10:00Z",
    ])
    .once("was taken out of batch shop-0001 already"),
    step(&["hold", "release", "ana", "--reason", "came", "--by", "lee", "--as-of", "2026-02-02T08:20:00Z"])
        .once("ana is not on hold"),
    step(&[
        "batch",
        "release",
        "shop-0001",
        "--creator",
        "ana",
        "--reason",
        "came",
        "--by",
        "lee",
        "--as-of",
        "2026-02-02T08:30:00Z",
    ])
    .once("batch shop-0001 pays ana already"),
    step(&["batch", "approve", "shop-0001", "--by", "mia", "--as-of", "2026-02-02T09:00:00Z"])
        .once("the next signature has to be somebody else's"),
    step(&["batch", "approve", "shop-0001", "--by", "tom", "--as-of", "2026-02-02T10:00:00Z"])
        .once("only a batch that is a draft"),
    step(&["batch", "export", "shop-0001", "--by", "mia", "--as-of", "2026-02-03T08:00:00Z"]),
    step(&["funds", "5000.00", "--by", "mia", "--as-of", "2026-02-03T08:30:00Z"]),
    step(&["batch", "import", ANSWER, "--by", "lee", "--as-of", "2026-02-03T09:00:00Z"]),
    step(&["batch", "settle", "shop-0001", "--by", "lee", "--as-of", "2026-02-03T10:00:00Z", "--failed", "ben"])
        .once("cannot be settled until that proposal is approved or rejected"),
    step(&["proposal", "approve", "shop-p0001", "--by", "mia", "--as-of", "2026-02-03T11:00:00Z"])
        .once("it cannot be decided again"),
    step(&["run", "nightly", "--slot", "2026-02-20T02:00:00Z"]).when(&[
        ("orders.csv", "o6,2026-02-09T10:00:00Z,2026-02-09T10:00:00Z,paid,USD,p6,,,,BEN\n"),
        ("order_lines.csv", "o6,1,A,x,1,40.00\n"),
    ]),
    step(&["run", "payout", "--as-of", "2026-02-21T09:00:00Z"]),
    step(&["batch", "reject", "shop-0002", "--by", "mia", "--as-of", "2026-02-21T10:00:00Z"])
        .once("only a batch that is a draft or"),
    step(&["run", "payout", "--as-of", "2026-02-21T11:00:00Z"]),
    step(&["batch", "approve", "shop-0003", "--by", "mia", "--as-of", "2026-02-21T12:00:00Z"])
        .once("only a batch that is a draft"),
    step(&["batch", "export", "shop-0003", "--by", "mia", "--as-of", "2026-02-21T13:00:00Z"]),
    step(&["batch", "void", "shop-0003", "--reason", "lost", "--by", "mia", "--as-of", "2026-02-21T14:00:00Z"]),
    step(&["proposal", "approve", "shop-p0002", "--by", "lee", "--as-of", "2026-02-21T15:00:00Z"])
        .once("it cannot be decided again"),
    step(&[
        "batch",
        "return",
        "shop-0001",
        "--creator",
        "cho",
        "--reason",
        "closed",
        "--by",
        "lee",
        "--as-of",
        "2026-02-21T16:00:00Z",
    ]),
    step(&["proposal", "approve", "shop-p0003", "--by", "mia", "--as-of", "2026-02-21T17:00:00Z"])
        .once("it cannot be decided again"),
    step(&["adjust", "cho", "-100.00", "--reason", "broken", "--by", "mia", "--as-of", "2026-02-22T10:00:00Z"]),
    step(&["proposal", "approve", "shop-p0004", "--by", "lee", "--as-of", "2026-02-22T11:00:00Z"])
        .once("it cannot be decided again"),
    step(&["write-off", "cho", "--reason", "left", "--by", "mia", "--as-of", "2026-02-22T12:00:00Z"]),
    step(&["proposal", "approve", "shop-p0005", "--by", "lee", "--as-of", "2026-02-22T13:00:00Z"])
        .once("it cannot be decided again"),
    step(&["credit", "o3", "ana", "--reason", "banner", "--by", "mia", "--as-of", "2026-02-22T14:00:00Z"]),
    step(&["proposal", "approve", "shop-p0006", "--by", "lee", "--as-of", "2026-02-22T15:00:00Z"])
        .once("it cannot be decided again"),
    step(&["withdraw", "shop-p0006", "--reason", "no banner", "--by", "mia", "--as-of", "2026-02-22T15:30:00Z"]),
    step(&["proposal", "approve", "shop-p0007", "--by", "lee", "--as-of", "2026-02-22T15:40:00Z"])
        .once("it cannot be decided again"),
    step(&["opening", "fees.csv", "--reason", "old", "--by", "mia", "--as-of", "2026-02-22T16:00:00Z"]),
    step(&["proposal", "reject", "shop-p0008", "--by", "lee", "--as-of", "2026-02-22T17:00:00Z"])
        .once("it cannot be decided again"),
    step(&["retire", "shop", "--reason", "closed", "--by", "mia", "--as-of", "2026-02-22T18:00:00Z"])
        .once("retire the ledger once it is settled"),
    step(&["erase", "creator", "ben", "--by", "mia", "--reason", "asked", "--as-of", "2026-02-23T10:00:00Z"]),
    step(&["erase", "creator", "ben", "--by", "lee", "--approve", "--as-of", "2026-02-23T11:00:00Z"]),
    step(&["erase", "customer", "p5", "--by", "mia", "--reason", "asked", "--as-of", "2026-02-23T12:00:00Z"]),
    step(&["erase", "customer", "p5", "--by", "lee", "--approve", "--as-of", "2026-02-23T13:00:00Z"]),
    step(&["run", "nightly", "--as-of", "2026-02-25T02:00:00Z", "--dry-run"]),
    step(&["run", "nightly", "statements", "--as-of", "2026-03-01T10:00:00Z"]).by_smtp(),
    step(&["close", "2026-02", "--reason", "month end", "--by", "mia", "--as-of", "2026-03-02T10:00:00Z"]),
    step(&["proposal", "approve", "shop-p0011", "--by", "lee", "--as-of", "2026-03-02T11:00:00Z"])
        .once("it cannot be decided again"),
    step(&["run", "nightly", "--as-of", "2026-03-05T02:00:00Z"])
        .when(&[("refunds.csv", "r3,o1,1,2026-03-02T09:00:00Z,100.00\n")]),
    step(&["rename", "shop", "store", "--reason", "brand", "--by", "mia", "--as-of", "2026-03-05T10:00:00Z"])
        .with_file("shop.toml", "store.toml")
        .once("has the ledger shop already"),
    step(&["init", "new"]).once("already contains"),
];

/// What is played after a command that was disturbed: a night with new facts, and a payout.
const NIGHT: Step = step(&["run", "nightly", "payout", "--as-of", "2026-04-02T02:00:00Z"]).when(&[
    ("orders.csv", "n1,2026-03-12T10:00:00Z,2026-03-12T10:00:00Z,paid,USD,p9,,,,ANA\n"),
    ("order_lines.csv", "n1,1,A,x,1,300.00\n"),
    ("refunds.csv", "rn,o2,1,2026-03-13T09:00:00Z,10.00\n"),
]);

/// Every other command, as it is typed at the end of the story. They write nothing.
const READ_ONLY: &[&[&str]] = &[
    &["config"],
    &["doctor"],
    &["completions", "bash"],
    &["validate"],
    &["status"],
    &["explain", "o1"],
    &["batch", "list"],
    &["hold", "list"],
    &["batch", "show", "shop-0001"],
    &["statement", "ana"],
    &["mail", "status"],
    &["mail", "suppressed"],
    &["mail", "preview", "ana"],
    &["export", "orders"],
    &["proposal", "list"],
    &["proposal", "show", "shop-p0001"],
    &["user", "list"],
    &["user", "changes"],
    &["postback", "url", "T1", "--link", "lana", "--amount", "5.00"],
    &["postback", "verify", "S1"],
];

/// Commands that have no ledger to come back to: whatever became of the last time, they start from nothing.
const START_ANEW: &[&[&str]] = &[&["demo"], &["man"]];

/// They ask a server, which tests of their own have; they read alone.
const ASKS: &[&[&str]] = &[&["move-in"]];

/// What a person does once a sender was killed: see [`Stage::play`].
const BY_A_PERSON: &[&str] = &["mail", "retry"];

/// It does what the others do, and is stopped and killed by tests of its own.
const SERVER: &[&str] = &["serve"];

/// A shop with a mail server of its own, so that the mails of one are not those of another.
pub struct Stage {
    pub shop: Shop,
    pub server: MailServer,
}

impl Stage {
    pub fn new(kind: Kind) -> Self {
        let shop = Shop::small_on(kind).copy();
        shop.keep_nothing_for_long();
        // The first batch takes two people, the others one.
        let levels = "\n[[payout.approvals]]\nup_to = \"20\"\napprovers = 1\n[[payout.approvals]]\napprovers = 2\n";
        let notices = "\n[statements]\nnotices = [\"payout_sent\", \"payout_failed\", \"payout_skipped\", \"invited\"]\n";
        shop.write("shop.toml", shop.read("shop.toml") + levels + notices);
        // The key of pseudonyms is drawn by lot; where it is given, what comes of it can be compared.
        std::fs::create_dir_all(shop.path("ledger-data")).expect("the test can make folders");
        shop.write("ledger-data/erasure.key", "7".repeat(64));
        shop.write(ANSWER, format!("customer id,status,fee\n{},completed,0.25\n", payment_id("shop-0001", "cho")));
        shop.write(CAME_BACK, "{\"message\":\"shop/cho/2026-01\",\"status\":\"5.1.1\"}\n");
        // A partner, and a test of theirs.
        let source =
            "[sources.partner]\nkind = \"postbacks\"\npath = \"inbox.jsonl\"\nkey_file = \"partner.key\"\n\n[attribution]";
        shop.write("shop.toml", shop.read("shop.toml").replace("[attribution]", source));
        shop.write("partner.key", "7".repeat(64));
        let own = std::os::unix::fs::PermissionsExt::from_mode(0o600);
        std::fs::set_permissions(shop.path("partner.key"), own).expect("the test can set rights");
        shop.write("inbox.sandbox.jsonl", SANDBOX);
        // The folder, so that the program file may be renamed.
        Self::of(shop.at("."))
    }

    pub fn of(shop: Shop) -> Self {
        Self { shop, server: MailServer::refusing("") }
    }

    /// The shop learns what a step wants it to know.
    pub fn tell(&self, step: &Step) {
        for (table, rows) in step.facts {
            self.shop.add(table, rows);
        }
        if let Some((old, new)) = step.renamed {
            std::fs::rename(self.shop.path(old), self.shop.path(new)).expect("the test can rename files");
        }
    }

    pub fn command(&self, step: &Step) -> Command {
        if step.aged {
            self.shop.age_files();
        }
        let mut command = self.shop.command(step.arguments);
        if step.by_smtp {
            command.env("PURSER_SMTP_URL", self.server.url());
        }
        command
    }

    /// Plays a step to its end, whether it was played before or not.
    pub fn play(&self, step: &Step) -> Done {
        let done = Done::from(self.command(step).output().expect("the binary starts"));
        assert!(step.is_done(&done), "{}: {}", step.name(), done.err);
        if step.by_smtp {
            // Nobody knows whether a statement was sent whose sender was killed: a person has it sent again.
            let mut retry = self.shop.command(&["mail", "retry", "--unknown", "--by", "mia"]);
            let retried = Done::from(retry.env("PURSER_SMTP_URL", self.server.url()).output().expect("the binary starts"));
            assert!(retried.ok, "mail retry: {}", retried.err);
        }
        self.check();
        done
    }

    /// The night after.
    pub fn night(&self) {
        self.tell(&NIGHT);
        self.play(&NIGHT);
    }

    /// The ledger's own examination of itself, where the binary has it.
    pub fn check(&self) {
        static IS_KNOWN: OnceLock<bool> = OnceLock::new();
        let ask = || purser().args(["check", "--help"]).output().expect("the binary starts").status.success();
        if *IS_KNOWN.get_or_init(ask) {
            self.shop.must(&["check"]);
        }
    }
}

/// A step of the story as it goes when nobody disturbs it.
pub struct Played {
    pub step: &'static Step,
    /// The shop just before it, with its facts.
    pub before: Shop,
    /// Its effects, in order.
    pub effects: Vec<String>,
    pub after: Picture,
    /// The mails it sent to the server.
    pub mails: Vec<Mail>,
    /// How the night after it goes.
    pub night: Picture,
}

/// Plays the story undisturbed, every command twice: the repeat changes nothing, or is refused.
pub fn undisturbed(kind: Kind) -> (Vec<Played>, Picture) {
    let stage = Stage::new(kind);
    let mut story = Vec::new();
    for step in STORY {
        stage.tell(step);
        let before = stage.shop.copy();
        let earlier = stage.server.taken().len();
        let (done, effects) = crate::support::held::steps(&mut stage.command(step));
        assert!(done.ok, "{}: {}", step.name(), done.err);
        let mails = stage.server.taken().split_off(earlier);
        let after = Picture::of(&stage.shop);
        let night = Stage::of(stage.shop.copy());
        night.night();
        let repeat = stage.play(step);
        assert_eq!(repeat.ok, step.refused_again.is_none(), "a repeat of {}: {}", step.name(), repeat.err);
        Picture::of(&stage.shop).must_be(&after, &format!("a repeat of {} changes nothing", step.name()));
        assert_eq!(stage.server.taken().len(), earlier + mails.len(), "a repeat of {} sends nothing", step.name());
        story.push(Played { step, before, effects, after, mails, night: Picture::whole(&night.shop) });
    }
    (story, Picture::whole(&stage.shop))
}

/// A command that writes, and is not in the story, would be tried by no crash.
#[test]
fn every_command_is_in_the_story_or_only_reads() {
    // What is written about users is random each time: they are tried by a test of their own.
    let of_users = crate::web::crashes::COMMANDS.iter().map(|(arguments, _)| *arguments);
    let known =
        STORY.iter().map(|step| step.arguments).chain(READ_ONLY.iter().chain(START_ANEW).chain(ASKS).copied()).chain(of_users);
    let known = known.collect::<Vec<_>>();
    for command in commands(&[]) {
        let is_known = known.iter().any(|arguments| arguments.len() >= command.len() && *command == arguments[..command.len()]);
        // It is played where there is one: see `Stage::check`.
        let is_examination = command == ["check"];
        assert!(
            is_known || is_examination || command == SERVER || command == BY_A_PERSON,
            "purser {} is neither in the STORY nor READ_ONLY: add it",
            command.join(" ")
        );
    }
}

/// The commands that have none below them, as `--help` lists them.
fn commands(above: &[String]) -> Vec<Vec<String>> {
    let help = purser().args(above).arg("--help").output().expect("the binary starts");
    let help = String::from_utf8(help.stdout).expect("it is text");
    let Some((_, list)) = help.split_once("Commands:\n") else { return vec![above.to_vec()] };
    let names = list.lines().take_while(|line| !line.is_empty()).filter_map(|line| line.strip_prefix("  "));
    let names = names.filter(|line| !line.starts_with(' ')).filter_map(|line| line.split_whitespace().next());
    names.flat_map(|name| commands(&[above, &[name.to_owned()]].concat())).collect()
}

#[test]
fn commands_that_only_read_write_nothing() {
    for kind in Kind::BOTH {
        let stage = Stage::new(kind);
        for step in STORY {
            stage.tell(step);
            stage.play(step);
        }
        let before = Picture::of(&stage.shop);
        for command in READ_ONLY {
            stage.shop.must(command);
            Picture::of(&stage.shop).must_be(&before, &command.join(" "));
        }
    }
}
