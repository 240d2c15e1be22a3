-- What creators were told by mails of their own, by event: up to where the journal was seen, or what was so of a subject last. The row
-- with the empty subject stands for the event itself: `off` while it is switched off, and how many mails were written.
CREATE TABLE noticed (
    program TEXT NOT NULL,
    event TEXT NOT NULL,
    subject TEXT NOT NULL,
    said TEXT NOT NULL,
    letters INTEGER NOT NULL,
    PRIMARY KEY (program, event, subject)
) WITHOUT ROWID;
