dispute-closed-subject = { $program }: the dispute of an order is over
dispute-closed-title = The dispute of an order is over
dispute-closed-won = The bank decided that the payment of the order of { $day } stands. What you earned by it stays yours.
dispute-closed-lost = The buyer of the order of { $day } got the money back. What you earned by it is taken back, as with a refund.
