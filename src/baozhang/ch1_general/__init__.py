"""Chapter one, general provisions (articles 1-6): organizations, jurisdictions, posts and competence."""
