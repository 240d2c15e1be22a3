payout-skipped-subject = { $program }: por qué no estás en este pago
payout-skipped-title = No estás en este pago
payout-skipped-below = Tienes { $amount } a tu favor. Pagamos a partir de { $minimum }; te faltan { $missing }. Sigue siendo tuyo y pasa al próximo pago.
payout-skipped-details = Tienes { $amount } a tu favor, pero no tenemos datos de pago con los que podamos pagártelo.
payout-skipped-details-to-do = Envíanos tus datos de pago. Lo que tienes se paga con el pago siguiente.
payout-skipped-tax = Tienes { $amount } a tu favor, pero falta un formulario fiscal tuyo.
payout-skipped-tax-to-do = Envíanos el formulario fiscal. Lo que tienes se paga con el pago siguiente.
payout-skipped-review = Tienes { $amount } a tu favor; lo estamos revisando antes de pagarlo. Te escribiremos si necesitamos algo.
