"""Use of official vehicles (article 23): requests, dispatches, drivers, sealing on holidays."""
