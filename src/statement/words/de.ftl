# Was Abrechnungen auf Deutsch sagen.

month-1 = Januar
month-2 = Februar
month-3 = März
month-4 = April
month-5 = Mai
month-6 = Juni
month-7 = Juli
month-8 = August
month-9 = September
month-10 = Oktober
month-11 = November
month-12 = Dezember
month-1-short = Jan
month-2-short = Feb
month-3-short = Mär
month-4-short = Apr
month-5-short = Mai
month-6-short = Jun
month-7-short = Jul
month-8-short = Aug
month-9-short = Sep
month-10-short = Okt
month-11-short = Nov
month-12-short = Dez
month-year = { $month } { $year }
day-first = 1
day = { $day }. { $month }
day-year = { $day }. { $month } { $year }
day-month-first = { $day }. { $month }
day-year-month-first = { $day }. { $month } { $year }
days = { $count ->
    [one] { $count } Tag
   *[other] { $count } Tage
}
hours = { $count ->
    [one] { $count } Stunde
   *[other] { $count } Stunden
}
minutes = { $count ->
    [one] { $count } Minute
   *[other] { $count } Minuten
}

## What will be paid

subject-sent = { $program }: { $amount } sind unterwegs (Abrechnung { $month })
subject-approved = { $program }: { $amount } zur Zahlung freigegeben (Abrechnung { $month })
subject-approval = { $program }: { $amount } warten auf Freigabe (Abrechnung { $month })
subject-due = { $program }: { $amount } werden am { $day } ausgezahlt (Abrechnung { $month })
subject-due-open = { $program }: { $amount } werden mit der nächsten Auszahlung gezahlt (Abrechnung { $month })
subject-question = { $program }: eine Zahlung über { $amount } wird geprüft (Abrechnung { $month })
subject-below = { $program }: bisher { $amount }, Auszahlung ab { $minimum } (Abrechnung { $month })
subject-hold = { $program }: { $amount } in der Rückgabefrist, noch keine Auszahlung (Abrechnung { $month })
subject-paused = { $program }: { $amount } zurückgestellt (Abrechnung { $month })
subject-nothing = { $program }: diesmal keine Auszahlung (Abrechnung { $month })
subject-closed = { $program }: Abrechnung { $month }, Saldo { $amount }
subject-preview = Vorschau: { $subject }
subject-test = Test: { $subject }
title = Deine Abrechnung für { $month }
preview = Vorschau. Dieser Monat ist noch nicht abgeschlossen: Zahlen können sich ändern, und nichts wurde verschickt.
paid-sent = sind unterwegs zu dir
paid-approved = sind zur Zahlung freigegeben
paid-approval = warten auf Freigabe
paid-due = werden am { $day } ausgezahlt
paid-due-open = werden mit der nächsten Auszahlung gezahlt
paid-question = werden geprüft
paid-below = liegen noch unter dem Mindestbetrag
paid-paused = sind zurückgestellt
paid-nothing = werden diesmal ausgezahlt
paid-closed = am Ende des Monats
note-sent = In Auszahlung { $batch }.
note-approval = In Auszahlung { $batch }; sie wird gezahlt, sobald sie freigegeben ist.
note-due = Die Rückgabefrist ist vorbei. Was vor der Auszahlung noch erstattet wird, wird abgezogen.
note-question = Eine Zahlung an dich ist wohl fehlgeschlagen. Sie wird erneut gezahlt, sobald das bestätigt ist.
note-below = Beträge unter { $minimum } werden zur nächsten Auszahlung mitgenommen. Es fehlen noch { $less }.
note-paused-review = Zahlungen an dich sind zurückgestellt, solange etwas geprüft wird.
note-paused-tax_form = Zahlungen an dich sind zurückgestellt, weil ein Steuerformular fehlt.
note-paused-details = Zahlungen an dich sind zurückgestellt, weil deine Zahlungsdaten fehlen oder nicht verwendet werden können.
note-hold = Was du verdient hast, liegt noch in der Rückgabefrist; unten steht, wann es gezahlt werden kann.
owing = Erstattungen haben { $amount } mehr zurückgenommen, als dir gutgeschrieben ist. Das wird von deinen nächsten Provisionen abgezogen; zahlen musst du nichts.
paid-to = An { $account }
on-hold = Zurückgehalten, falls Bestellungen zurückgehen
hold-payout = Auszahlung vom { $day }
hold-later = Später
hold-ends-on = Rückgabefrist endet am { $day }
hold-ends = Rückgabefristen enden vom { $first } bis { $last }
hold-disputed = Wenn die Bank über eine strittige Zahlung entschieden hat
hold-unknown = Bis die Rückgabefrist jeder Bestellung endet

