"""What every test starts from: a database per worker, an empty cache, a file folder of its own."""

import gc
import os

os.environ.setdefault("PLATEFORME_MODE", "test")

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.test import TransactionTestCase
from pytest_django import DjangoDbBlocker

from tests import databases

# Until the tests are collected: what modules and tests are made of stays.
gc.disable()

# What migrating puts in the tables, and no test touches.
MIGRATED = {"django_content_type", "auth_permission"}


def empty_tables(case: TransactionTestCase) -> None:
    """After a test that commits: empty the tables that hold something.

    Django's own way truncates every table and makes content types and permissions again: half a second each time.
    """
    tables = set(connection.introspection.django_table_names(only_existing=True)) - MIGRATED
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            " UNION ALL ".join(f"SELECT '{table}' WHERE EXISTS (SELECT FROM {table})" for table in tables)
        )
        # Emptying the others writes in the last one: what was withdrawn (plateforme.socle.retraits).
        found = [table for (table,) in cursor.fetchall() if table != "socle_retrait"]
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        for table in [*found, "socle_retrait"]:
            cursor.execute(f"DELETE FROM {table}")


TransactionTestCase._fixture_teardown = empty_tables  # type: ignore[method-assign]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The long tests first: at the end, one would keep a single worker busy."""
    # `make browser` looks for its tests there alone: collecting all the others took it five seconds.
    for item in items:
        if item.get_closest_marker("navigateur") and "parcours" not in item.path.parts:
            raise pytest.UsageError(f"{item.nodeid} : un test de navigateur se range dans tests/parcours")
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


def pytest_collection_finish() -> None:
    """What was loaded is kept out of the collections of garbage, as in the web server: a tenth of the time went there."""
    gc.collect()
    gc.freeze()
    gc.enable()
    gc.set_threshold(700, 10, 100)


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None,
    django_db_modify_db_settings: None,
    django_db_blocker: DjangoDbBlocker,
) -> Iterator[None]:
    """This worker's database, copied from one migrated as the code is now. In place of pytest-django's fixture."""
    with django_db_blocker.unblock():
        name = connection.creation._get_test_db_name()
        databases.copy(databases.migrated(), name)
        connection.close()
        connection.settings_dict["NAME"] = name
        yield
        connection.close()


@pytest.fixture(autouse=True)
def clean_surroundings(settings, tmp_path: Path) -> Iterator[None]:
    """No rate limit counted by another test, no file left by one."""
    settings.MEDIA_ROOT = tmp_path / "fichiers"
    # Not cache.clear(): that empties the Redis that all the workers share.
    prefix = f"{settings.REDIS_PREFIX}:*"
    redis = cache._cache.get_client()
    for key in redis.scan_iter(match=prefix):
        redis.delete(key)
    yield


@pytest.fixture(autouse=True)
def no_job_left(request: pytest.FixtureRequest, django_db_blocker: Any) -> Iterator[None]:
    """Jobs of a test that commits are not those of the next: Django's flush leaves procrastinate's tables alone."""
    yield
    marker = request.node.get_closest_marker("django_db")
    if (marker and marker.kwargs.get("transaction")) or "transactional_db" in request.fixturenames:
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            cursor.execute("DELETE FROM procrastinate_jobs")


@pytest.fixture
def run_jobs(db) -> Callable[[], int]:
    """Do the background work that the test queued, as the worker would; returns how many jobs there were."""
    from procrastinate.contrib.django import app

    def run() -> int:
        done = 0
        while True:
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT id, task_name, args FROM procrastinate_jobs WHERE status = 'todo' ORDER BY id"
                )
                jobs = cursor.fetchall()
                cursor.execute("DELETE FROM procrastinate_jobs WHERE status = 'todo'")
            if not jobs:
                return done
            for _, name, arguments in jobs:
                app.tasks[name].func(**(json.loads(arguments) if isinstance(arguments, str) else arguments))
                done += 1

    return run
