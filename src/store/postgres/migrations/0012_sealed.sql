-- All that was written before is sealed as today: from here on, no other seal counts. The step cannot be done twice, so nobody has
-- everything sealed anew by taking it out of the list of steps.
ALTER TABLE programs RENAME COLUMN months_to_seal TO months_seal;
ALTER TABLE programs RENAME COLUMN erasures_to_seal TO erasures_seal;
