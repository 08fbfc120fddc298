"""Queries of the pages that are read most: written once, planned once by PostgreSQL."""

import time
from collections.abc import Mapping, Sequence
from typing import Any

import psycopg
from django.db import connection


def fetch(sql: str, parameters: Sequence[Any] | Mapping[str, Any] = ()) -> list[tuple[Any, ...]]:
    """The rows of a query, on Django's own connection and in its transaction.

    Django's cursors write the values into the text of the query, which PostgreSQL then has to parse and plan
    each time; here the text stays the same, and the plan is kept on the connection. Half the time of a short
    query. JSON comes parsed and addresses as objects, unlike Django's. `sql` is a constant of the code with `%s` or `%(name)s` for each value; errors are Django's. Seen by
    `assertNumQueries` as any other query.
    """
    connection.ensure_connection()
    raw = connection.connection
    assert raw is not None
    start = time.monotonic()
    try:
        with connection.wrap_database_errors, psycopg.Cursor(raw) as cursor:
            # Binary: a page reads some thirty dates, which cost more as text than the rest of their rows.
            cursor.execute(sql, parameters, prepare=True, binary=True)
            return cursor.fetchall()
    finally:
        if connection.queries_logged:
            connection.queries_log.append({"sql": sql, "time": f"{time.monotonic() - start:.3f}"})
