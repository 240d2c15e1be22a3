//! Numbers of bank accounts and of banks: whether they can be right, and how they are shown.

/// Countries with an IBAN, and how long theirs is.
const IBAN_LENGTHS: &[(&str, usize)] = &[
    ("AD", 24),
    ("AE", 23),
    ("AL", 28),
    ("AT", 20),
    ("AZ", 28),
    ("BA", 20),
    ("BE", 16),
    ("BG", 22),
    ("BH", 22),
    ("BI", 27),
    ("BR", 29),
    ("BY", 28),
    ("CH", 21),
    ("CR", 22),
    ("CY", 28),
    ("CZ", 24),
    ("DE", 22),
    ("DJ", 27),
    ("DK", 18),
    ("DO", 28),
    ("EE", 20),
    ("EG", 29),
    ("ES", 24),
    ("FI", 18),
    ("FK", 18),
    ("FO", 18),
    ("FR", 27),
    ("GB", 22),
    ("GE", 22),
    ("GI", 23),
    ("GL", 18),
    ("GR", 27),
    ("GT", 28),
    ("HN", 28),
    ("HR", 21),
    ("HU", 28),
    ("IE", 22),
    ("IL", 23),
    ("IQ", 23),
    ("IS", 26),
    ("IT", 27),
    ("JO", 30),
    ("KW", 30),
    ("KZ", 20),
    ("LB", 28),
    ("LC", 32),
    ("LI", 21),
    ("LT", 20),
    ("LU", 20),
    ("LV", 21),
    ("LY", 25),
    ("MC", 27),
    ("MD", 24),
    ("ME", 22),
    ("MK", 19),
    ("MN", 20),
    ("MR", 27),
    ("MT", 31),
    ("MU", 30),
    ("NI", 28),
    ("NL", 18),
    ("NO", 15),
    ("OM", 23),
    ("PK", 24),
    ("PL", 28),
    ("PS", 29),
    ("PT", 25),
    ("QA", 29),
    ("RO", 24),
    ("RS", 22),
    ("RU", 33),
    ("SA", 24),
    ("SC", 31),
    ("SD", 18),
    ("SE", 24),
    ("SI", 19),
    ("SK", 24),
    ("SM", 27),
    ("SO", 23),
    ("ST", 25),
    ("SV", 28),
    ("TL", 23),
    ("TN", 24),
    ("TR", 26),
    ("UA", 29),
    ("VA", 22),
    ("VG", 24),
    ("XK", 20),
    ("YE", 30),
];

/// Countries whose banks take SEPA credit transfers.
const SEPA: &[&str] = &[
    "AD", "AL", "AT", "BE", "BG", "CH", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GB", "GI", "GR", "HR", "HU", "IE", "IS",
    "IT", "LI", "LT", "LU", "LV", "MC", "MD", "ME", "MK", "MT", "NL", "NO", "PL", "PT", "RO", "RS", "SE", "SI", "SK", "SM", "VA",
];

/// What is left of a number that people wrote with spaces and hyphens, in capitals.
fn packed(text: &str, and: &[char]) -> String {
    text.chars().filter(|c| !c.is_whitespace() && !and.contains(c)).map(|c| c.to_ascii_uppercase()).collect()
}

/// An IBAN without spaces.
///
/// # Errors
///
/// What is wrong with it: its country, its length there, its characters or its checksum (ISO 7064, mod 97-10). The message does
/// not hold it.
pub fn iban(text: &str) -> Result<String, String> {
    let iban = packed(text, &[]);
    if !iban.is_ascii() || !iban.bytes().all(|byte| byte.is_ascii_alphanumeric()) || iban.len() < 5 {
        return Err("is no IBAN: that is letters and digits, such as DE89 3704 0044 0532 0130 00".to_owned());
    }
    let country = &iban[..2];
    let Some((_, length)) = IBAN_LENGTHS.iter().find(|(code, _)| *code == country) else {
        return Err("is no IBAN: it does not begin with a country that has them".to_owned());
    };
    if iban.len() != *length {
        return Err(format!("has {} characters; an IBAN of {country} has {length}", iban.len()));
    }
    let moved = iban.bytes().skip(4).chain(iban.bytes().take(4));
    let rest = moved.fold(0u32, |rest, byte| match byte {
        b'0'..=b'9' => (rest * 10 + u32::from(byte - b'0')) % 97,
        _ => (rest * 100 + u32::from(byte - b'A') + 10) % 97,
    });
    let digits_stand_right = iban[2..4].bytes().all(|byte| byte.is_ascii_digit());
    if rest != 1 || !digits_stand_right {
        return Err("has a wrong check sum, so a digit is wrong or two are swapped".to_owned());
    }
    Ok(iban)
}

