details-changed-subject = { $program }: your payment details were changed
details-changed-title = Your payment details were changed
details-changed-lead = From now on, we will pay you to { $account }.
details-changed-to-do = If you did not ask for this, tell us at once, before the next payout.
