"""The services over a database of their own, with the real library."""

import pytest

from bot.domain.guides import GuideLibrary
from bot.domain.prompts import PromptLibrary
from bot.domain.topics import Thesaurus
from bot.library import load_guides, load_prompts, load_thesaurus
from bot.services.communities.communities import CommunityService
from bot.services.communities.invitations import InvitationService
from bot.services.communities.prompts import PromptService
from bot.services.communities.suggestions import SuggestionService
from bot.services.goals.goal_checks import GoalCheckService
from bot.services.goals.goals import GoalService
from bot.services.goals.witnesses import WitnessService
from bot.services.kudos.kudos import KudosService
from bot.services.members.members import MemberService
from bot.services.members.settings import SettingsService
from bot.services.notes.notes import NoteService
from bot.services.offers.offers import OfferService
from bot.services.offers.requests import RequestService
from bot.services.offers.search import Finder
from bot.services.overview.home import HomeService
from bot.services.overview.uses import UseService
from bot.services.rounds.check_ins import CheckInService
from bot.services.rounds.rounds import RoundService
from storage.database import Database
from tests.factories import VAULT


@pytest.fixture(scope="session")
def guides() -> GuideLibrary:
    return load_guides()


@pytest.fixture(scope="session")
def library() -> PromptLibrary:
    return load_prompts()


@pytest.fixture(scope="session")
def thesaurus() -> Thesaurus:
    return load_thesaurus()


@pytest.fixture
def members(database: Database) -> MemberService:
    return MemberService(database)


@pytest.fixture
def communities(database: Database) -> CommunityService:
    return CommunityService(database)


@pytest.fixture
def prompts(database: Database, library: PromptLibrary) -> PromptService:
    return PromptService(database, library)


@pytest.fixture
def rounds(database: Database, guides: GuideLibrary) -> RoundService:
    return RoundService(database, guides, VAULT)


@pytest.fixture
def check_ins(database: Database) -> CheckInService:
    return CheckInService(database)


@pytest.fixture
def goals(database: Database) -> GoalService:
    return GoalService(database, VAULT)


@pytest.fixture
def checks(database: Database) -> GoalCheckService:
    return GoalCheckService(database)


@pytest.fixture
def witnesses(database: Database) -> WitnessService:
    return WitnessService(database)


@pytest.fixture
def offers(database: Database, thesaurus: Thesaurus) -> OfferService:
    return OfferService(database, Finder(thesaurus, VAULT))


@pytest.fixture
def home(database: Database, thesaurus: Thesaurus) -> HomeService:
    return HomeService(database, Finder(thesaurus, VAULT))


@pytest.fixture
def requests(database: Database, thesaurus: Thesaurus, guides: GuideLibrary) -> RequestService:
    return RequestService(database, Finder(thesaurus, VAULT), guides)


@pytest.fixture
def own(database: Database) -> SettingsService:
    return SettingsService(database, VAULT)


@pytest.fixture
def kudos(database: Database) -> KudosService:
    return KudosService(database)


@pytest.fixture
def notes(database: Database) -> NoteService:
    return NoteService(database)


@pytest.fixture
def uses(database: Database) -> UseService:
    return UseService(database)


@pytest.fixture
def suggestions(database: Database) -> SuggestionService:
    return SuggestionService(database)


@pytest.fixture
def invitations(database: Database) -> InvitationService:
    return InvitationService(database)
