"""Acts of a count that are more than a step: freezing, receiving scans, judging, explaining, adjusting, reporting."""
