//! What moves belongs to the local day of what moved it, and is called what it was, whichever nights ran.

use purser::calendar::format_day;

use crate::support::Shop;
use crate::support::database::Kind;

/// A row of a table, and from when on the shop's file has it: always, where no time is given.
type Row = (&'static str, &'static str, &'static str);

const HEADERS: [(&str, &str, usize); 4] = [
    ("orders", "order_id,ordered_at,updated_at,status,currency,customer_id,customer_email,visitor_id,click_id,codes", 3),
    ("order_lines", "order_id,line_id,sku,category,quantity,net_amount", 2),
    ("refunds", "refund_id,order_id,line_id,refunded_at,amount", 1),
    ("disputes", "dispute_id,order_id,opened_at,closed_at,outcome,amount", 1),
];

/// A shop whose files grow: a row takes the place of the one with its key.
struct Growing {
    shop: Shop,
    rows: Vec<Row>,
}

impl Growing {
    fn new(kind: Kind, rows: &[Row]) -> Self {
        let shop = Shop::small_on(kind);
        let program = shop.read("shop.toml").replace("[sources]\n", "[sources]\ndisputes = \"disputes.csv\"\n");
        shop.write("shop.toml", program.replace("hold = \"10d\"", "hold = \"3d\""));
        shop.write("fees.csv", "fee_id,creator_id,amount,due_on,memo\n");
        shop.write("clicks.csv", "click_id,clicked_at,visitor_id,link_key,sub_id\n");
        Self { shop, rows: rows.to_vec() }
    }

    fn change(&self, from: &str, to: &str) {
        let text = self.shop.read("shop.toml");
        assert!(text.contains(from), "{from} stands in the program");
        self.shop.write("shop.toml", text.replace(from, to));
    }

    /// A night on which the files have what is known by then.
    fn night(&self, as_of: &str) {
        for (table, header, key) in HEADERS {
            let mut kept: Vec<(String, &str)> = Vec::new();
            for (_, known, row) in self.rows.iter().filter(|(of, known, _)| *of == table && *known < as_of) {
                let of = row.split(',').take(key).collect::<Vec<_>>().join(",");
                kept.retain(|(other, _)| *other != of);
                assert!(known.is_empty() || known.len() == 20, "{known} is a time");
                kept.push((of, row));
            }
            let text: String = kept.iter().map(|(_, row)| format!("{row}\n")).collect();
            self.shop.write(&format!("{table}.csv"), format!("{header}\n{text}"));
        }
        self.shop.must(&["run", "nightly", "--as-of", as_of]);
    }

    /// What of ana's moved since an entry: why, on which day, how what is owed changes.
    fn moved(&self) -> Vec<String> {
        let sql = "SELECT why, effective_day, CASE WHEN source = 'expense' THEN amount WHEN target = 'expense' THEN -amount ELSE 0 END, \
                   creator_id FROM transfers ORDER BY entry, position";
        let shown = |line: &str| {
            let values: Vec<&str> = line.split(['|', '\t', ' ']).collect();
            let day = format_day(values[1].parse().expect("a day"));
            format!("{} {day} {} {}", values[3], values[0], values[2])
        };
        self.shop.database.sql(sql).lines().map(shown).collect()
    }

    /// What ana's statements of all months close at, once they are built; nothing is owed where there is none.
    fn closings(&self, as_of: &str) -> Vec<String> {
        self.shop.must(&["run", "statements", "--as-of", as_of, "--close-months", "12"]);
        let sql = "SELECT COALESCE(s.closing, 0) FROM statement_months m \
                   LEFT JOIN statements s ON s.month = m.month AND s.creator_id = 'ana' ORDER BY m.month";
        let closings = self.shop.database.sql(sql).lines().map(str::to_owned).collect();
        self.shop.must(&["check"]);
        closings
    }
}

const LINE: Row = ("order_lines", "", "o1,1,A,x,1,100.00");
const JANUARY: Row = ("orders", "", "o1,2026-01-20T10:00:00Z,2026-01-20T10:00:00Z,paid,USD,p1,,,,ANA");

const CANCELLED: Row = ("orders", "2026-01-31T15:00:00Z", "o1,2026-01-20T10:00:00Z,2026-01-31T15:00:00Z,cancelled,USD,p1,,,,ANA");
const SALE: &str = "ana 2026-01-20 sale 1000";

/// Plays nights; answers what moved, but for the end of the first hold, and where ana's months closed, which are built at the end.
fn played(growing: &Growing, nights: &[&str], statements: &str) -> (Vec<String>, Vec<String>) {
    nights.iter().for_each(|night| growing.night(night));
    let closings = growing.closings(statements);
    (growing.moved().into_iter().filter(|moved| moved != "ana 2026-01-23 released 0").collect(), closings)
}

/// The same on SQLite: the rows that are known in time, the nights, and what has to move after the sale. Statements are built on 1 April.
fn check(name: &str, rows: &[Row], nights: &[&str], wanted: &[&str], closings: &[&str]) {
    check_with(name, &[], rows, nights, wanted, closings);
}

fn check_with(name: &str, edits: &[(&str, &str)], rows: &[Row], nights: &[&str], wanted: &[&str], closings: &[&str]) {
    let growing = Growing::new(Kind::Sqlite, rows);
    edits.iter().for_each(|(from, to)| growing.change(from, to));
    let (moved, closed) = played(&growing, nights, "2026-04-01T10:00:00Z");
    assert_eq!(moved, wanted, "{name}, nights {nights:?}");
    assert_eq!(closed, closings, "{name}, nights {nights:?}");
}

#[test]
fn a_cancellation_belongs_to_its_day_whichever_nights_ran() {
    let wanted = [SALE, "ana 2026-01-31 cancelled -1000"];
    for kind in Kind::BOTH {
        let growing = Growing::new(kind, &[LINE, JANUARY, CANCELLED]);
        let (moved, closings) = played(&growing, &["2026-01-30T02:00:00Z", "2026-02-01T02:00:00Z"], "2026-02-01T10:00:00Z");
        assert_eq!((&moved[..], &closings[..]), (&wanted.map(str::to_owned)[..], &["0".to_owned()][..]));
    }
    // A version that says again that it is cancelled is not the one that did it.
    let touched = ("orders", "2026-02-03T15:00:00Z", "o1,2026-01-20T10:00:00Z,2026-02-03T15:00:00Z,cancelled,USD,p1,x@y.z,,,ANA");
    let test = ("orders", "2026-02-03T15:00:00Z", "o1,2026-01-20T10:00:00Z,2026-02-03T15:00:00Z,test,USD,p1,,,,ANA");
    let late = ("orders", "2026-02-25T15:00:00Z", "o1,2026-01-20T10:00:00Z,2026-02-25T15:00:00Z,cancelled,USD,p1,,,,ANA");
    let clawback: &[(&str, &str)] = &[("hold = \"3d\"", "hold = \"3d\"\nclawback = \"20d\"")];
    for nights in [
        &["2026-01-30T02:00:00Z", "2026-02-01T02:00:00Z", "2026-03-04T02:00:00Z"][..],
        &["2026-01-30T02:00:00Z", "2026-03-04T02:00:00Z"],
    ] {
        check("touched", &[LINE, JANUARY, CANCELLED, touched], nights, &wanted, &["0", "0", "0"]);
        check("a test then", &[LINE, JANUARY, CANCELLED, test], nights, &wanted, &["0", "0", "0"]);
        check_with("and late", clawback, &[LINE, JANUARY, CANCELLED, late], nights, &wanted, &["0", "0", "0"]);
        check_with("late", clawback, &[LINE, JANUARY, late], nights, &[SALE], &["1000", "1000", "1000"]);
    }
    // Late in the file, it belongs to its day all the same.
    let entered_late = ("orders", "2026-02-20T15:00:00Z", CANCELLED.2);
    let nights = ["2026-01-30T02:00:00Z", "2026-02-10T02:00:00Z", "2026-02-21T02:00:00Z"];
    check("entered late", &[LINE, JANUARY, entered_late], &nights, &wanted, &["0", "0", "0"]);
}

#[test]
fn days_are_those_of_the_programs_time_zone() {
    let zone = [("time_zone = \"UTC\"", "time_zone = \"America/New_York\"")];
    let nights = ["2026-01-30T12:00:00Z", "2026-02-02T12:00:00Z"];
    let at_night = ("orders", "2026-02-01T04:30:00Z", "o1,2026-01-20T10:00:00Z,2026-02-01T04:30:00Z,cancelled,USD,p1,,,,ANA");
    check_with(
        "cancelled",
        &zone,
        &[LINE, JANUARY, at_night],
        &nights,
        &[SALE, "ana 2026-01-31 cancelled -1000"],
        &["0", "0", "0"],
    );
    let refund = ("refunds", "2026-02-01T04:30:00Z", "r1,o1,,2026-02-01T04:30:00Z,30.00");
    check_with(
        "refunded",
        &zone,
        &[LINE, JANUARY, refund],
        &nights,
        &[SALE, "ana 2026-01-31 refund -300"],
        &["700", "700", "700"],
    );
}

#[test]
fn an_order_that_is_paid_again_is_reinstated_on_the_day_it_was() {
    let rows = [
        ("order_lines", "", "o1,1,A,x,1,200.00"),
        ("orders", "", "o1,2026-01-05T10:00:00Z,2026-01-05T10:00:00Z,paid,USD,p1,,,,ANA"),
        ("orders", "2026-02-10T10:00:00Z", "o1,2026-01-05T10:00:00Z,2026-02-10T10:00:00Z,cancelled,USD,p1,,,,ANA"),
        ("orders", "2026-04-20T10:00:00Z", "o1,2026-01-05T10:00:00Z,2026-04-20T10:00:00Z,paid,USD,p1,,,,ANA"),
        // Somebody corrects the address.
        ("orders", "2026-05-02T10:00:00Z", "o1,2026-01-05T10:00:00Z,2026-05-02T10:00:00Z,paid,USD,p1,x@y.z,,,ANA"),
    ];
    for (kind, last) in
        [(Kind::Sqlite, "2026-05-01T02:00:00Z"), (Kind::Postgres, "2026-05-01T02:00:00Z"), (Kind::Sqlite, "2026-05-03T02:00:00Z")]
    {
        let growing = Growing::new(kind, &rows);
        growing.change("percent = \"10\"", "percent = \"20\"");
        ["2026-01-06T02:00:00Z", "2026-02-11T02:00:00Z", last].iter().for_each(|night| growing.night(night));
        assert_eq!(growing.closings("2026-05-03T10:00:00Z"), ["4000", "0", "0", "4000"]);
        let wanted = ["ana 2026-01-05 sale 4000", "ana 2026-02-10 cancelled -4000", "ana 2026-04-20 reinstated 4000"];
        assert_eq!(growing.moved(), wanted);
        let statement = growing.shop.must(&["statement", "ana", "--month", "2026-04"]);
        assert!(statement.contains("Counted again on 20 April") && statement.contains("Commission on orders"), "{statement}");
    }
}

#[test]
fn what_is_credited_at_first_is_a_sale_of_the_orders_day() {
    let pending = ("orders", "", "o1,2026-01-20T10:00:00Z,2026-01-20T10:00:00Z,pending,USD,p1,,,,ANA");
    let paid = ("orders", "2026-02-05T10:00:00Z", "o1,2026-01-20T10:00:00Z,2026-02-05T10:00:00Z,paid,USD,p1,,,,ANA");
    for nights in [&["2026-01-21T02:00:00Z", "2026-02-06T02:00:00Z"][..], &["2026-02-06T02:00:00Z"]] {
        check("pending, then paid", &[LINE, pending, paid], nights, &[SALE], &["1000", "1000", "1000"]);
    }
    // Nobody got credit before the version that names the code.
    let nameless = ("orders", "", "o1,2026-01-20T10:00:00Z,2026-01-20T10:00:00Z,paid,USD,p1,,,,");
    let nights = ["2026-01-21T02:00:00Z", "2026-03-06T02:00:00Z"];
    check("a code later", &[LINE, nameless, paid], &nights, &["ana 2026-02-05 sale 1000"], &["1000", "1000"]);
}

#[test]
fn an_edit_belongs_to_the_version_that_made_it() {
    let less = ("order_lines", "2026-02-10T10:00:00Z", "o1,1,A,x,1,80.00");
    let second = ("order_lines", "2026-02-10T10:00:00Z", "o1,2,A,x,1,40.00");
    let edited = ("orders", "2026-02-10T10:00:00Z", "o1,2026-01-20T10:00:00Z,2026-02-10T10:00:00Z,paid,USD,p1,,,,ANA");
    let moved = ("orders", "2026-02-10T10:00:00Z", "o1,2026-01-20T10:00:00Z,2026-02-10T10:00:00Z,paid,USD,p1,,,,BEN");
    let touched = ("orders", "2026-03-05T10:00:00Z", "o1,2026-01-20T10:00:00Z,2026-03-05T10:00:00Z,paid,USD,p1,,,,BEN");
    let back = ("orders", "2026-03-05T10:00:00Z", "o1,2026-01-20T10:00:00Z,2026-03-05T10:00:00Z,paid,USD,p1,,,,ANA");
    let night = ["2026-01-21T02:00:00Z", "2026-02-28T02:00:00Z"];
    check("less", &[LINE, JANUARY, edited, less], &night, &[SALE, "ana 2026-02-10 order_changed -200"], &["1000", "800", "800"]);
    check(
        "more",
        &[LINE, JANUARY, edited, second],
        &night,
        &[SALE, "ana 2026-02-10 order_changed 400"],
        &["1000", "1400", "1400"],
    );
    let to_ben = [SALE, "ana 2026-02-10 reattributed -1000", "ben 2026-02-10 reattributed 1000"];
    // What a version only touches is not its doing.
    for nights in [
        &["2026-01-21T02:00:00Z", "2026-02-28T02:00:00Z", "2026-03-06T02:00:00Z"][..],
        &["2026-01-21T02:00:00Z", "2026-03-06T02:00:00Z"],
    ] {
        let moved: Vec<String> = {
            let growing = Growing::new(Kind::Sqlite, &[LINE, JANUARY, moved, touched]);
            let (moved, closings) = played(&growing, nights, "2026-04-01T10:00:00Z");
            assert_eq!(closings, ["1000", "0", "0"]);
            moved.into_iter().filter(|moved| !moved.contains("released")).collect()
        };
        assert_eq!(moved, to_ben, "{nights:?}");
    }
    let growing = Growing::new(Kind::Sqlite, &[LINE, JANUARY, moved, back]);
    let nights = ["2026-01-21T02:00:00Z", "2026-02-28T02:00:00Z", "2026-03-06T02:00:00Z"];
    let (moved, _) = played(&growing, &nights, "2026-04-01T10:00:00Z");
    let there_and_back = [&to_ben[..], &["ana 2026-03-05 reattributed 1000", "ben 2026-03-05 reattributed -1000"]].concat();
    assert_eq!(moved.iter().filter(|moved| !moved.contains("released")).collect::<Vec<_>>(), there_and_back);
}

#[test]
fn a_refund_belongs_to_its_own_day() {
    let refund = |known, row| ("refunds", known, row);
    let first = refund("2026-02-10T09:00:00Z", "r1,o1,,2026-02-10T09:00:00Z,30.00");
    let second = refund("2026-02-10T18:00:00Z", "r2,o1,,2026-02-10T18:00:00Z,20.00");
    let (a, b) = ("ana 2026-02-10 refund -300", "ana 2026-02-10 refund -200");
    let nights = ["2026-01-21T02:00:00Z", "2026-02-10T12:00:00Z", "2026-03-02T02:00:00Z"];
    check("two on a day", &[LINE, JANUARY, first, second], &nights, &[SALE, a, b], &["1000", "500", "500"]);
    let nights = ["2026-01-21T02:00:00Z", "2026-03-02T02:00:00Z"];
    check(
        "both at once",
        &[LINE, JANUARY, first, second],
        &nights,
        &[SALE, "ana 2026-02-10 refund -500"],
        &["1000", "500", "500"],
    );
    let earlier = refund("2026-03-01T00:00:00Z", "r0,o1,,2026-01-30T18:00:00Z,20.00");
    let nights = ["2026-01-21T02:00:00Z", "2026-02-20T12:00:00Z", "2026-03-02T02:00:00Z"];
    let wanted = [SALE, a, "ana 2026-01-30 refund -200"];
    check("an earlier one that came late", &[LINE, JANUARY, first, earlier], &nights, &wanted, &["800", "500", "500"]);
    // A version that changes nothing that matters is not what did it.
    let touched = ("orders", "2026-03-01T10:00:00Z", "o1,2026-01-20T10:00:00Z,2026-03-01T10:00:00Z,paid,USD,p1,x@y.z,,,ANA");
    let nights = ["2026-01-21T02:00:00Z", "2026-03-02T02:00:00Z"];
    check("touched", &[LINE, JANUARY, first, touched], &nights, &[SALE, a], &["1000", "700", "700"]);
    // Of what is refunded whole, a cancellation takes nothing.
    let whole = [
        refund("2026-01-31T18:00:00Z", "r1,o1,,2026-01-31T18:00:00Z,60.00"),
        refund("2026-01-31T19:00:00Z", "r2,o1,1,2026-01-31T19:00:00Z,40.00"),
    ];
    let void = ("orders", "2026-02-02T15:00:00Z", "o1,2026-01-20T10:00:00Z,2026-02-02T15:00:00Z,cancelled,USD,p1,,,,ANA");
    for nights in [
        &["2026-01-21T02:00:00Z", "2026-02-01T02:00:00Z", "2026-02-03T02:00:00Z"][..],
        &["2026-01-21T02:00:00Z", "2026-02-03T02:00:00Z"],
    ] {
        let wanted = [SALE, "ana 2026-01-31 refund -1000"];
        check("refunded and cancelled", &[LINE, JANUARY, whole[0], whole[1], void], nights, &wanted, &["0", "0", "0"]);
    }
    let wanted = [SALE, "ana 2026-02-02 cancelled -1000"];
    check("refunded in part", &[LINE, JANUARY, whole[0], void], &nights, &wanted, &["1000", "0", "0"]);
    // Of a version and a refund, what came last.
    let less = ("order_lines", "2026-02-12T10:00:00Z", "o1,1,A,x,1,80.00");
    let edited = ("orders", "2026-02-12T10:00:00Z", "o1,2026-01-20T10:00:00Z,2026-02-12T10:00:00Z,paid,USD,p1,,,,ANA");
    let wanted = [SALE, "ana 2026-02-12 order_changed -500"];
    check("edited later", &[LINE, JANUARY, first, less, edited], &nights, &wanted, &["1000", "500", "500"]);
    let later = refund("2026-02-15T09:00:00Z", "r1,o1,,2026-02-15T09:00:00Z,30.00");
    let wanted = [SALE, "ana 2026-02-15 refund -500"];
    check("refunded later", &[LINE, JANUARY, later, less, edited], &nights, &wanted, &["1000", "500", "500"]);
}

#[test]
fn a_dispute_belongs_to_the_days_on_which_it_opens_and_ends() {
    let dispute = |known, row| ("disputes", known, row);
    let opened = dispute("2026-01-28T09:00:00Z", "d1,o1,2026-01-28T09:00:00Z,,,100.00");
    let won = dispute("2026-02-09T09:00:00Z", "d1,o1,2026-01-28T09:00:00Z,2026-02-09T09:00:00Z,won,100.00");
    let lost = dispute("2026-02-09T09:00:00Z", "d1,o1,2026-01-28T09:00:00Z,2026-02-09T09:00:00Z,lost,100.00");
    let all = ["2026-01-21T02:00:00Z", "2026-01-25T02:00:00Z", "2026-02-01T02:00:00Z", "2026-02-10T02:00:00Z"];
    let held = "ana 2026-01-28 held_again 0";
    check("won", &[LINE, JANUARY, opened, won], &all, &[SALE, held, "ana 2026-02-09 released 0"], &["1000", "1000", "1000"]);
    check("lost", &[LINE, JANUARY, opened, lost], &all, &[SALE, held, "ana 2026-02-09 refund -1000"], &["1000", "0", "0"]);
    let few = ["2026-01-21T02:00:00Z", "2026-02-10T02:00:00Z"];
    check("won unseen", &[LINE, JANUARY, opened, won], &few, &[SALE, "ana 2026-02-09 released 0"], &["1000", "1000", "1000"]);
    let wanted = [SALE, "ana 2026-02-09 refund -1000"];
    check("lost unseen", &[LINE, JANUARY, opened, lost], &few, &wanted, &["1000", "0", "0"]);
    // One that follows the other without a break goes on with it.
    let second = dispute("2026-02-05T09:00:00Z", "d2,o1,2026-02-05T09:00:00Z,,,20.00");
    let nights = ["2026-01-21T02:00:00Z", "2026-01-25T02:00:00Z", "2026-02-10T02:00:00Z"];
    check("a second one", &[LINE, JANUARY, opened, won, second], &nights, &[SALE, held], &["1000", "1000", "1000"]);
}

#[test]
fn a_bonus_belongs_to_the_end_of_its_period_and_what_is_taken_back_of_it_to_the_night() {
    let bonus = "percent = \"10\"\n[[commission.bonuses]]\nwhen = \"net_sales\"\nover = \"50\"\namount = \"25.00\"\n";
    let edits = [("percent = \"10\"\n", bonus)];
    let nights = ["2026-01-21T02:00:00Z", "2026-02-01T02:00:00Z"];
    let wanted = ["ana 2026-01-31 bonus 2500", SALE, "ana 2026-02-01 withdrawn -2500", "ana 2026-01-31 cancelled -1000"];
    check_with("a bonus", &edits, &[LINE, JANUARY, CANCELLED], &nights, &wanted, &["2500", "0", "0"]);
}
