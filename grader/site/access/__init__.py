"""Who asks: sign-in links and codes, sessions, and the logins of a house."""
