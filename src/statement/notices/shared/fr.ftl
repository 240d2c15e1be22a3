notice-account = Compte
notice-amount = Montant
notice-payout = Versement
notice-to-do = Que faire
notice-greeting = Bonjour { $name },
