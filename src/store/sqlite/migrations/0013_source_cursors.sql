-- How far each API was read, and the list of facts that holds all that came before. Both change together.
CREATE TABLE source_cursors (
    program TEXT NOT NULL,
    source TEXT NOT NULL,
    manifest TEXT NOT NULL,
    state TEXT NOT NULL,
    PRIMARY KEY (program, source)
) WITHOUT ROWID;
