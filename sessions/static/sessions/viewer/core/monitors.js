// The customer's monitors (docs/protocol.md section 6.2). No IO, no DOM.
// The twin of agent/protocol/monitors.py.

import { malformed } from "./fields.js";

const MONITORS_MAX = 16;
const ID_MAX = 2 ** 31 - 1;
const NAME_MAX = 60;
// Percent.
const SCALE_MIN = 25;
const SCALE_MAX = 1000;
const SIDE_MAX = 16384;

/**
 * One monitor: its part of the whole screen in pixels, and the percentage by which the
 * customer's programs enlarge what they draw.
 *
 * @typedef {{id: number, name: string, x: number, y: number, w: number, h: number,
 *   scale: number, primary: boolean}} MonitorInfo
 * @typedef {{t: "monitors", monitors: MonitorInfo[], shown: number | null}} MonitorsMessage
 *   `shown` is the id of the monitor that the picture shows, null for the whole screen
 */

/**
 * @param {import("./fields.js").Fields} fields
 * @returns {MonitorsMessage}
 * @throws {import("./fields.js").ProtocolError} malformed, for a list that contradicts itself too
 */
export function parseMonitors(fields) {
  const monitors = fields.children("monitors", 1, MONITORS_MAX).map(parseMonitor);
  const shown = fields.integerOrNull("shown", 0, ID_MAX);
  const ids = new Set(monitors.map((monitor) => monitor.id));
  if (ids.size < monitors.length || !(shown === null || ids.has(shown))) {
    throw malformed("monitors: an id twice, or an unknown one");
  }
  if (monitors.filter((monitor) => monitor.primary).length > 1) {
    throw malformed("monitors: two primary ones");
  }
  return { t: "monitors", monitors, shown };
}

/**
 * @param {import("./fields.js").Fields} fields
 * @returns {MonitorInfo}
 */
function parseMonitor(fields) {
  const x = fields.integer("x", 0, SIDE_MAX - 1);
  const y = fields.integer("y", 0, SIDE_MAX - 1);
  return {
    id: fields.integer("id", 0, ID_MAX),
    name: fields.line("name", NAME_MAX),
    x,
    y,
    w: fields.integer("w", 1, SIDE_MAX - x),
    h: fields.integer("h", 1, SIDE_MAX - y),
    scale: fields.integer("scale", SCALE_MIN, SCALE_MAX),
    primary: fields.boolean("primary"),
  };
}

/**
 * Where on the whole screen the picture's upper left pixel lies: what is added to a place in
 * the picture before it is sent, and taken off from one that the agent tells.
 *
 * @param {MonitorsMessage | null} message the last one, null before the first
 * @returns {{x: number, y: number}}
 */
export function pictureOrigin(message) {
  const shown = message?.monitors.find((monitor) => monitor.id === message.shown);
  return { x: shown?.x ?? 0, y: shown?.y ?? 0 };
}

/**
 * @param {MonitorsMessage | null} message the last one, null before the first
 * @returns {number} percent by which programs enlarge what they draw in the picture
 */
export function pictureScale(message) {
  const monitors = message?.monitors ?? [];
  const shown = monitors.find((monitor) => monitor.id === message?.shown);
  return (shown ?? monitors.find((monitor) => monitor.primary) ?? monitors[0])?.scale ?? 100;
}
