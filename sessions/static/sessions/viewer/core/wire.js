// Messages of the wire protocol (docs/protocol.md): binary kinds, handshakes, credits and
// the header of a record; text messages of the server; control messages. No IO, no DOM.
// The twin of agent/protocol/{framing,messages,control}.py. Frames: picture.js.

import { Fields, ProtocolError, malformed, toUtf8 } from "./fields.js";
import { parseMonitors } from "./monitors.js";

/** @typedef {import("./fields.js").Bytes} Bytes */

// Bytes.
const TEXT_MAX = 4 * 1024;
export const BINARY_MAX_FROM_AGENT = 256 * 1024;
export const BINARY_MAX_FROM_TECHNICIAN = 64 * 1024;
const HANDSHAKE_MAX = 4 * 1024;
export const FRAME_MAX = 16 * 1024 * 1024;
export const CONTROL_MAX = 64 * 1024;

export const RECORD_HEADER_SIZE = 12;
export const RECORD_TAG_SIZE = 16;
export const RECORD_OVERHEAD = 1 + RECORD_HEADER_SIZE + RECORD_TAG_SIZE;

const RECORD_VERSION = 1;
const RECORD_FLAG_MORE = 1;
const CREDIT_SIZE = 5;

/** The first byte of a binary message. */
export const Kind = Object.freeze({ HANDSHAKE: 1, RECORD: 2, CREDIT: 3 });

/** What a record carries: pictures from A to T, control messages both ways. */
export const Channel = Object.freeze({ PICTURE: 1, CONTROL: 2 });

const BIG = 2 ** 31 - 1;
const SUPPORT_ID = /^[0-9]{9}$/;
const CODE = /^[a-z0-9-]{1,40}$/;
const CURSOR_ID = /^[A-Za-z0-9_-]{1,64}$/;
const COORDINATE_MAX = 16383;
const CURSOR_SIDE_MAX = 256;
const PAINTED_MAX = 2 ** 32 - 1;
const DIGEST_SIZE = 32;
const CURSOR_PNG_MAX = 32 * 1024;
const MISSING_MAX = 50;

/**
 * @param {Uint8Array} message
 * @returns {number} one of Kind
 * @throws {ProtocolError} malformed
 */
export function kindOf(message) {
  const kind = message[0];
  if (kind === undefined || kind < Kind.HANDSHAKE || kind > Kind.CREDIT) {
    throw malformed("unknown kind of binary message");
  }
  return kind;
}

/**
 * @param {object} fields
 * @returns {Bytes} a whole handshake message
 */
export function handshakeMessage(fields) {
  const payload = toUtf8(JSON.stringify(fields));
  if (payload.length > HANDSHAKE_MAX) {
    throw new ProtocolError("too-large", `a handshake of ${payload.length} bytes`);
  }
  const message = new Uint8Array(1 + payload.length);
  message[0] = Kind.HANDSHAKE;
  message.set(payload, 1);
  return message;
}

/**
 * @param {Uint8Array} message
 * @returns {Fields} the fields of its JSON object
 */
export function parseHandshake(message) {
  if (kindOf(message) !== Kind.HANDSHAKE) {
    throw malformed("a handshake was expected");
  }
  return Fields.ofJson(message.subarray(1), HANDSHAKE_MAX);
}

/**
 * @param {number} painted frames since the pairing, cumulative
 * @returns {Bytes}
 */
export function creditMessage(painted) {
  const message = new Uint8Array(CREDIT_SIZE);
  message[0] = Kind.CREDIT;
  new DataView(message.buffer).setUint32(1, painted);
  return message;
}

/**
 * @typedef {object} RecordHeader
 * @property {number} channel one of Channel
 * @property {boolean} more whether more records of the same payload follow
 * @property {number} epoch of the keys, 0 to 255
 * @property {bigint} counter
 */

/**
 * @param {RecordHeader} header
 * @returns {Bytes} 12 bytes
 */
export function packRecordHeader({ channel, more, epoch, counter }) {
  const header = new Uint8Array(RECORD_HEADER_SIZE);
  header.set([RECORD_VERSION, channel, more ? RECORD_FLAG_MORE : 0, epoch]);
  new DataView(header.buffer).setBigUint64(4, counter);
  return header;
}

