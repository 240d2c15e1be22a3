-- A batch may be voided, and more is proposed: payments that failed or came back, the withdrawal of a credit.
ALTER TABLE batches DROP CONSTRAINT batches_state_check;
ALTER TABLE batches ADD CONSTRAINT batches_state_check
    CHECK (state IN ('draft', 'approved', 'exported', 'settled', 'voided', 'rejected'));
-- What voided a batch are transfers of that reason.
UPDATE batches b SET state = 'voided' WHERE state = 'rejected' AND EXISTS
    (SELECT 1 FROM transfers t WHERE t.program = b.program AND t.kind = 'batch' AND t.order_id = b.batch_id AND t.why = 'voided');

-- The subject is the order of a credit, the batch of a void or of payments that failed or came back, the credit of a
-- withdrawal, the openings that an opening adds to, or empty.
ALTER TABLE proposals DROP CONSTRAINT proposals_kind_check;
ALTER TABLE proposals ADD CONSTRAINT proposals_kind_check
    CHECK (kind IN ('adjustment', 'write_off', 'opening', 'credit', 'void', 'failed_payment', 'returned_payment', 'withdrawal',
        'erasure'));
