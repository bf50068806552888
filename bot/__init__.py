"""The product: rules, use cases, words, sending."""
