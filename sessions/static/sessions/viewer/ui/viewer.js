// The technician's page: what the engine tells becomes what a person sees, and back.

import { ApiError, post } from "./api.js";
import { pictureOrigin, pictureScale } from "../core/monitors.js";
import { MonitorChoice, setUpQuality } from "./choices.js";
import { ClockDisplay } from "./clock.js";
import { setUpCustomer } from "./customer.js";
import { element, setting } from "./elements.js";
import { missingFeature, startEngine } from "./engine.js";
import { setUpMenus } from "./menu.js";
import { setUpNotes } from "./notes.js";
import { Overlay } from "./overlay.js";
import { Screen } from "./screen.js";
import { SpecialKeys } from "./special-keys.js";
import { StatisticsView } from "./statistics.js";
import { text } from "./texts.js";
import { setTools, setUpToolbar } from "./toolbar.js";
import { TypeText } from "./type-text.js";

/** @typedef {import("../core/engine.js").FromEngine} FromEngine */
/** @typedef {import("../core/engine.js").ToEngine} ToEngine */

const NOTICE_MS = 6000;
const NOTICES = new Set(["input-refused", "not-typed", "customer-typing", "input-dropped"]);
// After these codes nothing changes by trying again from here.
const FINAL = new Set(["unknown-id", "not-allowed", "protocol-unsupported"]);
// What the page itself got wrong; everything else without a text of its own is the agent's.
const OWN_FAULTS = "error.own-fault";
const THEIR_FAULTS = "error.fault";

