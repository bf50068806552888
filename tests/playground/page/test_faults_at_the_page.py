"""Something goes wrong on request of the person who sits at the page."""

from playwright.sync_api import Page, expect
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from playground.client import WorkspaceClient


def refusal(web: WebClient) -> str:
    """Ask for a person; return the error, or nothing."""
    try:
        web.users_info(user="U0AMARA")
    except SlackApiError as error:
        return str(error.response["error"])
    return ""


def test_a_person_lets_calls_go_wrong_and_sees_it(page: Page, workspace: WorkspaceClient) -> None:
    page.goto("/?as=U0AMARA&c=C0GENERAL&record=1")
    side = page.get_by_role("complementary", name="What the app did")
    tab = side.get_by_role("link", name="Violations").bounding_box()
    assert tab is not None
    assert tab["x"] + tab["width"] <= 1280
    side.get_by_text("Let something go wrong").click()
    side.get_by_label("What goes wrong").select_option("error")
    side.get_by_label("On which method or type").fill("users.info")
    side.get_by_label("Slack's error").fill("user_not_found")
    side.get_by_label("Share").fill("0.5")
    side.get_by_label("Seed").fill("7")
    side.get_by_role("button", name="Let it go wrong").click()

    expect(side).to_contain_text("error on users.info, user_not_found, share 0.5 by seed 7")
    web = WebClient("xoxb-local-workspace", base_url=f"{workspace.base_url}api/")
    answers = [refusal(web) for _ in range(30)]

    assert set(answers) == {"", "user_not_found"}
    expect(side).to_contain_text("fault: error")
    assert workspace.faults()[0]["met"] == answers.count("user_not_found")

    side.get_by_role("button", name="Clear all").click()
    expect(side).not_to_contain_text("by seed 7")
    assert workspace.faults() == []