/**
 * @param {Uint8Array} message a whole record message: kind, header, body
 * @returns {RecordHeader}
 * @throws {ProtocolError} malformed
 */
export function parseRecordHeader(message) {
  if (message.length < RECORD_OVERHEAD || message[0] !== Kind.RECORD) {
    throw malformed("a record of fewer bytes than header and tag");
  }
  const view = new DataView(message.buffer, message.byteOffset, RECORD_OVERHEAD);
  const [version, channel] = [view.getUint8(1), view.getUint8(2)];
  const [flags, epoch] = [view.getUint8(3), view.getUint8(4)];
  const known = channel === Channel.PICTURE || channel === Channel.CONTROL;
  if (version !== RECORD_VERSION || !known || flags > RECORD_FLAG_MORE) {
    throw malformed(`record header ${version} ${channel} ${flags}`);
  }
  return { channel, more: flags === RECORD_FLAG_MORE, epoch, counter: view.getBigUint64(5) };
}

/**
 * What the server says to the technician's page (section 2).
 *
 * @typedef {{type: "clock", seconds: number, blocks: number, cents: number,
 *   nextBlockIn: number, running: boolean}} ClockMessage
 * @typedef {{type: "paired", supportId: string, hostname: string, platform: string}} PairedMessage
 * @typedef {PairedMessage
 *   | {type: "agent-gone" | "agent-back" | "paused" | "resumed"}
 *   | {type: "elsewhere", relay: string}
 *   | {type: "consent", granted: boolean}
 *   | ClockMessage
 *   | {type: "ping", n: number}
 *   | {type: "ended", reason: string, seconds: number, blocks: number, cents: number}
 *   | {type: "error", code: string}} ServerMessage
 */

/** @type {Map<string, (fields: Fields) => ServerMessage>} */
const SERVER_MESSAGES = new Map(
  /** @type {[string, (fields: Fields) => ServerMessage][]} */ ([
    ["agent-gone", () => ({ type: "agent-gone" })],
    ["agent-back", () => ({ type: "agent-back" })],
    ["elsewhere", (fields) => ({ type: "elsewhere", relay: fields.matching("relay", CODE) })],
    ["paused", () => ({ type: "paused" })],
    ["resumed", () => ({ type: "resumed" })],
    ["consent", (fields) => ({ type: "consent", granted: fields.boolean("granted") })],
    ["ping", (fields) => ({ type: "ping", n: fields.integer("n", 0, BIG) })],
    ["error", (fields) => ({ type: "error", code: fields.matching("code", CODE) })],
    ["paired", parsePaired],
    ["clock", parseClock],
    ["ended", parseEnded],
  ]),
);

/**
 * @param {string} text a text message of the server
 * @returns {ServerMessage | null} null for a type of a later version
 * @throws {ProtocolError} malformed, too-large
 */
export function parseServerMessage(text) {
  const fields = Fields.ofJson(text, TEXT_MAX);
  return SERVER_MESSAGES.get(fields.text("type", 40))?.(fields) ?? null;
}

/**
 * @param {{type: "pong", n: number} | {type: "pause" | "resume" | "end"}} message
 * @returns {string} a text message for the server
 */
export function serverMessage(message) {
  return JSON.stringify(message);
}

/**
 * @param {Fields} fields
 * @returns {PairedMessage}
 */
function parsePaired(fields) {
  return {
    type: "paired",
    supportId: fields.matching("support_id", SUPPORT_ID),
    hostname: fields.line("hostname", 64),
    platform: fields.line("platform", 60),
  };
}

/**
 * @param {Fields} fields
 * @returns {ClockMessage}
 */
function parseClock(fields) {
  return {
    type: "clock",
    ...parseAmounts(fields),
    nextBlockIn: fields.integer("next_block_in", 0, BIG),
    running: fields.boolean("running"),
  };
}

/**
 * @param {Fields} fields
 * @returns {ServerMessage}
 */
function parseEnded(fields) {
  return { type: "ended", reason: fields.matching("reason", CODE), ...parseAmounts(fields) };
}

