invited-subject = { $program } : bienvenue
invited-title = Bienvenue chez { $program }
invited-lead = Vous faites désormais partie de notre programme de créateurs. Les commandes passées avec vos liens et vos codes vous sont attribuées.
invited-monthly = Chaque mois, vous recevez un relevé de vos gains et de ce qui vous sera versé.
