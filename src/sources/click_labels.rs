//! What a click tells beside whose link it was, for reports: campaign parameters, the page, where it came from. Nothing is paid by it.

use super::query::decoded;

/// The parameters of campaigns, in the order of the table's columns.
const UTM: [&str; 5] = ["utm_source", "utm_medium", "utm_campaign", "utm_content", "utm_term"];

/// No label is longer (characters): an address may be as long as somebody likes.
const LONGEST: usize = 300;

/// The optional columns of a click.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct ClickLabels {
    /// By the names of [`UTM`].
    pub utm: [String; 5],
    /// Where it was clicked, as the source writes it.
    pub country: String,
    /// The page, without its query: that may hold what is nobody's business.
    pub landing_page: String,
    /// Where it came from, as the source knows it: a name, or a host.
    pub platform: String,
}

impl ClickLabels {
    /// What the address of a page says.
    pub(super) fn of_page(address: &str) -> Self {
        let (page, query) = address.split_once('?').unwrap_or((address, ""));
        let page = page.split('#').next().unwrap_or_default();
        let mut labels = Self { landing_page: page.to_owned(), ..Self::default() };
        for (key, value) in query.split('#').next().unwrap_or_default().split('&').filter_map(|pair| pair.split_once('=')) {
            let place = UTM.iter().position(|name| *name == key);
            if let Some(known) = place.map(|place| &mut labels.utm[place]).filter(|known| known.is_empty()) {
                *known = decoded(value);
            }
        }
        labels
    }

    /// With what the source has of campaigns, where the address does not say.
    pub(super) fn or_utm(mut self, known: [Option<&str>; 5]) -> Self {
        for (own, known) in self.utm.iter_mut().zip(known).filter(|(own, _)| own.is_empty()) {
            *own = known.unwrap_or_default().to_owned();
        }
        self
    }

    /// The values, in the order of the table's columns.
    pub(super) fn values(self) -> [String; 8] {
        let Self { utm: [source, medium, campaign, content, term], country, landing_page, platform } = self;
        [source, medium, campaign, content, term, country, landing_page, platform].map(|text| match text.trim() {
            trimmed if trimmed.len() == text.len() && text.len() <= LONGEST => text,
            trimmed => trimmed.chars().take(LONGEST).collect(),
        })
    }
}

/// The host of a page's address, of the page that led here: `l.instagram.com`; empty where it is none.
pub(super) fn host_of(address: &str) -> &str {
    let rest = address.split_once("://").map_or("", |(_, rest)| rest);
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    host.rsplit('@').next().unwrap_or_default()
}
