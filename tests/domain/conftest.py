"""How the drawn examples of the rules are run."""

from hypothesis import settings

# A busy machine is no reason to call a rule broken.
settings.register_profile("rules", deadline=None)
settings.load_profile("rules")
