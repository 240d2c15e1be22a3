payout-skipped-subject = { $program }: por que você não está neste pagamento
payout-skipped-title = Você não está neste pagamento
payout-skipped-below = Você tem { $amount } a seu crédito. Pagamos a partir de { $minimum }; faltam { $missing }. O valor continua seu e passa para o próximo pagamento.
payout-skipped-details = Você tem { $amount } a seu crédito, mas não temos dados de pagamento para pagar.
payout-skipped-details-to-do = Envie seus dados de pagamento. O que você tem será pago no pagamento seguinte.
payout-skipped-tax = Você tem { $amount } a seu crédito, mas falta um formulário fiscal seu.
payout-skipped-tax-to-do = Envie o formulário fiscal. O que você tem será pago no pagamento seguinte.
payout-skipped-review = Você tem { $amount } a seu crédito; estamos verificando antes de pagar. Entramos em contato se precisarmos de algo.
