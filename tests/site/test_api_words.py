"""The description of the API: every address says that it may refuse, and in which shape."""

from __future__ import annotations

from baozhang.kernel.resource import RESOURCES


def test_every_address_may_refuse_in_the_same_shape(client, db):
    told = client.get("/api/openapi.json").json()
    operations = [one for path in told["paths"].values() for one in path.values()]
    assert len(operations) > 5 * len(RESOURCES)
    for one in operations:
        for status in ("401", "403", "404", "409", "422"):
            shape = one["responses"][status]["content"]["application/json"]["schema"]
            assert shape == {"$ref": "#/components/schemas/Refusal"}, one["operationId"]
    assert {"what", "why", "article", "instead"} <= set(told["components"]["schemas"]["Refusal"]["properties"])
