payout-sent-subject = { $program } : { $amount } vous ont été versés
payout-sent-title = { $amount } vous ont été versés
payout-sent-lead = Nous vous avons versé { $amount } le { $day }. Selon votre banque, l’arrivée peut prendre quelques jours.
