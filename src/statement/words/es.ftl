# Lo que dicen los extractos en español.

month-1 = enero
month-2 = febrero
month-3 = marzo
month-4 = abril
month-5 = mayo
month-6 = junio
month-7 = julio
month-8 = agosto
month-9 = septiembre
month-10 = octubre
month-11 = noviembre
month-12 = diciembre
month-1-short = ene
month-2-short = feb
month-3-short = mar
month-4-short = abr
month-5-short = may
month-6-short = jun
month-7-short = jul
month-8-short = ago
month-9-short = sep
month-10-short = oct
month-11-short = nov
month-12-short = dic
month-year = { $month } de { $year }
day-first = 1
day = { $day } de { $month }
day-year = { $day } de { $month } de { $year }
day-month-first = { $day } de { $month }
day-year-month-first = { $day } de { $month } de { $year }
days = { $count ->
    [one] { $count } día
   *[other] { $count } días
}
hours = { $count ->
    [one] { $count } hora
   *[other] { $count } horas
}
minutes = { $count ->
    [one] { $count } minuto
   *[other] { $count } minutos
}

## What will be paid

subject-sent = { $program }: { $amount } en camino (extracto de { $month })
subject-approved = { $program }: { $amount } aprobados para el pago (extracto de { $month })
subject-approval = { $program }: { $amount } pendientes de aprobación (extracto de { $month })
subject-due = { $program }: { $amount } se pagarán el { $day } (extracto de { $month })
subject-due-open = { $program }: { $amount } se pagarán con el próximo pago (extracto de { $month })
subject-question = { $program }: se está revisando un pago de { $amount } (extracto de { $month })
subject-below = { $program }: { $amount } hasta ahora, se paga a partir de { $minimum } (extracto de { $month })
subject-hold = { $program }: { $amount } retenidos, todavía sin pago (extracto de { $month })
subject-paused = { $program }: { $amount } en pausa (extracto de { $month })
subject-nothing = { $program }: esta vez no hay pago (extracto de { $month })
subject-closed = { $program }: tu extracto de { $month }, saldo { $amount }
subject-preview = Vista previa: { $subject }
subject-test = Prueba: { $subject }
title = Tu extracto de { $month }
preview = Vista previa. Este mes aún no está cerrado: las cifras pueden cambiar y no se ha enviado nada.
paid-sent = van en camino
paid-approved = aprobados para el pago
paid-approval = pendientes de aprobación
paid-due = se pagarán el { $day }
paid-due-open = se pagarán con el próximo pago
paid-question = se están revisando
paid-below = aún por debajo del mínimo
paid-paused = en pausa
paid-nothing = se pagan esta vez
paid-closed = al final del mes
note-sent = Está en el pago { $batch }.
note-approval = Está en el pago { $batch }, que se realiza en cuanto se apruebe.
note-due = Ya pasó el plazo de devolución. Lo que se reembolse antes del pago se descontará.
note-question = Parece que un pago no llegó. Se pagará de nuevo en cuanto se confirme.
note-below = Los importes inferiores a { $minimum } pasan al próximo pago. Te faltan { $less }.
note-paused-review = Tus pagos están en pausa mientras se revisa algo.
note-paused-tax_form = Tus pagos están en pausa porque falta un formulario fiscal.
note-paused-details = Tus pagos están en pausa porque tus datos de pago faltan o no se pueden usar.
note-hold = Lo que ganaste aún está en plazo de devolución; abajo verás cuándo se puede pagar.
owing = Los reembolsos superan tu saldo en { $amount }. Se descuenta de lo próximo que ganes; no tienes que pagarlo.
paid-to = A { $account }
on-hold = Retenido, por si se devuelven pedidos
hold-payout = Pago del { $day }
hold-later = Más adelante
hold-ends-on = el plazo de devolución termina el { $day }
hold-ends = los plazos de devolución terminan del { $first } al { $last }
hold-disputed = Cuando el banco decida sobre un pago en disputa
hold-unknown = Hasta que termine el plazo de devolución de cada pedido

## How it came about

came-about = Cómo ha cambiado tu saldo
balance-on = Saldo el { $day }
commission = Comisión por pedidos
taken-back = Comisión retirada
bonuses = Bonificaciones
flat-fees = Honorarios fijos
adjustments = Ajustes
less-paid = Menos lo pagado
stood = De esto, { $parts }.
stood-hold = { $amount } retenidos
stood-available = { $amount } disponibles para el pago
stood-debt = { $amount } por compensar con lo próximo que ganes
stood-payout = { $amount } en un pago

## What sold

