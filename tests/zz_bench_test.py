import datetime as dt, time
from decimal import Decimal
import pytest
from django.db import connection
from tests import factories
from tests.ch2_provision.assets.conftest import keep_all, new_card
from baozhang.ch2_provision.assets.actions.charging import charge
from baozhang.ch2_provision.assets.models import Card
from baozhang.kernel import scope
@pytest.mark.django_db
def test_it():
    organs = [factories.organ(f"局{n}") for n in range(50)]
    keep_all([new_card(organ=o, number=f"X{n}", value="7200", life_months=144, depreciated="100" if n%3==0 else None, depreciated_on=dt.date(2024,1,1) if n%3==0 else None) for o in organs for n in range(20)])
    cols = [f.column for f in Card._meta.concrete_fields if f.column != "id"]
    sel = ", ".join("number || '-' || g" if c == "number" else f'"{c}"' for c in cols)
    with connection.cursor() as c:
        c.execute(f"INSERT INTO assets_card ({', '.join(chr(34)+c+chr(34) for c in cols)}) SELECT {sel} FROM assets_card CROSS JOIN generate_series(1, 999) g")
        c.execute("ANALYZE assets_card")
    print("CARDS", Card._base_manager.count())
    t, p = time.perf_counter(), time.process_time()
    with scope.everything("x") as by:
        print("RUN", charge(dt.date(2026,2,1), by=by))
    print("SECONDS", time.perf_counter()-t, time.process_time()-p)
    t = time.perf_counter()
    with scope.everything("x") as by:
        print("RUN", charge(dt.date(2026,3,1), by=by))
    print("SECONDS", time.perf_counter()-t)
