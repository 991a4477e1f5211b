// The Playground's front end, in anywidget's form. It draws what the server's frames say, and sends what is clicked.

const SVG = "http://www.w3.org/2000/svg";
const FEATURES = [
  ["x1", "x1", "x₁"], ["x2", "x2", "x₂"], ["x1_squared", "x1^2", "x₁²"], ["x2_squared", "x2^2", "x₂²"],
  ["x1_times_x2", "x1*x2", "x₁x₂"], ["sin_x1", "sin(x1)", "sin x₁"], ["sin_x2", "sin(x2)", "sin x₂"],
];
const LABELS = Object.fromEntries(FEATURES.map(([, name, label]) => [name, label]));
const RATES = [0.00001, 0.0001, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10];
const PENALTIES = [0, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10];
/** Epochs a second, first the one to begin with; 0 is as many as can be. */
const SPEEDS = [[60, "60 epochs/s"], [6, "6 epochs/s"], [0, "full speed"]];
const DATASETS = {
  classification: [["circle", "Circle"], ["xor", "Checkerboard"], ["gauss", "Two clouds"], ["spiral", "Spirals"]],
  regression: [["reg-plane", "Plane"], ["reg-gauss", "Hills"]],
};
const NODE = 42, ROW = 54, HEAD = 50, COLUMN = 76, LIMIT = 6;
const MOST_LAYERS = 10, MOST_NEURONS = 16;
const ORANGE = [245, 147, 34], BLUE = [8, 119, 189];

// ---- frames -----------------------------------------------------------------------------------------------

/** Read a frame: length of the header, header in JSON, arrays. */
export function decodeFrame(view) {
  const length = view.getUint32(0, true);
  const bytes = (from, size) => view.buffer.slice(view.byteOffset + from, view.byteOffset + from + size);
  const header = JSON.parse(new TextDecoder().decode(bytes(4, length)));
  const arrays = {};
  let offset = 4 + length;
  for (const { name, dtype, shape } of header.arrays) {
    const count = shape.reduce((product, n) => product * n, 1);
    const Kind = { uint8: Uint8Array, float32: Float32Array }[dtype];
    arrays[name] = { shape, data: new Kind(bytes(offset, count * Kind.BYTES_PER_ELEMENT)) };
    offset += count * Kind.BYTES_PER_ELEMENT;
  }
  delete header.arrays;
  return { header, arrays };
}

// ---- pure helpers, tested without a browser ---------------------------------------------------------------

/** Round numbers for an axis from 0 (or `low`) to `high`. */
export function ticks(low, high, count = 4) {
  const span = high - low;
  if (!(span > 0) || !Number.isFinite(span)) return [low];
  const raw = span / count, power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].find((factor) => factor * power >= raw * 0.999) * power;
  const found = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high * (1 + 1e-9); i++) found.push(Number((i * step).toPrecision(12)));
  return found;
}

/** A number with about three digits. */
export function short(value) {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "NaN" : value > 0 ? "∞" : "−∞";
  const size = Math.abs(value);
  const text = size >= 10000 || (size > 0 && size < 0.001) ? value.toExponential(1) : String(+value.toPrecision(3));
  return text.replace("-", "−");
}

/** Where the nodes of each column stand: x of the centre, and y of each. */
export function layOut(sizes, width) {
  const rows = Math.max(...sizes), gap = Math.max(COLUMN, (width - NODE - 68) / (sizes.length - 1 || 1));
  const height = HEAD + rows * ROW;
  const columns = sizes.map((size, i) => ({
    x: 58 + NODE / 2 + i * gap,
    ys: Array.from({ length: size }, (_, row) => HEAD + ROW / 2 + row * ROW + ((rows - size) * ROW) / (i === sizes.length - 1 ? 2 : 1e9)),
  }));
  return { columns, width: Math.max(width, 58 + NODE + (sizes.length - 1) * gap + 10), height };
}

/** 256 colours: 0 for no number, 1 … 255 from orange through grey to blue. */
export function palette(dark, strength = 0.92) {
  const neutral = dark ? [38, 43, 50] : [236, 238, 240];
  const colors = new Uint8ClampedArray(1024);
  for (let i = 0; i < 256; i++) {
    const t = (i - 128) / 127, end = t < 0 ? ORANGE : BLUE, share = Math.min(1, Math.abs(t)) * strength;
    const color = i === 0 ? [128, 128, 128] : neutral.map((n, k) => n + (end[k] - n) * share);
    colors.set([...color, 255], 4 * i);
  }
  return colors;
}

