use serde::{Deserialize, Serialize};

/// What people call what a line is about. What is not known is empty.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Label {
    /// The link that was clicked.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub link: String,
    /// Where it was placed.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub sub_id: String,
    /// What was sold: its title, else its sku; of a fee, what it is for.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub title: String,
    /// The local day of the order (days since 1970).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ordered_on: Option<i32>,
    /// Why a person gave the order to the creator.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub given_for: String,
}
