"""Offers and wishes: what people teach and want, how they find each other and ask to be introduced."""
