payout-skipped-subject = { $program }: why you are not in this payout
payout-skipped-title = You are not in this payout
payout-skipped-below = You have { $amount } available, below the minimum payout of { $minimum }: you are { $missing } short. It is carried over to the next payout.
payout-skipped-details = You have { $amount } available, but we have no payment details to pay it to.
payout-skipped-details-to-do = Please send us your payment details. You will be paid with the next payout after that.
payout-skipped-tax = You have { $amount } available, but we are missing a tax form from you.
payout-skipped-tax-to-do = Please send us the tax form. You will be paid with the next payout after that.
payout-skipped-review = You have { $amount } available. We are checking something before we pay it, and will get in touch if we need anything from you.