/** Points that show what a data set is like: [x, y, value] in −1 … 1. */
export function sketch(name) {
  const points = [];
  const add = (x, y, value) => points.push([x, y, value]);
  if (name === "spiral") {
    for (let i = 3; i < 26; i++) for (const s of [1, -1]) {
      const r = (0.85 * i) / 26, t = (1.75 * i * 2 * Math.PI) / 26;
      add(s * r * Math.sin(t), s * r * Math.cos(t), s);
    }
    return points;
  }
  for (let i = 0; i < 9; i++) for (let j = 0; j < 9; j++) {
    const x = (i - 4) / 4.6, y = (j - 4) / 4.6, r = Math.hypot(x, y);
    if (name === "circle" && (r < 0.4 || (r > 0.62 && r < 0.95))) add(x, y, r < 0.5 ? 1 : -1);
    if (name === "xor" && i !== 4 && j !== 4) add(x, y, x * y > 0 ? 1 : -1);
    if (name === "gauss") for (const s of [1, -1]) if (Math.hypot(x - 0.42 * s, y - 0.42 * s) < 0.4) add(x, y, s);
    if (name === "reg-plane") add(x, y, (x + y) / 1.6);
    if (name === "reg-gauss") add(x, y, Math.sin(2.4 * Math.PI * (x / 1.6 + 0.5)) * Math.sin(Math.PI * y * 1.1));
  }
  return points;
}

// ---- building elements ------------------------------------------------------------------------------------

function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value != null) element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

function draw(tag, attributes = {}) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}

function icon(path) {
  const svg = draw("svg", { viewBox: "0 0 24 24", "aria-hidden": "true" });
  svg.append(draw("path", { d: path, fill: "currentColor" }));
  return svg;
}

const ICONS = {
  play: "M7 4.5v15l13-7.5z", pause: "M6 5h4.5v14H6zM13.5 5H18v14h-4.5z", step: "M5 5v14l10-7zM16.5 5H19v14h-2.5z",
  reset: "M12 5a7 7 0 1 1-6.6 4.7l1.9.6A5 5 0 1 0 12 7v3L7.5 6 12 2z",
  dice: "M6 3h12a3 3 0 0 1 3 3v12a3 3 0 0 1-3 3H6a3 3 0 0 1-3-3V6a3 3 0 0 1 3-3zm2 3.5a1.5 1.5 0 1 0 0 3 1.5 1.5 0 0 0 0-3zm4 4a1.5 1.5 0 1 0 0 3 1.5 1.5 0 0 0 0-3zm4 4a1.5 1.5 0 1 0 0 3 1.5 1.5 0 0 0 0-3z",
};

// ---- the page ---------------------------------------------------------------------------------------------

class Playground {
  constructor(model, el) {
    this.model = model;
    this.frame = null;
    this.points = null;
    this.have = -1;
    this.focus = "";
    this.asked = 0;
    this.known = {};
    this.dark = matchMedia("(prefers-color-scheme: dark)");
    this.choosePalettes();
    this.root = make("div", { class: "pg" });
    this.build();
    el.append(this.root);
    model.on("msg:custom", (message, buffers) => this.receive(message, buffers));
    this.observer = new ResizeObserver(() => this.frame && this.layNetwork());
    this.observer.observe(this.scroller);
    this.onTheme = () => {
      this.choosePalettes();
      this.drawSketches();
      if (this.frame) this.paint(true);
    };
    this.dark.addEventListener("change", this.onTheme);
    this.send({ type: "speed", epochs: SPEEDS[0][0] });
    this.send({ type: "open", address: model.get("address") || "" });
    this.ask();
    this.ask();
  }

  /** Maps of neurons in full colours; the large map paler, so that points stand out on it. */
  choosePalettes() {
    this.colors = palette(this.dark.matches);
    this.pale = palette(this.dark.matches, 0.55);
  }

  send(message) { this.model.send(message); }

  set(fields) { this.send({ type: "set", fields }); }

  ask() { this.send({ type: "frame", have: this.have, focus: this.focus }); }

  receive(message, buffers) {
    if (message.type === "frame") {
      const first = this.next === undefined;
      this.next = decodeFrame(buffers[0]);
      if (this.next.arrays.points) {
        this.points = this.next.arrays;
        this.have = this.next.header.setting;
      }
      if (first) requestAnimationFrame(() => this.show());
      else this.ask();
    } else if (message.type === "error") this.say(message.text);
    else if (message.type === "code") this.showCode(message);
    else if (message.type === "closed") {
      this.root.classList.add("pg-closed");
      this.say("The connection has ended. Start `dlp playground` again, and open the address that it prints.");
    }
  }

  show() {
    this.frame = this.next;
    this.next = undefined;
    this.paint();
    this.ask();
  }

  close() {
    this.observer.disconnect();
    this.dark.removeEventListener("change", this.onTheme);
  }

  // -- controls --

