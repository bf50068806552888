"""A person at the page: what they click and type, and what they see then."""

import re
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, expect
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from playground.client import WorkspaceClient
from tests.playground.page.tea_app import TeaApp

AMARA, TOMASZ = "U0AMARA", "U0TOMASZ"


@pytest.fixture
def channel(workspace: WorkspaceClient) -> str:
    return workspace.channel("learning")


def open_channel(page: Page, channel: str, person: str = AMARA) -> None:
    page.goto(f"/?as={person}&c={channel}")


def write(page: Page, text: str) -> None:
    field = page.get_by_role("textbox", name="Message", exact=False)
    field.fill(text)
    field.press("Escape")
    field.press("Enter")


def test_the_person_one_acts_as_is_the_author(page: Page, channel: str) -> None:
    open_channel(page, channel)

    page.get_by_label("You act as").select_option(label="Tomasz Nowak")
    page.wait_for_url(f"**/?as={TOMASZ}&c={channel}*")
    write(page, "Good morning, *everybody*")

    message = page.get_by_role("article")
    expect(message).to_contain_text("Tomasz Nowak")
    expect(message.locator("b")).to_have_text("everybody")


def test_two_tabs_are_two_people_who_see_each_other_at_once(page: Page, channel: str) -> None:
    open_channel(page, channel)
    other = page.context.new_page()
    open_channel(other, channel, TOMASZ)

    write(page, "Is anybody there?")

    expect(other.get_by_role("article")).to_contain_text("Is anybody there?")
    expect(page.get_by_role("textbox", name="Message")).to_have_value("")


def test_next_and_previous_step_through_the_people(page: Page, channel: str) -> None:
    open_channel(page, channel)
    first = page.get_by_label("You act as").input_value()

    page.get_by_role("link", name="Next person").click()
    page.wait_for_url(lambda url: f"as={first}" not in url)
    page.get_by_role("link", name="Previous person").click()

    expect(page.get_by_label("You act as")).to_have_value(first)


def test_a_slash_offers_the_commands_and_enter_runs_one(page: Page, channel: str) -> None:
    open_channel(page, channel)
    field = page.get_by_role("textbox", name="Message")

    field.press_sequentially("/t")
    expect(page.get_by_role("listbox", name="Suggestions").get_by_role("option")).to_contain_text(
        "Meet somebody over tea"
    )
    field.press("Tab")
    expect(field).to_have_value("/tea ")
    field.press("Enter")

    expect(page.get_by_role("article")).to_contain_text("Only visible to you")
    expect(page.get_by_role("button", name="Count me in")).to_be_visible()


def test_an_at_sign_completes_people(page: Page, channel: str) -> None:
    open_channel(page, channel)
    field = page.get_by_role("textbox", name="Message")

    field.press_sequentially("Thanks @tom")
    field.press("Enter")
    expect(field).to_have_value("Thanks @tomasz ")
    field.press("Enter")

    expect(page.get_by_role("article").locator(".mention")).to_have_text("@Tomasz Nowak")


def test_a_command_without_an_answer_keeps_what_was_typed(page: Page, channel: str) -> None:
    open_channel(page, channel)

    write(page, "/tea silence")

    expect(page.get_by_role("article")).to_contain_text("/tea failed", timeout=8000)
    expect(page.get_by_role("textbox", name="Message")).to_have_value("/tea silence")


def test_a_button_acts_on_its_message(page: Page, channel: str) -> None:
    open_channel(page, channel)
    write(page, "/tea")

    page.get_by_role("button", name="Count me in").click()

    expect(page.get_by_role("article")).to_contain_text("You are in.")


def test_a_button_with_a_question_waits_for_the_answer(page: Page, channel: str, tea: TeaApp) -> None:
    open_channel(page, channel)
    write(page, "/tea")

    page.get_by_role("button", name="Not today").click()
    page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("dialog")).to_be_hidden()
    assert [body for body in tea.bodies if body.get("type") == "block_actions"] == []
    page.get_by_role("button", name="Not today").click()
    page.get_by_role("dialog").get_by_role("button", name="No tea").click()

    expect(page.get_by_role("article")).to_contain_text("No tea for you.")


