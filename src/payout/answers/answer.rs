/// What became of a payment.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// Nothing final yet.
    Open,
    /// It was made.
    Paid,
    /// It was refused, or came back: the bank's code for why.
    Failed(String),
}

/// What a file says of one payment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// What it is called at the bank.
    pub payment_id: String,
    /// What became of it.
    pub outcome: Outcome,
    /// Its amount as the file writes it, in major units; none where it says none.
    pub amount: Option<String>,
    /// Where in the file.
    pub place: String,
}

/// All that a file says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answers {
    /// Of single payments.
    pub answers: Vec<Answer>,
    /// What it says besides, and somebody has to look at.
    pub besides: Vec<String>,
}
