payout-failed-subject = { $program }: eine Zahlung von { $amount } an dich ist gescheitert
payout-failed-title = Eine Zahlung an dich ist gescheitert
payout-failed-lead = Unsere Zahlung von { $amount } kam nicht zustande: Deine Bank oder dein Anbieter hat sie nicht angenommen.
payout-failed-returned = Unsere Zahlung von { $amount } ist am { $day } zu uns zurückgekommen.
payout-failed-to-do = Bitte prüfe, ob deine Zahlungsdaten stimmen, und sag uns, wenn sie sich geändert haben. Nichts ist verloren: Der Betrag steht wieder auf deinem Konto bei uns, für die nächste Auszahlung.
