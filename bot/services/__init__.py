"""Use cases: one class per topic, one public method is one transaction."""
