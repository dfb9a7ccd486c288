import { expect, test } from "vitest";
import { area, extent, linear, path, ticks } from "./scale";

test("a scale maps its ends onto its range, and a point onto its middle", () => {
  const scale = linear([80, 90], [100, 0]);
  expect([80, 85, 90].map(scale)).toEqual([100, 50, 0]);
  expect(linear([5, 5], [0, 10])(5)).toBe(5);
});

test("ticks are round and stay inside", () => {
  expect(ticks([80.3, 84.9], 4)).toEqual([82, 84]);
  expect(ticks([0, 1], 5)).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1]);
  expect(ticks([3, 3], 4)).toEqual([3]);
});

test("an extent leaves room, even around one value", () => {
  expect(extent([])).toEqual([0, 1]);
  expect(extent([2, 4], 0.5)).toEqual([1, 5]);
  expect(extent([80])).toEqual([79.2, 80.8]);
});

test("a line is broken where a value is missing", () => {
  const points = [1, null, 3, 4].map((y, x) => ({ x, y }));
  expect(path(points)).toBe("M0.0,1.0M2.0,3.0L3.0,4.0");
});

test("an area goes along the top and back along the bottom", () => {
  expect(
    area([
      { x: 0, low: 4, high: 1 },
      { x: 1, low: 5, high: 2 },
    ]),
  ).toBe("M0.0,1.0L1.0,2.0L1.0,5.0L0.0,4.0Z");
  expect(area([])).toBe("");
});
