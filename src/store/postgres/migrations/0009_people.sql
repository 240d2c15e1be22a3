-- Maker is never checker, however plain text is spelled: the program compares by Unicode, the database by ASCII. Only who is new
-- is looked at: what an older version let pass stays as it is.
DROP TRIGGER batches_have_two_people ON batches;
CREATE TRIGGER batches_have_two_people BEFORE UPDATE ON batches FOR EACH ROW
    WHEN ((NEW.approved_by IS DISTINCT FROM OLD.approved_by OR NEW.drafted_by <> OLD.drafted_by)
        AND lower(trim(NEW.approved_by)) = lower(trim(NEW.drafted_by)))
    EXECUTE FUNCTION purser_refuse('who drafted a batch never approves it');
DROP TRIGGER proposals_have_two_people ON proposals;
CREATE TRIGGER proposals_have_two_people BEFORE UPDATE ON proposals FOR EACH ROW
    WHEN ((NEW.state <> OLD.state OR NEW.decided_by IS DISTINCT FROM OLD.decided_by OR NEW.proposed_by <> OLD.proposed_by)
        AND NEW.state = 'approved' AND lower(trim(NEW.decided_by)) = lower(trim(NEW.proposed_by)))
    EXECUTE FUNCTION purser_refuse('who made a proposal never approves it');