## How it came about

came-about = So hat sich dein Saldo verändert
balance-on = Saldo am { $day }
commission = Provision auf Bestellungen
taken-back = Zurückgenommene Provision
bonuses = Boni
flat-fees = Honorare
adjustments = Korrekturen
less-paid = Abzüglich an dich gezahlt
stood = Davon { $parts }.
stood-hold = { $amount } zurückgehalten
stood-available = { $amount } zur Auszahlung verfügbar
stood-debt = { $amount } durch künftige Provisionen auszugleichen
stood-payout = { $amount } in einer Auszahlung

## What sold

chart = Die letzten Monate
chart-sales = Umsatz
chart-commission = Provision
chart-note = Nach dem Monat der Bestellung, abzüglich seither Erstattetem.
sales-in = Deine Verkäufe im { $month }
median = Median des Programms
figure-clicks = Klicks auf deine Links
figure-orders = Dir zugerechnete Bestellungen
figure-link-orders = davon über deine Links
figure-conversion = Conversion (Bestellungen je Klick)
figure-net-sales = Umsatz nach Erstattungen
figure-average-order = Durchschnittliche Bestellung
figure-per-click = Verdient je Klick
figure-refunded = Erstattete Bestellungen
best-sources = Beste Links und Codes
best-products = Beste Produkte
column-campaign = Kampagne
column-clicks = Klicks
column-orders = Best.
column-sales = Umsatz
column-commission = Provision
column-taken-back = Zurück
column-bonuses = Boni
column-total = Summe
more = und { $count } weitere
more-attached = { $count ->
    [one] und { $count } weitere in der angehängten Datei
   *[other] und { $count } weitere in der angehängten Datei
}
by-campaign = Nach Kampagne
no-campaign = Ohne Kampagne
total = Summe
source-link = Link { $name }
source-some-link = Dein Link
source-code = Code { $name }
source-place = { $place } · { $link }
source-lock = Wiederkehrende Kunden
source-credit = Von Hand zugerechnet
source-others = Andere Orte
tier = Deine Stufe
tier-sales = { $shown } Umsatz
tier-orders = { $count ->
    [one] { $shown } Bestellung
   *[other] { $shown } Bestellungen
}
tier-reached = Mit { $progress } im { $period } verdienst du { $percent }.
tier-reached-ever = Mit bisher { $progress } verdienst du { $percent }.
tier-next = Noch { $missing }, und was darüber liegt, bringt { $percent }.
tier-next-retroactive = Noch { $missing }, und der ganze Zeitraum bringt { $percent }.
tier-anew = Am { $day } wird neu gezählt.

## Lines

