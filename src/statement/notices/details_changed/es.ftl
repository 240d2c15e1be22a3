details-changed-subject = { $program }: han cambiado tus datos de pago
details-changed-title = Han cambiado tus datos de pago
details-changed-lead = A partir de ahora te pagamos en { $account }.
details-changed-to-do = Si no lo has pedido tú, avísanos enseguida, antes del próximo pago.