  build() {
    this.controls = {};
    this.root.append(this.buildBar(), this.status = make("p", { class: "pg-status", role: "status" }),
      make("div", { class: "pg-stage" }, this.buildData(), this.buildNetwork(), this.buildOutput()), this.buildFoot());
    this.card = make("div", { class: "pg-card", hidden: true });
    this.editor = make("dialog", { class: "pg-editor", "aria-label": "Weights" });
    this.editor.addEventListener("keydown", (event) => event.key === "Escape" && this.closeEditor());
    this.dialog = make("dialog", { class: "pg-dialog", "aria-label": "Code and links" });
    this.root.append(this.card, this.editor, this.dialog);
    this.root.addEventListener("keydown", (event) => {
      if (event.key === " " && event.target === this.root) this.toggle(event);
    });
  }

  button(name, label, path, action) {
    return make("button", { type: "button", class: "pg-round", "data-control": name, "aria-label": label, title: label, onclick: action }, icon(path));
  }

  buildBar() {
    this.playButton = this.button("playButton", "Play", ICONS.play, (event) => this.toggle(event));
    this.playButton.classList.add("pg-play");
    this.epoch = make("output", { class: "pg-epoch" }, "0");
    return make("header", { class: "pg-bar" },
      make("div", { class: "pg-transport" },
        this.button("resetButton", "Reset: back to the first weights", ICONS.reset, () => this.send({ type: "reset" })),
        this.playButton,
        this.button("stepButton", "Step: one epoch", ICONS.step, () => this.send({ type: "step" })),
        make("div", { class: "pg-count" }, make("span", {}, "Epoch"), this.epoch)),
      make("div", { class: "pg-selects" },
        this.buildSpeed(),
        this.select("learningRate", "learning_rate", "Learning rate", RATES),
        this.select("activation", "activation", "Activation", [["tanh", "tanh"], ["relu", "ReLU"], ["sigmoid", "sigmoid"], ["linear", "linear"]]),
        this.select("regularization", "regularization", "Regularisation", [["", "none"], ["L1", "L1"], ["L2", "L2"]]),
        this.select("regularizationRate", "regularization_rate", "Penalty rate", PENALTIES),
        this.select("problem", "problem", "Problem", [["classification", "Classification"], ["regression", "Regression"]])));
  }

  buildSpeed() {
    const select = make("select", { onchange: () => this.send({ type: "speed", epochs: Number(select.value) }) },
      ...SPEEDS.map(([epochs, text]) => make("option", { value: String(epochs) }, text)));
    return make("label", { class: "pg-field" }, make("span", {}, "Speed"), select);
  }

  select(control, field, label, options) {
    const isNumber = typeof options[0] === "number";
    const select = make("select", {
      "data-field": field,
      onchange: () => this.set({ [field]: isNumber ? Number(select.value) : select.value || null }),
    }, ...options.map((option) => this.option(option)));
    this.controls[field] = (value) => {
      const text = value == null ? "" : String(value);
      if (![...select.options].some((option) => option.value === text)) select.append(this.option(isNumber ? value : [text, text]));
      select.value = text;
    };
    return make("label", { class: "pg-field", "data-control": control }, make("span", {}, label), select);
  }

  option(option) {
    const [value, text] = Array.isArray(option) ? option : [String(option), option < 0.001 && option > 0 ? option.toExponential() : String(option)];
    return make("option", { value }, text);
  }

  buildData() {
    this.datasets = make("div", { class: "pg-datasets", role: "group", "aria-label": "Data set", "data-control": "dataset" });
    this.seed = make("input", { type: "text", maxlength: "100", "data-field": "seed", spellcheck: "false", autocomplete: "off", onchange: () => this.set({ seed: this.seed.value }) });
    this.controls.seed = (value) => { if (document.activeElement !== this.seed) this.seed.value = value; };
    return make("section", { class: "pg-data pg-panel", "aria-label": "Data" }, make("h2", {}, "Data"), this.datasets,
      this.slider("percTrainData", "percent_training", "Training share", 10, 90, 10, (v) => `${v} %`),
      this.slider("noise", "noise", "Noise", 0, 50, 5, (v) => String(v)),
      this.slider("batchSize", "batch_size", "Batch size", 1, 30, 1, (v) => String(v)),
      make("label", { class: "pg-field pg-seed", "data-control": "seed" }, make("span", {}, "Seed of points and weights"),
        make("span", { class: "pg-row" }, this.seed,
          this.button("dice", "Another seed", ICONS.dice, () => this.set({ seed: String(Math.floor(Math.random() * 1e5)) })))));
  }

