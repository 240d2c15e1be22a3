invited-subject = { $program }: willkommen
invited-title = Willkommen bei { $program }
invited-lead = Du gehörst jetzt zu unserem Creator-Programm. Bestellungen über deine Links und Codes werden dir gutgeschrieben.
invited-monthly = Jeden Monat bekommst du eine Abrechnung: was du verdient hast und was ausgezahlt wird.
