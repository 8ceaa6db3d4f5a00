// Films: H.264 through WebCodecs, one stream at a time (docs/protocol.md, section 6.1). What
// the decoder is given was checked by picture.js; what it makes of it is checked here.

import { malformed } from "./fields.js";

/** @typedef {import("./picture.js").Rect} Rect */

// Without an answer for so long, the decoder is taken for broken.
const PATIENCE_MS = 2000;
// What our agents send most: High profile, up to 1920 x 1080.
const USUAL = "avc1.640028";

/** @param {string} codec as RFC 6381 has it */
const config = (codec) => ({
  codec,
  optimizeForLatency: true,
  // A film is a part of a screen: its pictures are small, and come back sooner from here.
  hardwareAcceleration: /** @type {const} */ ("prefer-software"),
});

/** @returns {Promise<boolean>} whether this browser decodes films */
export async function canShowFilms() {
  if (typeof VideoDecoder === "undefined") {
    return false;
  }
  try {
    return (await VideoDecoder.isConfigSupported(config(USUAL))).supported === true;
  } catch {
    return false;
  }
}

/** Decodes the pictures of one film after the other. */
export class Film {
  #onBroken;
  /** @type {VideoDecoder | null} */
  #decoder = null;
  #rect = "";
  #isBroken = false;
  #number = 0;
  /** Who waits for which picture. @type {Map<number, (picture: VideoFrame | null) => void>} */
  #waiting = new Map();

  /** @param {() => void} onBroken the decoder gave up: a key frame is needed, or no more films */
  constructor(onBroken) {
    this.#onBroken = onBroken;
  }

  /** The next picture has to be a key frame. */
  reset() {
    if (this.#decoder !== null && this.#decoder.state !== "closed") {
      this.#decoder.close();
    }
    this.#decoder = null;
    this.#isBroken = false;
    this.#waiting.forEach((give) => give(null));
    this.#waiting.clear();
  }

  /**
   * @param {Rect} rect of codec H264
   * @returns {Promise<VideoFrame | null>} the picture, to be closed; null if the decoder is broken
   * @throws {import("./fields.js").ProtocolError} malformed
   */
  decode({ x, y, w, h, data, key }) {
    const rect = `${x} ${y} ${w} ${h}`;
    if (key !== null) {
      this.reset();
      this.#rect = rect;
      this.#decoder = this.#open(key.codec);
    }
    if (this.#isBroken) {
      return Promise.resolve(null);
    }
    if (this.#decoder === null || this.#rect !== rect) {
      throw malformed("picture: a film that does not begin");
    }
    this.#number += 1;
    const number = this.#number;
    const picture = this.#picture(number);
    try {
      this.#decoder.decode(
        new EncodedVideoChunk({ type: key === null ? "delta" : "key", timestamp: number, data }),
      );
    } catch {
      this.#break();
    }
    return picture;
  }

  /** @param {string} codec */
  #open(codec) {
    const decoder = new VideoDecoder({
      output: (picture) => {
        const give = this.#waiting.get(picture.timestamp);
        if (give === undefined || decoder !== this.#decoder) {
          picture.close();
        } else {
          this.#waiting.delete(picture.timestamp);
          give(picture);
        }
      },
      error: () => {
        if (decoder === this.#decoder) {
          this.#break();
        }
      },
    });
    decoder.configure(config(codec));
    return decoder;
  }

  /**
   * @param {number} number
   * @returns {Promise<VideoFrame | null>}
   */
  #picture(number) {
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#break(), PATIENCE_MS);
      this.#waiting.set(number, (picture) => {
        clearTimeout(timer);
        resolve(picture);
      });
    });
  }

  #break() {
    this.reset();
    this.#isBroken = true;
    this.#onBroken();
  }
}
