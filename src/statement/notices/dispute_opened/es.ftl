dispute-opened-subject = { $program }: hay una disputa sobre un pedido tuyo
dispute-opened-title = Hay una disputa sobre un pedido tuyo
dispute-opened-lead = El comprador disputa el pago de un pedido del { $day } que se te atribuyó. Hasta que el banco decida, lo que ganaste con él queda retenido.
