"""Problems as text: for people, forges and other programs. Pure functions; nothing is read or written here."""
