"""What vehicles cost: bills matched to vehicle and trip, accounts a vehicle, reviewed each month and published (article 23)."""
