"""The tables of a ledger in PostgreSQL: one schema for each operation, in which no line can be changed or deleted."""

from __future__ import annotations

import hashlib

NAME_LENGTH_MAX = 63
"""Bytes of a name in PostgreSQL; the rest would be cut off in silence."""
FORMAT = 2

TABLES = f"""
CREATE TABLE ledger (
    only_one integer PRIMARY KEY DEFAULT 1 CHECK (only_one = 1),
    operation text NOT NULL,
    format integer NOT NULL DEFAULT {FORMAT}
);
CREATE TABLE lines (
    position bigint PRIMARY KEY,
    desk text NOT NULL,
    seq bigint NOT NULL CHECK (seq >= 1),
    stored_at text NOT NULL,
    key text,
    prev text NOT NULL,
    hash text NOT NULL,
    entry text NOT NULL,
    entry_id text NOT NULL UNIQUE,
    erases text,
    arrival text NOT NULL,
    UNIQUE (desk, seq),
    UNIQUE (desk, key)
);
CREATE INDEX lines_by_erased ON lines (erases) WHERE erases IS NOT NULL;
CREATE TABLE texts (
    position bigint NOT NULL,
    field text NOT NULL,
    state text NOT NULL CHECK (state IN ('kept', 'withheld', 'erased')),
    salt text CHECK ((salt IS NOT NULL) = (state = 'kept')),
    text text CHECK ((text IS NOT NULL) = (state = 'kept')),
    PRIMARY KEY (position, field)
);
-- Counts what was written, so that whoever watches need not look at every table. It proves nothing, and may change.
CREATE TABLE writes (
    only_one integer PRIMARY KEY DEFAULT 1 CHECK (only_one = 1),
    number bigint NOT NULL
);
INSERT INTO writes (number) VALUES (0);

CREATE FUNCTION never() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% never change and are never deleted', TG_TABLE_NAME;
END $$;
CREATE FUNCTION lines_only_grow() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF NEW.position <> (SELECT COALESCE(MAX(position), 0) + 1 FROM lines) THEN
        RAISE EXCEPTION 'a line is only added at the end';
    END IF;
    RETURN NEW;
END $$;
CREATE FUNCTION texts_only_grow() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF NEW.position IS DISTINCT FROM (SELECT MAX(position) FROM lines) THEN
        RAISE EXCEPTION 'a text is only added with its line';
    END IF;
    RETURN NEW;
END $$;
CREATE FUNCTION texts_only_go() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.position <> OLD.position OR NEW.field <> OLD.field OR OLD.state = 'erased'
        OR NOT (NEW.state = 'erased' OR (OLD.state = 'withheld' AND NEW.state = 'kept')) THEN
        RAISE EXCEPTION 'a text never changes: it is kept, or erased';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER ledger_never BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger EXECUTE FUNCTION never();
CREATE TRIGGER lines_never BEFORE UPDATE OR DELETE OR TRUNCATE ON lines EXECUTE FUNCTION never();
CREATE TRIGGER texts_never BEFORE DELETE OR TRUNCATE ON texts EXECUTE FUNCTION never();
CREATE TRIGGER lines_only_grow BEFORE INSERT ON lines FOR EACH ROW EXECUTE FUNCTION lines_only_grow();
CREATE TRIGGER texts_only_grow BEFORE INSERT ON texts FOR EACH ROW EXECUTE FUNCTION texts_only_grow();
CREATE TRIGGER texts_only_go BEFORE UPDATE ON texts FOR EACH ROW EXECUTE FUNCTION texts_only_go();
"""

DURABLE = {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on, remote_apply, remote_write or local"}
"""Settings without which a server may forget what it has acknowledged, and what they must be."""


def schema_of(operation: str) -> str:
    """The name of an operation's schema; a long one ends with a hash, so that no two operations share it."""
    name = f"ringfence_{operation}"
    if len(name) <= NAME_LENGTH_MAX:
        return name
    mark = hashlib.sha256(operation.encode()).hexdigest()[:16]
    return f"{name[: NAME_LENGTH_MAX - 17]}_{mark}"


def lock_of(schema: str) -> int:
    """The number of the advisory lock that writers of a schema hold one after the other."""
    return int.from_bytes(hashlib.sha256(schema.encode()).digest()[:8], "big", signed=True)
