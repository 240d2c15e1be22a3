notice-account = Account
notice-amount = Amount
notice-payout = Payout
notice-to-do = What to do
notice-greeting = Hello { $name },