def test_selects_and_menus_send_what_was_chosen(page: Page, channel: str) -> None:
    open_channel(page, channel)
    write(page, "/tea")

    page.get_by_role("combobox", name="Which tea?").select_option(label="Black")
    expect(page.get_by_role("article").last).to_contain_text("A cup of black tea.")
    page.get_by_label("More actions").click()
    page.get_by_role("button", name="Later").click()

    expect(page.get_by_role("article").first).to_contain_text("You chose later.")


def test_a_modal_keeps_what_was_typed_until_the_app_is_content(page: Page, channel: str, tea: TeaApp) -> None:
    open_channel(page, channel)
    write(page, "/tea form")
    modal = page.get_by_role("dialog", name="Plan tea")
    field = modal.get_by_label("What shall we talk about?")
    expect(field).to_be_focused()

    modal.get_by_role("button", name="Save").click()
    expect(modal).to_contain_text("Please complete this required field.")
    field.fill("work, what else")
    modal.get_by_label("Which day?").fill("2030-01-09")
    modal.get_by_role("group", name="With whom?").locator("summary").click()
    modal.get_by_label("Lee Chen").check()
    modal.get_by_role("button", name="Save").click()
    expect(modal).to_contain_text("Anything but that, please.")
    expect(field).to_have_value("work, what else")
    expect(modal.get_by_label("Which day?")).to_have_value("2030-01-09")
    expect(modal.locator("summary")).to_contain_text("Lee Chen")
    field.fill("gardens")
    modal.get_by_role("button", name="Save").click()

    expect(page.get_by_role("dialog")).to_have_count(0)
    saved = [body for body in tea.bodies if body.get("type") == "view_submission"][-1]["view"]["state"]["values"]
    assert saved["what"]["text"]["value"] == "gardens"
    assert saved["day"]["date"]["selected_date"] == "2030-01-09"
    assert saved["with"]["people"]["selected_users"] == ["U0LEE"]
    expect(page.locator(".entry.unread")).to_contain_text("Messages")


def test_a_choice_that_changes_the_modal_keeps_the_other_fields(page: Page, channel: str) -> None:
    open_channel(page, channel)
    write(page, "/tea form")
    field = page.get_by_label("What shall we talk about?")
    field.fill("half a sentence")

    page.get_by_role("radio", name="Cake", exact=True).check()

    expect(page.get_by_role("dialog", name="Plan tea and cake")).to_be_visible()
    expect(field).to_have_value("half a sentence")
    expect(page.get_by_role("radio", name="Cake", exact=True)).to_be_checked()


def test_modals_stand_on_each_other(page: Page, channel: str) -> None:
    open_channel(page, channel)
    write(page, "/tea form")
    page.get_by_label("What shall we talk about?").fill("twice")
    page.get_by_role("button", name="Save").click()

    second = page.get_by_role("dialog", name="Plan another tea")
    expect(second.get_by_label("What shall we talk about?")).to_have_value("")
    second.get_by_role("button", name="Cancel").click()

    first = page.get_by_role("dialog", name="Plan tea")
    expect(first.get_by_label("What shall we talk about?")).to_have_value("twice")


def test_a_field_in_a_message_acts_on_enter(page: Page, channel: str) -> None:
    open_channel(page, channel)
    write(page, "/tea name")

    page.get_by_label("Name it").fill("Earl Grey")
    page.get_by_label("Name it").press("Enter")

    expect(page.get_by_role("article")).to_contain_text("Named Earl Grey.")


def test_the_keyboard_alone_goes_to_another_channel(page: Page, channel: str) -> None:
    open_channel(page, channel)

    page.keyboard.press("Control+k")
    places = page.get_by_role("listbox", name="Places").get_by_role("option")
    expect(places).to_have_count(5)
    page.keyboard.type("des")
    expect(places).to_have_text([re.compile("design")])
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", name="#design")).to_be_visible()
    page.keyboard.press("Control+k")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()


def test_writing_to_somebody_opens_a_direct_message(page: Page, channel: str) -> None:
    open_channel(page, channel)

    page.get_by_label("Write to somebody").select_option(label="Lee Chen")

    expect(page.get_by_role("heading", name="Lee Chen")).to_be_visible()
    expect(page.get_by_role("textbox", name="Message Lee Chen")).to_be_visible()


