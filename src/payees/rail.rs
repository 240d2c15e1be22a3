use crate::money::BankText;
use crate::vocabulary::coded;

coded! {
    /// By which way a payee is paid.
    pub enum Rail {
        /// The clearing house of the United States.
        Ach = "ach",
        /// A credit transfer in euros.
        Sepa = "sepa",
        /// The clearing house of the United Kingdom.
        Bacs = "bacs",
        /// A PayPal account.
        Paypal = "paypal",
        /// A bank account by way of Wise.
        Wise = "wise",
    }
}

impl Rail {
    /// The one currency that it carries; none if it carries several.
    pub fn currency(self) -> Option<&'static str> {
        match self {
            Self::Ach => Some("USD"),
            Self::Sepa => Some("EUR"),
            Self::Bacs => Some("GBP"),
            Self::Paypal | Self::Wise => None,
        }
    }

    /// The characters that it carries.
    pub fn characters(self) -> BankText {
        match self {
            Self::Ach => BankText::Ach,
            Self::Sepa => BankText::Sepa,
            Self::Bacs => BankText::Bacs,
            Self::Paypal | Self::Wise => BankText::Any,
        }
    }

    /// How many characters of a name it carries.
    pub fn name_length(self) -> usize {
        match self {
            Self::Ach => 22,
            Self::Bacs => 18,
            Self::Sepa => 70,
            Self::Paypal | Self::Wise => 140,
        }
    }
}
