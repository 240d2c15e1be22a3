//! A CSV file whose quotes are not in order is refused where it goes wrong: the rows between two of them were once taken for the
//! text of one cell, without a word.

use crate::support::Shop;

const NIGHT: &[&str] = &["run", "nightly", "--as-of", "2026-03-01T00:00:00Z"];

/// A small shop with other order lines than its own.
fn with_lines(rows: &[u8]) -> Shop {
    let shop = Shop::small();
    shop.write("order_lines.csv", [b"order_id,line_id,sku,category,quantity,net_amount\n", rows].concat());
    shop
}

#[test]
fn quotes_and_line_ends_that_are_not_in_order_are_refused_where_they_stand() {
    let missing = "begins with a quote, and after the next one more text follows";
    let stray = "has a quote inside a value that does not begin with one";
    let open = "begins with a quote, and the file ends before another one closes it";
    let lone = "holds a carriage return that no line feed follows";
    for (rows, place, told) in [
        // Two products measured in inches: the second quote closed the first, and the orders between were gone.
        (&b"o1,1,\"15 inch stand,,1,100.00\no2,1,A,,1,50.00\no3,1,\"17 inch stand,,1,100.00\n"[..], "row 2, sku", missing),
        (b"o1,1,A,,1,100.00\no2,1,\"B,,1,50.00\n", "row 3, sku", open),
        (b"o1,1,A,,1,100.00\no2,1,\"B", "row 3, sku", open),
        (b"o1,1,15\" stand,,1,100.00\n", "row 2, sku", stray),
        (b"o1,1, \"A\",,1,100.00\n", "row 2, sku", stray),
        (b"o1,1,\"A\" ,,1,100.00\n", "row 2, sku", missing),
        (b"o1,1,\"A\"B\",,1,100.00\n", "row 2, sku", missing),
        (b"o1,1,\"A\"\"\",,1,100.00\"\n", "row 2, net_amount", stray),
        (b"\"o1\"x,1,A,,1,100.00\n", "row 2, order_id", missing),
        // Rows are counted as a spreadsheet does: a line break inside quotes makes no row, an empty row is one.
        (b"o1,1,\"two\nlines\",,1,100.00\n\no2,1,B\",,1,50.00\n", "row 4, sku", stray),
        (b"o1,1,A,,1,100.00\ro2,1,B,,1,50.00\r", "row 2, net_amount", lone),
        (b"o1,1,A,,1,100.00\r", "row 2, net_amount", "ends in a carriage return without a line feed"),
        (b"o1,1,A,,1,100.00\r\r\n", "row 2, net_amount", lone),
        (b"o1,1,A,,1,100.00,\n", "row 2", "has 7 values where the header has 6"),
        (b"o1,1,A,,1\n", "row 2", "has 5 values where the header has 6"),
    ] {
        let shop = with_lines(rows);
        let done = shop.run(NIGHT);
        let wanted = format!("order_lines.csv {place}: {told}");
        assert!(!done.ok && done.err.contains(&wanted), "should say: {wanted}\nsays: {}", done.err);
        assert!(done.err.contains("nothing was posted"), "{}", done.err);
        let checked = shop.run(&["validate"]);
        assert!(!checked.ok && checked.err.contains(&wanted), "validate says the same: {}", checked.err);
    }
}

#[test]
fn a_header_is_read_as_strictly_and_what_is_no_csv_is_named() {
    for (bytes, told) in [
        (&b"order_id,\"line_id,sku,category,quantity,net_amount\no1,1,A,,1,1.00\n"[..], "row 1, value 2: begins with a quote"),
        (b"order_id;line_id;sku;category;quantity;net_amount\n", "row 1: its values are separated by semicolons"),
        (b"order_id\tline_id\tsku\tcategory\tquantity\tnet_amount\n", "row 1: its values are separated by tabs"),
        (b"\xff\xfeo\0r\0d\0", ": is text in UTF-16"),
        (b"PK\x03\x04\x14\0", ": is a workbook or an archive, whatever its name says"),
        (b"PAR1\x15", ": is a Parquet file"),
        (b"\n\n", ": the file is empty"),
    ] {
        let shop = Shop::small();
        shop.write("order_lines.csv", bytes);
        let done = shop.run(NIGHT);
        let wanted = format!("order_lines.csv{}{told}", if told.starts_with(':') { "" } else { " " });
        assert!(!done.ok && done.err.contains(&wanted), "should say: {wanted}\nsays: {}", done.err);
    }
}

/// Two empty rows before a bad amount in row 5 once made it row 3.
#[test]
fn rows_are_counted_as_a_spreadsheet_does() {
    for (rows, place) in [
        (&b"\n\no1,1,A,,1,1.005\n"[..], "row 4"),
        (b"o1,1,A,,1,1.00\n\r\n,,,,,\n\"\",,,,,\no2,1,A,,1,1.005\n", "row 6"),
        (b",,\no1,1,A,,1,1.005\n", "row 3"),
        (b"o1,1,\"A\n\nB\",,1,1.00\no2,1,A,,1,1.005\n", "row 3"),
        (b"\no1,1,A,,1,1.00\n\no2,1,A,,1,1.00\n\no3,1,A,,1,1.005\n", "row 7"),
    ] {
        let shop = with_lines(rows);
        for _ in 0..2 {
            // The second time the copy is there already.
            let done = shop.run(NIGHT);
            let wanted = format!("order_lines.csv {place}, net_amount: \"1.005\"");
            assert!(!done.ok && done.err.contains(&wanted), "should say: {wanted}\nsays: {}", done.err);
        }
    }
    let shop = with_lines(b"\n\no1,1,A,,1,100.00\n,,,,,\no2,1,A,,1,50.00\n");
    let plain = with_lines(b"o1,1,A,,1,100.00\no2,1,A,,1,50.00\n");
    for shop in [&shop, &plain] {
        shop.must(NIGHT);
    }
    assert_eq!(shop.exports(), plain.exports(), "empty rows are passed over");
}

/// Three orders that a spreadsheet wrote as `5.12345E+12` were once one order of another creator.
#[test]
fn ids_that_a_spreadsheet_rounded_are_refused() {
    for (file, from, to, place) in [
        ("orders.csv", "o1,", "5.12345E+12,", "orders.csv row 2, order_id"),
        ("order_lines.csv", "o1,1,", "5.12345E+12,1,", "order_lines.csv row 2, order_id"),
        ("order_lines.csv", "o1,1,", "o1,\"5,1E+12\",", "order_lines.csv row 2, line_id"),
        ("clicks.csv", "k1,", "5E+12,", "clicks.csv row 2, click_id"),
        ("fees.csv", "f1,", "5.1E+15,", "fees.csv row 2, fee_id"),
    ] {
        let shop = Shop::small();
        let text = shop.read(file);
        assert!(text.contains(from), "{file}: {text}");
        shop.write(file, text.replacen(from, to, 1));
        let done = shop.run(NIGHT);
        assert!(!done.ok && done.err.contains(place), "should name {place}: {}", done.err);
        assert!(done.err.contains("is a long number that a spreadsheet rounded"), "{}", done.err);
    }
}

/// A shop that writes nanoseconds was once refused.
#[test]
fn finer_digits_of_a_time_are_cut_off() {
    let plain = Shop::small();
    let fine = Shop::small();
    let text = fine.read("orders.csv");
    assert!(text.contains("T10:00:00Z"), "{text}");
    fine.write("orders.csv", text.replace("T10:00:00Z", "T10:00:00.000000999Z"));
    for shop in [&plain, &fine] {
        shop.must(NIGHT);
    }
    assert_eq!(fine.exports(), plain.exports());
}
