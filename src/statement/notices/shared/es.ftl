notice-account = Cuenta
notice-amount = Importe
notice-payout = Pago
notice-to-do = Qué hacer
notice-greeting = Hola, { $name }:
