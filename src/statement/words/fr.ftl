# Ce que disent les relevés en français.

month-1 = janvier
month-2 = février
month-3 = mars
month-4 = avril
month-5 = mai
month-6 = juin
month-7 = juillet
month-8 = août
month-9 = septembre
month-10 = octobre
month-11 = novembre
month-12 = décembre
month-1-short = janv
month-2-short = févr
month-3-short = mars
month-4-short = avr
month-5-short = mai
month-6-short = juin
month-7-short = juil
month-8-short = août
month-9-short = sept
month-10-short = oct
month-11-short = nov
month-12-short = déc
month-year = { $month } { $year }
day-first = 1er
day = { $day } { $month }
day-year = { $day } { $month } { $year }
day-month-first = { $day } { $month }
day-year-month-first = { $day } { $month } { $year }
days = { $count ->
    [one] { $count } jour
   *[other] { $count } jours
}
hours = { $count ->
    [one] { $count } heure
   *[other] { $count } heures
}
minutes = { $count ->
    [one] { $count } minute
   *[other] { $count } minutes
}

## What will be paid

subject-sent = { $program } : { $amount } en route vers vous (relevé { $month })
subject-approved = { $program } : { $amount } approuvés pour paiement (relevé { $month })
subject-approval = { $program } : { $amount } en attente d’approbation (relevé { $month })
subject-due = { $program } : { $amount } seront versés le { $day } (relevé { $month })
subject-due-open = { $program } : { $amount } seront versés avec le prochain paiement (relevé { $month })
subject-question = { $program } : un paiement de { $amount } est en cours de vérification (relevé { $month })
subject-below = { $program } : { $amount } pour l’instant, versés à partir de { $minimum } (relevé { $month })
subject-hold = { $program } : { $amount } en attente, rien à verser pour l’instant (relevé { $month })
subject-paused = { $program } : { $amount } suspendus (relevé { $month })
subject-nothing = { $program } : rien à verser cette fois (relevé { $month })
subject-closed = { $program } : votre relevé { $month }, solde { $amount }
subject-preview = Aperçu : { $subject }
subject-test = Test : { $subject }
title = Votre relevé de { $month }
preview = Aperçu. Ce mois n’est pas encore clos : les chiffres peuvent changer, et rien n’a été envoyé.
paid-sent = en route vers vous
paid-approved = approuvés pour paiement
paid-approval = en attente d’approbation
paid-due = seront versés le { $day }
paid-due-open = seront versés avec le prochain paiement
paid-question = en cours de vérification
paid-below = encore sous le minimum
paid-paused = suspendus
paid-nothing = à verser cette fois
paid-closed = à la fin du mois
note-sent = Dans le paiement { $batch }.
note-approval = Dans le paiement { $batch }, versé dès qu’il est approuvé.
note-due = Le délai de retour est passé. Ce qui est remboursé avant le paiement sera déduit.
note-question = Un paiement semble avoir échoué. Il est versé à nouveau dès que c’est confirmé.
note-below = Les montants sous { $minimum } sont reportés au prochain paiement. Il vous manque { $less }.
note-paused-review = Vos paiements sont suspendus le temps d’une vérification.
note-paused-tax_form = Vos paiements sont suspendus, car il manque un formulaire fiscal.
note-paused-details = Vos paiements sont suspendus, car vos coordonnées de paiement manquent ou sont inutilisables.
note-hold = Ce que vous avez gagné est encore dans le délai de retour ; voyez plus bas quand il peut être versé.
owing = Les remboursements ont repris { $amount } de plus que votre avoir. C’est déduit de vos prochains gains ; vous n’avez rien à payer.
paid-to = Vers { $account }
on-hold = En attente, au cas où des commandes seraient retournées
hold-payout = Paiement du { $day }
hold-later = Plus tard
hold-ends-on = fin du délai de retour le { $day }
hold-ends = fin des délais de retour du { $first } au { $last }
hold-disputed = Quand la banque aura tranché un paiement contesté
hold-unknown = Jusqu’à la fin du délai de retour de chaque commande

## How it came about

came-about = Comment votre solde a évolué
balance-on = Solde au { $day }
commission = Commission sur commandes
taken-back = Commission reprise
bonuses = Primes
flat-fees = Forfaits
adjustments = Ajustements
less-paid = Moins ce qui vous a été versé
stood = Dont { $parts }.
stood-hold = { $amount } en attente
stood-available = { $amount } disponibles pour paiement
stood-debt = { $amount } à compenser par vos prochains gains
stood-payout = { $amount } dans un paiement

## What sold

