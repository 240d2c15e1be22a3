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
            Self::Nacha => 9_999_999_999,
            Self::Pain001 => 99_999_999_999,
            // BACS takes twenty million pounds.
            Self::Bacs => 2_000_000_000,
            // Their pages know what each account may send.
            Self::Paypal | Self::Wise => 99_999_999_999,
        }
    }

    /// The most that a file carries together, in minor units: its totals have so many digits.
    pub fn most_together(self) -> i64 {
        match self {
            Self::Nacha => 999_999_999_999,
            // Its contra payment is one payment.
            Self::Bacs => 99_999_999_999,
            Self::Pain001 | Self::Paypal | Self::Wise => i64::MAX,
        }
    }
}
