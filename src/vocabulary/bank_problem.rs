use super::coded::coded;

coded! {
    /// What is the matter with something that a bank says: it fits no payment, or says something else than the ledger, and nothing
    /// followed from it.
    pub enum BankProblem {
        /// It is about a payment that is none of ours.
        UnknownPayment = "unknown_payment",
        /// It names another amount than was ordered.
        OtherAmount = "other_amount",
        /// It contradicts what the ledger says became of the payment.
        OtherState = "other_state",
        /// The bank has other details of the payee: a notification of change.
        OtherDetails = "other_details",
        /// What it took could not be booked.
        OtherCharge = "other_charge",
        /// What it says is in the account could not be noted.
        OtherBalance = "other_balance",
        /// It is about payments, and names none.
        NoPayment = "no_payment",
    }
}

impl BankProblem {
    /// What is the matter, as people read it.
    pub fn words(self) -> &'static str {
        match self {
            Self::UnknownPayment => "the bank answers for an unknown payment",
            Self::OtherAmount => "the bank names another amount",
            Self::OtherState => "the bank contradicts the ledger",
            Self::OtherDetails => "the bank has other payment details",
            Self::OtherCharge => "a charge was not booked",
            Self::OtherBalance => "a balance was not noted",
            Self::NoPayment => "the bank names no payment",
        }
    }

    /// What to do about it.
    pub fn remedy(self) -> &'static str {
        match self {
            Self::UnknownPayment => {
                "Find the payment in the files that were exported: of another program, or before a backup was restored. If it is in none, ask the \
                 bank."
            }
            Self::OtherAmount => {
                "Compare the bank's booking with the payment file, and ask the bank. Nothing was booked: settle the batch by hand."
            }
            Self::OtherState => "Ask the bank what became of the payment, before anything more is paid to this creator.",
            Self::OtherDetails => "Correct the payee where payees are kept, within six banking days.",
            Self::OtherCharge => "Book it in your own accounts.",
            Self::OtherBalance => "Enter what is in the account by hand: purser funds AMOUNT.",
            Self::NoPayment => {
                "Ask the bank which payments it means. Void the batch if all of them failed, or name the creators when you settle it."
            }
        }
    }
}
