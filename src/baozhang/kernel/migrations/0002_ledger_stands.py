"""The ledger's tables refuse changes from here on."""

from django.db import migrations

from baozhang.kernel.guards import raise_guards


class Migration(migrations.Migration):
    """Triggers on both databases."""

    dependencies = [("kernel", "0001_initial")]
    operations = [migrations.RunPython(raise_guards, migrations.RunPython.noop)]
