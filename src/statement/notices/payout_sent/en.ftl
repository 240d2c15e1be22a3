payout-sent-subject = { $program }: { $amount } was paid to you
payout-sent-title = { $amount } was paid to you
payout-sent-lead = We paid you { $amount } on { $day }. Depending on your bank, it takes a few days to arrive.
