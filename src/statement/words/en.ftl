# What statements say in English. Each language has a file with the same messages and variables; numbers, days and amounts come
# written. "Less paid to you" stands in a sum: it is taken off.

month-1 = January
month-2 = February
month-3 = March
month-4 = April
month-5 = May
month-6 = June
month-7 = July
month-8 = August
month-9 = September
month-10 = October
month-11 = November
month-12 = December
month-1-short = Jan
month-2-short = Feb
month-3-short = Mar
month-4-short = Apr
month-5-short = May
month-6-short = Jun
month-7-short = Jul
month-8-short = Aug
month-9-short = Sep
month-10-short = Oct
month-11-short = Nov
month-12-short = Dec
month-year = { $month } { $year }
day-first = 1
day = { $day } { $month }
day-year = { $day } { $month } { $year }
day-month-first = { $month } { $day }
day-year-month-first = { $month } { $day }, { $year }
days = { $count ->
    [one] { $count } day
   *[other] { $count } days
}
hours = { $count ->
    [one] { $count } hour
   *[other] { $count } hours
}
minutes = { $count ->
    [one] { $count } minute
   *[other] { $count } minutes
}

## What will be paid

subject-sent = { $program }: { $amount } is on its way to you ({ $month } statement)
subject-approved = { $program }: { $amount } approved for payment ({ $month } statement)
subject-approval = { $program }: { $amount } awaiting approval ({ $month } statement)
subject-due = { $program }: { $amount } will be paid on { $day } ({ $month } statement)
subject-due-open = { $program }: { $amount } will be paid with the next payout ({ $month } statement)
subject-question = { $program }: a payment of { $amount } is being checked ({ $month } statement)
subject-below = { $program }: { $amount } so far, below the { $minimum } minimum payout ({ $month } statement)
subject-hold = { $program }: { $amount } on hold, nothing to be paid yet ({ $month } statement)
subject-paused = { $program }: { $amount } on hold ({ $month } statement)
subject-nothing = { $program }: nothing to be paid this time ({ $month } statement)
subject-closed = { $program }: your { $month } statement, balance { $amount }
subject-preview = Preview: { $subject }
subject-test = Test: { $subject }
title = Your { $month } statement
preview = Preview. Statements for this month have not been issued yet: figures may still change.
paid-sent = is on its way to you
paid-approved = has been approved for payment
paid-approval = awaits approval
paid-due = will be paid on { $day }
paid-due-open = will be paid with the next payout
paid-question = is being checked
paid-below = is below the minimum payout
paid-paused = is on hold
paid-nothing = to be paid this time
paid-closed = at the end of the month
note-sent = It is in payout { $batch }.
note-approval = It is in payout { $batch }, which is paid once it has been approved.
note-due = The return period is over. Anything refunded before the payout will be deducted.
note-question = A payment to you seems to have failed. It is paid again as soon as that is confirmed.
note-below = Amounts below { $minimum } are carried over to the next payout. You are { $less } away.
note-paused-review = Payments to you are on hold while something is being checked.
note-paused-tax_form = Payments to you are on hold because a tax form is missing.
note-paused-details = Payments to you are on hold because your payment details are missing or cannot be used.
note-hold = What you earned is still within its return period; see below when it can be paid.
owing = Refunds exceeded your balance by { $amount }. This will be deducted from future earnings; you do not have to pay it.
paid-to = To { $account }
on-hold = On hold, in case orders are returned
hold-payout = Payout of { $day }
hold-later = Later
hold-ends-on = return period ends on { $day }
hold-ends = return periods end from { $first } to { $last }
hold-disputed = When the bank has decided a disputed payment
hold-unknown = Until the return period of each order ends

## How it came about

came-about = How your balance changed
balance-on = Balance on { $day }
commission = Commission on orders
taken-back = Commission taken back
bonuses = Bonuses
flat-fees = Flat fees
adjustments = Adjustments
less-paid = Less paid to you
stood = Of this: { $parts }.
stood-hold = { $amount } on hold
stood-available = { $amount } available for payout
stood-debt = { $amount } to be recovered from future earnings
stood-payout = { $amount } in a payout

## What sold

