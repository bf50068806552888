"""Tables and the queries on them.

The import of the package imports every module in it, so all tables are known wherever one is: to migrations, to
export and to erase.
"""

from importlib import import_module
from pkgutil import walk_packages

from storage.privacy.inventory import list_entries

for _module in walk_packages(__path__, f"{__name__}."):
    # Migrations run when they are asked for.
    if ".migrations" not in _module.name:
        import_module(_module.name)

# A table that does not say what concerns a person in it stops the import here at the latest.
list_entries()