class Viewer {
  #overlay = new Overlay(
    (password) => this.#begin(password),
    () => this.#reconnect(),
  );
  #clock = new ClockDisplay();
  #screen = new Screen(
    (messages) => this.#control(messages),
    () => this.#leaveKeyboard(),
  );
  #specialKeys = new SpecialKeys(this.#screen.typist, (messages) => this.#control(messages));
  #typeText = new TypeText(
    (messages) => this.#control(messages),
    (note) => this.#notify(note),
    () => this.#screen.focus(),
  );
  #statistics = new StatisticsView((isOn) => this.#tell({ type: "measure", isOn }));
  #monitorChoice = new MonitorChoice(
    (id) => this.#tell({ type: "control", messages: [{ t: "monitor", id }] }),
    () => this.#screen.focus(),
  );
  /** @type {import("../core/monitors.js").MonitorsMessage | null} */
  #monitors = null;
  /** @type {((message: ToEngine) => void) | null} */
  #engine = null;
  #password = takePassword();
  #hadPicture = false;
  #isPaused = false;
  #hasPicture = false;
  #isOver = false;
  #isOnline = false;
  /** Whether the portal has said why the line breaks. */
  #isRestarting = false;
  /** Whether a lost line is just coming back without a password. */
  #isResuming = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #noticeTimer;

  async start() {
    setUpCustomer();
    setUpNotes();
    setUpMenus();
    setUpToolbar(this.#screen, {
      pause: () => this.#tell({ type: "pause" }),
      resume: () => this.#tell({ type: "resume" }),
      end: () => void this.#end(),
    });
    if (!globalThis.isSecureContext) {
      this.#overlay.showError("no-webcrypto", OWN_FAULTS, false);
      return;
    }
    const missing = await missingFeature();
    if (missing !== null) {
      this.#overlay.showMissing(missing);
      return;
    }
    this.#engine = await startEngine(this.#screen.canvas, {
      told: (event) => this.#told(event),
      failed: () => this.#overlay.showError("internal", OWN_FAULTS, false),
    });
    setUpQuality(
      (message) => this.#tell({ type: "wish", message }),
      () => this.#screen.focus(),
    );
    this.#statistics.begin();
    globalThis.addEventListener("online", () => this.#tell({ type: "prove" }));
    document.addEventListener("visibilitychange", () => this.#tell({ type: "hurry" }));
  }

  /** @param {ToEngine} message */
  #tell(message) {
    this.#engine?.(message);
  }

  /** @param {import("../core/wire.js").TechnicianControl[]} messages */
  #control(messages) {
    if (messages.length > 0) {
      this.#tell({ type: "control", messages });
    }
  }

  /** @param {FromEngine} event */
  #told(event) {
    switch (event.type) {
      case "opened":
        this.#isOnline = true;
        this.#isRestarting = false;
        break;
      case "paired":
        this.#paired(event);
        break;
      case "refused":
        this.#refused(event);
        break;
      case "verified":
        element("verification-code", HTMLParagraphElement).textContent = event.code;
        element("verification", HTMLElement).hidden = false;
        this.#overlay.show("asking", "asking");
        break;
      case "consent":
        if (event.granted && !this.#isResuming) {
          this.#overlay.show("opening", "opening");
        }
        break;
      case "painted":
        this.#painted(event);
        break;
      case "told":
        this.#toldByAgent(event.message);
        return;
      case "measured":
        this.#statistics.show(event.measured);
        return;
      default:
        this.#toldByServer(event);
    }
    this.#showTools();
  }

  /** @param {Exclude<FromEngine, {type: "opened" | "paired" | "refused" | "verified" | "consent" | "painted" | "told" | "measured"}>} event */
  #toldByServer(event) {
    switch (event.type) {
      case "clock":
        this.#clock.set(event);
        break;
      case "paused":
        this.#pause(true);
        break;
      case "resumed":
        this.#pause(false);
        break;
      case "agent-gone":
        this.#lost("lost-agent");
        break;
      case "agent-back":
        break; // `paired` follows, and only then may the key exchange begin.
      case "line-back":
        element("verification", HTMLElement).hidden = false;
        this.#notify(text("notice.line-back"));
        break;
      case "resume-refused":
        this.#isResuming = false;
        this.#overlay.askPassword(text("back.title"), text("back.text"));
        break;
      case "ended":
        this.#ended(event);
        break;
      case "error":
        this.#refusedByServer(event.code);
        break;
      case "fault":
        this.#failed(event.code, THEIR_FAULTS);
        break;
      case "closed":
        this.#closed(event.retryIn);
        break;
    }
  }

  /** @param {FromEngine & {type: "paired"}} event */
  #paired({ hostname, platform, isResuming }) {
    this.#isResuming = isResuming;
    this.#monitors = null;
    this.#monitorChoice.hide();
    element("computer", HTMLElement).textContent = [hostname, platform].filter(Boolean).join(" · ");
    this.#stopPicture();
    if (isResuming) {
      this.#overlay.show("lost", "resuming");
    } else if (this.#password !== null) {
      const password = this.#password;
      this.#password = null;
      this.#begin(password);
    } else {
      this.#overlay.askPassword(text("password.title"), text("password.text"));
    }
  }

  /** @param {string} password */
  #begin(password) {
    this.#overlay.show("checking", "checking");
    this.#tell({ type: "password", password });
  }

  /** @param {FromEngine & {type: "refused"}} event */
  #refused({ code, triesLeft }) {
    if (code === "wrong-password" || code === "password-rotated" || code === "locked") {
      this.#overlay.refusePassword(code, triesLeft);
    } else {
      this.#failed(code, THEIR_FAULTS);
    }
  }

  /** @param {FromEngine & {type: "painted"}} event */
  #painted({ width, height, isFirst }) {
    this.#screen.resize(width, height, pictureOrigin(this.#monitors), pictureScale(this.#monitors));
    this.#statistics.resize(width, height);
    if (isFirst) {
      this.#hadPicture = this.#hasPicture = true;
    }
    // A pause that outlived a lost line stays one, whatever was on its way.
    if (isFirst && !this.#isPaused) {
      document.body.classList.remove("is-stale");
      this.#overlay.hide();
      this.#screen.setActive(true);
      this.#screen.focus();
    }
  }

  /** @param {import("../core/wire.js").AgentControl} message */
  #toldByAgent(message) {
    if (message.t === "cursor") {
      this.#screen.setCursor(message);
    } else if (message.t === "pointer") {
      this.#screen.showPointer(message);
    } else if (message.t === "monitors") {
      this.#monitors = message;
      this.#monitorChoice.show(message);
    } else if (message.t === "typed") {
      this.#typeText.typed(message);
    } else if (message.t === "locks") {
      this.#specialKeys.showLocks(message);
    } else if (message.t === "notice" && NOTICES.has(message.code)) {
      this.#notify(text(`notice.${message.code}`));
    }
  }

  /** @param {boolean} isPaused */
  #pause(isPaused) {
    this.#isPaused = isPaused;
    this.#screen.setActive(!isPaused && this.#hasPicture);
    this.#typeText.cancel();
    document.body.classList.toggle("is-stale", isPaused);
    if (isPaused) {
      this.#clock.stop();
      this.#overlay.show("paused", "paused");
      this.#showTools();
      element("resume", HTMLButtonElement).focus();
    } else if (this.#hasPicture) {
      this.#overlay.hide();
      this.#screen.focus();
    }
  }

  /** @param {string} key of the texts */
  #lost(key) {
    this.#stopPicture();
    this.#overlay.show("lost", key);
  }

  #stopPicture() {
    this.#screen.setActive(false);
    this.#typeText.cancel();
    this.#hasPicture = false;
    this.#isPaused = false;
    this.#clock.stop();
    document.body.classList.toggle("is-stale", this.#hadPicture);
    element("verification", HTMLElement).hidden = true;
  }

  /** @param {FromEngine & {type: "ended"}} event */
  #ended(event) {
    this.#isOver = true;
    this.#stopPicture();
    const { seconds, blocks, cents } = event;
    this.#clock.set({ seconds, blocks, cents, nextBlockIn: 0, running: false });
    this.#overlay.showEnd(event);
  }

  /** @param {string} code */
  #refusedByServer(code) {
    if (code === "server-stopping") {
      this.#isRestarting = true;
      this.#lost("restarting");
    } else {
      this.#failed(code, OWN_FAULTS);
    }
  }

  /**
   * @param {string} code
   * @param {string} fallback key of the text for codes that have none
   */
  #failed(code, fallback) {
    this.#stopPicture();
    this.#overlay.showError(code, fallback, !FINAL.has(code));
  }

  /** @param {number | null} retryIn */
  #closed(retryIn) {
    this.#isOnline = false;
    if (!this.#isOver && retryIn !== null && document.body.dataset.state !== "failed") {
      this.#lost(this.#isRestarting ? "restarting" : "lost-server");
    }
  }

  #reconnect() {
    this.#overlay.show("connecting", "connecting");
    this.#tell({ type: "connect" });
  }

  async #end() {
    if (this.#isOnline) {
      this.#tell({ type: "end" });
      return;
    }
    try {
      const { seconds, blocks, cents } = await post(setting("endUrl"), {});
      this.#ended({ type: "ended", reason: "technician", seconds, blocks, cents });
      this.#showTools();
    } catch (error) {
      this.#notify(error instanceof ApiError ? error.message : String(error));
    }
  }

  #leaveKeyboard() {
    this.#notify(text("notice.keyboard-left"));
    element("control", HTMLButtonElement).focus();
  }

  /** @param {string} note */
  #notify(note) {
    const place = element("notice", HTMLParagraphElement);
    place.textContent = note;
    place.hidden = false;
    clearTimeout(this.#noticeTimer);
    this.#noticeTimer = setTimeout(() => {
      place.hidden = true;
    }, NOTICE_MS);
  }

  #showTools() {
    const picture = this.#hasPicture && !this.#isPaused;
    setTools({ picture, running: picture, paused: this.#isPaused, over: this.#isOver });
  }
}

/** The connect field left it here; it is read once. @returns {string | null} */
function takePassword() {
  const key = `dibuc.password.${setting("session")}`;
  const password = sessionStorage.getItem(key);
  sessionStorage.removeItem(key);
  return password;
}

void new Viewer().start();
