"""The page in a browser: what each control changes, by mouse and by keyboard."""

import re
import time
from urllib.parse import parse_qs

import numpy as np
import pytest

READY = 60_000
CHECKERBOARD = "#dataset=xor&networkShape=8&activation=relu&seed=1"


@pytest.fixture
def open_page(chromium, server):
    """Open the page with a setting; fail where its console shows an error."""
    contexts, errors = [], []

    def open_one(setting="", width=1280, height=860, scheme="light", **options):
        context = chromium.new_context(
            viewport={"width": width, "height": height},
            color_scheme=scheme,
            reduced_motion="reduce",
            **options,
        )
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(server.url + setting)
        page.locator("[data-node='0.0']").wait_for()
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert errors == []


def expect(locator):
    from playwright.sync_api import expect

    return expect(locator)


def eventually(condition, seconds=30):
    """Wait until `condition` holds."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "It never came true."
        time.sleep(0.05)


def wait_for_keras(page):
    expect(page.locator("[data-loss='training']")).not_to_have_text("–", timeout=READY)
    return page


def loss(page, which="training"):
    return float(page.locator(f"[data-loss='{which}']").inner_text().replace("−", "-"))


def epoch(page):
    return int(page.locator(".pg-epoch").inner_text().replace(",", ""))


def setting(page):
    page.locator("body").count()  # the address is read while the browser is asked something
    return {
        key: values[0] for key, values in parse_qs(page.url.partition("#")[2], keep_blank_values=True).items()
    }


def pixels(page, selector):
    return page.locator(selector).screenshot()


def test_playing_solves_the_checkerboard(open_page):
    page = wait_for_keras(open_page(CHECKERBOARD))
    page.get_by_role("button", name="Play").click()
    eventually(lambda: loss(page) < 0.05 and loss(page, "test") < 0.05)
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    stopped = epoch(page)
    page.get_by_role("button", name="Step: one epoch").click()
    eventually(lambda: epoch(page) in (stopped + 1, stopped + 2))
    assert page.locator(".pg-trace").count() == 2
    page.get_by_role("button", name=re.compile("Reset")).click()
    expect(page.locator(".pg-epoch")).to_have_text("0")


def test_the_speed_is_chosen(open_page):
    page = wait_for_keras(open_page(CHECKERBOARD))
    speed = page.get_by_label("Speed")
    speed.select_option("6")
    page.get_by_role("button", name="Play").click()
    eventually(lambda: epoch(page) >= 3)
    speed.select_option("full speed")
    eventually(lambda: epoch(page) > 1000)


@pytest.mark.parametrize(
    ("field", "value", "key", "wanted"),
    [
        ("learning_rate", "0.1", "learningRate", "0.1"),
        ("activation", "sigmoid", "activation", "sigmoid"),
        ("regularization", "L2", "regularization", "L2"),
        ("regularization_rate", "0.01", "regularizationRate", "0.01"),
        ("problem", "regression", "problem", "regression"),
    ],
)
def test_a_choice_is_in_the_setting(open_page, field, value, key, wanted):
    page = open_page()
    page.locator(f"select[data-field='{field}']").select_option(value)
    eventually(lambda: setting(page).get(key) == wanted)
    expect(page.locator(f"select[data-field='{field}']")).to_have_value(value)


@pytest.mark.parametrize(
    ("field", "key", "wanted"),
    [("percent_training", "percTrainData", "60"), ("noise", "noise", "5"), ("batch_size", "batchSize", "11")],
)
def test_a_slider_moves_by_keyboard(open_page, field, key, wanted):
    page = open_page()
    page.locator(f"input[data-field='{field}']").press("ArrowRight")
    eventually(lambda: setting(page).get(key) == wanted)


@pytest.mark.parametrize("name", ["xor", "gauss", "spiral"])
def test_a_data_set_shows_other_points(open_page, name):
    page = open_page()
    before = pixels(page, ".pg-plane")
    page.locator(f"[data-name='{name}']").click()
    eventually(lambda: setting(page).get("dataset") == name)
    expect(page.locator(f"[data-name='{name}']")).to_have_attribute("aria-pressed", "true")
    eventually(lambda: pixels(page, ".pg-plane") != before)


@pytest.mark.parametrize("name", ["reg-plane", "reg-gauss"])
def test_regression_has_its_own_data_sets(open_page, name):
    page = open_page("#problem=regression")
    page.locator(f"[data-name='{name}']").click()
    eventually(lambda: setting(page).get("regDataset") == name)
    expect(page.locator("[data-name='circle']")).to_have_count(0)


def test_test_data_and_discretised_output_are_shown(open_page):
    page = wait_for_keras(open_page())
    before = pixels(page, ".pg-plane")
    page.get_by_label("Show test data").check()
    eventually(lambda: pixels(page, ".pg-plane") != before)
    middle = pixels(page, ".pg-plane")
    page.get_by_label("Discretise output").check()
    eventually(lambda: pixels(page, ".pg-plane") != middle)
    assert setting(page)["showTestData"] == setting(page)["discretize"] == "true"


def test_features_layers_and_neurons_change_the_network(open_page):
    page = open_page()
    lines = page.locator(".pg-line")
    expect(lines).to_have_count(2 * 4 + 4 * 2 + 2)
    page.get_by_role("button", name="Feature x₁x₂").click()
    expect(lines).to_have_count(3 * 4 + 4 * 2 + 2)
    page.get_by_role("button", name="One neuron more in layer 2").click()
    expect(lines).to_have_count(3 * 4 + 4 * 3 + 3)
    page.get_by_role("button", name="One neuron fewer in layer 1").click()
    expect(lines).to_have_count(3 * 3 + 3 * 3 + 3)
    page.get_by_role("button", name="Add a hidden layer").click()
    expect(lines).to_have_count(3 * 3 + 3 * 3 + 3 * 2 + 2)
    for _ in range(3):
        page.get_by_role("button", name="Remove the last hidden layer").click()
    expect(lines).to_have_count(3)
    expect(page.get_by_role("button", name="Remove the last hidden layer")).to_be_disabled()
    assert setting(page)["networkShape"] == ""


def test_the_last_feature_stays(open_page):
    page = open_page("#x=true&y=false")
    page.get_by_role("button", name="Feature x₁", exact=True).click()
    expect(page.locator(".pg-status")).to_contain_text("at least one feature")
    expect(page.locator("[data-node='x1']")).to_have_attribute("aria-pressed", "true")


def test_a_hovered_neuron_is_in_the_large_map(open_page):
    page = wait_for_keras(open_page())
    before = pixels(page, ".pg-plane")
    page.locator("[data-node='0.1']").hover()
    expect(page.locator("figcaption")).to_have_text("Neuron 2 of layer 1")
    eventually(lambda: pixels(page, ".pg-plane") != before)
    expect(page.locator(".pg-card")).to_contain_text("Bias of neuron 2 of layer 1")
    page.locator("h2").first.hover()
    expect(page.locator("figcaption")).to_have_text("Output of the network")
    expect(page.locator(".pg-card")).to_be_hidden()


def test_a_line_tells_its_weight_and_is_edited_by_a_click(open_page):
    page = wait_for_keras(open_page("#networkShape="))
    line = page.locator("[data-link='0.1.0']")
    line.hover()
    expect(page.locator(".pg-card")).to_contain_text("x₂ → output")
    line.click()
    field = page.locator("[data-edit='0.1.0']")
    expect(field).to_be_focused()
    before = loss(page)
    field.fill("5")
    field.press("Enter")
    eventually(lambda: loss(page) != before)
    page.keyboard.press("Escape")
    line.hover()
    expect(page.locator(".pg-card")).to_contain_text("5.000")


def test_the_network_is_trained_and_edited_by_keyboard_alone(open_page):
    page = wait_for_keras(open_page())
    order = []
    for _ in range(40):
        page.keyboard.press("Tab")
        focused = page.locator(":focus")
        order.append(focused.get_attribute("aria-label") or focused.get_attribute("data-field") or "")
    for name in (
        "Play",
        "learning_rate",
        "noise",
        "seed",
        "Feature sin x₂",
        "Add a hidden layer",
        "discretize",
    ):
        assert name in order
    page.get_by_role("button", name="Step: one epoch").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".pg-epoch")).to_have_text("1")
    page.locator("[data-node='0.2']").focus()
    expect(page.locator("figcaption")).to_have_text("Neuron 3 of layer 1")
    page.keyboard.press("Enter")
    page.keyboard.type("2.5")
    page.keyboard.press("Tab")
    eventually(lambda: page.locator("[data-edit='0.-1.2']").input_value() == "2.5")
    page.keyboard.press("Escape")
    expect(page.locator("[data-node='0.2']")).to_be_focused()
    expect(page.locator(".pg-card")).to_contain_text("2.500")


def test_a_seed_changes_points_and_weights_and_comes_back(open_page):
    page = wait_for_keras(open_page("#seed=1"))
    first = loss(page)
    seed = page.locator("[data-field='seed']")
    for text, same in (("2", False), ("1", True)):
        seed.fill(text)
        seed.press("Enter")
        eventually(lambda text=text: setting(page)["seed"] == text)
        eventually(
            lambda same=same: (
                page.locator("[data-loss='test']").inner_text() != "–" and (loss(page) == first) is same
            )
        )
    page.get_by_role("button", name="Another seed").click()
    eventually(lambda: setting(page)["seed"] != "1")


def test_code_and_links_are_those_of_the_setting(open_page):
    page = open_page(CHECKERBOARD)
    page.get_by_role("button", name="Keras code and links").click()
    code = page.get_by_label("Keras code").input_value()
    compile(code, "script", "exec")
    assert "make_checkerboard" in code
    address = page.get_by_label("Address in the TensorFlow Playground").input_value()
    assert address.startswith("https://playground.tensorflow.org/#")
    assert f'dlp playground "{address}"' == page.get_by_label("Command for this page").input_value()
    page.keyboard.press("Escape")
    expect(page.locator(".pg-dialog")).to_be_hidden()


def test_nonsense_in_the_address_is_named_and_the_rest_applied(open_page):
    page = open_page("#dataset=gauss&learningRate=fast")
    expect(page.locator(".pg-status")).to_contain_text("`learningRate` in the URL must be a number")
    assert setting(page)["dataset"] == "gauss"


@pytest.mark.parametrize(
    "control",
    [
        "playButton",
        "stepButton",
        "resetButton",
        "learningRate",
        "activation",
        "regularization",
        "regularizationRate",
        "problem",
        "dataset",
        "percTrainData",
        "noise",
        "batchSize",
        "numHiddenLayers",
        "showTestData",
        "discretize",
    ],
)
def test_the_address_hides_a_control(open_page, control):
    page = open_page(f"#{control}_hide=true&hideText=true")
    expect(page.locator(f"[data-control='{control}']")).to_be_hidden()
    expect(page.locator("[data-control]:visible")).to_have_count(16)
    expect(page.locator(".pg-text").first).to_be_hidden()


def test_a_rate_that_diverges_is_told(open_page):
    page = wait_for_keras(open_page("#problem=regression&activation=linear&networkShape=4,4&learningRate=10"))
    page.get_by_role("button", name="Play").click()
    expect(page.locator(".pg-status")).to_contain_text("NaN since epoch", timeout=READY)
    expect(page.get_by_role("button", name="Play")).to_be_visible()


def test_a_closed_tab_ends_its_session(open_page, server):
    page = open_page()
    before = len(server.tabs)
    page.close()
    eventually(lambda: len(server.tabs) == before - 1)


SIZES = """() => [document.documentElement.scrollWidth, innerWidth]"""
CONTRASTS = """() => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const read = (color) => { canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = color; canvas.fillRect(0, 0, 1, 1); return [...canvas.getImageData(0, 0, 1, 1).data]; };
  const ground = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const color = read(getComputedStyle(at).backgroundColor);
      if (color[3] === 255) return color;
    }
    return [255, 255, 255, 255];
  };
  const visible = (e) => e.checkVisibility() && [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim());
  return [...document.querySelectorAll(".pg *")].filter((e) => visible(e) && !e.disabled && e.tagName !== "OPTION")
    .map((e) => [e.textContent, read(e.tagName === "text" ? getComputedStyle(e).fill : getComputedStyle(e).color).slice(0, 3), ground(e).slice(0, 3)]);
}"""


def luminance(color):
    parts = np.array(color) / 255
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    return linear @ [0.2126, 0.7152, 0.0722]


def contrast(first, second):
    low, high = sorted((luminance(first), luminance(second)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_text_stands_out_and_nothing_is_cut_off(open_page, scheme, width):
    page = wait_for_keras(open_page("#learningRate=fast", width=width, scheme=scheme, bypass_csp=True))
    wide, inner = page.evaluate(SIZES)
    found = page.evaluate(CONTRASTS)
    weak = [
        (text, round(contrast(ink, ground), 2)) for text, ink, ground in found if contrast(ink, ground) < 4.5
    ]
    assert wide <= inner
    assert len(found) > 40
    assert weak == []
