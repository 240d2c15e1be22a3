-- What no entry says is sealed: the seal is the hash of what was written, so that a change of it is found. It cannot be
-- computed here: what was written before has the plain text of what is hashed today, of a letter as much of it as fits.
ALTER TABLE reconciled ADD COLUMN seal TEXT NOT NULL DEFAULT '';
UPDATE reconciled SET seal = as_of || '|' || unchanged_until || '|' || manifest || '|' || program_text || '|' || credits || '|'
    || run_id || '|' || outcome;
ALTER TABLE outbox ADD COLUMN seal TEXT NOT NULL DEFAULT '';
UPDATE outbox SET seal = channel || '|' || sender || '|' || recipient || '|' || LENGTH(message);

-- How many letters were written when a month was closed, and when an alert was raised, so that one that is missing is missed.
ALTER TABLE statement_months ADD COLUMN letters INTEGER NOT NULL DEFAULT 0;
UPDATE statement_months SET letters = (SELECT COUNT(*) FROM statements s JOIN outbox o ON o.program = s.program
    AND o.message_key = s.program || '/' || s.creator_id || '/' || (s.month / 12) || '-' || SUBSTR('0' || (s.month % 12 + 1), -2)
    WHERE s.program = statement_months.program AND s.month = statement_months.month);
ALTER TABLE alerts ADD COLUMN letters INTEGER NOT NULL DEFAULT 0;
-- The keys of the first letters about alerts did not name the program.
UPDATE alerts SET letters = (SELECT COUNT(*) FROM
    (SELECT o.key, SUBSTR(o.key, LENGTH('alert/' || alerts.alert) + 1) AS rest FROM
        (SELECT REPLACE(message_key, 'alert/' || program || '/', 'alert/') AS key FROM outbox WHERE program = alerts.program AND channel <> 'statement') o) k
    WHERE SUBSTR(k.key, 1, LENGTH('alert/' || alerts.alert)) = 'alert/' || alerts.alert
    AND (k.rest = '' OR k.rest GLOB '/[0-9]' OR k.rest GLOB '/[0-9][0-9]'));
