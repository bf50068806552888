"""The nightly look at the workspace: who was deactivated, moved or left a channel unnoticed."""

import logging
from datetime import datetime

from bot.domain.cadence import decode_cadence
from bot.domain.identity import Tenant
from bot.gateway import SlackGateway
from bot.services.communities import CommunityService
from bot.services.members import MemberService
from bot.troubles import CannotReachError, SlackTrouble
from storage.due import Due

_log = logging.getLogger(__name__)


class Roster:
    """Brings what is stored of people in line with Slack; events tell the same sooner, when they arrive.

    Args:
        gateway: Slack.
        members: Takes over what Slack says.
        communities: Knows the channels.
        tenant: The workspace.
        bot_user_id: The bot's own account, whose presence proves that a channel's list can be trusted.
    """

    def __init__(
        self,
        gateway: SlackGateway,
        members: MemberService,
        communities: CommunityService,
        tenant: Tenant,
        bot_user_id: str,
    ) -> None:
        self._gateway = gateway
        self._members = members
        self._communities = communities
        self._tenant = tenant
        self._bot_user_id = bot_user_id

    def refresh(self, row: Due, now: datetime) -> None:
        """Handle the nightly look; what Slack does not answer tonight is asked tomorrow."""
        next_at = decode_cadence(row.cadence or "").next_after(max(now, row.due_at))
        if not self._members.begin_look(row, next_at, now):
            return
        try:
            for profiles in self._gateway.list_profiles():
                self._members.account_changed(self._tenant, profiles, now)
            for channel_id in self._communities.channels(self._tenant):
                self._look_into(channel_id, now)
        except SlackTrouble as trouble:
            _log.warning("the nightly look at people stopped: %s", trouble.error)

    def _look_into(self, channel_id: str, now: datetime) -> None:
        try:
            present = set(self._gateway.list_channel(channel_id))
        except CannotReachError as trouble:
            _log.warning("nobody can be seen in %s: %s", channel_id, trouble.error)
            return
        if self._bot_user_id in present:
            self._members.keep_present(self._tenant, channel_id, present, now)

    def settle_zone(self, row: Due, now: datetime) -> None:
        """Handle the question in which zone most people of a new community's channel live."""
        channel_id = self._communities.channel_of(row)
        # Asked before the row is taken, so that a process that ends meanwhile leaves it to the next.
        zones = self._gateway.zones_in(channel_id)
        self._communities.settle_zone(row, zones, now)
