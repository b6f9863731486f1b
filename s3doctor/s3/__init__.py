"""Looking: one request, one Answer with its evidence; nothing here decides what is good."""
