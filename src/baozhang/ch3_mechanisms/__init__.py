"""Chapter three, mechanisms (articles 35-40): standards, coordination, procurement, emergency, appraisal."""
