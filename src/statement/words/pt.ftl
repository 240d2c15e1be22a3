# O que dizem os extratos em português.

month-1 = janeiro
month-2 = fevereiro
month-3 = março
month-4 = abril
month-5 = maio
month-6 = junho
month-7 = julho
month-8 = agosto
month-9 = setembro
month-10 = outubro
month-11 = novembro
month-12 = dezembro
month-1-short = jan
month-2-short = fev
month-3-short = mar
month-4-short = abr
month-5-short = mai
month-6-short = jun
month-7-short = jul
month-8-short = ago
month-9-short = set
month-10-short = out
month-11-short = nov
month-12-short = dez
month-year = { $month } de { $year }
day-first = 1
day = { $day } de { $month }
day-year = { $day } de { $month } de { $year }
day-month-first = { $day } de { $month }
day-year-month-first = { $day } de { $month } de { $year }
days = { $count ->
    [one] { $count } dia
   *[other] { $count } dias
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

subject-sent = { $program }: { $amount } a caminho (extrato de { $month })
subject-approved = { $program }: { $amount } aprovados para pagamento (extrato de { $month })
subject-approval = { $program }: { $amount } aguardando aprovação (extrato de { $month })
subject-due = { $program }: { $amount } serão pagos em { $day } (extrato de { $month })
subject-due-open = { $program }: { $amount } serão pagos com o próximo pagamento (extrato de { $month })
subject-question = { $program }: um pagamento de { $amount } está sendo verificado (extrato de { $month })
subject-below = { $program }: { $amount } até agora, pago a partir de { $minimum } (extrato de { $month })
subject-hold = { $program }: { $amount } retidos, ainda sem pagamento (extrato de { $month })
subject-paused = { $program }: { $amount } suspensos (extrato de { $month })
subject-nothing = { $program }: desta vez não há pagamento (extrato de { $month })
subject-closed = { $program }: seu extrato de { $month }, saldo { $amount }
subject-preview = Prévia: { $subject }
subject-test = Teste: { $subject }
title = Seu extrato de { $month }
preview = Prévia. Este mês ainda não foi fechado: os números podem mudar e nada foi enviado.
paid-sent = a caminho
paid-approved = aprovados para pagamento
paid-approval = aguardando aprovação
paid-due = serão pagos em { $day }
paid-due-open = serão pagos com o próximo pagamento
paid-question = em verificação
paid-below = ainda abaixo do mínimo
paid-paused = suspensos
paid-nothing = a pagar desta vez
paid-closed = no fim do mês
note-sent = Está no pagamento { $batch }.
note-approval = Está no pagamento { $batch }, que é feito assim que for aprovado.
note-due = O prazo de devolução já passou. O que for reembolsado antes do pagamento será descontado.
note-question = Um pagamento parece não ter chegado. Será pago de novo assim que isso for confirmado.
note-below = Valores abaixo de { $minimum } passam para o próximo pagamento. Faltam { $less }.
note-paused-review = Seus pagamentos estão suspensos enquanto algo é verificado.
note-paused-tax_form = Seus pagamentos estão suspensos porque falta um formulário fiscal.
note-paused-details = Seus pagamentos estão suspensos porque os seus dados de pagamento faltam ou não podem ser usados.
note-hold = O que você ganhou ainda está no prazo de devolução; veja abaixo quando pode ser pago.
owing = Os reembolsos retiraram { $amount } a mais do que o seu crédito. Isso é descontado dos próximos ganhos; você não precisa pagar.
paid-to = Para { $account }
on-hold = Retido, caso pedidos sejam devolvidos
hold-payout = Pagamento de { $day }
hold-later = Mais tarde
hold-ends-on = o prazo de devolução termina em { $day }
hold-ends = os prazos de devolução terminam de { $first } a { $last }
hold-disputed = Quando o banco decidir sobre um pagamento contestado
hold-unknown = Até terminar o prazo de devolução de cada pedido

## How it came about

came-about = Como o seu saldo mudou
balance-on = Saldo em { $day }
commission = Comissão sobre pedidos
taken-back = Comissão retirada
bonuses = Bônus
flat-fees = Valores fixos
adjustments = Ajustes
less-paid = Menos o que foi pago
stood = Disso, { $parts }.
stood-hold = { $amount } retidos
stood-available = { $amount } disponíveis para pagamento
stood-debt = { $amount } a compensar com os próximos ganhos
stood-payout = { $amount } em um pagamento

## What sold

chart = Os últimos meses
chart-sales = Vendas
chart-commission = Comissão
chart-note = Pelo mês do pedido, menos o que foi reembolsado desde então.
sales-in = Suas vendas de { $month }
median = Mediana do programa
figure-clicks = Cliques nos seus links
figure-orders = Pedidos creditados a você
figure-link-orders = destes, pelos seus links
figure-conversion = Conversão (pedidos por clique)
figure-net-sales = Vendas após reembolsos
figure-average-order = Pedido médio
figure-per-click = Ganho por clique
figure-refunded = Pedidos reembolsados
best-sources = Melhores links e códigos
best-products = Melhores produtos
column-campaign = Campanha
column-clicks = Cliques
column-orders = Pedidos
column-sales = Vendas
column-commission = Comissão
column-taken-back = Retirada
column-bonuses = Bônus
column-total = Total
more = e mais { $count }
more-attached = { $count ->
    [one] e mais { $count } no arquivo anexo
   *[other] e mais { $count } no arquivo anexo
}
by-campaign = Por campanha
no-campaign = Sem campanha
total = Total
source-link = Link { $name }
source-some-link = Seu link
source-code = Código { $name }
source-place = { $place } · { $link }
source-lock = Clientes que voltam
source-credit = Creditado manualmente
source-others = Outros lugares
tier = Seu nível
tier-sales = { $shown } em vendas
tier-orders = { $count ->
    [one] { $shown } pedido
   *[other] { $shown } pedidos
}
tier-reached = Com { $progress } em { $period }, você ganha { $percent }.
tier-reached-ever = Com { $progress } até agora, você ganha { $percent }.
tier-next = Mais { $missing }, e o que passar disso rende { $percent }.
tier-next-retroactive = Mais { $missing }, e todo o período rende { $percent }.
tier-anew = Em { $day } a contagem recomeça.

## Lines

transactions = Cada linha de { $month }
corrections = Correções de meses anteriores
corrections-note = Pertencem a meses anteriores, mas foram registradas depois do envio desses extratos. Estão incluídas acima.
corrections-total = Total das correções
group-orders = Pedidos
group-bonuses = Bônus
group-fees = Valores fixos
group-adjustments = Ajustes
group-payouts = Pago a você
sale = { $source }, { $day }: { $what }
order = pedido { $id }
on-day = { $what } em { $day }
rate-of = { $rate } de { $base }
rate-of-rest = agora { $rate } de { $base }
rate-none = sem taxa
rate-per-order = { $amount } por pedido
rate-tiers = { $percents } por nível
campaign = campanha { $name }
given-for = creditado manualmente: { $why }
bonus-new-customer = Cliente novo, { $day }
bonus-net-sales = Bônus de vendas de { $period }: acima de { $over }
fee = { $name }, { $day }
adjustment = Ajuste, { $day }
write-off = Saldo negativo perdoado, { $day }
opening = Saldo transferido, { $day }
payout = Pago em { $day } ({ $batch })
payout-returned = Pagamento devolvido em { $day } ({ $batch })
converted = { $amount } ao câmbio de { $rate } ({ $source })
reason-sale = Venda
reason-bonus = Bônus
reason-fee = Valor fixo
reason-refund = Reembolso
reason-cancelled = Pedido cancelado
reason-progress = Nível ou teto ajustado
reason-fee-changed = Valor fixo alterado
reason-exchange-changed = Câmbio alterado
reason-order-changed = Pedido alterado
reason-reattributed = Creditado a outra pessoa
reason-reinstated = Contado de novo
reason-withdrawn = Revertido
reason-restated = Condições ou titular corrigidos
reason-released = Fim da retenção
reason-held-again = Retido de novo
reason-vanished = O pedido não está mais nos dados da loja
reason-reserved = Em um pagamento
reason-rejected = Pagamento rejeitado
reason-failed = Pagamento falhou
reason-settled = Pago
reason-returned = Pagamento devolvido
reason-voided = Pagamento anulado
reason-adjusted = Ajuste
reason-written-off = Perdoado
reason-taken-over = Transferido

## Terms

terms-on = Suas condições em { $day }
terms-changes = Mudanças nas suas condições
terms-none = nenhuma
terms-rates = Comissão
terms-window = Os cliques contam
terms-window-is = { $span } ({ $model })
terms-last-click = vale o último clique
terms-first-click = vale o primeiro clique
terms-linear = todos os criadores cujos links receberam cliques dividem
terms-lock = Os clientes continuam seus
terms-hold = Retenção
terms-hold-is = { $span } após o pedido
terms-clawback = Reembolsos contam
terms-clawback-is = { $span } após o pedido
terms-minimum = Pagamento mínimo
terms-cap-order = Máximo por pedido
terms-cap-month = Máximo por mês
terms-new-customers = clientes novos
terms-returning-customers = clientes que voltam
terms-tier-sales = { $percent } acima de { $from }
terms-tier-orders = { $percent } acima de { $from } pedidos
terms-changed = { $what }: { $now } (antes: { $was }).
terms-begins = A partir de { $day }: { $rate }.
terms-begins-until = De { $day } a { $last }: { $rate }.
terms-ends = Não mais a partir de { $day }: { $rate }.

## Around it

help-write = Dúvidas? Escreva para { $whom }.
help-page = Dúvidas? Veja { $whom }.
help-reply = Dúvidas? Responda a este e-mail.
attached = O arquivo anexo tem cada linha, com o número do pedido e do lançamento.
amounts-in = Valores em { $currency }.
issued = Emitido em { $day }, { $time }.
as-of = Em { $day }, { $time }.
reference = Referência { $reference }

## The document

document-number = Extrato número { $number }
document-creator = Criador { $creator }
document-period = { $first } a { $last }
document-page = Página { $page } de { $pages }
document-entry = lançamento { $entry }