def test_a_reaction_comes_and_goes(page: Page, channel: str, workspace: WorkspaceClient) -> None:
    workspace.say(TOMASZ, channel, "Cake is here")
    open_channel(page, channel)
    page.get_by_role("article").hover()

    page.get_by_label("More for this message").click()
    page.get_by_role("button", name="React with tada").click()
    reaction = page.locator(".reaction")
    expect(reaction).to_have_attribute("aria-pressed", "true")
    reaction.click()

    expect(reaction).to_have_count(0)


def test_escape_closes_a_modal_and_gives_the_focus_back(page: Page, channel: str) -> None:
    open_channel(page, channel)
    write(page, "/tea form")
    expect(page.get_by_role("dialog")).to_be_visible()

    page.keyboard.press("Escape")

    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_role("textbox", name="Message")).to_be_focused()


def test_home_is_published_when_it_is_opened_and_its_buttons_work(page: Page) -> None:
    page.goto(f"/?as={AMARA}")

    page.get_by_role("link", name="Tea time Home").click()
    expect(page.get_by_role("heading", name="Your teas")).to_be_visible()
    page.get_by_role("button", name="Plan one").click()

    expect(page.get_by_role("dialog", name="Plan tea")).to_be_visible()


def test_the_app_answers_in_its_messages_tab(page: Page) -> None:
    page.goto(f"/?as={AMARA}&c=app&tab=messages")

    write(page, "Hello, app")

    expect(page.get_by_role("article").last).to_contain_text("You said: Hello, app")


def test_the_clock_moves_forwards_and_says_so(page: Page, channel: str, workspace: WorkspaceClient) -> None:
    open_channel(page, channel)
    before = workspace.state()["now"]

    page.get_by_text("Coming up").click()
    page.get_by_role("button", name="Next Tuesday 10:00").click()

    expect(page.get_by_role("status")).to_contain_text("It is now Tuesday")
    expect(page.locator("#now")).to_contain_text("Tue")
    expect(page.locator("#now")).to_contain_text("10:00:0")
    assert workspace.state()["now"] > before


def test_the_clock_refuses_to_go_back(page: Page, channel: str) -> None:
    open_channel(page, channel)

    page.get_by_text("Coming up").click()
    page.get_by_label("Date and time to go to").fill("2001-01-01T00:00")
    page.get_by_role("button", name="Go", exact=True).click()

    expect(page.get_by_role("status")).to_contain_text("only moves forwards")


def test_a_thread_opens_beside_the_channel_and_takes_replies(page: Page, channel: str) -> None:
    open_channel(page, channel)
    write(page, "Who likes tea?")
    page.get_by_role("article").hover()

    page.get_by_role("link", name="Reply in thread").click()
    thread = page.get_by_role("complementary", name="Thread")
    thread.get_by_role("textbox", name="Reply").fill("I do")
    thread.get_by_role("textbox", name="Reply").press("Enter")

    expect(thread.get_by_role("article")).to_have_count(2)
    expect(thread.get_by_role("article").last).to_contain_text("Amara Okafor")
    expect(thread).to_contain_text("1 reply")
    expect(page.get_by_role("link", name="1 reply")).to_be_visible()


def test_commands_do_not_work_in_threads_as_in_slack(page: Page, channel: str, workspace: WorkspaceClient) -> None:
    ts = workspace.say(AMARA, channel, "Who likes tea?")
    page.goto(f"/?as={AMARA}&c={channel}&thread={ts}")
    field = page.get_by_role("textbox", name="Reply")

    field.fill("/tea")
    field.press("Enter")

    expect(page.get_by_role("alert").last).to_contain_text("/tea is not supported in threads.")
    expect(field).to_have_value("/tea")


def test_the_app_can_be_added_to_a_channel(page: Page, channel: str) -> None:
    open_channel(page, channel)

    page.get_by_role("button", name="Add the app").click()
    expect(page.get_by_role("button", name="Add the app")).to_have_count(0)
    write(page, "/tea here")

    expect(page.get_by_role("button", name="Count me in")).to_be_visible()


