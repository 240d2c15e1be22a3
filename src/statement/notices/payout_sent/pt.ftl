payout-sent-subject = { $program }: pagamos { $amount } a você
payout-sent-title = Pagamos { $amount } a você
payout-sent-lead = Pagamos { $amount } a você em { $day }. Dependendo do seu banco, pode levar alguns dias para chegar.