  slider(control, field, label, min, max, step, text) {
    const value = make("output", {}, "");
    const input = make("input", { type: "range", min, max, step, "data-field": field });
    let timer;
    const tell = () => { timer = undefined; this.set({ [field]: Number(input.value) }); };
    input.addEventListener("input", () => { value.textContent = text(input.value); timer ??= setTimeout(tell, 80); });
    this.controls[field] = (now) => {
      if (timer) return;
      if (Number(input.value) !== now) { input.max = Math.max(max, now); input.value = now; }
      value.textContent = text(now);
    };
    return make("label", { class: "pg-field", "data-control": control }, make("span", {}, label, " ", value), input);
  }

  buildNetwork() {
    this.links = draw("svg", { class: "pg-links", "aria-hidden": "true" });
    this.nodes = make("div", { class: "pg-nodes" });
    this.canvas = make("div", { class: "pg-canvas" }, this.links, this.nodes);
    this.scroller = make("div", { class: "pg-scroller" }, this.canvas);
    this.layerCount = make("output", {}, "");
    this.fewer = make("button", { type: "button", class: "pg-small", "aria-label": "Remove the last hidden layer", onclick: () => this.shape((units) => units.slice(0, -1)) }, "−");
    this.more = make("button", { type: "button", class: "pg-small", "aria-label": "Add a hidden layer", onclick: () => this.shape((units) => [...units, 2]) }, "+");
    this.links.addEventListener("pointermove", (event) => this.hoverLink(event));
    this.links.addEventListener("pointerleave", () => this.hideCard());
    this.links.addEventListener("click", (event) => {
      const link = event.target.closest("[data-link]");
      if (link) this.openEditor(...link.dataset.link.split(".").map(Number));
    });
    return make("section", { class: "pg-net pg-panel", "aria-label": "Network" },
      make("div", { class: "pg-head" }, make("h2", {}, "Network"),
        make("div", { class: "pg-stepper", "data-control": "numHiddenLayers" }, this.fewer, this.layerCount, this.more)),
      this.scroller,
      make("p", { class: "pg-note pg-text" }, "Click a feature to use it. Point at a neuron to see what it computes; click a neuron or a line to change its numbers."));
  }

  shape(change) { this.set({ hidden_units: change([...this.frame.header.experiment.hidden_units]) }); }

  buildOutput() {
    this.large = make("canvas", { width: 100, height: 100, class: "pg-large" });
    this.dots = make("canvas", { class: "pg-dots" });
    this.caption = make("figcaption", {}, "Output");
    this.curve = draw("svg", { class: "pg-curve", viewBox: "0 0 300 150", role: "img", "aria-label": "Loss curves" });
    this.trainLoss = make("output", { "data-loss": "training" }, "–");
    this.testLoss = make("output", { "data-loss": "test" }, "–");
    return make("section", { class: "pg-out pg-panel", "aria-label": "Output" },
      make("figure", { class: "pg-map" }, make("div", { class: "pg-plane" }, this.large, this.dots), this.caption),
      make("div", { class: "pg-scale", "aria-hidden": "true" }, make("span", {}, "−1"), make("i", {}), make("span", {}, "+1")),
      make("div", { class: "pg-checks" },
        this.check("showTestData", "show_test_data", "Show test data"), this.check("discretize", "discretize", "Discretise output")),
      make("dl", { class: "pg-losses" },
        make("div", {}, make("dt", { class: "pg-train" }, "Training loss"), make("dd", {}, this.trainLoss)),
        make("div", {}, make("dt", { class: "pg-test" }, "Test loss"), make("dd", {}, this.testLoss))),
      this.curve);
  }

  check(control, field, label) {
    const box = make("input", { type: "checkbox", "data-field": field, onchange: () => this.set({ [field]: box.checked }) });
    this.controls[field] = (value) => { box.checked = value; };
    return make("label", { class: "pg-check", "data-control": control }, box, make("span", {}, label));
  }

  buildFoot() {
    return make("footer", { class: "pg-foot" },
      make("button", { type: "button", class: "pg-button", onclick: () => this.send({ type: "code" }) }, "Keras code and links"),
      make("p", { class: "pg-text" }, "Every picture here is computed by the Keras model that the code builds. The loss is half the mean squared error, without the penalty."));
  }

  toggle(event) {
    event.preventDefault();
    this.send({ type: this.frame?.header.playing ? "pause" : "play" });
  }

  say(text) { this.status.textContent = text; }

  // -- painting --

