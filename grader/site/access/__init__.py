"""Who asks: sign-in links and codes, sessions, and the login of an institution."""
