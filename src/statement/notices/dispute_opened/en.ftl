dispute-opened-subject = { $program }: an order of yours is disputed
dispute-opened-title = An order of yours is disputed
dispute-opened-lead = The buyer disputes the payment of an order of { $day } that was credited to you. Until the bank has decided, what you earned by it is on hold.