  paint(all = false) {
    const { header, arrays } = this.frame, { experiment } = header;
    const changed = (key, value) => {
      const text = JSON.stringify(value), is = all || this.known[key] !== text;
      this.known[key] = text;
      return is;
    };
    if (changed("experiment", experiment)) this.showSetting(experiment, header);
    if (changed("network", [header.features, experiment.hidden_units])) this.layNetwork();
    if (changed("playing", header.playing)) this.showPlaying(header.playing);
    if (changed("status", [header.waiting, header.diverged, header.problems, header.setting])) this.showStatus(header);
    this.epoch.textContent = header.epoch.toLocaleString("en");
    this.paintMaps(arrays, header);
    this.paintLinks(arrays, header);
    const dots = [header.setting, experiment.show_test_data, experiment.discretize, this.large.clientWidth];
    if (changed("dots", dots)) this.paintDots(header);
    if (changed("losses", [header.setting, header.epoch, arrays.losses.data.at(-1), arrays.losses.data.at(-1 - arrays.losses.shape[1])])) this.paintLosses(arrays.losses);
    if (this.editor.open) this.fillEditor();
    if (this.hovered) this.showCard();
  }

  showSetting(experiment, header) {
    for (const [field, show] of Object.entries(this.controls)) show(experiment[field]);
    const hidden = new Set(experiment.other.filter(([, value]) => value === "true").map(([name]) => name));
    for (const control of this.root.querySelectorAll("[data-control]")) control.hidden = hidden.has(`${control.dataset.control}_hide`);
    this.root.classList.toggle("pg-no-text", experiment.hide_text);
    this.showDatasets(experiment);
    this.model.set("address", header.address.slice(header.address.indexOf("#")));
    this.model.save_changes();
  }

  showDatasets(experiment) {
    const { problem } = experiment, field = problem === "regression" ? "regression_dataset" : "dataset";
    if (this.datasets.dataset.problem !== problem) {
      this.datasets.dataset.problem = problem;
      this.datasets.replaceChildren(...DATASETS[problem].map(([name, label]) => make("button", {
        type: "button", "data-name": name, onclick: () => this.set({ [field]: name }),
      }, make("canvas", { width: 96, height: 96 }), make("span", {}, label))));
      this.drawSketches();
    }
    for (const button of this.datasets.children) button.setAttribute("aria-pressed", String(button.dataset.name === experiment[field]));
  }

  drawSketches() {
    for (const button of this.datasets.children) {
      const canvas = button.firstChild, context = canvas.getContext("2d");
      context.clearRect(0, 0, 96, 96);
      for (const [x, y, value] of sketch(button.dataset.name)) {
        context.fillStyle = this.color(Math.max(-1, Math.min(1, value)));
        context.beginPath();
        context.arc(48 + 44 * x, 48 - 44 * y, 4, 0, 7);
        context.fill();
      }
    }
  }

  color(value) {
    const i = 4 * Math.round(128 + 127 * Math.max(-1, Math.min(1, value)));
    return `rgb(${this.colors[i]},${this.colors[i + 1]},${this.colors[i + 2]})`;
  }

  showPlaying(playing) {
    this.playButton.setAttribute("aria-label", playing ? "Pause" : "Play");
    this.playButton.title = playing ? "Pause" : "Play";
    this.playButton.replaceChildren(icon(playing ? ICONS.pause : ICONS.play));
  }

  showStatus({ waiting, diverged, problems }) {
    const nan = diverged == null ? "" : `NaN since epoch ${diverged}: training paused, with the weights of the epoch before. Lower the learning rate, or reset.`;
    this.say([nan, ...problems, waiting].filter(Boolean).join(" "));
  }

  layNetwork() {
    const { experiment } = this.frame.header, units = experiment.hidden_units;
    const { columns, width, height } = layOut([FEATURES.length, ...units, 1], this.scroller.clientWidth);
    Object.assign(this.canvas.style, { width: `${width}px`, height: `${height}px` });
    Object.assign(this.links.style, { width: `${width}px`, height: `${height}px` });
    this.links.setAttribute("viewBox", `0 0 ${width} ${height}`);
    const focused = document.activeElement?.dataset?.node;
    this.nodeCanvases = {};
    this.nodes.replaceChildren(
      ...FEATURES.map((feature, i) => this.featureNode(feature, columns[0].x, columns[0].ys[i], experiment)),
      ...units.flatMap((count, layer) => [this.layerHead(layer, count, columns[layer + 1].x),
        ...columns[layer + 1].ys.map((y, i) => this.neuron(layer, i, columns[layer + 1].x, y))]),
      this.neuron(units.length, 0, columns.at(-1).x, columns.at(-1).ys[0], "Output"));
    this.layLinks(columns, experiment);
    this.layerCount.textContent = `${units.length} hidden ${units.length === 1 ? "layer" : "layers"}`;
    this.fewer.disabled = units.length === 0;
    this.more.disabled = units.length >= MOST_LAYERS;
    if (focused) this.nodes.querySelector(`[data-node="${CSS.escape(focused)}"]`)?.focus();
    this.paintFeatures();
    this.paintMaps(this.frame.arrays, this.frame.header);
    this.paintLinks(this.frame.arrays, this.frame.header);
  }

