"""Pre-flight: what is missing here and now to deploy and to look after a spoke. Everything only reads."""
