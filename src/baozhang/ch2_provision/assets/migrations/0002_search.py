"""Cards are found by any three letters or two characters: an index on PostgreSQL."""

from django.db import migrations

from baozhang.kernel.trigrams import index_search


class Migration(migrations.Migration):
    """The trigram index on the search column."""

    dependencies = [("assets", "0001_initial")]
    operations = [migrations.RunPython(index_search("assets_card", "card_search"), migrations.RunPython.noop)]