def test_a_message_shortcut_reaches_the_app(page: Page, channel: str, workspace: WorkspaceClient) -> None:
    workspace.say(TOMASZ, channel, "Something to talk about")
    open_channel(page, channel)
    page.get_by_role("article").hover()

    page.get_by_label("More for this message").click()
    page.get_by_role("button", name="Discuss over tea").click()

    expect(page.get_by_role("dialog", name="Plan tea")).to_be_visible()


def test_what_the_app_did_is_shown_with_the_time_it_took(page: Page, channel: str) -> None:
    open_channel(page, channel)
    write(page, "/tea form")
    page.get_by_role("button", name="Cancel").click()

    page.get_by_role("link", name="What the app did").click()

    record = page.get_by_role("complementary", name="What the app did")
    expect(record).to_contain_text("views.open")
    expect(record.locator("details", has_text="slash_commands")).to_contain_text(" ms")


def test_hostile_text_stays_text(page: Page, channel: str) -> None:
    open_channel(page, channel)

    write(page, "<img src=x onerror=alert(1)> <script>alert(2)</script>")

    expect(page.get_by_role("article")).to_contain_text("<img src=x onerror=alert(1)> <script>alert(2)</script>")


def test_the_introduction_stays_closed_once_closed(page: Page, channel: str) -> None:
    open_channel(page, channel)

    page.get_by_role("button", name="Close this card").click()
    page.reload()

    expect(page.get_by_role("heading", name="Try this")).to_be_hidden()
    page.get_by_role("button", name="First visit").click()
    expect(page.get_by_role("heading", name="Try this")).to_be_visible()


@pytest.mark.parametrize(
    ("name", "scheme", "width", "height"),
    [
        ("desktop-light", "light", 1280, 860),
        ("desktop-dark", "dark", 1280, 860),
        ("phone", "light", 390, 844),
        ("small-phone", "dark", 320, 568),
    ],
)
def test_nothing_sticks_out_of_the_window(
    page: Page, channel: str, artifacts: Path, name: str, scheme: str, width: int, height: int
) -> None:
    page.set_viewport_size({"width": width, "height": height})
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    open_channel(page, channel)
    write(page, "Shall we have *tea* with @lee? It is `ready` :tea:")
    write(page, "/tea")
    expect(page.get_by_role("button", name="Count me in")).to_be_visible()

    page.screenshot(path=artifacts / f"{name}.png")

    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_two_people_stand_side_by_side(page: Page, channel: str) -> None:
    open_channel(page, channel)

    page.get_by_role("link", name="Two people side by side").click()
    left, right = page.frame_locator("iframe").first, page.frame_locator("iframe").last
    field = left.get_by_role("textbox", name="Message", exact=False)
    field.fill("Are you there?")
    field.press("Enter")

    expect(right.get_by_role("article")).to_contain_text("Are you there?")
    expect(left.get_by_role("article")).to_contain_text("Amara Okafor")
    page.get_by_role("link", name="Back to one").click()
    expect(page.get_by_label("You act as")).to_have_value(AMARA)


def test_the_clock_goes_to_what_is_due_next(page: Page, channel: str, workspace: WorkspaceClient) -> None:
    at = workspace.now().replace(microsecond=0) + timedelta(days=2)
    plans = [{"at": at.isoformat(), "what": f"<#{channel}>: tea"}, {"at": "2031-01-06T09:00:00+00:00", "what": "Cake"}]
    httpx.put(f"{workspace.base_url}agenda", json={"items": plans}, trust_env=False).raise_for_status()
    open_channel(page, channel)

    page.get_by_role("button", name="Next: #learning: tea").click()
    expect(page.get_by_role("button", name="Next: Cake")).to_be_visible()
    assert at <= workspace.now() < at + timedelta(minutes=1)
    page.get_by_text("Coming up").click()
    page.get_by_role("button", name="Mon 6 Jan, 10:00 Cake").click()

    expect(page.get_by_role("status").last).to_contain_text("It is now Monday 6 January 2031, 10:00")


def test_what_is_coming_up_fits_a_small_phone(page: Page, channel: str, workspace: WorkspaceClient) -> None:
    at = workspace.now() + timedelta(days=1)
    plans = [{"at": at.isoformat(), "what": f"{number} people are asked: did you meet?"} for number in range(9)]
    httpx.put(f"{workspace.base_url}agenda", json={"items": plans}, trust_env=False).raise_for_status()
    page.set_viewport_size({"width": 320, "height": 568})
    open_channel(page, channel)

    page.get_by_text("Coming up").click()

    entries = page.locator(".agenda > button:has(time)")
    expect(entries).to_have_count(9)
    cut = "buttons => buttons.filter(one => one.scrollHeight > one.clientHeight + 1).length"
    assert entries.evaluate_all(cut) == 0


