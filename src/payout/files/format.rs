use crate::payees::Rail;
use crate::vocabulary::coded;

coded! {
    /// What kind of payment file.
    pub enum FileFormat {
        /// NACHA: ACH credits in the United States.
        Nacha = "nacha",
        /// ISO 20022 pain.001: SEPA credit transfers.
        Pain001 = "pain001",
        /// BACS Standard 18.
        Bacs = "bacs",
        /// The table that PayPal's page for payouts takes.
        Paypal = "paypal",
        /// The table that Wise's page for batches takes.
        Wise = "wise",
    }
}

impl FileFormat {
    /// Whom it pays.
    pub fn rail(self) -> Rail {
        match self {
            Self::Nacha => Rail::Ach,
            Self::Pain001 => Rail::Sepa,
            Self::Bacs => Rail::Bacs,
            Self::Paypal => Rail::Paypal,
            Self::Wise => Rail::Wise,
        }
    }

    /// The format that pays by this rail.
    pub fn of(rail: Rail) -> Self {
        match rail {
            Rail::Ach => Self::Nacha,
            Rail::Sepa => Self::Pain001,
            Rail::Bacs => Self::Bacs,
            Rail::Paypal => Self::Paypal,
            Rail::Wise => Self::Wise,
        }
    }

    /// How many payments a file holds at most: what its taker allows, or what this program takes for safe everywhere.
    pub fn most_payments(self) -> usize {
        match self {
            Self::Nacha | Self::Pain001 | Self::Bacs => 10_000,
            Self::Paypal => 5_000,
            Self::Wise => 1_000,
        }
    }

    /// The most that one payment carries, in minor units of two decimals.
    pub fn most_each(self) -> i64 {
        match self {
            // Ten digits.
            Self::Nacha => 99_999_999_99,
            Self::Pain001 => 999_999_999_99,
            // BACS takes twenty million pounds.
            Self::Bacs => 20_000_000_00,
            // A payment by PayPal's table is at most 60,000 of most currencies; the page says so of each.
            Self::Paypal | Self::Wise => 999_999_999_99,
        }
    }

    /// The most that a file carries together, in minor units: its totals have so many digits.
    pub fn most_together(self) -> i64 {
        match self {
            Self::Nacha => 9_999_999_999_99,
            // Its contra payment is one payment.
            Self::Bacs => 999_999_999_99,
            Self::Pain001 | Self::Paypal | Self::Wise => i64::MAX,
        }
    }
}
