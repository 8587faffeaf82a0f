"""The drill's mail: an SMTP server that keeps what it is given, and a Maildir that the scenario's mails reach."""