/// Whether a SEPA credit transfer can go to this IBAN.
pub fn is_in_sepa(iban: &str) -> bool {
    iban.get(..2).is_some_and(|country| SEPA.contains(&country))
}

/// A BIC, in capitals: 8 or 11 letters and digits.
///
/// # Errors
///
/// When it has another form.
pub fn bic(text: &str) -> Result<String, String> {
    let bic = packed(text, &[]);
    let letters = bic.bytes().take(6).all(|byte| byte.is_ascii_uppercase());
    let rest = bic.bytes().skip(6).all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
    if matches!(bic.len(), 8 | 11) && letters && rest { Ok(bic) } else { Err("is no BIC such as COBADEFF500".to_owned()) }
}

/// The routing number of a bank in the United States (ABA): nine digits.
///
/// # Errors
///
/// When it has another form, or a wrong check digit.
pub fn aba(text: &str) -> Result<String, String> {
    let aba = digits(text, 9, "a routing number")?;
    let sum: u32 = aba.bytes().zip([3, 7, 1].into_iter().cycle()).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
    if sum == 0 || !sum.is_multiple_of(10) {
        return Err("has a wrong check digit, so a digit is wrong or two are swapped".to_owned());
    }
    Ok(aba)
}

/// A number of so many digits, without spaces and hyphens. `what` it is called.
///
/// # Errors
///
/// When it has another form.
pub fn digits(text: &str, count: usize, what: &str) -> Result<String, String> {
    let number = packed(text, &['-']);
    if number.len() == count && number.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(number);
    }
    Err(format!("is not {what}: that has {count} digits"))
}

/// An account number at a bank in the United States: up to 17 letters and digits.
///
/// # Errors
///
/// When it has another form.
pub fn us_account(text: &str) -> Result<String, String> {
    let account = packed(text, &['-']);
    let is_sound = (4..=17).contains(&account.len()) && account.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if is_sound { Ok(account) } else { Err("is not an account number: that has 4 to 17 letters and digits".to_owned()) }
}

/// An email address, by its shape.
///
/// # Errors
///
/// When it has another shape.
pub fn email(text: &str) -> Result<String, String> {
    let email = text.trim();
    let is_word = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b".-_+'".contains(&b));
    let is_sound = email.split_once('@').is_some_and(|(name, domain)| {
        let labels = || domain.split('.');
        let begins_well = name.starts_with(|c: char| c.is_ascii_alphanumeric());
        is_word(name)
            && begins_well
            && labels().count() > 1
            && labels().all(|label| is_word(label) && !label.contains(['+', '\'', '_']))
    });
    if is_sound { Ok(email.to_owned()) } else { Err("is no email address".to_owned()) }
}

/// How an account is shown: enough to tell it from others, too little to use it. `DE89…3000`, `…6789`, `a…@example.com`.
pub fn masked(account: &str) -> String {
    let account = account.trim();
    if let Some((name, domain)) = account.rsplit_once('@') {
        let first = name.chars().next().map(String::from).unwrap_or_default();
        return format!("{first}…@{domain}");
    }
    let letters: Vec<char> = account.chars().filter(|c| !c.is_whitespace()).collect();
    let is_iban = letters.len() >= 15 && letters.iter().take(2).all(char::is_ascii_alphabetic);
    let (begin, end) = if is_iban { (4, 4) } else { (0, if letters.len() >= 8 { 4 } else { 2 }) };
    let tail: String = letters.iter().skip(letters.len().saturating_sub(end)).collect();
    let head: String = letters.iter().take(begin).collect();
    if letters.len() <= end { "…".to_owned() } else { format!("{head}…{tail}") }
}

/// A text for a message that may hold an account by mistake: masked if it has many digits or is an email.
pub fn careful(text: &str) -> String {
    let digits = text.chars().filter(|c| c.is_numeric()).count();
    if digits > 4 || text.contains('@') { masked(text) } else { text.to_owned() }
}
