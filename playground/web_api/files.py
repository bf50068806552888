"""`files.*`: uploading in three steps, and what a file looks like."""

from playground.api_error import ApiError, invalid_arguments
from playground.messages.posts import Draft
from playground.state.state import BOT_USER_ID
from playground.state.store import Json
from playground.web_api.call import Call, Method

LONGEST_ALT_TEXT = 1_000
MOST_CHANNELS = 100


def new_upload(call: Call) -> Json:
    """Promise a file and say where its bytes go."""
    name, length = call.text("filename"), call.text("length")
    if not length.isdigit() or int(length) == 0:
        raise invalid_arguments("must be greater than 0 [json-pointer:/length]")
    if len(call.optional("alt_txt") or "") > LONGEST_ALT_TEXT:
        raise ApiError("alt_txt_too_large")
    file = call.workspace.files.promise(BOT_USER_ID, name, int(length), call.optional("alt_txt") or "")
    return {"ok": True, "file_id": file["id"], "upload_url": f"{call.workspace.base_url}upload/{file['id']}"}


def info(call: Call) -> Json:
    """Tell about a file."""
    return {"ok": True, "file": _file(call), "comments": [], "response_metadata": {"next_cursor": ""}}


def list_all(call: Call) -> Json:
    """List the app's files, the newest first, by page number as these methods still do."""
    uploads = [file for file in call.workspace.state.files.values() if _is_uploaded(call, file)]
    newest = sorted(uploads, key=lambda file: str(file["id"]), reverse=True)
    count, page = _number(call, "count", 100), _number(call, "page", 1)
    pages = -(-len(newest) // count)
    paging = {"count": count, "total": len(newest), "page": page, "pages": pages}
    return {"ok": True, "files": newest[(page - 1) * count : page * count], "paging": paging}


def delete(call: Call) -> Json:
    """Take a file away, also out of the messages that share it."""
    file, workspace = _file(call), call.workspace
    for message in [one for messages in workspace.state.messages.values() for one in messages]:
        if any(shared["id"] == file["id"] for shared in message.files):
            message.files = [shared for shared in message.files if shared["id"] != file["id"]]
            workspace.state.save_message(message)
    workspace.state.drop_file(file["id"])
    return {"ok": True}


def complete_upload(call: Call) -> Json:
    """Share uploaded files in a channel, or keep them for the app when none is named."""
    workspace = call.workspace
    files = []
    for wanted in call.objects("files", "invalid_arguments") or []:
        file = workspace.state.files.get(str(wanted.get("id")))
        if file is None or workspace.state.find_upload(file["id"]) is None:
            raise ApiError("file_not_found")
        workspace.state.save_file(file | {"title": wanted.get("title") or file["name"]})
        files.append(workspace.state.files[file["id"]])
    if not files:
        raise ApiError("invalid_arguments")
    channels = call.ids("channel_id") + call.ids("channels")
    if len(channels) > MOST_CHANNELS:
        raise ApiError("channels_limit_exceeded")
    for channel in channels:
        conversation = workspace.state.conversations.get(channel)
        if conversation is None or BOT_USER_ID not in conversation.members:
            raise ApiError("channel_not_found")
        if conversation.archived:
            raise ApiError("is_archived")
        draft = Draft(call.optional("initial_comment") or "", files=files)
        workspace.posts.post(BOT_USER_ID, channel, draft, thread_ts=call.optional("thread_ts"))
    return {"ok": True, "files": files}


def _number(call: Call, name: str, usual: int) -> int:
    given = call.optional(name) or str(usual)
    if not given.isdecimal() or int(given) == 0:
        raise invalid_arguments(f"must be greater than 0 [json-pointer:/{name}]")
    return int(given)


def _is_uploaded(call: Call, file: Json) -> bool:
    return call.workspace.state.find_upload(file["id"]) is not None


def _file(call: Call) -> Json:
    file = call.workspace.state.files.get(call.text("file"))
    if file is None or not _is_uploaded(call, file):
        raise ApiError("file_not_found")
    return file


METHODS = (
    Method("files.info", info, ("files:read",)),
    Method("files.list", list_all, ("files:read",)),
    Method("files.delete", delete, ("files:write",)),
    Method("files.getUploadURLExternal", new_upload, ("files:write",)),
    Method("files.completeUploadExternal", complete_upload, ("files:write",)),
)
