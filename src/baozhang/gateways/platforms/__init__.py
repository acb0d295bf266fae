"""Other platforms: positions that come in over MQTT, and positions that are passed on to a higher platform (article 23)."""
