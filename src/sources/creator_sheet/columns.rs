//! What the columns of a sheet are, by their headers.

/// What purser looks for in a sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    Id,
    Name,
    Email,
    Code,
    Percent,
    Link,
    Group,
    Campaign,
    From,
    Until,
    Status,
    Locale,
}

/// The headers by which each is known, in lower case and without signs; the first that a sheet has counts.
const HEADERS: [(Meaning, &str, &[&str]); 12] = [
    (Meaning::Id, "the creator's id", &["creator id", "id", "handle", "username", "user name", "instagram", "tiktok", "account"]),
    (Meaning::Name, "the name", &["name", "full name", "creator name", "creator", "influencer", "partner", "affiliate"]),
    (Meaning::Email, "the email", &["email", "e mail", "mail", "email address", "e mail address"]),
    (Meaning::Code, "the code", &["code", "discount code", "promo code", "coupon", "coupon code", "voucher"]),
    (
        Meaning::Percent,
        "the percentage",
        &["commission", "commission rate", "rate", "percent", "percentage", "commission percent"],
    ),
    (Meaning::Link, "the link", &["link", "ref link", "referral link", "affiliate link", "tracking link", "link key", "url"]),
    (Meaning::Group, "the group", &["group", "tier", "creator group"]),
    (Meaning::Campaign, "the campaign", &["campaign"]),
    (Meaning::From, "the first day", &["start date", "start", "active from", "from", "joined", "since"]),
    (Meaning::Until, "the end", &["end date", "end", "active until", "until", "left"]),
    (Meaning::Status, "the status", &["status", "state", "active"]),
    (Meaning::Locale, "the language", &["locale"]),
];

/// The columns of a sheet that are understood.
pub(super) struct Columns {
    /// What each is, and its header.
    known: Vec<(Meaning, &'static str, String)>,
    /// The others' headers.
    others: Vec<String>,
}

impl Columns {
    /// By the header of a sheet.
    pub(super) fn of(header: &[String]) -> Result<Self, String> {
        let plain = |name: &str| {
            let words: String = name.chars().map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
            words.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ")
        };
        let find = |names: &[&str]| names.iter().find_map(|name| header.iter().find(|header| plain(header) == *name));
        let known: Vec<(Meaning, &'static str, String)> =
            HEADERS.iter().filter_map(|(meaning, told, names)| Some((*meaning, *told, find(names)?.clone()))).collect();
        let has = |wanted| known.iter().any(|(meaning, ..)| *meaning == wanted);
        if !has(Meaning::Id) {
            let wanted = HEADERS[0].2.join(", ");
            return Err(format!(
                "no column says who a creator is; name one of them {wanted}. The header is {}",
                header.join(",")
            ));
        }
        if !has(Meaning::Code) && !has(Meaning::Link) {
            return Err(format!("no column holds a code or a link. The header is {}", header.join(",")));
        }
        let is_other = |name: &&String| !name.is_empty() && known.iter().all(|(.., known)| known != *name);
        let others = header.iter().filter(is_other).cloned().collect();
        Ok(Self { known, others })
    }

    /// The headers of those that are understood.
    pub(super) fn names(&self) -> Vec<&str> {
        self.known.iter().map(|(.., name)| name.as_str()).collect()
    }

    /// What they are, with their headers.
    pub(super) fn each(&self) -> impl Iterator<Item = (Meaning, &str)> {
        self.known.iter().map(|(meaning, _, name)| (*meaning, name.as_str()))
    }

    /// What was understood, as a sentence.
    pub(super) fn told(&self) -> String {
        let read: Vec<String> = self.known.iter().map(|(_, told, name)| format!("{told} from `{name}`")).collect();
        match self.others.as_slice() {
            [] => format!("reads {}", read.join(", ")),
            others => format!("reads {}; leaves out `{}`", read.join(", "), others.join("`, `")),
        }
    }
}
