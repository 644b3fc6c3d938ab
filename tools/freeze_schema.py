#!/usr/bin/env python3
"""Freezes a server's database as it is under a released schema, for server/tests/suite/schemas.rs.

    tools/freeze_schema.py [--every-table] DATABASE [VERSION..]

reads an SQLite database of the newest schema, and writes for each version (the newest, if none is named)
server/tests/schemas/sqlite/NNNN.sql and server/tests/schemas/postgres/NNNN.sql: the statements that make a database of that age with
what of the rows it could hold. Run it when a schema is released; what it wrote before is never changed.

NNNN.sql is the community of the newest schema that is frozen, as it is when the server has brought it up to date (dialtone-server migrate). With
--every-table it is NNNN_every_table.sql: a community with rows in every table, which server/tests/suite/every_table.rs makes.
"""
import hashlib
import re
import sqlite3
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BOOKS = {
    "sqlite": "CREATE TABLE _sqlx_migrations (version BIGINT PRIMARY KEY, description TEXT NOT NULL, installed_on TIMESTAMP NOT NULL "
    "DEFAULT CURRENT_TIMESTAMP, success BOOLEAN NOT NULL, checksum BLOB NOT NULL, execution_time BIGINT NOT NULL);",
    "postgres": "CREATE TABLE _sqlx_migrations (version BIGINT PRIMARY KEY, description TEXT NOT NULL, installed_on TIMESTAMPTZ NOT NULL "
    "DEFAULT now(), success BOOLEAN NOT NULL, checksum BYTEA NOT NULL, execution_time BIGINT NOT NULL);",
}


def steps(kind, version):
    """The files of a schema."""
    files = sorted((ROOT / "migrations" / kind).glob("*.sql"))
    return [path for path in files if int(path.name[:4]) <= version]


def tables(version):
    """Every table of a schema with its columns, in an order in which each stands behind those that it refers to."""
    blank = sqlite3.connect(":memory:")
    names = []
    for path in steps("sqlite", version):
        text = path.read_text()
        blank.executescript(text)
        names += re.findall(r"CREATE TABLE (\w+)", text)
    return [(name, [row[1] for row in blank.execute(f"PRAGMA table_info({name})")]) for name in names]


def literal(kind, value, is_flag):
    """A value as both databases write it."""
    if value is None:
        return "NULL"
    if isinstance(value, bytes):
        return f"x'{value.hex()}'" if kind == "sqlite" else f"'\\x{value.hex()}'"
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    if is_flag and kind == "postgres":
        return "TRUE" if value else "FALSE"
    return str(value)


def freeze(database, kind, version):
    """The statements."""
    flags = {("channels", "closed"), ("messages", "gone")}
    lines = [f"-- A database under schema {version:04}. Frozen: never edited.", BOOKS[kind]]
    for path in steps(kind, version):
        number, name = path.stem.split("_", 1)
        checksum = hashlib.sha384(path.read_bytes()).digest()
        lines.append(path.read_text().strip())
        lines.append(
            "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) VALUES "
            f"({int(number)}, '{name.replace('_', ' ')}', TRUE, {literal(kind, checksum, False)}, 0);"
        )
    lines.append("DELETE FROM roster_head;")
    for table, columns in tables(version):
        rows = database.execute(f"SELECT {', '.join(columns)} FROM {table} ORDER BY {', '.join(columns)}").fetchall()
        for row in rows:
            values = [literal(kind, value, (table, column) in flags) for column, value in zip(columns, row)]
            lines.append(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join(values)});")
    return "\n".join(lines) + "\n"


def main():
    arguments = sys.argv[1:]
    every_table = "--every-table" in arguments
    if every_table:
        arguments.remove("--every-table")
    if not arguments:
        sys.exit(__doc__)
    database = sqlite3.connect(f"file:{arguments[0]}?mode=ro", uri=True)
    newest = max(int(path.name[:4]) for path in (ROOT / "migrations/sqlite").glob("*.sql"))
    versions = [int(version) for version in arguments[1:]] or [newest]
    name = "{:04}_every_table.sql" if every_table else "{:04}.sql"
    for kind in BOOKS:
        for version in versions:
            target = ROOT / "server/tests/schemas" / kind / name.format(version)
            if target.exists():
                sys.exit(f"{target.relative_to(ROOT)} is frozen")
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(freeze(database, kind, version))
            print(f"{target.relative_to(ROOT)}: {target.stat().st_size} bytes")


if __name__ == "__main__":
    main()