chart = Les derniers mois
chart-sales = Ventes
chart-commission = Commission
chart-note = Selon le mois de la commande, moins ce qui a été remboursé depuis.
sales-in = Vos ventes de { $month }
median = Médiane du programme
figure-clicks = Clics sur vos liens
figure-orders = Commandes à votre crédit
figure-link-orders = dont par vos liens
figure-conversion = Conversion (commandes par clic)
figure-net-sales = Ventes après remboursements
figure-average-order = Commande moyenne
figure-per-click = Gagné par clic
figure-refunded = Commandes remboursées
best-sources = Meilleurs liens et codes
best-products = Meilleurs produits
column-campaign = Campagne
column-clicks = Clics
column-orders = Cmdes
column-sales = Ventes
column-commission = Commission
column-taken-back = Repris
column-bonuses = Primes
column-total = Total
more = et { $count } de plus
more-attached = { $count ->
    [one] et { $count } de plus dans le fichier joint
   *[other] et { $count } de plus dans le fichier joint
}
by-campaign = Par campagne
no-campaign = Sans campagne
total = Total
source-link = Lien { $name }
source-some-link = Votre lien
source-code = Code { $name }
source-place = { $place } · { $link }
source-lock = Clients fidèles
source-credit = Attribué manuellement
source-others = Autres endroits
tier = Votre palier
tier-sales = { $shown } de ventes
tier-orders = { $count ->
    [one] { $shown } commande
   *[other] { $shown } commandes
}
tier-reached = Avec { $progress } en { $period }, vous gagnez { $percent }.
tier-reached-ever = Avec { $progress } jusqu’ici, vous gagnez { $percent }.
tier-next = Encore { $missing }, et ce qui dépasse rapporte { $percent }.
tier-next-retroactive = Encore { $missing }, et toute la période rapporte { $percent }.
tier-anew = Le { $day }, on recommence à compter.

## Lines

transactions = Chaque ligne de { $month }
corrections = Corrections de mois précédents
corrections-note = Elles concernent des mois précédents, mais ont été enregistrées après l’envoi de leurs relevés. Elles sont comprises ci-dessus.
corrections-total = Total des corrections
group-orders = Commandes
group-bonuses = Primes
group-fees = Forfaits
group-adjustments = Ajustements
group-payouts = Versé à vous
sale = { $source }, { $day } : { $what }
order = commande { $id }
on-day = { $what } le { $day }
rate-of = { $rate } de { $base }
rate-of-rest = désormais { $rate } de { $base }
rate-none = aucun taux
rate-per-order = { $amount } par commande
rate-tiers = { $percents } par palier
campaign = campagne { $name }
given-for = attribué manuellement : { $why }
bonus-new-customer = Nouveau client, { $day }
bonus-net-sales = Prime de ventes pour { $period } : plus de { $over }
fee = { $name }, { $day }
adjustment = Ajustement, { $day }
write-off = Solde négatif annulé, { $day }
opening = Solde reporté, { $day }
payout = Versé le { $day } ({ $batch })
payout-returned = Versement revenu le { $day } ({ $batch })
converted = { $amount } au taux de { $rate } ({ $source })
reason-sale = Vente
reason-bonus = Prime
reason-fee = Forfait
reason-refund = Remboursement
reason-cancelled = Commande annulée
reason-progress = Palier ou plafond ajusté
reason-fee-changed = Forfait modifié
reason-exchange-changed = Taux de change modifié
reason-order-changed = Commande modifiée
reason-reattributed = Attribué à quelqu’un d’autre
reason-reinstated = Compté à nouveau
reason-withdrawn = Annulé
reason-restated = Conditions ou titulaire corrigés
reason-released = Fin de l’attente
reason-held-again = Remis en attente
reason-vanished = Commande absente des données de la boutique
reason-reserved = Dans un paiement
reason-rejected = Paiement refusé
reason-failed = Versement échoué
reason-settled = Versé
reason-returned = Versement revenu
reason-voided = Paiement annulé
reason-adjusted = Ajustement
reason-written-off = Annulé
reason-taken-over = Reporté

## Terms

terms-on = Vos conditions au { $day }
terms-changes = Changements de vos conditions
terms-none = aucune
terms-rates = Commission
terms-window = Les clics comptent
terms-window-is = { $span } ({ $model })
terms-last-click = le dernier clic compte
terms-first-click = le premier clic compte
terms-linear = tous les créateurs dont un lien a été cliqué se partagent
terms-lock = Les clients restent les vôtres
terms-hold = En attente
terms-hold-is = { $span } après la commande
terms-clawback = Les remboursements comptent
terms-clawback-is = { $span } après la commande
terms-minimum = Paiement minimum
terms-cap-order = Maximum par commande
terms-cap-month = Maximum par mois
terms-new-customers = nouveaux clients
terms-returning-customers = clients fidèles
terms-tier-sales = { $percent } au-delà de { $from }
terms-tier-orders = { $percent } au-delà de { $from } commandes
terms-changed = { $what } : { $now } (avant : { $was }).
terms-begins = À partir du { $day } : { $rate }.
terms-begins-until = Du { $day } au { $last } : { $rate }.
terms-ends = Plus à partir du { $day } : { $rate }.

## Around it

help-write = Des questions ? Écrivez à { $whom }.
help-page = Des questions ? Voyez { $whom }.
help-reply = Des questions ? Répondez à ce courriel.
attached = Le fichier joint contient chaque ligne, avec son numéro de commande et d’écriture.
amounts-in = Montants en { $currency }.
issued = Établi le { $day }, { $time }.
as-of = Au { $day }, { $time }.
reference = Référence { $reference }

## The document

document-number = Relevé numéro { $number }
document-creator = Créateur { $creator }
document-period = Du { $first } au { $last }
document-page = Page { $page } sur { $pages }
document-entry = écriture { $entry }