  featureNode([field, name, label], x, y, experiment) {
    const used = experiment[field];
    const node = make("button", {
      type: "button", class: "pg-node pg-feature", "data-node": name, "aria-pressed": String(used), "aria-label": `Feature ${label}`,
      onclick: () => this.set({ [field]: !used }),
    }, make("span", { class: "pg-label" }, label), this.nodeCanvas(name));
    return this.place(node, x, y, name, null);
  }

  neuron(layer, i, x, y, label = "") {
    const name = `${layer}.${i}`;
    const node = make("button", {
      type: "button", class: "pg-node", "data-node": name, "aria-label": label ? "Output: bias and weights" : `Neuron ${i + 1} of layer ${layer + 1}: bias and weights`,
      onclick: () => this.openEditor(layer, -1, i),
    }, this.nodeCanvas(name), make("i", { class: "pg-bias" }));
    if (label) node.append(make("span", { class: "pg-under" }, label));
    return this.place(node, x, y, name, { layer, source: -1, target: i });
  }

  nodeCanvas(name) { return (this.nodeCanvases[name] = make("canvas", { width: 25, height: 25 })); }

  place(node, x, y, name, number) {
    Object.assign(node.style, { left: `${x - NODE / 2}px`, top: `${y - NODE / 2}px` });
    const enter = () => { this.look(name); if (number) { this.hovered = { ...number, x: node }; this.showCard(); } };
    const leave = () => { this.look(""); this.hideCard(); };
    for (const event of ["pointerenter", "focus"]) node.addEventListener(event, enter);
    for (const event of ["pointerleave", "blur"]) node.addEventListener(event, leave);
    return node;
  }

  layerHead(layer, count, x) {
    const change = (by) => this.shape((units) => units.map((n, i) => (i === layer ? n + by : n)));
    const head = make("div", { class: "pg-layer", "data-node": `head${layer}` },
      make("button", { type: "button", class: "pg-small", "data-node": `fewer${layer}`, "aria-label": `One neuron fewer in layer ${layer + 1}`, disabled: count <= 1, onclick: () => change(-1) }, "−"),
      make("span", {}, String(count)),
      make("button", { type: "button", class: "pg-small", "data-node": `more${layer}`, "aria-label": `One neuron more in layer ${layer + 1}`, disabled: count >= MOST_NEURONS, onclick: () => change(1) }, "+"));
    head.style.left = `${x}px`;
    return head;
  }

  layLinks(columns, experiment) {
    const used = FEATURES.map(([field], i) => (experiment[field] ? i : -1)).filter((i) => i >= 0);
    const sources = [used, ...experiment.hidden_units.map((n) => [...Array(n).keys()])];
    this.lines = [];
    const hits = [];
    sources.forEach((rows, layer) => rows.forEach((row, source) => columns[layer + 1].ys.forEach((y, target) => {
      const from = columns[layer].x + NODE / 2, to = columns[layer + 1].x - NODE / 2, middle = (from + to) / 2, top = columns[layer].ys[row];
      const d = `M${from} ${top}C${middle} ${top} ${middle} ${y} ${to} ${y}`;
      this.lines.push({ layer, source, target, path: draw("path", { d, class: "pg-line" }) });
      hits.push(draw("path", { d, class: "pg-hit", "data-link": `${layer}.${source}.${target}` }));
    })));
    this.links.replaceChildren(...this.lines.map((line) => line.path), ...hits);
  }

  paintImage(canvas, data, offset, discretize = false, palette = this.colors) {
    if (!canvas) return;
    const { width, height } = canvas, context = canvas.getContext("2d"), image = context.createImageData(width, height);
    const pixels = new Uint32Array(image.data.buffer), colors = new Uint32Array(palette.buffer);
    for (let i = 0; i < pixels.length; i++) {
      const value = data[offset + i];
      pixels[i] = colors[discretize && value > 0 ? (value >= 128 ? 255 : 1) : value];
    }
    context.putImageData(image, 0, 0);
  }

  paintFeatures() {
    const maps = this.points.featureMaps.data;
    FEATURES.forEach(([, name], i) => this.paintImage(this.nodeCanvases[name], maps, 625 * i));
  }

  paintMaps(arrays, { experiment }) {
    const layers = experiment.hidden_units.length + 1;
    for (let layer = 0; layer < layers; layer++) {
      const maps = arrays[`map${layer}`], bias = arrays[`weights${2 * layer + 1}`];
      for (let i = 0; maps && i < maps.shape[0]; i++) {
        const canvas = this.nodeCanvases[`${layer}.${i}`];
        this.paintImage(canvas, maps.data, 625 * i, experiment.discretize);
        if (canvas) canvas.nextSibling.style.background = this.color(bias.data[i]);
      }
    }
    if (arrays.large) this.paintImage(this.large, arrays.large.data, 0, experiment.discretize, this.pale);
    else this.large.getContext("2d").clearRect(0, 0, 100, 100);
    this.caption.textContent = this.focus ? `${this.describe(this.focus)}` : "Output of the network";
  }