chart = Los últimos meses
chart-sales = Ventas
chart-commission = Comisión
chart-note = Según el mes del pedido, menos lo reembolsado desde entonces.
sales-in = Tus ventas de { $month }
median = Mediana del programa
figure-clicks = Clics en tus enlaces
figure-orders = Pedidos atribuidos a ti
figure-link-orders = de ellos, por tus enlaces
figure-conversion = Conversión (pedidos por clic)
figure-net-sales = Ventas tras reembolsos
figure-average-order = Pedido medio
figure-per-click = Ganado por clic
figure-refunded = Pedidos reembolsados
best-sources = Mejores enlaces y códigos
best-products = Mejores productos
column-campaign = Campaña
column-clicks = Clics
column-orders = Pedidos
column-sales = Ventas
column-commission = Comisión
column-taken-back = Retirada
column-bonuses = Bonos
column-total = Total
more = y { $count } más
more-attached = { $count ->
    [one] y { $count } más en el archivo adjunto
   *[other] y { $count } más en el archivo adjunto
}
by-campaign = Por campaña
no-campaign = Sin campaña
total = Total
source-link = Enlace { $name }
source-some-link = Tu enlace
source-code = Código { $name }
source-place = { $place } · { $link }
source-lock = Clientes que vuelven
source-credit = Atribuido manualmente
source-others = Otros lugares
tier = Tu nivel
tier-sales = { $shown } de ventas
tier-orders = { $count ->
    [one] { $shown } pedido
   *[other] { $shown } pedidos
}
tier-reached = Con { $progress } en { $period } ganas el { $percent }.
tier-reached-ever = Con { $progress } hasta ahora ganas el { $percent }.
tier-next = { $missing } más, y lo que pase de ahí gana el { $percent }.
tier-next-retroactive = { $missing } más, y todo el período gana el { $percent }.
tier-anew = El { $day } se empieza a contar de nuevo.

## Lines

transactions = Cada línea de { $month }
corrections = Correcciones de meses anteriores
corrections-note = Pertenecen a meses anteriores, pero se registraron después de enviar sus extractos. Están incluidas arriba.
corrections-total = Total de correcciones
group-orders = Pedidos
group-bonuses = Bonificaciones
group-fees = Honorarios fijos
group-adjustments = Ajustes
group-payouts = Pagado a ti
sale = { $source }, { $day }: { $what }
order = pedido { $id }
on-day = { $what } el { $day }
rate-of = { $rate } de { $base }
rate-of-rest = ahora { $rate } de { $base }
rate-none = sin tarifa
rate-per-order = { $amount } por pedido
rate-tiers = { $percents } según nivel
campaign = campaña { $name }
given-for = atribuido manualmente: { $why }
bonus-new-customer = Cliente nuevo, { $day }
bonus-net-sales = Bonificación por ventas de { $period }: más de { $over }
fee = { $name }, { $day }
adjustment = Ajuste, { $day }
write-off = Saldo negativo condonado, { $day }
opening = Saldo traspasado, { $day }
payout = Pagado el { $day } ({ $batch })
payout-returned = Pago devuelto el { $day } ({ $batch })
converted = { $amount } al cambio de { $rate } ({ $source })
reason-sale = Venta
reason-bonus = Bonificación
reason-fee = Honorario
reason-refund = Reembolso
reason-cancelled = Pedido cancelado
reason-progress = Nivel o tope ajustado
reason-fee-changed = Honorario modificado
reason-exchange-changed = Tipo de cambio modificado
reason-order-changed = Pedido modificado
reason-reattributed = Atribuido a otra persona
reason-reinstated = Contado de nuevo
reason-withdrawn = Revertido
reason-restated = Condiciones o titular corregidos
reason-released = Fin de la retención
reason-held-again = Retenido de nuevo
reason-vanished = El pedido ya no está en los datos de la tienda
reason-reserved = En un pago
reason-rejected = Pago rechazado
reason-failed = Pago fallido
reason-settled = Pagado
reason-returned = Pago devuelto
reason-voided = Pago anulado
reason-adjusted = Ajuste
reason-written-off = Condonado
reason-taken-over = Traspasado

## Terms

terms-on = Tus condiciones el { $day }
terms-changes = Cambios en tus condiciones
terms-none = ninguna
terms-rates = Comisión
terms-window = Los clics cuentan
terms-window-is = { $span } ({ $model })
terms-last-click = cuenta el último clic
terms-first-click = cuenta el primer clic
terms-linear = comparten todos los creadores cuyos enlaces recibieron clics
terms-lock = Los clientes siguen siendo tuyos
terms-hold = Retención
terms-hold-is = { $span } desde el pedido
terms-clawback = Los reembolsos cuentan
terms-clawback-is = { $span } desde el pedido
terms-minimum = Pago mínimo
terms-cap-order = Máximo por pedido
terms-cap-month = Máximo por mes
terms-new-customers = clientes nuevos
terms-returning-customers = clientes que vuelven
terms-tier-sales = { $percent } desde { $from }
terms-tier-orders = { $percent } desde { $from } pedidos
terms-changed = { $what }: { $now } (antes: { $was }).
terms-begins = Desde el { $day }: { $rate }.
terms-begins-until = Del { $day } al { $last }: { $rate }.
terms-ends = Ya no desde el { $day }: { $rate }.

## Around it

help-write = ¿Preguntas? Escribe a { $whom }.
help-page = ¿Preguntas? Mira { $whom }.
help-reply = ¿Preguntas? Responde a este correo.
attached = El archivo adjunto tiene cada línea, con su número de pedido y de asiento.
amounts-in = Importes en { $currency }.
issued = Emitido el { $day }, { $time }.
as-of = A fecha de { $day }, { $time }.
reference = Referencia { $reference }

## The document

document-number = Extracto número { $number }
document-creator = Creador { $creator }
document-period = { $first } a { $last }
document-page = Página { $page } de { $pages }
document-entry = asiento { $entry }
