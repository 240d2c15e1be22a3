//! Sales and commission over the last months, as bars made of table cells: pictures are blocked by many mail programs, and say
//! nothing to who cannot see them.

use super::layout::row;
use super::pen::{Amount, Pen};
use crate::calendar::Month;
use crate::statement::figures::MonthFigures;

/// How long the longest bar of plain text is.
const TEXT_BAR: i64 = 18;

/// The chart. A page shows bars in percent of the longest.
pub(in crate::statement) struct Chart {
    pub bars: Vec<Bars>,
}

/// One month.
pub(in crate::statement) struct Bars {
    pub month: String,
    pub sales: Amount,
    pub commission: Amount,
    /// From 0 to 100.
    pub sales_width: i64,
    pub commission_width: i64,
    text_bar: usize,
}

impl Chart {
    /// None where there is nothing to compare.
    pub(in crate::statement) fn of(months: &[MonthFigures], pen: Pen) -> Option<Self> {
        // Months before the first sale are no bad months.
        let begun: Vec<&MonthFigures> = months.iter().skip_while(|month| month.net_sales <= 0 && month.commission <= 0).collect();
        if begun.len() < 2 {
            return None;
        }
        let most = |of: fn(&MonthFigures) -> i64| begun.iter().map(|month| of(month)).max().unwrap_or(0).max(1);
        let (most_sales, most_commission) = (most(|month| month.net_sales), most(|month| month.commission));
        let bars = |month: &&MonthFigures| Bars {
            month: Month::parse(&month.month).map_or_else(|| month.month.clone(), |month| pen.words.short_month(month)),
            sales: pen.amount(month.net_sales),
            commission: pen.amount(month.commission),
            sales_width: share(month.net_sales, most_sales, 100),
            commission_width: share(month.commission, most_commission, 100),
            text_bar: usize::try_from(share(month.net_sales, most_sales, TEXT_BAR)).unwrap_or(0),
        };
        Some(Self { bars: begun.iter().map(bars).collect() })
    }

    /// The header of plain text.
    pub(in crate::statement) fn heading(&self, sales: String, commission: String) -> String {
        row(&["", "", &sales, &commission], &[6, 22, 22, 22])
    }
}

impl Bars {
    pub(in crate::statement) fn text(&self) -> String {
        let bar = format!("{:<18}", "█".repeat(self.text_bar));
        row(&[&self.month, &bar, self.sales.text(), self.commission.text()], &[6, 22, 22, 22])
    }
}

/// A part of `most`, in parts of `whole`; what is there at all is seen.
fn share(part: i64, most: i64, whole: i64) -> i64 {
    if part <= 0 {
        return 0;
    }
    let share = i128::from(part) * i128::from(whole) / i128::from(most.max(1));
    i64::try_from(share).unwrap_or(whole).clamp(1, whole)
}
