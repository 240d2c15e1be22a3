//! Amounts, rates, roundings and splits.

use crate::money::{AmountError, Currency, Money, Rate, Rounding, format_minor, parse_minor, split_equally, split_in_proportion};

fn currency(code: &str) -> Currency {
    Currency::parse(code).expect("a currency")
}

#[test]
fn amounts_have_the_currencys_decimals() {
    for (text, code, minor) in [
        ("12.5", "USD", 1250),
        ("12.50000", "USD", 1250),
        ("-0.05", "USD", -5),
        ("0", "USD", 0),
        ("-0", "USD", 0),
        ("007", "JPY", 7),
        ("7.000", "JPY", 7),
        ("1.234", "KWD", 1234),
        ("100000000000.00", "USD", 10_000_000_000_000),
    ] {
        assert_eq!(parse_minor(text, currency(code)), Ok(minor), "{text} {code}");
    }
    for text in ["", "1.", ".5", "+1", "1e3", "1,5", " 1", "1 ", "--1", "0x1", "١", "1.2.3", "-"] {
        assert_eq!(parse_minor(text, currency("USD")), Err(AmountError::NotANumber), "{text:?}");
    }
    assert!(matches!(parse_minor("1.005", currency("USD")), Err(AmountError::TooManyDecimals { .. })));
    assert!(matches!(parse_minor("1.5", currency("JPY")), Err(AmountError::TooManyDecimals { .. })));
    assert_eq!(parse_minor("12345678901234567890", currency("USD")), Err(AmountError::TooLarge));
    assert_eq!(parse_minor("100000000000.01", currency("USD")), Err(AmountError::TooLarge));
}

#[test]
fn amounts_are_written_with_exactly_their_decimals() {
    for (minor, exponent, text) in [
        (0, 2, "0.00"),
        (5, 2, "0.05"),
        (-5, 2, "-0.05"),
        (-12345, 3, "-12.345"),
        (7, 0, "7"),
        (i64::MIN, 2, "-92233720368547758.08"),
    ] {
        assert_eq!(format_minor(minor, exponent), text);
    }
    assert_eq!(Money::from_minor(305, currency("USD")).to_string(), "3.05 USD");
}

#[test]
fn a_sum_out_of_range_is_an_error() {
    let most = Money::from_minor(i64::MAX, currency("USD"));
    assert!(most.checked_add(Money::from_minor(1, currency("USD"))).is_err());
}

#[test]
fn each_rounding_is_exact() {
    for (numerator, denominator, even, up, down) in [
        (5, 10, 0, 1, 0),
        (15, 10, 2, 2, 1),
        (25, 10, 2, 3, 2),
        (-25, 10, -2, -3, -2),
        (-15, 10, -2, -2, -1),
        (26, 10, 3, 3, 2),
        (24, 10, 2, 2, 2),
        (1, 3, 0, 0, 0),
        (2, 3, 1, 1, 0),
    ] {
        assert_eq!(Rounding::HalfEven.divide(numerator, denominator), even, "half even of {numerator}/{denominator}");
        assert_eq!(Rounding::HalfUp.divide(numerator, denominator), up, "half up of {numerator}/{denominator}");
        assert_eq!(Rounding::Down.divide(numerator, denominator), down, "down of {numerator}/{denominator}");
    }
}

/// 2.05 % of 130.00 is 2.665: in binary floating point it comes out below, and half up loses the cent.
#[test]
fn percents_are_decimals() {
    let rate: Rate = "2.05".parse().expect("a rate");
    assert_eq!(rate.percent_of(13000, Rounding::HalfUp), Ok(267));
    assert_eq!(rate.percent_of(13000, Rounding::HalfEven), Ok(266));
    assert_eq!(rate.percent_of(13000, Rounding::Down), Ok(266));
    for text in ["", "1.", "x", "-1", "12345678901", "0.1234567890123"] {
        assert!(text.parse::<Rate>().is_err(), "{text:?}");
    }
}

#[test]
fn conversion_knows_both_currencies_decimals() {
    let rate: Rate = "0.0065".parse().expect("a rate");
    // 1,000 yen are 6.50 dollars.
    assert_eq!(rate.convert(1000, currency("JPY"), currency("USD")), Ok(650));
    let rate: Rate = "3.25".parse().expect("a rate");
    // 1.234 dinars are 4.0105 dollars; half even makes 4.01.
    assert_eq!(rate.convert(1234, currency("KWD"), currency("USD")), Ok(401));
    let rate: Rate = "150.5".parse().expect("a rate");
    assert_eq!(rate.convert(101, currency("USD"), currency("JPY")), Ok(152));
}

#[test]
fn splits_add_up_and_are_fair() {
    assert_eq!(split_equally(100, 3), [34, 33, 33]);
    assert_eq!(split_equally(-100, 3), [-34, -33, -33]);
    assert_eq!(split_equally(2, 3), [1, 1, 0]);
    assert_eq!(split_in_proportion(100, &[1, 1, 4]), [17, 17, 66]);
    assert_eq!(split_in_proportion(10, &[0, 3, 3]), [0, 5, 5]);
    assert_eq!(split_in_proportion(0, &[0, 0]), [0, 0]);
    // Whatever is split, the parts add up, none is more than a unit off, and none with more weight gets less.
    let mut state = 7u64;
    let mut next = move |below: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    for _ in 0..20_000 {
        let weights: Vec<i64> = (0..1 + next(7)).map(|_| next(50) as i64).collect();
        let sum: i64 = weights.iter().sum();
        let total = next(100_000) as i64;
        if sum == 0 {
            continue;
        }
        let parts = split_in_proportion(total, &weights);
        assert_eq!(parts.iter().sum::<i64>(), total);
        for (part, weight) in parts.iter().zip(&weights) {
            let exact = i128::from(total) * i128::from(*weight);
            assert!((i128::from(*part) * i128::from(sum) - exact).abs() < i128::from(sum), "{total} over {weights:?}: {parts:?}");
        }
    }
}
