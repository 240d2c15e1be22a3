payout-sent-subject = { $program }: { $amount } an dich ausgezahlt
payout-sent-title = { $amount } an dich ausgezahlt
payout-sent-lead = Wir haben dir am { $day } { $amount } gezahlt. Je nach Bank dauert es einige Tage, bis das Geld ankommt.
