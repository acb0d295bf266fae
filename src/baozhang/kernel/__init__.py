"""The mechanisms that know nothing of the law: clock, scope, access, record, ledger, resource, flow, borders."""
