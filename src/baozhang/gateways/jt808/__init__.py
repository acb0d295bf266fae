"""JT/T 808: what satellite terminals of vehicles say, and what they are told (article 23). Codec, sessions, server."""
