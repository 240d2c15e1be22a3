use super::Overflow;

/// How an exact quotient becomes minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Rounding {
    /// To the nearest; a tie to the even neighbor.
    #[default]
    HalfEven,
    /// To the nearest; a tie away from zero.
    HalfUp,
    /// Towards zero.
    Down,
}

impl Rounding {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::HalfEven, Self::HalfUp, Self::Down];

    /// As it is written.
    pub fn name(self) -> &'static str {
        match self {
            Self::HalfEven => "half_even",
            Self::HalfUp => "half_up",
            Self::Down => "down",
        }
    }

    /// `numerator / denominator` as an integer. The denominator is positive.
    pub fn divide(self, numerator: i128, denominator: i128) -> i128 {
        assert!(denominator > 0, "a quotient is taken over a positive denominator");
        let quotient = numerator / denominator;
        let remainder = (numerator % denominator).unsigned_abs();
        let away = if numerator < 0 { -1 } else { 1 };
        let denominator = denominator.unsigned_abs();
        let rest = denominator - remainder;
        let up = match self {
            Self::Down => false,
            Self::HalfUp => remainder >= rest,
            Self::HalfEven => remainder > rest || (remainder == rest && quotient % 2 != 0),
        };
        if up { quotient + away } else { quotient }
    }

    /// As [`Rounding::divide`], brought back to minor units.
    pub fn divide_to_minor(self, numerator: i128, denominator: i128) -> Result<i64, Overflow> {
        i64::try_from(self.divide(numerator, denominator)).map_err(|_| Overflow)
    }
}
