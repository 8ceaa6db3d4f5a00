// The statistics for those who ask: numbers in a corner, and an outline around whatever was
// painted in the last second, in the colour of its codec.

import { element, setting } from "./elements.js";
import { recall, remember } from "./memory.js";
import { text } from "./texts.js";

/** @typedef {import("../core/engine.js").Measured} Measured */

const REMEMBERED = "statistics";
// CSS pixels.
const LINE = 2;
const number = new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 0 });
const fine = new Intl.NumberFormat(document.documentElement.lang, {
  minimumFractionDigits: 1,
  maximumFractionDigits: 1,
});

/** @param {number | null} value */
const milliseconds = (value) => (value === null ? "–" : `${fine.format(value)} ms`);
/** @param {number} bytes in a second */
const kilobytes = (bytes) => `${fine.format(bytes / 1000)} KB/s`;

/** Costs nothing while it is off: then the engine does not count either. */
export class StatisticsView {
  #panel = element("statistics", HTMLElement);
  #regions = element("regions", HTMLCanvasElement);
  #toggle = element("statistics-on", HTMLInputElement);
  #size = { width: 0, height: 0 };
  #measure;

  /** @param {(isOn: boolean) => void} measure tells the engine */
  constructor(measure) {
    this.#measure = measure;
    this.#toggle.checked = recall(REMEMBERED) === "on";
    this.#toggle.addEventListener("change", () => {
      remember(REMEMBERED, this.#toggle.checked ? "on" : "off");
      this.#set();
    });
    document.addEventListener("keydown", ({ code, ctrlKey, altKey, shiftKey }) => {
      if (code === "KeyS" && ctrlKey && altKey && shiftKey) {
        this.#toggle.click();
      }
    });
  }

  /** The engine listens from now on. */
  begin() {
    if (this.#toggle.checked) {
      this.#set();
    }
  }

  /**
   * @param {number} width of the picture in the customer's pixels
   * @param {number} height
   */
  resize(width, height) {
    this.#size = { width, height };
  }

  /** @param {Measured} measured */
  show(measured) {
    if (!this.#toggle.checked) {
      return; // One that was under way when it was switched off.
    }
    const { width, height } = this.#size;
    /** @type {[string, string][]} */
    const values = [
      ["frames", number.format(measured.frames)],
      ["round-trip", milliseconds(measured.roundTripMs)],
      ["paint", milliseconds(measured.paintMs)],
      ["data", kilobytes(measured.bytes)],
      ["size", width > 0 ? `${width} × ${height}` : "–"],
      ["painted", number.format(measured.painted)],
      ["interruptions", number.format(measured.interruptions)],
      ["mismatches", number.format(measured.mismatches)],
      ["engine", text(`statistics.${setting("engine")}`)],
    ];
    for (const [name, value] of values) {
      element(`statistics-${name}`, HTMLElement).textContent = value;
    }
    this.#drawRegions(measured.regions, this.#showCodecs(measured.codecs));
  }

  #set() {
    const isOn = this.#toggle.checked;
    this.#panel.hidden = this.#regions.hidden = !isOn;
    this.#measure(isOn);
  }

  /**
   * @param {Measured["codecs"]} codecs
   * @returns {Map<number, string>} the colour of each codec
   */
  #showCodecs(codecs) {
    /** @type {Map<number, string>} */
    const colours = new Map();
    /** @type {NodeListOf<HTMLElement>} */
    const lines = this.#panel.querySelectorAll("[data-codec]");
    for (const line of lines) {
      const codec = Number(line.dataset.codec);
      const used = codecs.find((each) => each.codec === codec);
      line.classList.toggle("is-used", used !== undefined);
      const [swatch, value] = [line.firstElementChild, line.lastElementChild];
      if (value !== null) {
        value.textContent = used === undefined ? "" : kilobytes(used.bytes);
      }
      if (used !== undefined && swatch !== null) {
        colours.set(codec, getComputedStyle(swatch).color);
      }
    }
    return colours;
  }

  /**
   * @param {Measured["regions"]} regions
   * @param {Map<number, string>} colours
   */
  #drawRegions(regions, colours) {
    const canvas = this.#regions;
    const { devicePixelRatio: ratio } = globalThis;
    // Also wipes what was drawn before.
    canvas.width = Math.round(canvas.clientWidth * ratio);
    canvas.height = Math.round(canvas.clientHeight * ratio);
    const context = canvas.getContext("2d");
    if (context === null || this.#size.width === 0) {
      return;
    }
    const scale = canvas.width / this.#size.width;
    const pen = LINE * ratio;
    context.lineWidth = pen;
    context.globalAlpha = 0.8;
    for (const { x, y, w, h, codec } of regions) {
      const colour = colours.get(codec);
      if (colour !== undefined) {
        context.strokeStyle = colour;
        const inside = (/** @type {number} */ side) => Math.max(1, side * scale - pen);
        context.strokeRect(x * scale + pen / 2, y * scale + pen / 2, inside(w), inside(h));
      }
    }
  }
}