  describe(name) {
    if (LABELS[name]) return `Feature ${LABELS[name]}`;
    const [layer, i] = name.split(".").map(Number);
    return layer === this.frame.header.experiment.hidden_units.length ? "Output of the network" : `Neuron ${i + 1} of layer ${layer + 1}`;
  }

  paintLinks(arrays) {
    const thickness = this.lines.length > 120 ? 1.4 : 2.6; // so that many lines leave room for each other
    for (const { layer, source, target, path } of this.lines) {
      const weights = arrays[`weights${2 * layer}`], value = weights ? weights.data[source * weights.shape[1] + target] : 0;
      path.setAttribute("stroke-width", Math.min(3.5 * thickness, 0.8 + thickness * Math.abs(value)).toFixed(2));
      path.setAttribute("class", `pg-line ${value < 0 ? "pg-minus" : value > 0 ? "pg-plus" : ""}`);
    }
  }

  paintDots({ experiment, trainingPoints }) {
    const size = this.large.clientWidth * devicePixelRatio, { points, targets } = this.points;
    if (!size) return;
    this.dots.width = this.dots.height = size;
    const context = this.dots.getContext("2d"), scale = size / (2 * LIMIT), radius = size / 110;
    const last = experiment.show_test_data ? points.shape[0] : trainingPoints;
    context.lineWidth = radius * 0.45;
    for (let i = 0; i < last; i++) {
      const x = (points.data[2 * i] + LIMIT) * scale, y = (LIMIT - points.data[2 * i + 1]) * scale;
      context.fillStyle = this.color(targets.data[i]);
      context.strokeStyle = i < trainingPoints ? "#fff" : "#16191d";
      context.beginPath();
      context.arc(x, y, radius, 0, 7);
      context.fill();
      context.stroke();
    }
  }

  paintLosses({ shape, data }) {
    const n = shape[1], rows = [data.subarray(0, n), data.subarray(n, 2 * n), data.subarray(2 * n)];
    this.trainLoss.textContent = n ? short(rows[1][n - 1]) : "–";
    this.testLoss.textContent = n ? short(rows[2][n - 1]) : "–";
    const finite = [...rows[1], ...rows[2]].filter(Number.isFinite);
    const top = finite.length ? Math.max(1e-6, ...finite) : 1, end = Math.max(1, rows[0][n - 1] || 0);
    const left = 52, right = 292, bottom = 122, up = 10;
    const x = (epoch) => left + ((right - left) * epoch) / end, y = (loss) => bottom - ((bottom - up) * loss) / top;
    const parts = [];
    const text = (value, px, py, anchor) => {
      const element = draw("text", { x: px, y: py, "text-anchor": anchor });
      element.textContent = value;
      parts.push(element);
    };
    for (const tick of ticks(0, top, 3)) {
      parts.push(draw("path", { d: `M${left} ${y(tick)}H${right}`, class: "pg-grid" }));
      text(short(tick), left - 6, y(tick) + 4, "end");
    }
    for (const tick of ticks(0, end, 4).filter(Number.isInteger)) text(tick >= 10000 ? `${tick / 1000}k` : String(tick), x(tick), bottom + 15, tick > 0.95 * end ? "end" : "middle");
    text("epoch", (left + right) / 2, bottom + 27, "middle");
    text("loss", 0, 0, "middle");
    parts.at(-1).setAttribute("transform", `translate(8 ${(up + bottom) / 2}) rotate(-90)`);
    for (const [row, name] of [[rows[2], "pg-test"], [rows[1], "pg-train"]]) {
      const points = [...row].map((loss, i) => [x(rows[0][i]), y(loss)]).filter(([, py]) => Number.isFinite(py));
      parts.push(draw("polyline", { points: points.map(([px, py]) => `${px.toFixed(1)},${py.toFixed(1)}`).join(" "), class: `pg-trace ${name}` }));
    }
    this.curve.replaceChildren(...parts);
  }

  // -- hover and edit --

  look(name) {
    if (this.focus === name) return;
    this.focus = name;
    this.ask();
  }

  value({ layer, source, target }) {
    const array = this.frame.arrays[`weights${2 * layer + (source < 0 ? 1 : 0)}`];
    return array ? array.data[source < 0 ? target : source * array.shape[1] + target] : NaN;
  }

