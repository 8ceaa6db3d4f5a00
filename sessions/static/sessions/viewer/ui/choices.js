// What the technician chooses about the picture: its quality, and the monitor that it shows.

import { element } from "./elements.js";
import { recall, remember } from "./memory.js";
import { text } from "./texts.js";

/** @typedef {import("../core/wire.js").TechnicianControl} TechnicianControl */
/** @typedef {TechnicianControl & {t: "quality"}} QualityWish */

const REMEMBERED = "quality";
const WHOLE_SCREEN = "all";

/**
 * The one control of quality. What was chosen holds for this technician's later sessions too.
 *
 * @param {(wish: QualityWish) => void} wish
 * @param {() => void} done the choice is made: back to the picture
 */
export function setUpQuality(wish, done) {
  const select = element("quality", HTMLSelectElement);
  const tell = () => wish({ t: "quality", mode: /** @type {QualityWish["mode"]} */ (select.value) });
  select.value = recall(REMEMBERED) ?? "automatic";
  if (select.selectedIndex === -1) {
    // Remembered by another version of this page.
    select.value = "automatic";
  }
  tell();
  select.addEventListener("change", () => {
    remember(REMEMBERED, select.value);
    tell();
    done();
  });
}

/** The choice of the monitor; there only where there is more than one. */
export class MonitorChoice {
  #place = element("monitor-choice", HTMLLabelElement);
  #select = element("monitor", HTMLSelectElement);

  /**
   * @param {(id: number | null) => void} choose null: the whole screen
   * @param {() => void} done the choice is made: back to the picture
   */
  constructor(choose, done) {
    this.#select.addEventListener("change", () => {
      const { value } = this.#select;
      choose(value === WHOLE_SCREEN ? null : Number(value));
      done();
    });
  }

  /** @param {import("../core/monitors.js").MonitorsMessage} message */
  show({ monitors, shown }) {
    this.#place.hidden = monitors.length < 2;
    const options = monitors.map(({ id, name, w, h }, index) => {
      const label = text("monitor.one", { number: index + 1, name });
      return new Option(`${label} (${w} × ${h})`, String(id));
    });
    this.#select.replaceChildren(...options, new Option(text("monitor.all"), WHOLE_SCREEN));
    this.#select.value = shown === null ? WHOLE_SCREEN : String(shown);
  }

  /** The pairing is over: another one has monitors of its own. */
  hide() {
    this.#place.hidden = true;
  }
}
