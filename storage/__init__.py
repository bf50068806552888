"""Tables and the queries on them."""

from storage import (
    answers,
    communities,
    due,
    erasures,
    goals,
    kudos,
    members,
    notwith,
    offers,
    outbox,
    pings,
    processes,
    prompts,
    requests,
    rounds,
    seen,
    waits,
)

# Importing a topic registers its tables; migrations and tests rely on all of them being there.
TOPICS = (
    answers,
    communities,
    due,
    erasures,
    goals,
    kudos,
    members,
    notwith,
    offers,
    outbox,
    pings,
    processes,
    prompts,
    requests,
    rounds,
    seen,
    waits,
)