  nameOf(layer, i) {
    const { features, experiment } = this.frame.header;
    if (layer < 0) return LABELS[features[i]];
    return layer === experiment.hidden_units.length ? "output" : `neuron ${i + 1} of layer ${layer + 1}`;
  }

  hoverLink(event) {
    const link = event.target.closest("[data-link]");
    if (!link) { this.hideCard(); return; }
    const [layer, source, target] = link.dataset.link.split(".").map(Number);
    this.hovered = { layer, source, target, px: event.clientX, py: event.clientY };
    this.showCard();
  }

  showCard() {
    const { layer, source, target, x, px, py } = this.hovered, value = this.value(this.hovered);
    if (Number.isNaN(value) && !this.frame.arrays.weights0) { this.card.hidden = true; return; }
    const title = source < 0 ? `Bias of ${this.nameOf(layer, target)}` : `${this.nameOf(layer - 1, source)} → ${this.nameOf(layer, target)}`;
    this.card.replaceChildren(make("span", {}, title), make("strong", {}, value.toFixed(3).replace("-", "−")), make("small", {}, "click to change"));
    this.card.hidden = false;
    const box = x?.getBoundingClientRect(), card = this.card.getBoundingClientRect();
    const left = box ? box.left + box.width / 2 - card.width / 2 : px + 14, top = box ? box.bottom + 8 : py + 14;
    this.card.style.left = `${Math.max(8, Math.min(left, innerWidth - card.width - 8))}px`;
    this.card.style.top = `${top + card.height > innerHeight ? (box ? box.top : py) - card.height - 8 : top}px`;
  }

  hideCard() { this.hovered = null; this.card.hidden = true; }

  openEditor(layer, source, target) {
    const sources = layer ? this.frame.header.experiment.hidden_units[layer - 1] : this.frame.header.features.length;
    const title = this.nameOf(layer, target), number = this.frame.header.setting;
    const rows = [-1, ...Array(sources).keys()].map((from) => {
      const input = make("input", { type: "number", step: "any", "data-edit": `${layer}.${from}.${target}` });
      const send = () => {
        if (input.value !== "" && number === this.frame.header.setting) this.send({ type: "edit", layer, source: from, target, value: Number(input.value) });
      };
      input.addEventListener("change", send);
      input.addEventListener("keydown", (event) => event.key === "Enter" && send());
      return make("label", {}, make("span", {}, from < 0 ? "bias" : `from ${this.nameOf(layer - 1, from)}`), input);
    });
    this.opener = document.activeElement;
    this.edited = { layer, target, number };
    this.editor.replaceChildren(
      make("div", { class: "pg-head" }, make("h2", {}, title[0].toUpperCase() + title.slice(1)),
        make("button", { type: "button", class: "pg-small", "aria-label": "Close", onclick: () => this.closeEditor() }, "×")),
      make("div", { class: "pg-rows" }, ...rows));
    if (!this.editor.open) this.editor.show();
    this.hideCard();
    this.fillEditor();
    const input = this.editor.querySelector(`[data-edit="${layer}.${source}.${target}"]`);
    input.focus();
    input.select();
  }

  fillEditor() {
    if (this.edited.number !== this.frame.header.setting) { this.closeEditor(); return; }
    for (const input of this.editor.querySelectorAll("input")) {
      const [layer, source, target] = input.dataset.edit.split(".").map(Number), value = this.value({ layer, source, target });
      if (Number.isFinite(value) && (document.activeElement !== input || input.value === "")) input.value = +value.toFixed(4);
    }
  }

  closeEditor() {
    this.editor.close();
    this.opener?.focus?.();
  }

  showCode({ code, address }) {
    const field = (label, text, rows) => {
      const area = make("textarea", { readonly: true, rows, spellcheck: "false", "aria-label": label });
      area.value = text;
      const copy = make("button", { type: "button", class: "pg-button" }, "Copy");
      copy.addEventListener("click", async () => {
        area.select();
        try { await navigator.clipboard.writeText(text); } catch { document.execCommand("copy"); }
        copy.textContent = "Copied";
        setTimeout(() => { copy.textContent = "Copy"; }, 1500);
      });
      return make("div", { class: "pg-copy" }, make("div", { class: "pg-head" }, make("h3", {}, label), copy), area);
    };
    this.dialog.replaceChildren(
      make("div", { class: "pg-head" }, make("h2", {}, "This setting elsewhere"),
        make("button", { type: "button", class: "pg-small", "aria-label": "Close", onclick: () => this.dialog.close() }, "×")),
      field("Keras code", code, 14),
      field("Command for this page", `dlp playground "${address}"`, 2),
      field("Address in the TensorFlow Playground", address, 2));
    this.dialog.showModal();
  }
}

function render({ model, el }) {
  const playground = new Playground(model, el);
  return () => playground.close();
}

export default { render };
