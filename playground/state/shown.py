"""What people are shown, as plain data: the shapes of `docs/local-workspace.md`."""

from playground.state.objects import SLACKBOT, view_object
from playground.state.state import TEAM_ID, Conversation, Message, Person, State, View
from playground.state.store import Json


def shown_person(person: Person) -> Json:
    """Show a person; Slackbot counts as a bot here."""
    return {
        "id": person.id,
        "name": person.name,
        "real_name": person.real_name,
        "tz": person.tz,
        "is_bot": person.is_bot or person.id == SLACKBOT,
        "is_restricted": person.is_restricted,
        "is_external": person.team != TEAM_ID,
        "deleted": person.deleted,
        "status_text": person.status_text,
        "status_emoji": person.status_emoji,
    }


def shown_conversation(conversation: Conversation, viewer: str, state: State) -> Json:
    """Show a conversation; a direct message is named after the other side, a group after the others."""
    others = [one for one in conversation.members if one != viewer] or [viewer]
    name = conversation.name
    if not conversation.is_named:
        name = ", ".join(state.people[one].real_name for one in others)
    read_to = conversation.last_read.get(viewer, "")
    unread = 0
    if viewer in conversation.members:
        unread = sum(
            1
            for message in state.messages_after(conversation.id, read_to)
            if message.user != viewer and message.reader in (None, viewer)
        )
    return {
        "id": conversation.id,
        "name": name,
        "kind": "app" if conversation.with_app else conversation.kind,
        "topic": conversation.topic,
        "members": list(conversation.members),
        "is_member": viewer in conversation.members,
        "archived": conversation.archived,
        "unread": unread,
    }


def shown_message(message: Message, state: State) -> Json:
    """Show a message."""
    return {
        "ts": message.ts,
        "user": message.user,
        "text": message.text,
        "blocks": message.blocks,
        "attachments": message.attachments,
        "thread_ts": message.thread_ts,
        "reply_count": len(state.replies(message.channel, message.ts)),
        "edited": message.edited is not None,
        "ephemeral": message.reader is not None,
        "reactions": message.reactions,
        "files": [
            {name: file.get(name) for name in ("id", "name", "title", "mimetype", "alt_txt")}
            | {"url": file["url_private"]}
            for file in message.files
        ],
        "bot": message.bot,
        "subtype": message.subtype,
    }


def shown_view(view: View) -> Json:
    """Show a view with the errors of its last submission."""
    return view_object(view) | {"errors": view.errors}
