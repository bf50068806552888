// What HTML alone cannot do: live updates, keys, the running clock, suggestions, dialogs.
"use strict";

const one = (selector, root = document) => root.querySelector(selector);
const all = (selector, root = document) => [...root.querySelectorAll(selector)];

// Live updates: the server says that something changed, and every region is fetched anew and morphed. ------------
let refreshing = false;
let again = false;

async function refresh() {
  if (refreshing) {
    again = true;
    return;
  }
  refreshing = true;
  const query = new URLSearchParams(location.search);
  query.set("view", one("#modal > .backdrop")?.dataset.version ?? "");
  query.set("have", all("[data-mark]").map((mark) => mark.dataset.mark).join());
  const began = performance.now();
  try {
    await htmx.ajax("GET", `/_page/live?${query}`, { target: document.body, swap: "none" });
  } finally {
    // When much happens, as much time as this took is left for the person at the page.
    setTimeout(refreshed, again ? performance.now() - began : 0);
  }
}

function refreshed() {
  refreshing = false;
  if (!again) return;
  again = false;
  refresh();
}

function listen() {
  const changes = new EventSource("/_/changes");
  changes.addEventListener("changed", refresh);
  // Whatever happened before the line was up, or while it was down, is fetched when it is there.
  changes.onopen = refresh;
}

// Scrolling: a list that stood at its end stays there when messages come. ----------------------------------------
const panes = () => all("[role=log], #thread");
const atEnd = new WeakMap();

function toEnd(pane) {
  if (atEnd.get(pane) !== false) pane.scrollTop = pane.scrollHeight;
}

// The clock runs on its own between two updates. ------------------------------------------------------------------
let clockShown = "";
let clockSince = 0;

function tick() {
  const now = one("#now");
  if (now.dataset.now !== clockShown) {
    clockShown = now.dataset.now;
    clockSince = Date.now();
  }
  const passed = now.dataset.frozen ? 0 : Date.now() - clockSince;
  now.textContent = new Intl.DateTimeFormat("en-GB", {
    weekday: "short", day: "numeric", month: "short", year: "numeric",
    hour: "2-digit", minute: "2-digit", second: "2-digit", timeZone: now.dataset.zone,
  }).format(new Date(Number(clockShown) + passed));
}

// Where people are too many for the page's lists, they are fetched once and put into a list when it is opened. -----
let people = [];

async function fetchPeople() {
  people = await (await fetch("/_page/people")).json();
}

async function fillSelect(select) {
  if (!people.length) await fetchPeople();
  const there = new Set([...select.options].map((option) => option.value));
  select.append(...people.filter((person) => !there.has(person.id)).map((person) => new Option(person.name, person.id)));
  select.removeAttribute("data-people");
}

function matching(typed, most) {
  const part = typed.toLowerCase();
  const found = [];
  for (const person of people) {
    if (found.length === most) break;
    if (`${person.handle} ${person.name}`.toLowerCase().includes(part)) found.push(person);
  }
  return found;
}

// The chosen ones stay in the list, above those who match.
function findPeople(search) {
  const list = one(".pick-list", search.parentElement);
  const kept = all("label", list).filter((label) => one("input", label).checked);
  const chosen = new Set(kept.map((label) => one("input", label).value));
  const found = search.value ? matching(search.value, 30).filter((person) => !chosen.has(person.id)) : [];
  list.replaceChildren(...kept, ...found.map((person) => {
    const label = one("template", search.parentElement).content.firstElementChild.cloneNode(true);
    one("input", label).value = person.id;
    one("span", label).textContent = person.name;
    return label;
  }));
  htmx.process(list);
}

// Data tables: a page of rows at a time, sorted by the column whose head was pressed. ----------------------------
function showRows(table, first) {
  const rows = all("tbody tr", table);
  const size = Number(table.dataset.size);
  table.dataset.first = first;
  rows.forEach((row, number) => { row.hidden = number < first || number >= first + size; });
  const pages = one(".table-pages", table);
  if (!pages) return;
  one("span", pages).textContent = `${first + 1} to ${Math.min(first + size, rows.length)} of ${rows.length}`;
  one("[data-turn='-1']", pages).disabled = first === 0;
  one("[data-turn='1']", pages).disabled = first + size >= rows.length;
}

function sortRows(table, head) {
  const column = Number(head.dataset.sort);
  const sign = head.parentElement.ariaSort === "ascending" ? -1 : 1;
  const value = (row) => row.cells[column].dataset.number ?? row.cells[column].textContent;
  const sorted = all("tbody tr", table).sort((a, b) => sign * value(a).localeCompare(value(b), undefined, { numeric: true }));
  all("th", table).forEach((other) => { other.ariaSort = null; });
  head.parentElement.ariaSort = sign === 1 ? "ascending" : "descending";
  one("tbody", table).append(...sorted);
  showRows(table, 0);
}

