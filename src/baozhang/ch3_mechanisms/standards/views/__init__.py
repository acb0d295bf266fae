"""The screens of standards that are more than a resource: lines beside what holds now, trials, notice, figures of a day."""
