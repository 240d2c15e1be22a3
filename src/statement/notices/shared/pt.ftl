notice-account = Conta
notice-amount = Valor
notice-payout = Pagamento
notice-to-do = O que fazer
notice-greeting = Olá, { $name },