def test_the_record_can_be_narrowed_to_what_was_refused(page: Page, channel: str) -> None:
    open_channel(page, channel)
    write(page, "/tea form")
    page.get_by_role("button", name="Cancel").click()

    page.goto(f"/?as={AMARA}&c={channel}&record=refused")

    record = page.get_by_role("complementary", name="What the app did")
    expect(record).to_contain_text("Nothing yet.")
    record.get_by_role("link", name="Calls").click()
    expect(record.locator("details.record").first).to_contain_text("views.open")


def test_a_data_table_turns_its_pages_and_sorts(page: Page, workspace: WorkspaceClient) -> None:
    channel = workspace.dm(AMARA, "U0BOT")
    head = [{"type": "raw_text", "text": "Tea"}, {"type": "raw_text", "text": "Cups"}]
    rows = [[{"type": "raw_text", "text": f"Sort {n}"}, {"type": "raw_number", "value": n}] for n in (3, 20, 100, 7)]
    table = {"type": "data_table", "caption": "Teas", "page_size": 2, "rows": [head, *rows]}
    client = WebClient("xoxb-local-workspace", base_url=f"{workspace.base_url}api/")
    client.chat_postMessage(channel=channel, text="Teas", blocks=[table])
    page.goto(f"/?as={AMARA}&c=app&tab=messages")

    shown = page.locator("tbody tr:not([hidden])")
    expect(shown).to_have_text([re.compile("Sort 3"), re.compile("Sort 20")])
    page.get_by_role("button", name="More rows").click()
    expect(shown).to_have_text([re.compile("Sort 100"), re.compile("Sort 7")])
    page.get_by_role("button", name="Cups").click()
    expect(shown).to_have_text([re.compile("Sort 3"), re.compile("Sort 7")])
    page.get_by_role("button", name="Cups").click()

    expect(shown).to_have_text([re.compile("Sort 100"), re.compile("Sort 20")])
    expect(page.get_by_role("columnheader", name="Cups")).to_have_attribute("aria-sort", "descending")


def test_a_long_conversation_shows_its_end_and_more_on_request(
    page: Page, channel: str, workspace: WorkspaceClient
) -> None:
    for number in range(60):
        workspace.say(TOMASZ, channel, f"Line {number}.")
    open_channel(page, channel)

    expect(page.get_by_role("article")).to_have_count(50)
    expect(page.get_by_role("article").last).to_contain_text("Line 59.")
    page.get_by_role("link", name="Show earlier messages").click()

    expect(page.get_by_role("article")).to_have_count(60)
    expect(page.get_by_role("link", name="Show earlier messages")).to_have_count(0)


def test_a_menu_that_is_open_stays_while_the_page_changes(page: Page, channel: str, workspace: WorkspaceClient) -> None:
    workspace.say(TOMASZ, channel, "Something")
    open_channel(page, channel)
    page.get_by_role("article").first.hover()
    page.get_by_label("More for this message").first.click()
    expect(page.get_by_role("button", name="Discuss over tea")).to_be_visible()

    workspace.say(TOMASZ, channel, "Something else")
    expect(page.get_by_role("article")).to_have_count(2)

    expect(page.get_by_role("button", name="Discuss over tea")).to_be_visible()


def test_what_broke_a_rule_is_listed(page: Page, channel: str, workspace: WorkspaceClient) -> None:
    client = WebClient("xoxb-local-workspace", base_url=f"{workspace.base_url}api/")
    with pytest.raises(SlackApiError):
        client.chat_postMessage(channel=workspace.dm(AMARA, "U0BOT"), text="x", blocks=[{"type": "divider"}] * 51)

    page.goto(f"/?as={AMARA}&c={channel}&record=violations")

    record = page.get_by_role("complementary", name="What the app did")
    expect(record.locator(".record")).to_contain_text(["chat.postMessage"])
