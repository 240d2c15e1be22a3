payout-skipped-subject = { $program }: warum du bei dieser Auszahlung nicht dabei bist
payout-skipped-title = Du bist bei dieser Auszahlung nicht dabei
payout-skipped-below = Du hast { $amount } gut. Wir zahlen ab { $minimum } aus; es fehlen noch { $missing }. Der Betrag bleibt dir und kommt zur nächsten Auszahlung dazu.
payout-skipped-details = Du hast { $amount } gut, aber uns fehlen Zahlungsdaten, mit denen wir auszahlen können.
payout-skipped-details-to-do = Bitte schick uns deine Zahlungsdaten. Dein Guthaben wird mit der Auszahlung danach gezahlt.
payout-skipped-tax = Du hast { $amount } gut, aber ein Steuerformular von dir fehlt.
payout-skipped-tax-to-do = Bitte schick uns das Steuerformular. Dein Guthaben wird mit der Auszahlung danach gezahlt.
payout-skipped-review = Du hast { $amount } gut. Wir prüfen das, bevor wir auszahlen, und melden uns, wenn wir etwas von dir brauchen.
