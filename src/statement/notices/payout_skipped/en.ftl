payout-skipped-subject = { $program }: why you are not in this payout
payout-skipped-title = You are not in this payout
payout-skipped-below = You have { $amount } to your credit. We pay from { $minimum } on; you are { $missing } away. It stays yours, and is carried over to the next payout.
payout-skipped-details = You have { $amount } to your credit, but we have no payment details by which we can pay it.
payout-skipped-details-to-do = Please send us your payment details. What you have is paid with the payout after that.
payout-skipped-tax = You have { $amount } to your credit, but a tax form of yours is missing.
payout-skipped-tax-to-do = Please send us the tax form. What you have is paid with the payout after that.
payout-skipped-review = You have { $amount } to your credit, which we are looking into before we pay it. We get in touch if we need anything from you.