function tablePressed(button) {
  const table = button.closest(".data-table");
  if (button.dataset.sort) sortRows(table, button);
  else showRows(table, Number(table.dataset.first) + Number(button.dataset.turn) * Number(table.dataset.size));
}

// Suggestions: commands after a slash and people after an at sign in the message field, places in the other. ------
const listOf = (field) => document.getElementById(field.getAttribute("aria-controls"));

function places(typed) {
  return all("#sidebar .entry")
    .map((link) => ({ text: one(".entry-name", link).textContent, about: one("small", link)?.textContent ?? "", href: link.href }))
    .filter((place) => place.text.toLowerCase().includes(typed.toLowerCase()))
    .slice(0, 12);
}

function wanted(field) {
  if (field.matches(".jump-field")) return places(field.value);
  const before = field.value.slice(0, field.selectionStart);
  if (/^\/\S*$/.test(before)) {
    return JSON.parse(field.dataset.commands)
      .filter((command) => command.command.startsWith(before))
      .map((command) => ({ text: command.command, about: `${command.usage_hint} — ${command.description}`, from: 0 }));
  }
  const at = before.match(/(?:^|\s)@([\p{L}\p{N}._-]*)$/u);
  if (!at) return [];
  return matching(at[1], 8)
    .map((person) => ({ text: `@${person.handle}`, about: person.name, from: before.length - at[1].length - 1 }));
}

function suggest(field) {
  const list = listOf(field);
  const options = wanted(field).map((item, number) => {
    const option = document.createElement("li");
    const text = document.createElement("strong");
    const about = document.createElement("span");
    text.textContent = item.text;
    about.textContent = item.about;
    option.append(text, " ", about);
    option.id = `${list.id}-${number}`;
    option.role = "option";
    option.ariaSelected = number === 0 ? "true" : "false";
    option.take = () => take(field, item);
    option.onmousedown = (event) => { event.preventDefault(); option.take(); };
    return option;
  });
  list.replaceChildren(...options);
  list.hidden = options.length === 0;
  if (options.length) field.setAttribute("aria-activedescendant", options[0].id);
  else field.removeAttribute("aria-activedescendant");
}

function take(field, item) {
  if (item.href) {
    location.assign(item.href);
    return;
  }
  field.setRangeText(`${item.text} `, item.from, field.selectionStart, "end");
  listOf(field).hidden = true;
}

function moveIn(field, step) {
  const options = all("li", listOf(field));
  const at = options.findIndex((option) => option.ariaSelected === "true");
  const next = options[(at + step + options.length) % options.length];
  options.forEach((option) => { option.ariaSelected = option === next ? "true" : "false"; });
  field.setAttribute("aria-activedescendant", next.id);
  next.scrollIntoView({ block: "nearest" });
}

function composerKey(event) {
  const field = event.target;
  const list = listOf(field);
  const chosen = list.hidden ? null : one("[aria-selected=true]", list);
  if (event.isComposing) return;
  if (chosen && (event.key === "ArrowDown" || event.key === "ArrowUp")) moveIn(field, event.key === "ArrowDown" ? 1 : -1);
  else if (chosen && event.key === "Escape" && !field.matches(".jump-field")) list.hidden = true;
  // A word that is already complete is sent, not completed once more.
  else if (chosen && event.key === "Enter" && one("strong", chosen).textContent === field.value) field.form.requestSubmit();
  else if (chosen && (event.key === "Enter" || event.key === "Tab")) chosen.take();
  else if (event.key === "Enter" && !event.shiftKey) field.form.requestSubmit();
  else return;
  event.preventDefault();
  event.stopPropagation();
}

// Modals and confirm dialogs. -------------------------------------------------------------------------------------
let shownModal = "";
let cameFrom = null;

function modalChanged() {
  const modal = one("#modal > .backdrop");
  one("#app").inert = modal !== null;
  const wrong = modal && one(".field-error", modal);
  if ((modal?.id ?? "") !== shownModal) {
    if (!shownModal) cameFrom = document.activeElement;
    shownModal = modal?.id ?? "";
    if (modal) (one(".modal-body :is(input:not([type=hidden]), textarea, select, summary, button)", modal) ?? one("[data-close]", modal)).focus();
    else cameFrom?.focus();
  } else if (wrong && !modal.contains(document.activeElement)) {
    one("[aria-invalid]", modal)?.focus();
  }
}

function confirmFirst(event) {
  const dialog = document.getElementById(event.target.dataset.confirm);
  if (!dialog) return;
  event.preventDefault();
  const { issueRequest, dropRequest } = event.detail;
  dialog.returnValue = "";
  dialog.onclick = (click) => { const answer = click.target.closest("[data-answer]"); if (answer) dialog.close(answer.dataset.answer); };
  dialog.onclose = () => (dialog.returnValue === "yes" ? issueRequest() : dropRequest());
  dialog.showModal();
}

