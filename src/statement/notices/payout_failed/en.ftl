payout-failed-subject = { $program }: a payment of { $amount } to you failed
payout-failed-title = A payment to you failed
payout-failed-lead = Our payment of { $amount } was not made: your bank or provider did not take it.
payout-failed-returned = Our payment of { $amount } came back to us on { $day }.
payout-failed-to-do = Please check whether your payment details are right, and tell us if they have changed. Nothing is lost: the amount will be included in the next payout.
