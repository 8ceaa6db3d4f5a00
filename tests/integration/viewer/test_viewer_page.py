"""The page itself: safe, readable for everybody, and of a piece at every width."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.integration.rig.portal import Portal
from tests.integration.viewer.agent import ScriptedAgent
from tests.integration.viewer.desk import Desk
from tests.integration.viewer.test_viewer_picture import HEIGHT, WIDTH, noise

pytestmark = pytest.mark.integration

# Everything that can be operated, and what a screen reader would call it.
UNNAMED = """() => [...document.querySelectorAll('button, a[href], input, textarea, [role=img]')]
    .filter(part => !part.closest('[hidden]') && part.getClientRects().length > 0)
    .filter(part => !(part.getAttribute('aria-label') || part.innerText?.trim() || part.title
        || part.textContent.trim() || [...(part.labels ?? [])].some(l => l.textContent.trim())))
    .map(part => part.outerHTML.slice(0, 120))"""
DOUBLE_IDS = """() => {
    const ids = [...document.querySelectorAll('[id]')].map(part => part.id);
    return ids.filter((id, at) => ids.indexOf(id) !== at);
}"""
LOST_REFERENCES = """() => [...document.querySelectorAll('[aria-controls], [aria-describedby],'
    + '[aria-labelledby], label[for]')].flatMap(part =>
        ['aria-controls', 'aria-describedby', 'aria-labelledby', 'for']
            .flatMap(name => (part.getAttribute(name) ?? '').split(' '))
            .filter(id => id !== '' && !document.getElementById(id)))"""
# WCAG 2.2, 1.4.3: relative luminance of text against the ground that it stands on.
POOR_CONTRAST = """() => {
    const rgb = text => (text.match(/[\\d.]+/g) ?? []).map(Number);
    const luminance = ([r, g, b]) => [r, g, b]
        .map(v => v / 255).map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
        .reduce((sum, v, at) => sum + v * [0.2126, 0.7152, 0.0722][at], 0);
    const ground = part => {
        for (let at = part; at; at = at.parentElement) {
            const colour = rgb(getComputedStyle(at).backgroundColor);
            if (colour.length === 3 || colour[3] === 1) return colour;
        }
        return [255, 255, 255];
    };
    return [...document.querySelectorAll('body *')].filter(part =>
        [...part.childNodes].some(n => n.nodeType === 3 && n.textContent.trim())
        && part.getClientRects().length > 0 && part.checkVisibility({opacityProperty: true})
        && !part.disabled && !part.closest('.visually-hidden, button:disabled')
    ).map(part => {
        const one = luminance(rgb(getComputedStyle(part).color));
        const two = luminance(ground(part));
        const ratio = (Math.max(one, two) + 0.05) / (Math.min(one, two) + 0.05);
        return [ratio, `${part.tagName} ${part.className} ${part.textContent.trim().slice(0, 40)}`];
    }).filter(([ratio]) => ratio < 4.5);
}"""


def test_no_text_becomes_a_script_on_this_page(desk: Desk, complaints: list[str]) -> None:
    answer = desk.page.request.get(desk.page.url)
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "require-trusted-types-for 'script'" in policy
    assert "trusted-types dibuc-worker" in policy
    assert "unsafe-inline" not in policy
    refused = desk.page.evaluate(
        """() => {
            const tries = {
                html: () => { document.body.innerHTML = '<b>x</b>'; },
                worker: () => { new Worker('/static/x.js'); },
                policy: () => { trustedTypes.createPolicy('other', {}); },
            };
            return Object.entries(tries).filter(([, attempt]) => {
                try { attempt(); return false; } catch { return true; }
            }).map(([name]) => name);
        }"""
    )
    assert refused == ["html", "worker", "policy"]
    assert len(complaints) == len(refused)
    complaints.clear()


def test_the_worker_comes_with_a_policy_of_its_own(desk: Desk) -> None:
    worker = desk.page.locator("[data-worker]").get_attribute("data-worker")
    answer = desk.page.request.get(f"{desk.page.url.partition('/sitzungen/')[0]}{worker}")
    assert answer.ok
    assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_names_of_the_computer_are_text_and_never_markup(page: Page, portal: Portal) -> None:
    with ScriptedAgent(portal.url, hostname="<img src=x onerror=alert(1)>") as hostile:
        desk = Desk(page, portal.url)
        desk.open(hostile)
        hostile.wait_until_granted()
        expect(page.locator("#computer")).to_contain_text("<img src=x onerror=alert(1)>")
        expect(page.locator("h1 img")).to_have_count(0)


def test_everything_has_a_name_and_refers_to_what_is_there(
    desk: Desk, agent: ScriptedAgent
) -> None:
    agent.show(noise(640, 400))
    desk.expect_state("connected")
    desk.page.locator("#customer-new").click()
    assert desk.page.evaluate(UNNAMED) == []
    assert desk.page.evaluate(DOUBLE_IDS) == []
    assert desk.page.evaluate(LOST_REFERENCES) == []
    expect(desk.page.locator("html")).to_have_attribute("lang", "de")
    expect(desk.page.locator("h1")).to_have_count(1)


def test_the_tab_key_visits_the_page_in_reading_order(desk: Desk, agent: ScriptedAgent) -> None:
    agent.show(noise(640, 400))
    desk.expect_state("connected")
    page = desk.page
    for key in ("Control", "Alt", "Shift"):
        page.keyboard.down(key)
    for key in ("Shift", "Alt", "Control"):
        page.keyboard.up(key)
    visited = []
    for _ in range(13):
        visited.append(page.evaluate("document.activeElement.id || document.activeElement.tagName"))
        page.keyboard.press("Tab")
    # The picture is no stop on the way, or nobody would come past it.
    assert [one for one in visited if one.islower()] == [
        "control",
        "fit",
        "original",
        "full",
        "keys",
        "quality",
        "more",
        "panel-toggle",
        "customer-search",
        "customer-new",
        "notes",
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_it_is_readable_and_fits_in_every_light_and_width(
    browser: Browser,
    technician_state: Path,
    portal: Portal,
    scheme: str,
    width: int,
) -> None:
    context = browser.new_context(
        viewport={"width": width, "height": 800},
        color_scheme=scheme,  # type: ignore[arg-type]
        locale="de-DE",
        storage_state=technician_state,
        reduced_motion="reduce",
    )
    with ScriptedAgent(portal.url, agrees=False) as agent:
        desk = Desk(context.new_page(), portal.url)
        desk.open(agent)
        desk.expect_state("asking")
        assert desk.page.evaluate(POOR_CONTRAST) == []
        agent.consent(granted=True)
        agent.show(noise(1920, 1080))
        desk.expect_state("connected")
        assert desk.page.evaluate(POOR_CONTRAST) == []
        assert desk.page.evaluate("document.documentElement.scrollWidth") <= width
        box = desk.screen.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
        for part in ("#elapsed", "#cost", "#end", "#state"):
            expect(desk.page.locator(part)).to_be_in_viewport(ratio=1)
        # Where only the symbols have room, they still have names.
        for button in ("#pause", "#end"):
            expect(desk.page.locator(button)).to_have_accessible_name(re.compile(r"\w"))
    context.close()


def test_on_a_telephone_an_open_panel_covers_nothing_of_the_card(
    page: Page, portal: Portal, agent: ScriptedAgent
) -> None:
    page.set_viewport_size({"width": 390, "height": 800})
    desk = Desk(page, portal.url)
    desk.open(agent)
    agent.wait_until_granted()
    agent.show(noise(WIDTH, HEIGHT))
    desk.expect_state("connected")
    page.locator("#panel-toggle").click()
    page.locator("#end").click()
    page.locator("#end-confirm").click()
    desk.expect_state("ended")
    for part in ("#overlay-title", "#overlay-text", "#to-session", "#to-home"):
        expect(page.locator(part)).to_be_in_viewport(ratio=1)
    # The notes are there too, further down.
    page.locator("#notes").scroll_into_view_if_needed()
    expect(page.locator("#notes")).to_be_in_viewport()


def test_without_a_safe_address_the_page_says_why_at_once(
    browser: Browser, technician_state: Path, portal: Portal, agent: ScriptedAgent
) -> None:
    context = browser.new_context(locale="de-DE", storage_state=technician_state)
    # What a page sees that came by plain HTTP from another computer.
    context.add_init_script("Object.defineProperty(globalThis, 'isSecureContext', {value: false})")
    desk = Desk(context.new_page(), portal.url)
    desk.open(agent)
    desk.expect_state("failed")
    expect(desk.text).to_contain_text("https://")
    context.close()


def test_a_browser_that_is_too_old_is_told_what_it_lacks(
    browser: Browser, technician_state: Path, portal: Portal, agent: ScriptedAgent
) -> None:
    context = browser.new_context(locale="de-DE", storage_state=technician_state)
    context.add_init_script("""
        const { generateKey } = crypto.subtle;
        crypto.subtle.generateKey = (algorithm, ...rest) => algorithm === "X25519"
            ? Promise.reject(new DOMException("what is that?", "NotSupportedError"))
            : generateKey.call(crypto.subtle, algorithm, ...rest);
    """)
    desk = Desk(context.new_page(), portal.url)
    desk.open(agent)
    desk.expect_state("failed")
    expect(desk.text).to_contain_text("X25519")
    # A person can do something about it only if the page says from which version on it works.
    for version in ("Chrome oder Edge ab 133", "Firefox ab 130", "Safari ab 17"):
        expect(desk.text).to_contain_text(version)
    context.close()


def test_every_text_that_the_scripts_ask_for_is_on_the_page(desk: Desk, portal: Portal) -> None:
    """Keys are built from codes; the ones of docs/protocol.md must all lead to a sentence."""
    told = desk.page.evaluate(
        "[...document.querySelectorAll('[data-text]')].map(t => t.dataset.text)"
    )
    assert len(told) == len(set(told))
    for code in ("unknown-id", "busy", "too-many-attempts", "not-allowed"):
        assert f"error.{code}" in told
        assert f"error.{code}.title" in told
    for reason in ("customer", "technician", "refused", "office", "line-lost", "abandoned"):
        assert f"ended.{reason}" in told
