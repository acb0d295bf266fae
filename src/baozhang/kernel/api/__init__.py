"""Everything a screen can do, for programs: the same filters, scope, rights, steps and refusals, with an OpenAPI description."""
