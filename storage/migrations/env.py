"""What Alembic runs: `storage.schema` and `storage.migrations.new` give it their connection."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from alembic.operations.ops import CreateTableOp, MigrationScript
from alembic.runtime.migration import MigrationContext
from sqlmodel import AutoString, SQLModel

# The import of anything from the package makes all tables known.
from storage.columns import UtcDateTime, WordOf, Written


def render(kind: str, thing: Any, _context: AutogenContext) -> str | Literal[False]:  # noqa: ANN401 - as Alembic has it
    """Write our column types as the template imports them, and texts as what they are, SQLModel's and ours."""
    if kind == "type" and isinstance(thing, UtcDateTime):
        return "UtcDateTime()"
    if kind == "type" and isinstance(thing, AutoString | WordOf | Written):
        return "sa.String()"
    return False


def without_privacy(_context: MigrationContext, _revision: object, written: list[MigrationScript]) -> None:
    """Leave out what a new table says of itself: it is the code's, and not the schema's."""
    for script in written:
        for step in script.upgrade_ops.ops if script.upgrade_ops else ():
            if isinstance(step, CreateTableOp):
                step.info = {}


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    render_as_batch=True,
    render_item=render,
    process_revision_directives=without_privacy,
)
with context.begin_transaction():
    context.run_migrations()