function showVisit(isOpen) {
  localStorage.setItem("visit-closed", isOpen ? "" : "yes");
  one("#visit").hidden = !isOpen;
}

// One place for each kind of event. -------------------------------------------------------------------------------
function clicked(event) {
  const target = event.target;
  all("details.menu[open], details.pick[open]").filter((menu) => !menu.contains(target) || target.closest(".menu-list button, .menu-list a")).forEach((menu) => { menu.open = false; });
  const inTable = target.closest(".data-table button");
  if (inTable) tablePressed(inTable);
  const toggle = target.closest("[data-toggle]");
  if (toggle) document.body.classList.toggle(toggle.dataset.toggle);
  target.closest("[data-dismiss]")?.parentElement.remove();
  if (target.closest("[data-close-visit]")) showVisit(false);
  if (target.closest("[data-open-visit]")) showVisit(true);
}

function changed(event) {
  if (event.target.matches("[data-submit]")) event.target.form.submit();
  const pick = event.target.closest("details.pick");
  if (!pick) return;
  const chosen = all("input:checked", pick);
  const most = Number(one(".pick-list", pick).dataset.max) || Infinity;
  all("input[type=checkbox]:not(:checked)", pick).forEach((box) => { box.disabled = chosen.length >= most; });
  const summary = one("summary", pick);
  summary.textContent = chosen.map((box) => box.parentElement.textContent.trim()).join(", ") || summary.dataset.empty;
}

function pressed(event) {
  if (event.key === "k" && (event.ctrlKey || event.metaKey) && !one("#app").inert) {
    event.preventDefault();
    one("#jump").showModal();
    suggest(one(".jump-field"));
  }
  if (event.target.matches(".composer textarea, .jump-field")) composerKey(event);
  // A field that acts on Enter; filters in hx-trigger would need code in a string, which the page forbids.
  if (event.key === "Enter" && event.target.matches("[hx-trigger*=entered]")) {
    event.preventDefault();
    htmx.trigger(event.target, "entered");
  }
  if (event.key !== "Escape" || event.defaultPrevented || one("dialog[open]")) return;
  const menu = one("details.menu[open], details.pick[open]");
  if (menu) { menu.open = false; one("summary", menu).focus(); }
  else one("#modal [data-close]")?.click();
}

// The message field empties at once, so that one can type on; what was refused comes back.
function sending(event) {
  if (!event.target.matches?.(".composer")) return;
  const field = one("textarea", event.target);
  event.target.typed = field.value;
  field.value = "";
  panes().forEach((pane) => { atEnd.set(pane, true); });
}

function sendingOver(event) {
  const field = event.target.matches?.(".composer") && one("textarea", event.target);
  if (field && field.value === "") field.value = event.target.typed ?? "";
}

function swapped() {
  modalChanged();
  panes().forEach(toEnd);
  tick();
}

function failed() {
  one("#notice").innerHTML = '<div class="notice failed"><span>The workspace does not answer. Is it still running?</span><button type="button" class="quiet" data-dismiss aria-label="Dismiss">✕</button></div>';
}

document.addEventListener("click", clicked);
document.addEventListener("change", changed);
document.addEventListener("keydown", pressed);
// Blocks stand in forms that only collect values; Enter in one of their fields must not load another page.
document.addEventListener("submit", (event) => { if (!event.target.matches("[hx-post], .switcher")) event.preventDefault(); });
document.addEventListener("input", (event) => {
  if (event.target.matches(".composer textarea, .jump-field")) suggest(event.target);
  else if (event.target.matches(".pick-find")) findPeople(event.target);
});
document.addEventListener("focusin", (event) => { if (event.target.matches("select[data-people]")) fillSelect(event.target); });
document.addEventListener("focusout", (event) => { if (event.target.matches(".composer textarea")) listOf(event.target).hidden = true; });
document.addEventListener("scroll", (event) => {
  const pane = event.target;
  if (pane.nodeType === 1) atEnd.set(pane, pane.scrollHeight - pane.scrollTop - pane.clientHeight < 40);
}, true);
document.addEventListener("page:sent", (event) => { event.target.closest("form").typed = ""; });
document.addEventListener("htmx:before:request", sending);
document.addEventListener("htmx:finally:request", sendingOver);
document.addEventListener("htmx:confirm", confirmFirst);
document.addEventListener("htmx:after:swap", swapped);
document.addEventListener("htmx:error", failed);
document.addEventListener("htmx:after:request", (event) => {
  if (event.target.matches?.("select[name=who]")) event.target.value = "";
});

document.documentElement.classList.toggle("framed", window.top !== window);
one("#visit").hidden = localStorage.getItem("visit-closed") === "yes";
swapped();
people = JSON.parse(one(".composer textarea")?.dataset.people ?? "[]");
if (!people.length) fetchPeople();
setInterval(tick, 1000);
listen();
