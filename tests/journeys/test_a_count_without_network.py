"""A clerk counts a room by phone while the network is cut: five scans, a reload, and exactly five on the server."""

from __future__ import annotations

import re

import segno
from playwright.sync_api import Locator, Page, expect

from tests.journeys.watching import shot

PHONE = "/stocktaking/counts/phone/"
LINES = "button.line[data-line]"
# Debian's Chromium has no reader of codes and this machine no camera: a drawn picture stands for one, its "reader" sees what is in sight.
CAMERA = """
delete window.BarcodeDetector;
navigator.mediaDevices.getUserMedia = async () => {
  const canvas = document.createElement("canvas"), ground = canvas.getContext("2d");
  [canvas.width, canvas.height] = [480, 360];
  setInterval(() => {
    ground.fillStyle = "#eee";
    ground.fillRect(0, 0, 480, 360);
    ground.fillStyle = "#222";
    (window.inSight || []).forEach((row, y) => row.forEach((dark, x) => dark && ground.fillRect(130 + 7 * x, 60 + 7 * y, 7, 7)));
  }, 50);
  return canvas.captureStream();
};
"""  # what a label looks like before the lens, in a browser that reads no codes by itself

# A tap at every turn of the browser while the phone reads its disk: is each line's word to be had?
TAPS = """async () => {
  const address = performance.getEntriesByType("resource").map((one) => one.name).find((name) => /truth[^/]*\\.js/.test(name));
  const truth = await import(address);
  const { port1, port2 } = new MessageChannel();
  const turn = () => new Promise((next) => { port1.onmessage = next; port2.postMessage(0); });
  let reading = true, taps = 0;
  truth.read().then(() => { reading = false; });
  for (; reading; taps += 1, await turn()) truth.known.counts.forEach((count) => truth.told(count, count.lines[0]));
  return taps;
}"""


def scans(page: Page) -> int:
    """How many scans the server has, as its own list says."""
    return int(page.request.get("/api/stocktaking/scans/").json()["count"])


def waiting(page: Page) -> str:
    """How many scans the phone has yet to upload, as the button says."""
    return page.locator("#sync").get_attribute("data-waiting") or ""


def things(room: Locator) -> int:
    """How many things are to be counted in a room, as its line says: "n of m"."""
    return int(re.findall(r"\d+", room.locator("small").inner_text().split("·")[0])[-1])


def test_five_scans_without_a_network_arrive_once(phone: Page, sign_in):
    phone.watch.allow(r"ERR_INTERNET_DISCONNECTED|Failed to load resource")
    sign_in(phone, "jiaoyu")
    phone.goto(PHONE)
    expect(phone.locator("body[data-ready]")).to_have_count(1)
    phone.evaluate("navigator.serviceWorker.ready.then(() => true)")
    before = scans(phone)
    shot(phone, "count-1-rooms")
    phone.locator(".rooms .entry").first.wait_for()
    max(phone.locator(".rooms .entry").all(), key=things).click()
    expect(phone.locator("#code")).to_be_visible()
    shot(phone, "count-2-room")
    room = phone.url
    phone.reload()  # from here on the worker serves the page
    expect(phone.locator("body[data-ready]")).to_have_count(1)

    phone.context.set_offline(True)
    known = [one.inner_text() for one in phone.locator(f"{LINES} .code").all()]
    numbers = [one for one in known if sum(other.endswith(one[-5:]) for other in known) == 1][
        :3
    ]  # none ends like another
    assert len(numbers) == 3, "the fullest room has too little in it"
    for place, number in enumerate(numbers, start=1):  # 1 to 3: by the last figures
        phone.locator("#code").fill(number[-5:])
        phone.locator("#code").press("Enter")
        expect(phone.locator("#sync")).to_have_attribute("data-waiting", str(place))
    phone.locator(LINES).first.click()  # 4: not there
    shot(phone, "count-3-sheet")
    phone.get_by_role("button", name="没有见到").click()
    phone.locator("#code").fill("没有这个编号")
    phone.locator("#code").press("Enter")
    phone.get_by_label("是什么物品").fill("旧电风扇")  # 5: on no card
    shot(phone, "count-4-unknown")
    phone.get_by_role("button", name="保存").click()
    expect(phone.locator("#sync")).to_have_attribute("data-waiting", "5")

    phone.reload()
    expect(phone.locator(LINES).first).to_be_visible()
    assert phone.url == room and waiting(phone) == "5"
    expect(phone.locator("#top")).to_contain_text("没有网络")
    shot(phone, "count-5-offline-reload")

    phone.context.set_offline(False)
    expect(phone.locator("#sync")).to_have_attribute("data-waiting", "0", timeout=20_000)
    assert scans(phone) == before + 5
    phone.reload()
    expect(phone.locator("body[data-ready]")).to_have_count(1)
    assert scans(phone) == before + 5 and waiting(phone) == "0"
    expect(phone.locator("#top")).to_contain_text("已联网")
    shot(phone, "count-6-online")

    listed = phone.request.get("/api/stocktaking/scans/").json()["rows"][:5]
    assert sorted(one["result"] for one in listed) == ["found", "found", "found", "missing", "unknown"]
    phone.goto("/stocktaking/counts/?state=counting")
    phone.locator("table.rows tbody a").first.click()
    phone.get_by_role("link", name="盘点进度").click()
    expect(phone.get_by_role("heading", name="账外物品")).to_be_visible()
    expect(phone.locator("#body")).to_contain_text("旧电风扇")
    shot(phone, "count-7-progress")


def test_the_camera_reads_what_is_in_sight_once(phone: Page, sign_in):
    phone.context.add_init_script(CAMERA)
    sign_in(phone, "jiaoyu")
    phone.goto(PHONE)
    expect(phone.locator("body[data-ready]")).to_have_count(1)
    max(phone.locator(".rooms .entry").all(), key=things).click()
    number = phone.locator(f"{LINES} .code").last.inner_text()
    before = scans(phone)
    phone.get_by_role("button", name="扫码").click()
    expect(phone.locator("video")).to_be_visible()
    expect(phone.locator("#bar")).not_to_contain_text("null")
    label = [list(row) for row in segno.make_qr(number).matrix]
    phone.evaluate("label => { window.inSight = label; }", label)
    expect(phone.locator("#said")).to_contain_text("已记")
    phone.get_by_role("button", name="停止扫码").click()
    expect(phone.locator("video")).to_have_count(0)
    expect(phone.locator("#sync")).to_have_attribute("data-waiting", "0")
    assert scans(phone) == before + 1


def test_a_tap_while_the_phone_reads_its_disk_shows_what_was_known(phone: Page, sign_in):
    sign_in(phone, "jiaoyu")
    phone.goto(PHONE)
    expect(phone.locator("body[data-ready]")).to_have_count(1)
    phone.locator(".rooms .entry").first.wait_for()
    assert phone.evaluate(TAPS) > 0, "at least one tap came while the phone was reading"
