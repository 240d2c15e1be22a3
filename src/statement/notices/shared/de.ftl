notice-account = Konto
notice-amount = Betrag
notice-payout = Auszahlung
notice-to-do = Was zu tun ist
notice-greeting = Hallo { $name },
