"""`files.*`: uploading in three steps, and what a file looks like."""

import mimetypes
from urllib.parse import quote

from playground.api_error import ApiError
from playground.posts import Draft
from playground.state import BOT_USER_ID
from playground.store import Json
from playground.web_api.call import Call, Method


def new_upload(call: Call) -> Json:
    """Promise a file and say where its bytes go."""
    name, length = call.text("filename"), call.text("length")
    if not length.isdigit() or int(length) == 0:
        raise ApiError("invalid_arguments")
    workspace = call.workspace
    file_id = workspace.state.new_id("F")
    url = f"{workspace.base_url}files/{file_id}/{quote(name)}"
    file = {
        "id": file_id,
        "created": int(workspace.clock.timestamp()),
        "name": name,
        "title": name,
        "mimetype": mimetypes.guess_type(name)[0] or "application/octet-stream",
        "filetype": name.rpartition(".")[2],
        "user": BOT_USER_ID,
        "size": int(length),
        "alt_txt": call.optional("alt_txt") or "",
        "url_private": url,
        "url_private_download": url,
        "permalink": url,
    }
    workspace.state.save_file(file)
    return {"ok": True, "file_id": file_id, "upload_url": f"{workspace.base_url}upload/{file_id}"}


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
    for channel in channels:
        conversation = workspace.state.conversations.get(channel)
        if conversation is None or BOT_USER_ID not in conversation.members:
            raise ApiError("channel_not_found")
        draft = Draft(call.optional("initial_comment") or "", files=files)
        workspace.posts.post(BOT_USER_ID, channel, draft, thread_ts=call.optional("thread_ts"))
    return {"ok": True, "files": files}


METHODS = (
    Method("files.getUploadURLExternal", new_upload, ("files:write",)),
    Method("files.completeUploadExternal", complete_upload, ("files:write",)),
)
