dispute-closed-subject = { $program }: ha terminado la disputa de un pedido
dispute-closed-title = Ha terminado la disputa de un pedido
dispute-closed-won = El banco ha decidido que el pago del pedido del { $day } se mantiene. Lo que ganaste con él sigue siendo tuyo.
dispute-closed-lost = El comprador del pedido del { $day } ha recuperado su dinero. Lo que ganaste con él se descuenta, como con un reembolso.