/** @param {Fields} fields */
function parseAmounts(fields) {
  return {
    seconds: fields.integer("seconds", 0, BIG),
    blocks: fields.integer("blocks", 0, BIG),
    cents: fields.integer("cents", 0, BIG),
  };
}

/** There and back, to see how long it takes. @typedef {{t: "echo", n: number}} EchoMessage */

/**
 * What the technician's page wants done (section 6.2).
 *
 * @typedef {{t: "move", x: number, y: number}
 *   | {t: "button", button: number, down: boolean, x: number, y: number}
 *   | {t: "wheel", dx: number, dy: number, x: number, y: number}
 *   | {t: "key", code: string, down: boolean}
 *   | {t: "shortcut", code: string, label: string}
 *   | {t: "hold", codes: string[]}
 *   | {t: "text", text: string}
 *   | {t: "piece", n: number, text: string}
 *   | {t: "monitor", id: number | null}
 *   | {t: "can", h264: boolean}
 *   | {t: "release" | "refresh"}
 *   | {t: "quality", mode: "automatic" | "sharp" | "fast"}
 *   | EchoMessage} TechnicianControl
 */

/**
 * @param {TechnicianControl} message
 * @returns {Bytes} the payload for channel 2
 */
export function controlPayload(message) {
  return toUtf8(JSON.stringify(message));
}

/**
 * What the agent tells (section 6.2). A cursor's `shape` comes with the first use of its id; a
 * `checksum` is what the picture must be after `painted` frames.
 *
 * @typedef {{png: Bytes, hotX: number, hotY: number, w: number, h: number}} CursorShape
 * @typedef {{t: "cursor", id: string, shape: CursorShape | null}
 *   | {t: "pointer", x: number, y: number}
 *   | import("./monitors.js").MonitorsMessage
 *   | {t: "typed", n: number, missing: string}
 *   | {t: "locks", caps: boolean, num: boolean, scroll: boolean}
 *   | {t: "notice", code: string}
 *   | {t: "checksum", painted: number, digest: Bytes}
 *   | EchoMessage} AgentControl
 */

/**
 * @param {Uint8Array} payload of channel 2
 * @returns {AgentControl | null} null for a message of a later version
 * @throws {ProtocolError} malformed, too-large
 */
export function parseControl(payload) {
  const fields = Fields.ofJson(payload, CONTROL_MAX);
  switch (fields.text("t", 40)) {
    case "cursor":
      return parseCursor(fields);
    case "pointer":
      return {
        t: "pointer",
        x: fields.integer("x", 0, COORDINATE_MAX),
        y: fields.integer("y", 0, COORDINATE_MAX),
      };
    case "monitors":
      return parseMonitors(fields);
    case "echo":
      return { t: "echo", n: fields.integer("n", 0, BIG) };
    case "checksum":
      return {
        t: "checksum",
        painted: fields.integer("painted", 1, PAINTED_MAX),
        digest: fields.octets("digest", DIGEST_SIZE, DIGEST_SIZE),
      };
    case "typed":
      return { t: "typed", n: fields.integer("n", 0, BIG), missing: fields.text("missing", MISSING_MAX, 0) };
    case "locks":
      return { t: "locks", caps: fields.boolean("caps"), num: fields.boolean("num"), scroll: fields.boolean("scroll") };
    case "notice":
      return { t: "notice", code: fields.matching("code", CODE) };
    default:
      return null;
  }
}

/**
 * @param {Fields} fields
 * @returns {AgentControl}
 */
function parseCursor(fields) {
  const id = fields.matching("id", CURSOR_ID);
  if (!fields.has("png")) {
    return { t: "cursor", id, shape: null };
  }
  const w = fields.integer("w", 1, CURSOR_SIDE_MAX);
  const h = fields.integer("h", 1, CURSOR_SIDE_MAX);
  const shape = {
    png: fields.octets("png", 1, CURSOR_PNG_MAX),
    hotX: fields.integer("hot_x", 0, w - 1),
    hotY: fields.integer("hot_y", 0, h - 1),
    w,
    h,
  };
  return { t: "cursor", id, shape };
}
