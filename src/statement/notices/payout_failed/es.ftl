payout-failed-subject = { $program }: ha fallado un pago de { $amount }
payout-failed-title = Ha fallado un pago para ti
payout-failed-lead = No se pudo hacer nuestro pago de { $amount }: tu banco o proveedor no lo aceptó.
payout-failed-returned = Nuestro pago de { $amount } nos fue devuelto el { $day }.
payout-failed-to-do = Comprueba si tus datos de pago son correctos y avísanos si han cambiado. No se pierde nada: el importe vuelve a estar a tu favor para el próximo pago.
