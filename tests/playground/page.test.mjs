// Run by test_frames.py, which lays the page's module and a frame beside this file.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { decodeFrame, layOut, palette, short, sketch, ticks } from "./playground.mjs";

const folder = new URL(".", import.meta.url);
const wanted = JSON.parse(readFileSync(new URL("wanted.json", folder), "utf8"));

for (const shift of [0, 1, 3]) {
  test(`a frame that begins ${shift} bytes into its buffer is what Python wrote`, () => {
    const bytes = readFileSync(new URL("frame.bin", folder));
    const buffer = new Uint8Array(bytes.length + shift);
    buffer.set(bytes, shift);
    const { header, arrays } = decodeFrame(new DataView(buffer.buffer, shift));
    assert.deepEqual(header, wanted.header);
    assert.deepEqual(Object.keys(arrays), Object.keys(wanted.arrays));
    for (const [name, { shape, data }] of Object.entries(wanted.arrays)) {
      assert.deepEqual(arrays[name].shape, shape);
      assert.deepEqual([...arrays[name].data], data.map((text) => (text === "inf" ? Infinity : Number(text))));
    }
  });
}

test("ticks are round, evenly spaced and inside", () => {
  assert.deepEqual(ticks(0, 1, 4), [0, 0.5, 1]);
  assert.deepEqual(ticks(0, 400, 4), [0, 100, 200, 300, 400]);
  for (const high of [0.0031, 0.7, 3, 88, 12345]) {
    const found = ticks(0, high);
    assert.ok(found.length >= 2 && found.length <= 6 && found.at(-1) <= high);
  }
  assert.deepEqual(ticks(0, 0), [0]);
});

test("numbers are short, and those that are none are named", () => {
  assert.deepEqual([0, 0.12345, -2.5, 1e-7, 123456, NaN, Infinity].map(short), ["0", "0.123", "−2.5", "1.0e−7", "1.2e+5", "NaN", "∞"]);
});

test("nodes do not touch each other, and all lie inside", () => {
  for (const sizes of [[7, 1], [7, 4, 2, 1], [7, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 1]]) {
    const { columns, width, height } = layOut(sizes, 360);
    assert.ok(columns.every(({ x }, i) => i === 0 || x - columns[i - 1].x > 42 + 20));
    for (const { x, ys } of columns) {
      assert.ok(x - 21 > 0 && x + 21 <= width);
      assert.ok(ys.every((y, i) => y + 21 <= height && (i === 0 || y - ys[i - 1] > 42)));
    }
  }
});

test("colours go from orange through grey to blue", () => {
  for (const dark of [false, true]) {
    const colors = palette(dark), at = (i) => [...colors.subarray(4 * i, 4 * i + 4)];
    assert.ok(at(1)[0] > at(1)[2] && at(255)[2] > at(255)[0]);
    assert.ok(Math.max(...at(128).slice(0, 3)) - Math.min(...at(128).slice(0, 3)) < 16);
    assert.equal(at(7)[3], 255);
  }
});

test("each data set has a sketch inside its square, with both signs", () => {
  for (const name of ["circle", "xor", "gauss", "spiral", "reg-plane", "reg-gauss"]) {
    const points = sketch(name);
    assert.ok(points.length > 15 && points.every(([x, y]) => Math.hypot(x, y) < 1.3));
    assert.ok(points.some(([, , v]) => v > 0) && points.some(([, , v]) => v < 0));
  }
});
