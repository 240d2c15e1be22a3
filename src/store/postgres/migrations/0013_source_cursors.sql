-- How far each API was read, and the list of facts that holds all that came before. Both change together.
CREATE TABLE source_cursors (
    program TEXT COLLATE "C" NOT NULL,
    source TEXT COLLATE "C" NOT NULL,
    manifest TEXT COLLATE "C" NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (program, source)
);
