dispute-opened-subject = { $program }: eine deiner Bestellungen wird angefochten
dispute-opened-title = Eine deiner Bestellungen wird angefochten
dispute-opened-lead = Der Käufer ficht die Zahlung einer Bestellung vom { $day } an, die dir gutgeschrieben war. Bis die Bank entschieden hat, wird zurückgehalten, was du damit verdient hast.