transactions = Jede Zeile von { $month }
corrections = Korrekturen früherer Monate
corrections-note = Diese gehören zu früheren Monaten, wurden aber erst nach deren Abrechnung erfasst. Sie sind oben enthalten.
corrections-total = Summe der Korrekturen
group-orders = Bestellungen
group-bonuses = Boni
group-fees = Honorare
group-adjustments = Korrekturen
group-payouts = An dich gezahlt
sale = { $source }, { $day }: { $what }
order = Bestellung { $id }
on-day = { $what } am { $day }
rate-of = { $rate } von { $base }
rate-of-rest = jetzt { $rate } von { $base }
rate-none = kein Satz
rate-per-order = { $amount } je Bestellung
rate-tiers = { $percents } nach Stufe
campaign = Kampagne { $name }
given-for = dir zugerechnet: { $why }
bonus-new-customer = Neukunde, { $day }
bonus-net-sales = Umsatzbonus für { $period }: über { $over }
fee = { $name }, { $day }
adjustment = Korrektur, { $day }
write-off = Negativer Saldo erlassen, { $day }
opening = Übernommener Saldo, { $day }
payout = Gezahlt am { $day } ({ $batch })
payout-returned = Zahlung zurückgekommen am { $day } ({ $batch })
converted = { $amount } zum Kurs { $rate } ({ $source })
reason-sale = Verkauf
reason-bonus = Bonus
reason-fee = Honorar
reason-refund = Erstattung
reason-cancelled = Bestellung storniert
reason-progress = Stufe oder Obergrenze angepasst
reason-fee-changed = Honorar geändert
reason-exchange-changed = Wechselkurs geändert
reason-order-changed = Bestellung geändert
reason-reattributed = Jemand anderem zugerechnet
reason-reinstated = Wieder angerechnet
reason-withdrawn = Zurückgenommen
reason-restated = Bedingungen oder Zuordnung korrigiert
reason-released = Frist beendet
reason-held-again = Wieder zurückgehalten
reason-vanished = Bestellung nicht mehr in den Daten des Shops
reason-reserved = In einer Auszahlung
reason-rejected = Auszahlung abgelehnt
reason-failed = Zahlung fehlgeschlagen
reason-settled = Gezahlt
reason-returned = Zahlung zurückgekommen
reason-voided = Auszahlung aufgehoben
reason-adjusted = Korrektur
reason-written-off = Erlassen
reason-taken-over = Übernommen

## Terms

terms-on = Deine Bedingungen am { $day }
terms-changes = Änderungen deiner Bedingungen
terms-none = keine
terms-rates = Provision
terms-window = Klicks zählen
terms-window-is = { $span } ({ $model })
terms-last-click = der letzte Klick zählt
terms-first-click = der erste Klick zählt
terms-linear = alle Creators, deren Links angeklickt wurden, teilen sich die Provision
terms-lock = Kunden bleiben bei dir
terms-hold = Zurückgehalten
terms-hold-is = { $span } nach der Bestellung
terms-clawback = Erstattungen zählen
terms-clawback-is = { $span } nach der Bestellung
terms-minimum = Mindestauszahlung
terms-cap-order = Höchstens je Bestellung
terms-cap-month = Höchstens je Monat
terms-new-customers = Neukunden
terms-returning-customers = wiederkehrende Kunden
terms-tier-sales = { $percent } ab { $from }
terms-tier-orders = { $percent } ab { $from } Bestellungen
terms-changed = { $what }: { $now } (vorher: { $was }).
terms-begins = Ab { $day }: { $rate }.
terms-begins-until = Vom { $day } bis { $last }: { $rate }.
terms-ends = Nicht mehr ab { $day }: { $rate }.

## Around it

help-write = Fragen? Schreib an { $whom }.
help-page = Fragen? Siehe { $whom }.
help-reply = Fragen? Antworte auf diese E-Mail.
attached = Die angehängte Datei hat jede Zeile mit Bestell- und Buchungsnummer.
amounts-in = Beträge in { $currency }.
issued = Erstellt am { $day }, { $time }.
as-of = Stand { $day }, { $time }.
reference = Referenz { $reference }

## The document

document-number = Abrechnung Nummer { $number }
document-creator = Creator { $creator }
document-period = { $first } bis { $last }
document-page = Seite { $page } von { $pages }
document-entry = Buchung { $entry }
