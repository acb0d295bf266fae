"""What can be asked of the calendar, of what is promised, of what a day at the dispatcher's desk looks like."""
