dispute-closed-subject = { $program }: die Anfechtung einer Bestellung ist entschieden
dispute-closed-title = Die Anfechtung einer Bestellung ist entschieden
dispute-closed-won = Die Bank hat entschieden, dass die Zahlung der Bestellung vom { $day } gilt. Was du damit verdient hast, bleibt dir.
dispute-closed-lost = Der Käufer der Bestellung vom { $day } hat sein Geld zurückbekommen. Was du damit verdient hast, wird wie bei einer Erstattung zurückgenommen.
