"""Migrations follow the models, and the settings pass Django's own checks."""

from __future__ import annotations

import io

import pytest
from django.core.management import CommandError, call_command


def test_no_migration_is_missing(db):
    said = io.StringIO()
    try:
        call_command("makemigrations", check=True, dry_run=True, stdout=said, verbosity=1)
    except SystemExit:
        pytest.fail(f"run `baozhang makemigrations`:\n{said.getvalue()}")


def test_the_settings_pass_djangos_checks(db):
    try:
        call_command("check", fail_level="WARNING")
    except CommandError as error:
        pytest.fail(str(error))