chart = Recent months
chart-sales = Sales
chart-commission = Commission
chart-note = By order month, net of later refunds.
sales-in = Your sales in { $month }
median = Program's median
figure-clicks = Clicks on your links
figure-orders = Orders credited to you
figure-link-orders = of these through your links
figure-conversion = Conversion (link orders per click)
figure-net-sales = Sales after refunds
figure-average-order = Average order
figure-per-click = Earned per click
figure-refunded = Orders refunded
best-sources = Best links and codes
best-products = Best products
column-campaign = Campaign
column-clicks = Clicks
column-orders = Orders
column-sales = Sales
column-commission = Commission
column-taken-back = Taken back
column-bonuses = Bonuses
column-total = Total
more = and { $count } more
more-attached = { $count ->
    [one] and { $count } more in the attached file
   *[other] and { $count } more in the attached file
}
by-campaign = By campaign
no-campaign = Without a campaign
total = Total
source-link = Link { $name }
source-some-link = Your link
source-code = Code { $name }
source-place = { $place } · { $link }
source-lock = Returning customers
source-credit = Credited manually
source-others = Other places
tier = Your tier
tier-sales = { $shown } of sales
tier-orders = { $count ->
    [one] { $shown } order
   *[other] { $shown } orders
}
tier-reached = With { $progress } in { $period }, you earn { $percent }.
tier-reached-ever = With { $progress } so far, you earn { $percent }.
tier-next = { $missing } more, and anything above that earns { $percent }.
tier-next-retroactive = { $missing } more, and the whole period earns { $percent }.
tier-anew = Resets on { $day }.

## Lines

transactions = Every line of { $month }
corrections = Corrections to earlier months
corrections-note = These belong to earlier months, but were recorded after those statements were sent. They are included above.
corrections-total = Total corrections
group-orders = Orders
group-bonuses = Bonuses
group-fees = Flat fees
group-adjustments = Adjustments
group-payouts = Paid to you
sale = { $source }, { $day }: { $what }
order = order { $id }
on-day = { $what } on { $day }
rate-of = { $rate } of { $base }
rate-of-rest = now { $rate } of { $base }
rate-none = no rate
rate-per-order = { $amount } for each order
rate-tiers = { $percents } by tier
campaign = campaign { $name }
given-for = credited manually: { $why }
bonus-new-customer = New customer, { $day }
bonus-net-sales = Sales bonus for { $period }: over { $over }
fee = { $name }, { $day }
adjustment = Adjustment, { $day }
write-off = Negative balance written off, { $day }
opening = Balance brought forward, { $day }
payout = Paid on { $day } ({ $batch })
payout-returned = Payment came back on { $day } ({ $batch })
converted = { $amount } at a rate of { $rate } ({ $source })
reason-sale = Sale
reason-bonus = Bonus
reason-fee = Fee
reason-refund = Refund
reason-cancelled = Order cancelled
reason-progress = Tier or cap adjusted
reason-fee-changed = Fee changed
reason-exchange-changed = Exchange rate changed
reason-order-changed = Order changed
reason-reattributed = Credit went to somebody else
reason-reinstated = Counted again
reason-withdrawn = Reversed
reason-restated = Terms or owner corrected
reason-released = Hold ended
reason-held-again = Put back on hold
reason-vanished = Order no longer in the shop's data
reason-reserved = In a payout
reason-rejected = Payout rejected
reason-failed = Payment failed
reason-settled = Paid
reason-returned = Payment came back
reason-voided = Payout voided
reason-adjusted = Adjustment
reason-written-off = Written off
reason-taken-over = Brought forward

## Terms

terms-on = Your terms on { $day }
terms-changes = Changes to your terms
terms-none = none
terms-rates = Commission
terms-window = Clicks count for
terms-window-is = { $span } ({ $model })
terms-last-click = the last click gets credit
terms-first-click = the first click gets credit
terms-linear = all creators whose links were clicked share the credit
terms-lock = Customers stay yours for
terms-hold = On hold for
terms-hold-is = { $span } after the order
terms-clawback = Refunds count for
terms-clawback-is = { $span } after the order
terms-minimum = Minimum payout
terms-cap-order = Maximum per order
terms-cap-month = Maximum per month
terms-new-customers = new customers
terms-returning-customers = returning customers
terms-tier-sales = { $percent } beyond { $from }
terms-tier-orders = { $percent } beyond { $from } orders
terms-changed = { $what }: { $now } (before: { $was }).
terms-begins = From { $day }: { $rate }.
terms-begins-until = From { $day } to { $last }: { $rate }.
terms-ends = Ends before { $day }: { $rate }.

## Around it

help-write = Questions? Write to { $whom }.
help-page = Questions? See { $whom }.
help-reply = Questions? Reply to this email.
attached = The attached file lists every line, with its order and entry number.
amounts-in = Amounts in { $currency }.
issued = Issued on { $day }, { $time }.
as-of = As of { $day }, { $time }.
reference = Reference { $reference }

## The document

document-number = Statement number { $number }
document-creator = Creator { $creator }
document-period = { $first } to { $last }
document-page = Page { $page } of { $pages }
document-entry = entry { $entry }
