//! Tables and sheets as workbooks, which `openpyxl` writes here as spreadsheets do.

use std::process::Stdio;

use crate::support::{Shop, tool};

/// Writes a workbook by a few lines of Python, in which `book` is the workbook and `sheet` its first sheet.
fn write(shop: &Shop, name: &str, lines: &str) {
    let script = format!(
        "import sys, csv, datetime\nfrom openpyxl import Workbook\nbook = Workbook()\nsheet = book.active\n{lines}\nbook.save(sys.argv[1])\n"
    );
    let done =
        tool("python3").arg("-c").arg(&script).arg(shop.path(name)).current_dir(shop.folder.path()).stdin(Stdio::null()).output();
    let done = done.expect("tests/tools has installed Python");
    assert!(done.status.success(), "{lines}: {}", String::from_utf8_lossy(&done.stderr));
}

/// Puts every table into a workbook: amounts as numbers, the rest as text.
const TABLE: &str = "for number, row in enumerate(csv.reader(open(TABLE))):\n    \
                     sheet.append([float(v) if number and v.replace('.', '').isdigit() else v for v in row])";

#[test]
fn tables_in_workbooks_are_what_they_would_be_as_csv() {
    let local = Shop::small();
    let shop = Shop::small();
    for table in ["orders", "order_lines", "refunds", "clicks", "creators", "links", "codes", "fees"] {
        write(&shop, &format!("{table}.xlsx"), &TABLE.replace("TABLE", &format!("'{table}.csv'")));
        shop.write(
            "shop.toml",
            shop.read("shop.toml").replace(&format!("{table} = \"{table}.csv\""), &format!("{table} = \"{table}.xlsx\"")),
        );
    }
    // A sheet before that is hidden, and rows that are empty; dates are days.
    let fx = "sheet.append(['date', 'from', 'to', 'rate'])\nsheet.append([])\nsheet.append([datetime.date(2026, 1, 1), 'EUR', 'USD', 1.1])\n\
              book.create_sheet('notes', 0).sheet_state = 'hidden'\nbook.create_sheet('more')";
    write(&shop, "fx.xlsx", fx);
    shop.write("shop.toml", shop.read("shop.toml").replace("fx.csv", "fx.xlsx"));
    for shop in [&local, &shop] {
        shop.must(&["run", "nightly", "--as-of", "2026-03-01T02:00:00Z"]);
    }
    assert_eq!(shop.exports(), local.exports());
    assert_eq!(shop.must(&["explain", "o1"]).replace("xlsx", "csv"), local.must(&["explain", "o1"]));
    let said = shop.run(&["validate"]);
    assert!(said.ok && said.err.contains("fx.xlsx: reads the sheet Sheet of notes, Sheet, more"), "{}", said.err);
    shop.must(&["check"]);
}

#[test]
fn what_a_workbook_does_not_hold_exactly_is_refused_with_its_cell() {
    let head = "sheet.append(['fee_id', 'creator_id', 'amount', 'due_on', 'memo'])\n";
    for (row, wanted) in [
        (
            "['f1', 'cho', 1 / 3, '2026-01-15', '']",
            "fees.xlsx row 2, column C: holds 0.3333333333333333, which the sheet computed",
        ),
        ("[1234567890123456789, 'cho', 15, '2026-01-15', '']", "row 2, column A: holds a number of more than 15 digits"),
        ("['f1', 'cho', '=1+1', '2026-01-15', '']", "row 2, column C: holds a formula without its value"),
        ("['f1', 'cho', 15, datetime.timedelta(hours=3), '']", "row 2, column D: holds a span of time or a clock time"),
        (
            "['f1', 'cho', 15, datetime.datetime(2026, 1, 15, 12, 0, 0), '']",
            "row 2, due_on: \"2026-01-15T12:00:00\" is not a date",
        ),
        ("['f1', 'cho', '#REF!', '2026-01-15', '']", "row 2, column C: holds the error #REF!"),
        ("['f1', 'cho', 15.005, '2026-01-15', '']", "row 2, amount: \"15.005\" has more than the 2 decimals of USD"),
        ("['f1', 'cho', 15, '2026-01-15', '', 'more']", "fees.xlsx row 2: has 6 values where the header has 5"),
    ] {
        let shop = Shop::small();
        let more = if wanted.contains("#REF!") { "\nsheet['C2'].data_type = 'e'" } else { "" };
        write(&shop, "fees.xlsx", &format!("{head}sheet.append({row}){more}"));
        shop.write("shop.toml", shop.read("shop.toml").replace("fees.csv", "fees.xlsx"));
        let refused = shop.run(&["run", "nightly", "--as-of", "2026-03-01T02:00:00Z"]);
        assert!(!refused.ok && refused.err.contains(wanted), "{row}: {}", refused.err);
    }
    let shop = Shop::small();
    shop.write("fees.xlsx", "no workbook");
    shop.write("shop.toml", shop.read("shop.toml").replace("fees.csv", "fees.xlsx"));
    let refused = shop.run(&["validate"]);
    assert!(!refused.ok && refused.err.contains("fees.xlsx cannot be read as a workbook"), "{}", refused.err);
    // Renamed, it is still named for what it is.
    write(&shop, "fees.csv", head);
    shop.write("shop.toml", shop.read("shop.toml").replace("fees.xlsx", "fees.csv"));
    let refused = shop.run(&["validate"]);
    assert!(
        !refused.ok && refused.err.contains("fees.csv: is a workbook or an archive, whatever its name says"),
        "{}",
        refused.err
    );
}

