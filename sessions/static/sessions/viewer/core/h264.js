// What an H.264 access unit announces (ITU-T H.264, 7.3 and Annex B), read before a decoder
// is let near it: a few bytes may claim a picture that fills the memory.

/**
 * @typedef {object} Announced what the sequence parameters say
 * @property {string} codec as WebCodecs wants it (RFC 6381)
 * @property {number} width in pixels, after cropping
 * @property {number} height
 */

const SLICE = 1;
const IDR = 5;
const SEQUENCE_PARAMETERS = 7;
const PICTURE_PARAMETERS = 8;
const TYPE_MASK = 0x1f;
const BASELINE = 66;
const MAIN = 77;
const HIGH = 100;
const MACROBLOCK = 16;
// Pictures that a decoder has to remember: more is no screen but an attack.
const MOST_REFERENCES = 4;
// Enough for all that is read of the parameters; what follows (VUI) is the decoder's.
const PARAMETER_BYTES = 64;

/**
 * Where the NAL units of an access unit lie, without their start codes; none if it begins otherwise.
 *
 * @param {Uint8Array} data
 * @returns {Uint8Array[]}
 */
function nalUnits(data) {
  /** @type {number[]} */
  const starts = [];
  for (let at = data.indexOf(1, 2); at !== -1; at = data.indexOf(1, at + 1)) {
    if (data[at - 1] === 0 && data[at - 2] === 0) {
      starts.push(at + 1);
    }
  }
  if (starts[0] !== 3 && !(starts[0] === 4 && data[0] === 0)) {
    return [];
  }
  return starts.map((start, index) => {
    const next = starts[index + 1];
    return data.subarray(start, next === undefined ? data.length : next - 3);
  });
}

/**
 * Whether an access unit consists of what our agents send: slices, and in front of the slices of a
 * key frame its own parameters.
 *
 * @param {Uint8Array} data Annex B
 * @param {boolean} isKey
 */
export function isWellFormed(data, isKey) {
  const types = nalUnits(data).map((unit) => (unit[0] ?? 0) & TYPE_MASK);
  if (!isKey) {
    return types.length > 0 && types.every((type) => type === SLICE);
  }
  const [first, second, ...slices] = types;
  return (
    first === SEQUENCE_PARAMETERS &&
    second === PICTURE_PARAMETERS &&
    slices.length > 0 &&
    slices.every((type) => type === IDR)
  );
}

/**
 * @param {Uint8Array} data a key frame that is well-formed, Annex B
 * @returns {Announced | null} null if it is nothing that our agents send
 */
export function announced(data) {
  const [unit] = nalUnits(data);
  if (unit === undefined || unit.length < 5) {
    return null;
  }
  try {
    return readParameters(new Bits(withoutEscapes(unit.subarray(1, PARAMETER_BYTES))));
  } catch (error) {
    if (error instanceof RangeError) {
      return null;
    }
    throw error;
  }
}

/**
 * 7.3.2.1.1, up to the cropping.
 *
 * @param {Bits} bits
 * @returns {Announced | null}
 */
function readParameters(bits) {
  const [profile, constraints, level] = [bits.number(8), bits.number(8), bits.number(8)];
  bits.exponential(); // seq_parameter_set_id
  if (profile === HIGH ? !isPlain(bits) : profile !== BASELINE && profile !== MAIN) {
    return null;
  }
  bits.exponential(); // log2_max_frame_num_minus4
  const order = bits.exponential();
  if (order === 0) {
    bits.exponential(); // log2_max_pic_order_cnt_lsb_minus4
  } else if (order !== 2) {
    return null;
  }
  const references = bits.exponential();
  bits.number(1); // gaps_in_frame_num_value_allowed_flag
  const columns = bits.exponential() + 1;
  const rows = bits.exponential() + 1;
  const isProgressive = bits.number(1) === 1;
  if (references > MOST_REFERENCES || !isProgressive) {
    return null;
  }
  bits.number(1); // direct_8x8_inference_flag
  const isCropped = bits.number(1) === 1;
  const [left, right, top, bottom] = isCropped
    ? [bits.exponential(), bits.exponential(), bits.exponential(), bits.exponential()]
    : [0, 0, 0, 0];
  const hex = [profile, constraints, level].map((octet) => octet.toString(16).padStart(2, "0"));
  return {
    codec: `avc1.${hex.join("")}`,
    // Cropping counts in pixels of the colours, which are two of the picture's.
    width: columns * MACROBLOCK - 2 * (left + right),
    height: rows * MACROBLOCK - 2 * (top + bottom),
  };
}

/**
 * What only High has to say: 4:2:0 of 8 bits, no lossless transform, no scaling matrix.
 *
 * @param {Bits} bits
 */
function isPlain(bits) {
  const [chroma, luma, depth] = [bits.exponential(), bits.exponential(), bits.exponential()];
  return chroma === 1 && luma === 0 && depth === 0 && bits.number(2) === 0;
}

/**
 * Take out the emulation prevention bytes (7.4.1).
 *
 * @param {Uint8Array} data
 */
function withoutEscapes(data) {
  return data.filter((octet, at) => !(octet === 3 && at >= 2 && data[at - 1] === 0 && data[at - 2] === 0));
}

/** Reads bits from the highest on. Throws RangeError at the end. */
class Bits {
  #data;
  #at = 0;

  /** @param {Uint8Array} data */
  constructor(data) {
    this.#data = data;
  }

  /** @param {number} count at most 31 */
  number(count) {
    let value = 0;
    for (let index = 0; index < count; index += 1) {
      const octet = this.#data[this.#at >> 3];
      if (octet === undefined) {
        throw new RangeError("no more bits");
      }
      value = (value << 1) | ((octet >> (7 - (this.#at & 7))) & 1);
      this.#at += 1;
    }
    return value;
  }

  /** An unsigned Exp-Golomb number (9.1), below 65536. */
  exponential() {
    let zeros = 0;
    while (this.number(1) === 0) {
      zeros += 1;
      if (zeros > 15) {
        throw new RangeError("no number of any use");
      }
    }
    return (1 << zeros) - 1 + this.number(zeros);
  }
}
