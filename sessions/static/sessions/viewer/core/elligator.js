// From a hash to a point of Curve25519 (RFC 9380 section 6.7.1, Z = 2): the one piece of
// arithmetic that WebCrypto does not have. No branch depends on the password, but BigInt is
// not constant-time; over the network that is far below the noise, and each password bears
// three tries.

const P = 2n ** 255n - 19n;
const A = 486662n;
const BYTES = 32;

/**
 * @param {bigint} value
 * @returns {bigint} in 0 to P - 1
 */
function reduced(value) {
  return ((value % P) + P) % P;
}

/**
 * @param {bigint} base
 * @param {bigint} exponent public: a constant of the curve
 * @returns {bigint}
 */
function power(base, exponent) {
  let result = 1n;
  for (const bit of exponent.toString(2)) {
    result = (result * result) % P;
    if (bit === "1") {
      result = (result * base) % P;
    }
  }
  return result;
}

/**
 * @param {bigint} r a field element
 * @returns {bigint} the u coordinate of a point
 */
export function elligator2(r) {
  const v = reduced(-A * power(reduced(1n + 2n * r * r), P - 2n));
  // Euler's criterion on the curve's equation: 1, or P - 1 where v is on the twist.
  const euler = power(reduced(v * (v * (v + A) + 1n)), (P - 1n) / 2n);
  // v, or -v - A: chosen by arithmetic.
  const onTwist = reduced((1n - euler) * ((P + 1n) / 2n));
  return reduced(v + onTwist * (-A - 2n * v));
}

/**
 * @param {Uint8Array} bytes 32 bytes, low byte first; the highest bit is ignored
 * @returns {bigint} a field element
 */
export function decodeU(bytes) {
  let value = 0n;
  for (const octet of bytes.toReversed()) {
    value = value * 256n + BigInt(octet);
  }
  return (value % 2n ** 255n) % P;
}

/**
 * @param {bigint} value
 * @returns {Uint8Array<ArrayBuffer>} 32 bytes, low byte first
 */
export function encodeU(value) {
  const hex = value.toString(16).padStart(2 * BYTES, "0");
  const bytes = new Uint8Array(BYTES);
  for (let index = 0; index < BYTES; index += 1) {
    bytes[BYTES - 1 - index] = Number.parseInt(hex.slice(2 * index, 2 * index + 2), 16);
  }
  return bytes;
}