#[test]
fn a_sheet_of_creators_is_read_from_a_workbook() {
    let local = Shop::small();
    local.must(&["run", "nightly", "--as-of", "2026-03-01T02:00:00Z"]);
    let lines = "sheet.title = 'Rules'\nsheet.append(['read me'])\npeople = book.create_sheet('People')\n\
                 people.append(['Name', 'Handle', 'Email', 'Code', 'Commission', 'Link', 'Start date', 'Status'])\n\
                 people.append(['Ana', '@ana', 'ana@example.com', 'ANA', 0.1, 'https://shop.example/?ref=lana', datetime.date(2026, 1, 5), 'Active'])\n\
                 people.append(['Ben', '@ben', 'ben@example.com', 'BEN', 'TBD', 'lben', datetime.date(2026, 1, 1), None])\n\
                 people.append(['Cho', 'cho', 'cho@example.com', None, None, None, None, 'Approved'])\n\
                 people['E2'].number_format = '0.0%'\nEPOCH";
    for epoch in ["", "from openpyxl.utils.datetime import CALENDAR_MAC_1904\nbook.epoch = CALENDAR_MAC_1904"] {
        let shop = Shop::small();
        write(&shop, "people.xlsx", &lines.replace("EPOCH", epoch));
        let source = "[sources.people]\nkind = \"creator_sheet\"\npath = \"people.xlsx\"\nsheet = \"People\"\n[attribution]";
        let mut program = shop.read("shop.toml").replace("[attribution]", source);
        for table in ["creators", "links", "codes"] {
            program = program.replace(&format!("{table} = \"{table}.csv\"\n"), "");
        }
        shop.write("shop.toml", &program);
        shop.must(&["run", "nightly", "--as-of", "2026-03-01T02:00:00Z"]);
        assert_eq!(shop.must(&["export", "balances"]), local.must(&["export", "balances"]), "{epoch}");
        shop.write("shop.toml", program.replace("sheet = \"People\"", "sheet = \"Persons\""));
        let refused = shop.run(&["validate"]);
        assert!(
            !refused.ok && refused.err.contains("people.xlsx has no sheet \"Persons\"; it has Rules, People"),
            "{}",
            refused.err
        );
        // Without its form a share of one is not known to be a percentage.
        write(&shop, "people.xlsx", &lines.replace("'0.0%'", "'0.0'").replace("EPOCH", epoch));
        shop.write("shop.toml", &program);
        let refused = shop.run(&["validate"]);
        assert!(!refused.ok && refused.err.contains("Commission: \"0.1\" is no percentage such as 12%"), "{}", refused.err);
        write(&shop, "people.xlsx", &format!("{}\npeople.merge_cells('B2:B3')", lines.replace("EPOCH", epoch)));
        let refused = shop.run(&["validate"]);
        assert!(refused.err.contains("cells of the sheet People are merged, the first of them B2:B3"), "{}", refused.err);
        assert!(!refused.ok && refused.err.contains("people.xlsx row 3, Handle: is empty"), "{}", refused.err);
    }
}

/// Tables that share a workbook are told apart by their sheets; a row that is hidden counts.
#[test]
fn each_table_may_be_a_sheet_of_one_workbook() {
    let plain = Shop::small();
    let shop = Shop::small();
    let sheets = ["creators", "links", "codes"];
    let lines: Vec<String> = sheets
        .iter()
        .map(|table| {
            let fill = TABLE.replace("TABLE", &format!("'{table}.csv'"));
            format!("sheet = book.create_sheet('The {table}')\n{fill}\nsheet.row_dimensions[2].hidden = True")
        })
        .collect();
    write(&shop, "people.xlsx", &lines.join("\n"));
    let mut program = shop.read("shop.toml");
    for table in sheets {
        program = program.replace(&format!("{table} = \"{table}.csv\"\n"), "");
        program += &format!(
            "\n[sources.of_{table}]\nkind = \"workbook\"\npath = \"people.xlsx\"\ntable = \"{table}\"\nsheet = \"The {table}\"\n"
        );
    }
    shop.write("shop.toml", &program);
    for shop in [&plain, &shop] {
        shop.must(&["run", "nightly", "--as-of", "2026-03-01T02:00:00Z"]);
    }
    assert_eq!(shop.exports(), plain.exports());
    for (old, new, said) in [
        (
            "The codes\"",
            "The kodes\"",
            "people.xlsx has no sheet \"The kodes\"; it has Sheet, The creators, The links, The codes",
        ),
        ("table = \"codes\"", "table = \"kodes\"", "is none of the tables orders"),
        (
            "path = \"people.xlsx\"\ntable = \"codes\"",
            "path = \"codes.csv\"\ntable = \"codes\"",
            "a workbook with sheets ends in .xlsx",
        ),
        ("sheet = \"The codes\"\n", "", "needs `sheet`"),
    ] {
        shop.write("shop.toml", program.replace(old, new));
        let done = shop.run(&["validate"]);
        assert!(!done.ok && done.err.contains(said), "{said}: {}", done.err);
    }
}
