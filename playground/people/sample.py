"""The colleagues, channels and zones that a fresh workspace starts with."""

from dataclasses import dataclass

from playground.manifest import Manifest
from playground.state.objects import SLACKBOT
from playground.state.state import BOT_USER_ID, Conversation, Person, State

BERLIN, LONDON, LISBON = "Europe/Berlin", "Europe/London", "Europe/Lisbon"
NEW_YORK, KOLKATA = "America/New_York", "Asia/Kolkata"

COLLEAGUES = (
    ("amara", "Amara Okafor", BERLIN),
    ("tomasz", "Tomasz Nowak", BERLIN),
    ("lee", "Lee Chen", LONDON),
    ("jonas", "Jonas Weber", BERLIN),
    ("mei", "Mei Tanaka", BERLIN),
    ("ana", "Ana Ferreira", LISBON),
    ("sam", "Sam Taylor", NEW_YORK),
    ("priya", "Priya Raman", KOLKATA),
    ("elif", "Elif Yıldız", BERLIN),  # noqa: RUF001 - that is how the name is written
    ("mateo", "Mateo García", BERLIN),
    ("freya", "Freya Lindqvist", BERLIN),
    ("omar", "Omar Haddad", LONDON),
    ("chloe", "Chloé Laurent", BERLIN),
    ("dmitri", "Dmitri Ivanov", BERLIN),
    ("sofia", "Sofia Rossi", BERLIN),
    ("kofi", "Kofi Mensah", LONDON),
    ("hana", "Hana Kovář", BERLIN),
    ("liam", "Liam O'Connor", LONDON),
    ("noor", "Noor Rahman", BERLIN),
    ("pedro", "Pedro Almeida", LISBON),
    ("ingrid", "Ingrid Bakken", BERLIN),
    ("yusuf", "Yusuf Demir", BERLIN),
    ("zoe", "Zoe Papadaki", BERLIN),
    ("marcus", "Marcus Reed", NEW_YORK),
    ("lena", "Lena Schäfer", BERLIN),
)
GUEST = ("vera", "Vera Novak", BERLIN)
DEACTIVATED = ("old-ben", "Ben Fischer", BERLIN)
DESIGN = ("amara", "mei", "ana", "freya", "chloe", "hana", "zoe", "lena")
# Of the people added for measuring, every so many-th is in a channel added for it.
FEWER = 20
LEADS = ("tomasz", "ingrid", "omar", "priya")


def person_id(name: str) -> str:
    """Give the readable id of a colleague: `U0AMARA` for `amara`."""
    return "U0" + name.upper().replace("-", "")


@dataclass(frozen=True)
class More:
    """How many people and channels a workspace gets beside the sample's; for measuring."""

    people: int = 0
    channels: int = 0


def fill(state: State, manifest: Manifest, now: float, more: More | None = None) -> None:
    """Fill an empty workspace; `now` is its Unix time."""
    more = more or More()
    updated = int(now)
    for name, real_name, zone in (*COLLEAGUES, GUEST, DEACTIVATED):
        person = Person(person_id(name), name, real_name, zone, email=f"{name}@example.com", updated=updated)
        person.is_restricted = name == GUEST[0]
        person.deleted = name == DEACTIVATED[0]
        state.save_person(person)
    save_app(state, manifest)
    # Slack says of Slackbot that it is no bot.
    state.save_person(Person(SLACKBOT, "slackbot", "Slackbot", BERLIN, updated=updated))
    everybody = [name for name, _, _ in COLLEAGUES]
    crowd = _add_people(state, more.people, updated)
    everybody += crowd
    _channel(state, "general", everybody, "Company-wide news", updated)
    _channel(state, "learning", everybody, "Who wants to learn what from whom", updated)
    _channel(state, "design", DESIGN, "Design critique, every Thursday", updated)
    _channel(state, "leads", LEADS, "Team leads", updated, private=True)
    for number in range(1, more.channels + 1):
        # Each has every so many-th person, and Amara: she is who one acts as at first.
        names = [COLLEAGUES[0][0], *crowd[number % FEWER :: FEWER]]
        _channel(state, f"project-{number:03d}", names, f"Project {number}", updated)


def _add_people(state: State, count: int, updated: int) -> list[str]:
    """Add people whose names are put together from the sample's; gives their handles."""
    given = [real_name.split()[0] for _, real_name, _ in COLLEAGUES]
    family = [real_name.split()[-1] for _, real_name, _ in COLLEAGUES]
    names = []
    for number in range(count):
        first, last = given[number % len(given)], family[(number // len(given)) % len(family)]
        name = f"p{number + 1:05d}"
        zone = COLLEAGUES[number % len(COLLEAGUES)][2]
        person = Person(person_id(name), name, f"{first} {last} {number + 1}", zone, updated=updated)
        person.email = f"{name}@example.com"
        state.save_person(person)
        names.append(name)
    return names


def save_app(state: State, manifest: Manifest) -> None:
    """Keep the app's bot user under the names of the manifest."""
    state.save_person(Person(BOT_USER_ID, manifest.bot_name, manifest.name, BERLIN, is_bot=True))


def _channel(
    state: State,
    name: str,
    names: tuple[str, ...] | list[str],
    topic: str,
    now: int,
    *,
    private: bool = False,
) -> None:
    members = [person_id(one) for one in names]
    state.save_conversation(
        Conversation(
            id=f"C0{name.upper()}",
            kind="private" if private else "channel",
            name=name,
            members=members,
            topic=topic,
            creator=members[0],
            created=now,
        )
    )
